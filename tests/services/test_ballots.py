"""The ballot box: nothing in the database tells who gave which answer."""

from __future__ import annotations

import json
import shutil
import threading
from ast import literal_eval
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.models import AuditEvent, Ballot, BallotBox, BallotVoter, Content, Notice, Person, Record
from portal.models.base import Base
from portal.queries import ballots as known
from portal.queries.actors import Actor, actor
from portal.services import audit, ballots
from tests.conftest import _renew

NOW = datetime(2026, 5, 12, 1, 30, tzinfo=UTC)
TODAY = date(2026, 5, 12)
LAST_DAY = TODAY + timedelta(days=20)
HR = "hr_manager"
PEOPLE = ("buyer", "foreman", "designer", "salesperson", "quality_inspector", "warehouse_keeper")
both_databases = pytest.mark.both_databases


def ballot(pay: int, *, department: int = 1, years: str | None = None, said: str = "") -> dict[str, Any]:
    """Stored answers of a valid sheet."""
    items = dict.fromkeys(("environment_score", "training_score", "management_score", "work_score"), "15")
    return {
        **items,
        "department": {"id": department, "text": f"部门{department}"},
        "years_in_company": years,
        "pay_score": str(pay),
        "total_score": str(60 + pay),
        "suggestions": said or None,
    }


class Hall:
    """The people of the small company at the ballot box of one portal; each act is a write of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def do(self, login: str, act: Callable[[Actor], Any]) -> Any:
        """Somebody's act."""
        with self.app.app_context():
            try:
                with transaction():
                    person = db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()
                    return act(actor(person, TODAY))
            finally:
                db.session.remove()

    def open(self) -> None:
        """The box of the year is opened."""
        self.do(HR, lambda by: ballots.open_box(LAST_DAY, by=by, now=NOW))

    def cast(self, login: str, answers: Mapping[str, Any], now: datetime = NOW) -> None:
        """Somebody votes."""
        self.do(login, lambda by: ballots.cast(answers, by=by, now=now))

    def close(self, now: datetime = NOW + timedelta(days=3)) -> Any:
        """The box is closed."""
        return self.do(HR, lambda by: ballots.close(by=by, now=now))

    def ask(self, query: Any) -> list[Any]:
        """What a query finds."""
        with self.app.app_context():
            found = list(db.session.execute(query))
            db.session.remove()
        return found

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every column of every row of every table, in the order in which the rows lie in the database."""
        with self.app.app_context(), db.engine.connect() as connection:
            place = "rowid" if connection.dialect.name == "sqlite" else "ctid"
            return {
                table.name: [
                    tuple(map(str, row))
                    for row in connection.exec_driver_sql(
                        f"SELECT {_columns(table, place)} FROM {table.name} ORDER BY {place}"
                    )
                ]
                for table in Base.metadata.sorted_tables
            }


def _columns(table: sa.Table, place: str) -> str:
    """All of them; of ballots also where each lies."""
    return f"{place}, *" if table is Ballot.__table__ else "*"


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A portal with an open box."""
    found = Hall(app)
    found.open()
    return found


@pytest.fixture
def afresh(app: Flask, database: str, request: pytest.FixtureRequest) -> Callable[[], Hall]:
    """The same portal again as it was set up, with an open box."""

    def again() -> Hall:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        if database == "sqlite":
            folder = app.config["SETTINGS"].portal_data
            shutil.rmtree(folder)
            shutil.copytree(request.getfixturevalue("sqlite_template"), folder)
        else:
            _renew(request.getfixturevalue("postgres"), app.config["SQLALCHEMY_DATABASE_URI"])
        found = Hall(app)
        found.open()
        return found

    return again


def told(one: dict[str, list[tuple[Any, ...]]], other: dict[str, list[tuple[Any, ...]]]) -> list[str]:
    """The tables in which two databases differ."""
    return [name for name in one if one[name] != other[name]]


ANSWERS = [
    ballot(8 + place, department=1 + place % 2, said=f"话{place}" * (1 + 7 * place)) for place in range(6)
]
SWAPS = (
    [1, 0, 2, 3, 4, 5],  # the first two have given each other's answers
    [5, 4, 3, 2, 1, 0],
    [3, 5, 0, 1, 2, 4],
)


@both_databases
@pytest.mark.parametrize("swap", SWAPS, ids=str)
def test_who_gave_which_answer_leaves_no_trace(afresh: Callable[[], Hall], swap: list[int]) -> None:
    """Same people, same moments, same order, swapped answers: both databases are the same to the last byte."""
    dumps = []
    for order in (range(6), swap):
        hall = afresh()
        for login, place in zip(PEOPLE, order, strict=True):
            hall.cast(login, ANSWERS[place])
        open_yet = hall.dump()
        hall.close()
        dumps.append((open_yet, hall.dump()))
    (one, one_closed), (other, other_closed) = dumps
    assert told(one, other) == []
    assert told(one_closed, other_closed) == []
    assert len(one["ballots"]) == len(one["ballot_voters"]) == 6
    assert one_closed["ballots"] == one_closed["ballot_voters"] == []


@both_databases
def test_another_answer_would_be_seen(afresh: Callable[[], Hall]) -> None:
    """The comparison is no empty one: where the answers differ as a whole, so do the databases."""
    dumps = []
    for pay in (8, 9):
        hall = afresh()
        hall.cast("buyer", ballot(pay))
        dumps.append(hall.dump())
    assert told(*dumps) == ["ballots"]


@both_databases
def test_only_the_box_changes_and_no_row_holds_both(hall: Hall) -> None:
    before = hall.dump()
    hall.cast("buyer", ballot(7, said="only-I-say-this"))
    after = hall.dump()
    assert sorted(told(before, after)) == ["ballot_voters", "ballots"]
    holding = [name for name, rows in after.items() if "only-I-say-this" in str(rows)]
    assert holding == ["ballots"]
    assert {column.name for column in Ballot.__table__.columns} == {"box_id", "position", "answers"}
    assert {column.name for column in BallotVoter.__table__.columns} == {"box_id", "person_id"}


@both_databases
def test_ballots_lie_in_the_order_of_what_they_say(hall: Hall) -> None:
    for login, pay in zip(PEOPLE, (19, 3, 11, 7, 15, 1), strict=True):
        hall.cast(login, ballot(pay))
    lying = [
        json.loads(row[3]) if row[3].startswith('{"') else literal_eval(row[3])
        for row in hall.dump()["ballots"]
    ]
    assert lying == known.in_order(lying)
    assert [row.position for row in hall.ask(sa.select(Ballot.position).order_by(Ballot.position))] == [
        1, 2, 3, 4, 5, 6,
    ]  # fmt: skip


@both_databases
def test_what_goes_wrong_is_told_without_what_was_voted(hall: Hall) -> None:
    """An error of the database stands in the log, beside the address of the page and the moment."""
    hall.cast("buyer", ballot(7, said="only-I-say-this"))

    def twice(_by: Actor) -> None:
        found = db.session.scalars(sa.select(Ballot)).one()
        row = {"box_id": found.box_id, "position": found.position, "answers": found.answers}
        db.session.execute(sa.insert(Ballot), [row])

    with pytest.raises(sa.exc.IntegrityError) as told:
        hall.do(HR, twice)
    assert "only-I-say-this" not in str(told.value)


@both_databases
def test_nobody_votes_twice(hall: Hall) -> None:
    hall.cast("buyer", ballot(7))
    with pytest.raises(Refusal, match="每人只填一次"):
        hall.cast("buyer", ballot(9))
    assert len(hall.dump()["ballots"]) == 1


@both_databases
def test_all_who_vote_at_once_are_heard_once(hall: Hall) -> None:
    """Six people at the same moment, two of them twice."""
    barrier, results = threading.Barrier(8), dict[int, Any]()

    def vote(place: int, login: str) -> None:
        barrier.wait(timeout=20)
        try:
            hall.cast(login, ballot(place))
        except Exception as error:
            results[place] = error

    threads = [
        threading.Thread(target=vote, args=(place, login))
        for place, login in enumerate((*PEOPLE, "buyer", "foreman"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [type(error) for error in results.values()] == [Refusal, Refusal]
    dump = hall.dump()
    assert len(dump["ballots"]) == len(dump["ballot_voters"]) == 6


def test_who_has_left_or_only_audits_is_not_asked(hall: Hall) -> None:
    hall.do("administrator", lambda by: _retire("buyer"))
    for login in ("buyer", "auditor"):
        with pytest.raises(NotAllowed):
            hall.cast(login, ballot(7))
    assert hall.dump()["ballot_voters"] == []


def _retire(login: str) -> None:
    db.session.execute(sa.update(Person).where(Person.login == login).values(active=False))


def test_after_the_last_day_nobody_votes_until_it_is_extended(hall: Hall) -> None:
    late = NOW + timedelta(days=21)
    with pytest.raises(Refusal, match="已经结束"):
        hall.cast("buyer", ballot(7), now=late)
    with pytest.raises(Refusal, match="不能早于今天"):
        hall.do(HR, lambda by: ballots.extend(LAST_DAY, by=by, now=late))
    hall.do(HR, lambda by: ballots.extend(LAST_DAY + timedelta(days=7), by=by, now=late))
    hall.cast("buyer", ballot(7), now=late)


def test_few_ballots_stay_shut(hall: Hall) -> None:
    for login in PEOPLE[:4]:
        hall.cast(login, ballot(7))
    with pytest.raises(Refusal, match="不足 5 份"):
        hall.close()
    hall.cast(PEOPLE[4], ballot(7))
    assert hall.close() == 5


def test_only_its_keeper_opens_extends_and_closes_the_box(hall: Hall) -> None:
    acts: list[Callable[[Actor], Any]] = [
        lambda by: ballots.open_box(LAST_DAY, by=by, now=NOW),
        lambda by: ballots.extend(LAST_DAY, by=by, now=NOW),
        lambda by: ballots.close(by=by, now=NOW),
    ]
    for login in ("general_manager", "administrator", "quality_manager"):
        for act in acts:
            with pytest.raises(NotAllowed):
                hall.do(login, act)


def test_a_year_has_one_box(hall: Hall) -> None:
    with pytest.raises(Refusal, match="一年只调查一次"):
        hall.open()
    with pytest.raises(Refusal, match="先结束"):
        hall.do(
            HR, lambda by: ballots.open_box(date(2027, 2, 1), by=by, now=datetime(2027, 1, 5, tzinfo=UTC))
        )
    with pytest.raises(Refusal, match="不能早于今天"):
        Hall(hall.app).do(HR, lambda by: _again(by))


def _again(by: Actor) -> None:
    db.session.execute(sa.delete(BallotBox))
    ballots.open_box(TODAY - timedelta(days=1), by=by, now=NOW)


def test_opening_asks_everybody_at_work(hall: Hall) -> None:
    asked = hall.ask(sa.select(Notice.person_id).where(Notice.kind == "employee_survey"))
    at_work = hall.ask(sa.select(Person.id).where(Person.active))
    assert len(asked) == len(at_work)


@both_databases
def test_closing_makes_records_without_names_or_moments(hall: Hall) -> None:
    for place, login in enumerate(PEOPLE):
        years = "over_10" if place == 0 else None
        hall.cast(login, ballot(5 + place, department=2 if place == 3 else 1, years=years))
    hall.close()
    query = sa.select(Record, Content).join(Content, Content.record_id == Record.id)
    with hall.app.app_context():
        rows = db.session.execute(query.where(Record.form_code == "QA-16").order_by(Record.id)).all()
        hr = db.session.scalars(sa.select(Person).where(Person.login == HR)).unique().one()
        assert {record.state for record, _content in rows} == {"finished"}
        assert {record.applicant_id for record, _content in rows} == {hr.id}
        assert len({(record.submitted_at, record.closed_at) for record, _content in rows}) == 1
        answers = [content.answers for _record, content in rows]
        assert answers == known.in_order(answers), "in the order of what is told, not of what was given"
        assert {one["department"]["text"] for one in answers} == {"其他"}, "one alone drags the other along"
        assert not any("years_in_company" in one for one in answers)
        assert {one["year"] for one in answers} == {2026}
        box = known.of_year(2026)
        assert box is not None
        assert (box.cast, box.asked) == (6, known.asked(TODAY))
        assert audit.verify()[1] is None
        kinds = set(db.session.scalars(sa.select(AuditEvent.kind).where(AuditEvent.stream == "settings")))
        assert {"ballot_box_opened", "ballot_box_closed"} <= kinds
        db.session.remove()
    with pytest.raises(Refusal, match="没有进行中"):
        hall.cast("project_manager", ballot(7))
    with pytest.raises(Refusal, match="一年只调查一次"):
        hall.open()
