"""Several people at the same moment, on both databases: one wins, nothing is lost, nothing done twice.

Each act runs in a thread with a session and a write of its own; a barrier lets all begin together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.domain.effects import PostsStock, Updates
from portal.domain.refusal import AlreadyDecided, ContentChanged, Lapsed, NotYourTurn, Refusal
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.models import (
    Customer,
    LedgerEntry,
    NumberSeries,
    Record,
    Signature,
    StockBalance,
    StockEntry,
    StockItem,
    Supplier,
    Task,
    TaskHolder,
)
from portal.queries import history
from portal.services import (
    audit,
    conversation,
    corrections,
    delegation,
    effects,
    entries,
    lapses,
    master,
    records,
    settings,
    signing,
)
from portal.services.signatures import Hand
from tests.services import engine_forms as forms
from tests.services.crowd import Crowd
from tests.services.office import NOW, Office

pytestmark = pytest.mark.both_databases
Act = Callable[[], Any]


@pytest.fixture
def crowd(app: Flask, trial_forms: None) -> Iterator[Crowd]:
    """A crowd; whatever it did, the books and the trail are in order afterwards."""
    crowd = Crowd(app)
    yield crowd
    with app.app_context():
        assert audit.verify()[1:] == (None, "")
        wrong = sa.select(Task.id).join(TaskHolder).where(TaskHolder.open != (Task.state == "open"))
        assert db.session.scalars(wrong).all() == []
        db.session.remove()


def sign(
    record_id: int, login: str, seen: str, stage: dict[str, Any] | None = None
) -> Callable[[Office], str]:
    """Signs as a page does that was drawn before."""

    def act(office: Office) -> str:
        record = db.session.get_one(Record, record_id)
        tasks = sa.select(Task).where(Task.record_id == record_id, Task.kind == "sign").order_by(Task.id)
        keys = set(office.actor(login).keys)
        task = next(task for task in db.session.scalars(tasks) if keys & {one.key for one in task.holders})
        fills = FORMS[record.form_code].signoff.step(task.step).fills
        sheet = fills(answers=stage) if fills and stage else None
        return signing.sign(task.id, office.actor(login), Hand(seen), sheet, now=NOW).person.name

    return act


@pytest.mark.proves("F5")
@pytest.mark.parametrize("how_many", [2, 8])
def test_of_several_at_one_step_one_wins_and_the_others_are_told_who(crowd: Crowd, how_many: int) -> None:
    logins = ["quality_manager", "quality_manager_2", "designer", "designer_2"]
    for _round in range(2):
        record_id, seen = crowd.submitted(forms.AnyOfTwo)
        acts = [sign(record_id, logins[n % len(logins)], seen) for n in range(how_many)]
        results = crowd.together(*acts)
        (winner,) = [one for one in results if isinstance(one, str)]
        losers = [one for one in results if not isinstance(one, str)]
        assert {type(one) for one in losers} == {AlreadyDecided}
        assert all(winner in str(one.facts) for one in losers)
        assert crowd.alone(lambda office, id=record_id: _signed(id)) == ["middle signed"]


def test_a_signature_and_the_end_of_its_time_at_once_are_one_of_both(crowd: Crowd) -> None:
    later = NOW + timedelta(hours=1)
    for _round in range(4):
        record_id, seen = crowd.submitted(forms.Urgent)
        signed = sign(record_id, "quality_manager", seen, {"way": "on"})
        first, *moved = crowd.together(signed, *[lambda _office: lapses.move_on(later)] * 3)
        assert all(isinstance(one, int) for one in moved), moved
        if isinstance(first, str):
            assert (sum(moved), crowd.alone(lambda _office, id=record_id: _signed(id))) == (
                0,
                ["decide signed"],
            )
        else:
            assert isinstance(first, Lapsed), first
            assert (sum(moved), crowd.alone(lambda _office, id=record_id: _signed(id))) == (1, [])
        step = crowd.alone(lambda _office, id=record_id: db.session.get_one(Record, id).step)
        assert step == ("tell" if isinstance(first, str) else "rescue")


@pytest.mark.proves("F6")
def test_one_page_posted_many_times_is_one_record(crowd: Crowd) -> None:
    def submit(office: Office) -> int:
        sheet = forms.OneRole(answers={"subject": "x"})
        return records.submit(sheet, office.actor("buyer"), key="the-page", now=NOW).id

    for _again in range(2):
        assert len(set(crowd.together(*[submit] * 8))) == 1
    with crowd.app.app_context():
        assert db.session.get_one(NumberSeries, ("T-ONE", 2026)).last == 1
        assert db.session.scalars(sa.select(Record.number).where(Record.form_code == "T-ONE")).all() == [
            "T-ONE-2026-0001"
        ]


@pytest.mark.proves("F8")
def test_numbers_have_no_gap_and_no_double(crowd: Crowd) -> None:
    def submit(fails: bool) -> Callable[[Office], str]:
        def act(office: Office) -> str:
            number = office.submit(forms.OneRole).number
            if fails:
                raise Refusal
            return number

        return act

    results = crowd.together(*(submit(fails=n % 5 == 4) for n in range(20)))
    numbers = sorted(one for one in results if isinstance(one, str))
    assert [type(one) for one in results if not isinstance(one, str)] == [Refusal] * 4
    assert numbers == [f"T-ONE-2026-{n:04d}" for n in range(1, 17)]


def test_two_who_must_both_sign_both_count_and_the_step_ends_once(crowd: Crowd) -> None:
    for _round in range(3):
        record_id, seen = crowd.submitted(forms.Paired)
        names = crowd.together(
            *(sign(record_id, one, seen) for one in ("quality_manager", "finance_supervisor"))
        )
        assert all(isinstance(name, str) for name in names), names
        with crowd.app.app_context():
            assert _signed(record_id) == ["agree signed", "agree signed"]
            record = db.session.get_one(Record, record_id)
            assert (record.step, Office().waiting(record)) == ("last", ["sign last open"])
            lines = sa.select(sa.func.count(LedgerEntry.id)).where(LedgerEntry.record_id == record_id)
            assert db.session.scalar(lines) == 1
            db.session.remove()


def test_who_signs_what_another_has_filled_in_meanwhile_is_shown_it_first(crowd: Crowd) -> None:
    record_id, seen = crowd.submitted(forms.PairedStage)
    stage = {"verdict": "good"}
    results = crowd.together(*(sign(record_id, one, seen, stage) for one in ("quality_manager", "designer")))
    assert sorted(type(one).__name__ for one in results) == ["ContentChanged", "str"]
    assert crowd.alone(lambda office: _signed(record_id)) == ["find signed"]


def test_a_side_entry_between_page_and_signature_stops_the_signature(crowd: Crowd) -> None:
    record_id, seen = crowd.submitted(forms.OneRole)

    def enter(office: Office) -> None:
        stage = forms.LogLine(answers={"note": "late"})
        entries.enter(record_id, "log", office.actor("salesperson"), Hand(seen), stage, now=NOW)

    crowd.alone(enter)
    (result,) = crowd.together(sign(record_id, "quality_manager", seen))
    assert isinstance(result, ContentChanged)
    assert crowd.alone(lambda office: _signed(record_id)) == ["log entered"]


def test_withdrawn_or_signed_but_not_both(crowd: Crowd) -> None:
    for _round in range(3):
        record_id, seen = crowd.submitted(forms.OneRole)
        withdrawn, signed = crowd.together(
            lambda office, id=record_id: corrections.withdraw(id, office.actor("buyer"), reason="x", now=NOW),
            sign(record_id, "quality_manager", seen),
        )
        with crowd.app.app_context():
            record = db.session.get_one(Record, record_id)
            if record.state == "withdrawn":
                assert (withdrawn, type(signed), _signed(record_id)) == (None, NotYourTurn, [])
            else:
                assert (type(withdrawn), _signed(record_id)) == (Refusal, ["middle signed"])
            db.session.remove()


def test_a_task_is_passed_on_or_closed_but_never_left_in_an_inbox(crowd: Crowd) -> None:
    """One part of an all-step is handed over while another returns the record."""

    def hand_over(record_id: int) -> Callable[[Office], None]:
        def act(office: Office) -> None:
            task = office.turn(db.session.get_one(Record, record_id), "quality_manager")
            by, other = office.actor("quality_manager"), office.id("hr_manager")
            delegation.hand_over(task.id, by, other, reason="x", now=NOW)

        return act

    def send_back(record_id: int) -> Callable[[Office], None]:
        def act(office: Office) -> None:
            record = db.session.get_one(Record, record_id)
            history.open_tasks(record)  # as the page that is drawn first
            office.send_back(record, "finance_supervisor")

        return act

    for _round in range(3):
        record_id, _seen = crowd.submitted(forms.Paired)
        passed, returned = crowd.together(hand_over(record_id), send_back(record_id))
        assert returned is None
        assert passed is None or isinstance(passed, AlreadyDecided | NotYourTurn | AssertionError)
        with crowd.app.app_context():
            assert Office().waiting(db.session.get_one(Record, record_id)) == ["correct open"]
            db.session.remove()


def test_words_reminders_and_signatures_do_not_block_each_other(crowd: Crowd) -> None:
    for _round in range(2):
        record_id, seen = crowd.submitted(forms.Paired)

        def on(act: Callable[[Office, Record], Any], id: int = record_id) -> Callable[[Office], Any]:
            return lambda office: act(office, db.session.get_one(Record, id)) and None

        results = crowd.together(
            on(
                lambda office, record: conversation.comment(
                    record, office.actor("buyer"), "well", [], now=NOW
                )
            ),
            on(lambda office, record: conversation.urge(record, office.actor("buyer"), now=NOW)),
            on(lambda office, record: conversation.copy_to(record, office.actor("buyer"), [1, 2], now=NOW)),
            on(lambda office, record: conversation.copy_to(record, office.actor("buyer"), [2, 1], now=NOW)),
            sign(record_id, "quality_manager", seen),
            sign(record_id, "finance_supervisor", seen),
        )
        assert [one for one in results if isinstance(one, Exception)] == []


def test_a_new_chain_is_begun_by_one_of_many(crowd: Crowd) -> None:
    def note(office: Office) -> None:
        audit.note("a", at=NOW, by=None, stream="brand new")

    assert crowd.together(*[note] * 8) == [None] * 8


# Stock and master data


def test_stock_never_falls_below_zero(crowd: Crowd) -> None:
    record_id, _seen = crowd.submitted(forms.OneRole)
    (goods,) = crowd.alone(lambda office: _items(1))
    crowd.alone(lambda office: _post(record_id, (goods, 10)))
    results = crowd.together(*[lambda office: _post(record_id, (goods, -3))] * 8)
    assert Counter(type(one) for one in results) == {type(None): 3, Refusal: 5}
    with crowd.app.app_context():
        assert db.session.get_one(StockBalance, (goods, "A")).quantity == 1
        total = sa.select(sa.func.sum(StockEntry.quantity)).where(StockEntry.item_id == goods)
        assert db.session.scalar(total) == 1


def test_the_first_postings_to_a_place_both_count(crowd: Crowd) -> None:
    record_id, _seen = crowd.submitted(forms.OneRole)
    goods, *_more = crowd.alone(lambda office: _items(1))
    assert crowd.together(*[lambda office: _post(record_id, (goods, 2, "1"))] * 6) == [None] * 6
    with crowd.app.app_context():
        assert db.session.get_one(StockBalance, (goods, "A")).quantity == 12


def test_records_with_the_same_items_in_another_order_wait_for_each_other(crowd: Crowd) -> None:
    record_id, _seen = crowd.submitted(forms.OneRole)
    items = crowd.alone(lambda office: _items(6))
    there = [(id, 1) for id in items]
    for _round in range(2):
        acts = [lambda office: _post(record_id, *there), lambda office: _post(record_id, *reversed(there))]
        assert crowd.together(*acts, *acts) == [None] * 4
    with crowd.app.app_context():
        balances = sa.select(StockBalance.quantity).where(StockBalance.item_id.in_(items))
        assert set(db.session.scalars(balances)) == {Decimal(8)}


def test_the_average_cost_misses_nothing(crowd: Crowd) -> None:
    record_id, _seen = crowd.submitted(forms.OneRole)
    (goods,) = crowd.alone(lambda office: _items(1))
    crowd.together(*[lambda office, cost=cost: _post(record_id, (goods, 1, cost)) for cost in "2468"])
    with crowd.app.app_context():
        assert db.session.get_one(StockItem, goods).unit_cost == 5


def test_marks_raised_at_once_leave_something_over(crowd: Crowd) -> None:
    def raised(key: str) -> Callable[[Office], None]:
        limit = settings.limit(key)
        return lambda office: settings.change_limit(
            limit, Decimal(45), by=office.actor("quality_manager"), reason="x", now=NOW
        )

    results = crowd.together(raised("survey_price_marks"), raised("survey_use_marks"))
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "Refusal"]


def test_a_setting_made_twice_at_once_is_made_once(crowd: Crowd) -> None:
    def limit(office: Office) -> None:
        one = settings.limit("write_off_limit")
        settings.change_limit(one, Decimal(7000), by=office.actor("administrator"), reason="x", now=NOW)

    def day(office: Office) -> None:
        settings.set_day(date(2026, 12, 24), False, "x", by=office.actor("administrator"), now=NOW)

    for act in (limit, day):
        results = crowd.together(*[act] * 4)
        assert {type(one) for one in results} <= {type(None), Refusal}, results


def test_new_customers_get_codes_of_their_own(crowd: Crowd) -> None:
    codes = crowd.together(*[lambda office: master.create("customer", name="甲").code] * 8)
    assert len({str(code) for code in codes}) == 8
    assert all(isinstance(code, str) for code in codes), codes
    with crowd.app.app_context():
        assert len(db.session.scalars(sa.select(Customer.id).where(Customer.name == "甲")).all()) == 8


def test_what_several_add_to_a_supplier_at_once_all_counts(crowd: Crowd) -> None:
    record_id, _seen = crowd.submitted(forms.OneRole)
    supplier = crowd.alone(lambda office: master.create("supplier", name="甲").id)
    adds = Updates("supplier", supplier, adds={"inspected": Decimal(3), "returns": 1})

    def add(_office: Office) -> None:
        record = db.session.get_one(Record, record_id)
        db.session.get_one(Supplier, supplier)  # as a page that looked at it before
        effects.carry_out([adds], record, by=record.applicant_id, now=NOW)

    assert crowd.together(*[add] * 6) == [None] * 6
    with crowd.app.app_context():
        row = db.session.get_one(Supplier, supplier)
        assert (row.inspected, row.returns) == (18, 6)


def _signed(record_id: int) -> list[str]:
    found = sa.select(Signature).where(Signature.record_id == record_id).order_by(Signature.id)
    return [f"{one.step} {one.act}" for one in db.session.scalars(found)]


def _items(count: int) -> list[int]:
    return [master.create("stock_item", name=f"Trial {n}", unit="件").id for n in range(count)]


def _post(record_id: int, *moves: tuple[Any, ...]) -> None:
    """Moves of (item, quantity[, cost]) at place A."""
    record = db.session.get_one(Record, record_id)
    wanted = [
        PostsStock("in" if quantity > 0 else "out", id, "A", Decimal(quantity), *map(Decimal, cost))
        for id, quantity, *cost in moves
    ]
    db.session.scalars(sa.select(StockBalance)).all()  # as a page that looked at the books before
    effects.carry_out(wanted, record, by=record.applicant_id, now=NOW)
