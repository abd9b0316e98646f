"""The ballot box of the employee survey.

A ballot and its voter are written without a moment, a number or an event of their own. At each casting all ballots
are written anew in the order of what they say, so that what stands in the database follows from who has voted and
from what all ballots say together, never from who gave which. At the closing they become records (QA-16) in an order
of the same kind, all at one moment and in the name of whoever closes the box.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.database import dialect, insert
from portal.domain.anonymity import LEAST, blurred
from portal.domain.permissions import person_key
from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.forms.definition import fields
from portal.forms.kinds import load
from portal.forms.quality.employee_satisfaction_survey import EmployeeSatisfactionSurvey
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.models import Ballot, BallotBox, BallotVoter
from portal.queries import ballots as known
from portal.queries import history, people, rights
from portal.queries.actors import Actor
from portal.services import audit, drafts, notices, records, signing
from portal.services.own_keys import OpenKey
from portal.services.signatures import Hand

KEEPER = "hr_manager"
STREAM = "settings"
PAGE = "/quality/employee-survey"
CLOSED = _l("这次调查已经结束，不能再填写。")


def open_box(closes_on: date, *, by: Actor, now: datetime) -> BallotBox:
    """Opens the box of this year and asks everybody at work.

    Raises:
        NotAllowed: the person does not keep the box.
        Refusal: the year has had its box, or the last day is past.
    """
    must_keep(by)
    rights.one_at_a_time()
    today = day(now)
    if known.of_year(today.year) is not None:
        raise Refusal(_l("%(year)s 年度的员工满意度调查已经打开过，一年只调查一次。"), year=today.year)
    if (open_yet := known.open_box()) is not None:
        raise Refusal(_l("%(year)s 年度的调查还没有结束，请先结束它。"), year=open_yet.year)
    _last_day(closes_on, today)
    box = BallotBox(year=today.year, closes_on=closes_on, opened_at=now, opened_by_id=by.id)
    db.session.add(box)
    audit.note(
        "ballot_box_opened", at=now, by=by.id, stream=STREAM, year=box.year, closes_on=closes_on.isoformat()
    )
    said = both(_l("请在 %(day)s 前填写员工满意度调查，答卷不记名", day=closes_on.isoformat()))
    everybody = [person_key(person.id) for _department, found in people.at_work() for person in found]
    notices.tell(everybody, "employee_survey", now=now, text=said, page=PAGE)
    return box


def extend(closes_on: date, *, by: Actor, now: datetime) -> None:
    """Gives the open box another last day.

    Raises:
        NotAllowed: the person does not keep the box.
        Refusal: no box is open, or the last day is past.
    """
    must_keep(by)
    box = _locked()
    _last_day(closes_on, day(now))
    if box.closes_on == closes_on:
        return
    box.closes_on = closes_on
    audit.note(
        "ballot_box_extended", at=now, by=by.id, stream=STREAM, year=box.year, closes_on=closes_on.isoformat()
    )


def cast(answers: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Puts a ballot into the open box: the stored answers of a valid sheet. Nothing notes when, or which it was.

    Raises:
        NotAllowed: the person is not asked.
        Refusal: no box is open, its last day is past, or the person has voted.
    """
    if by.is_auditor or not by.person.active:
        raise NotAllowed
    box = _locked()
    if day(now) > box.closes_on:
        raise Refusal(CLOSED)
    voter = insert(BallotVoter, dialect()).values(box_id=box.id, person_id=by.id)
    added = voter.on_conflict_do_nothing().returning(BallotVoter.__table__.c.person_id)
    if db.session.execute(added).first() is None:
        raise Refusal(_l("您已经填写过 %(year)s 年度的调查，每人只填一次。"), year=box.year)
    ballot = {name: value for name, value in answers.items() if value is not None}
    _write([*known.cast(box), ballot], box)


def close(*, by: Actor, now: datetime, key: OpenKey | None = None) -> int:
    """Closes the box: its ballots, told in groups, become records that are received at once. Gives how many.

    Raises:
        NotAllowed: the person does not keep the box.
        Refusal: no box is open, or there are too few ballots to hide anybody among them.
    """
    must_keep(by)
    box = _locked()
    ballots = known.cast(box)
    if len(ballots) < LEAST:
        raise Refusal(
            _l(
                "收到的答卷不足 %(least)s 份，打开会让人认出是谁填写的；请延长截止日期，收到更多答卷后再结束。"
            ),
            least=LEAST,
        )
    # in the order of what is told from now on: that of the whole ballots would tell of what was left out
    told = known.in_order(blurred(ballots))
    for place, one in enumerate(told, 1):
        _receive(one, box.year, place, by=by, key=key, now=now)
    _write([], box)
    db.session.execute(sa.delete(BallotVoter).where(BallotVoter.box_id == box.id))
    box.closed_at, box.closed_by_id = now, by.id
    box.asked, box.cast = known.asked(day(now)), len(told)
    audit.note("ballot_box_closed", at=now, by=by.id, stream=STREAM, year=box.year, count=len(told))
    return len(told)


def _receive(
    ballot: Mapping[str, Any], year: int, place: int, *, by: Actor, key: OpenKey | None, now: datetime
) -> None:
    """A ballot as a record, entered and received by whoever closes the box."""
    typed = load(fields(EmployeeSatisfactionSurvey()), {**ballot, "year": year})
    sheet = EmployeeSatisfactionSurvey(answers=typed, context={"@now": now})
    sheet.compute()
    record = records.submit(sheet, by, key=f"{drafts.BALLOT}{year}-{place}", now=now)
    (turn,) = history.open_tasks(record)
    seen = history.shown_hash(history.content(record), history.signatures(record))
    signing.sign(turn.id, by, Hand(seen, key=key), None, now=now)


def _write(ballots: list[dict[str, Any]], box: BallotBox) -> None:
    """Writes all ballots anew, in order, so that nothing is left of how they stood before."""
    other = sa.select(Ballot.box_id, Ballot.answers).where(Ballot.box_id != box.id)
    kept = [(row.box_id, row.answers) for row in db.session.execute(other)]
    kept += [(box.id, ballot) for ballot in ballots]
    connection = db.session.connection()
    if dialect() == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # zeroes over what is deleted
        connection.exec_driver_sql("DELETE FROM ballots")
    else:
        connection.exec_driver_sql(
            "TRUNCATE ballots"
        )  # the file goes, with rows that a DELETE would leave in it
    rows = []
    for box_id in sorted({id for id, _ballot in kept}):
        mine = known.in_order(ballot for id, ballot in kept if id == box_id)
        rows += [
            {"box_id": box_id, "position": place, "answers": dict(sorted(ballot.items()))}
            for place, ballot in enumerate(mine, 1)
        ]
    if rows:
        connection.execute(sa.insert(Ballot.__table__), rows)  # type: ignore[arg-type]


def _locked() -> BallotBox:
    """The open box, locked, so that castings and its closing come one after the other.

    Raises:
        Refusal: none is open.
    """
    query = sa.select(BallotBox).where(BallotBox.closed_at.is_(None)).with_for_update()
    box = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if box is None:
        raise Refusal(_l("现在没有进行中的员工满意度调查。"))
    return box


def must_keep(by: Actor) -> None:
    """Lets nobody but the keeper of the box on.

    Raises:
        NotAllowed: the person is somebody else.
    """
    if KEEPER not in by.roles:
        raise NotAllowed(_l("员工满意度调查由人力资源部经理打开和结束。"))


def _last_day(closes_on: date, today: date) -> None:
    if closes_on < today:
        raise Refusal(_l("截止日期不能早于今天。"))
