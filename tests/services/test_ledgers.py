"""Postings: what a journal adds up to, what it refuses, and how a mistake is taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.effects import FreezesStock, OrdersStock, PostsCount, PostsCredit, PostsEntry, PostsStock
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms.base import CompanyForm
from portal.forms.kinds import Ref
from portal.models import (
    CountEntry,
    CreditEntry,
    Customer,
    LedgerEntry,
    OrderEntry,
    Record,
    StockBalance,
    StockEntry,
    StockItem,
)
from portal.queries import customers
from portal.services import corrections, drafts, effects, ledgers, master, records
from tests.services.engine_forms import Movement, OneRole, Ordering
from tests.services.office import NOW, Office

PLACE = "T-01"
_keys = count(1)


def item(cost: str = "0") -> StockItem:
    """A new item of the warehouse."""
    return master.create("stock_item", name="Trial", unit="件", unit_cost=Decimal(cost))


def at(item: StockItem, place: str = PLACE) -> Decimal:
    """What lies at a place by the books."""
    balance = db.session.get(StockBalance, (item.id, place))
    return balance.quantity if balance else Decimal(0)


def journal(item: StockItem, place: str = PLACE) -> list[StockEntry]:
    """The lines of an item at a place."""
    lines = sa.select(StockEntry).where(StockEntry.item_id == item.id, StockEntry.place == place)
    return list(db.session.scalars(lines.order_by(StockEntry.id)))


def orders(item: StockItem) -> list[OrderEntry]:
    """The lines of an item's goods on order."""
    lines = sa.select(OrderEntry).where(OrderEntry.item_id == item.id)
    return list(db.session.scalars(lines.order_by(OrderEntry.id)))


def post(office: Office, record: Record, *wanted: Any) -> None:
    """Carries effects out for a record."""
    effects.carry_out(wanted, record, by=office.id("warehouse_keeper"), now=NOW)
    db.session.flush()


def move(item: StockItem, quantity: int | str, cost: str | None = None, place: str = PLACE) -> PostsStock:
    """A line in or out."""
    amount = Decimal(quantity)
    return PostsStock(
        "in" if amount > 0 else "out", item.id, place, amount, None if cost is None else Decimal(cost)
    )


@pytest.mark.both_databases
def test_the_balance_is_the_sum_of_the_journal(real_office: Office) -> None:
    record, goods = real_office.submit(OneRole), item()
    for quantity in ("10", "-3.5", "0.001", "-6.501"):
        post(real_office, record, move(goods, quantity))
        lines = journal(goods)
        assert at(goods) == sum(line.quantity for line in lines) == lines[-1].balance
    assert at(goods) == 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from("AB"), st.integers(-8, 10)), max_size=10))
def test_whatever_is_moved_it_never_falls_below_zero(office: Office, moves: list[tuple[str, int]]) -> None:
    record, goods, model = office.submit(OneRole), item(), {"A": 0, "B": 0}
    for place, quantity in moves:
        if quantity == 0:
            continue
        if model[place] + quantity < 0:
            with pytest.raises(Refusal):
                post(office, record, move(goods, quantity, place=place))
        else:
            post(office, record, move(goods, quantity, place=place))
            model[place] += quantity
        for where, there in model.items():
            assert at(goods, where) == there == sum(line.quantity for line in journal(goods, where))


@pytest.mark.both_databases
def test_the_database_refuses_less_than_nothing_too(real_office: Office) -> None:
    record, goods = real_office.submit(OneRole), item()
    post(real_office, record, move(goods, 1))
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        db.session.execute(sa.update(StockBalance).values(quantity=Decimal(-1)))


def test_a_refused_line_undoes_the_whole_signature(office: Office) -> None:
    goods = item()
    record = office.submit(Movement, lines=[line(goods, 5), line(goods, -6)])
    with pytest.raises(Refusal), db.session.begin_nested():
        office.sign(record, "warehouse_keeper")
    assert (at(goods), journal(goods)) == (0, [])
    assert (record.state, office.waiting(record)) == ("running", ["sign post open"])


def test_the_cost_is_a_moving_average_over_all_places(office: Office) -> None:
    record, goods = office.submit(OneRole), item()
    post(office, record, move(goods, 10, "2"))
    post(office, record, move(goods, 10, "4", place="T-02"))
    assert goods.unit_cost == 3
    post(office, record, move(goods, -5))
    assert goods.unit_cost == 3
    assert journal(goods)[-1].unit_cost == 3
    post(office, record, move(goods, 5, "7"))
    assert goods.unit_cost == 4


def test_what_is_being_counted_does_not_move(office: Office) -> None:
    counting, other, goods = office.submit(OneRole), office.submit(OneRole), item()
    post(office, other, move(goods, 5))
    post(office, counting, FreezesStock(goods.id, PLACE, frozen=True))
    for wanted in (move(goods, 1), move(goods, -1), FreezesStock(goods.id, PLACE, frozen=True)):
        with pytest.raises(Refusal, match=counting.number):
            post(office, other, wanted)
    with pytest.raises(Refusal, match=counting.number):
        post(office, other, FreezesStock(goods.id, PLACE, frozen=False))
    post(office, other, move(goods, 1, place="T-02"))
    post(office, counting, PostsStock("adjust", goods.id, PLACE, Decimal(-2)))
    post(office, counting, FreezesStock(goods.id, PLACE, frozen=False))
    post(office, other, move(goods, 1))
    assert at(goods) == 4


def test_a_count_is_noted_with_before_and_after(office: Office) -> None:
    record, goods = office.submit(OneRole), item()
    post(office, record, PostsCount(goods.id, PLACE, Decimal(5), Decimal(4), "lost"))
    (line,) = db.session.scalars(sa.select(CountEntry).where(CountEntry.item_id == goods.id))
    assert (line.before, line.counted, line.reason) == (5, 4, "lost")
    assert db.session.get_one(StockBalance, (goods.id, PLACE)).counted_at == NOW


def test_goods_on_order_never_fall_below_zero(office: Office) -> None:
    record, goods = office.submit(OneRole), item()
    post(office, record, OrdersStock(goods.id, Decimal(5)), OrdersStock(goods.id, Decimal(-8)))
    assert goods.on_order == 0
    assert [(one.kind, one.quantity, one.balance) for one in orders(goods)] == [
        ("order", 5, 5),
        ("received", -5, 0),
    ], "each change is a line, and the lines add up"
    assert {one.record_id for one in orders(goods)} == {record.id}


@pytest.mark.parametrize(("come", "left"), [(0, 12), (4, 8), (10, 2), (12, 2)])
def test_a_corrected_order_takes_the_first_one_back(office: Office, come: int, left: int) -> None:
    goods = item()
    wrong = _ordered(office, goods, 10)
    if come:
        post(office, office.submit(OneRole), OrdersStock(goods.id, Decimal(-come)))
    right = _ordered(office, goods, 12, corrects=wrong)
    assert goods.on_order == left
    lines = orders(goods)
    assert sum(one.quantity for one in lines) == goods.on_order
    taken_back = {one.reverses_id for one in lines if one.record_id == right.id and one.kind == "reversal"}
    assert taken_back == {one.id for one in lines if one.record_id == wrong.id}


def test_a_line_of_an_order_is_never_changed(office: Office) -> None:
    goods, record = item(), office.submit(OneRole)
    post(office, record, OrdersStock(goods.id, Decimal(5)))
    for act in (sa.update(OrderEntry).values(quantity=Decimal(9)), sa.delete(OrderEntry)):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(act)


def test_the_credit_history_keeps_what_was_before(office: Office) -> None:
    record = office.submit(OneRole)
    customer: Customer = master.create("customer", name="甲公司")
    day = date(2026, 6, 1)
    post(office, record, PostsCredit(customer.id, Decimal(1000), 30, day))
    post(office, record, PostsCredit(customer.id, None, 60, day))
    lines = db.session.scalars(sa.select(CreditEntry).where(CreditEntry.customer_id == customer.id)).all()
    assert [(one.old_limit, one.new_limit, one.old_days, one.new_days) for one in lines] == [
        (0, 1000, 0, 30),
        (1000, 1000, 30, 60),
    ]
    assert (customer.credit_limit, customer.credit_days) == (1000, 60)


def test_a_corrected_credit_is_what_it_was_before(office: Office) -> None:
    wrong_one: Customer = master.create("customer", name="甲公司")
    right_one: Customer = master.create("customer", name="乙公司")
    day = date(2026, 6, 1)
    wrong = _finished(office, PostsCredit(wrong_one.id, Decimal(1000), 30, day))
    right = submit_correction(office, OneRole(answers={"subject": "x"}), wrong)
    assert customers.standing(wrong_one.id, {wrong.id}) == customers.Standing("new", "", Decimal(0), 0, 0)
    post(office, right, PostsCredit(right_one.id, Decimal(500), None, day))
    assert (wrong_one.credit_limit, wrong_one.credit_days) == (0, 0)
    assert (right_one.credit_limit, right_one.credit_days) == (500, 0)
    _finish(office, right)
    lines = db.session.scalars(sa.select(CreditEntry).order_by(CreditEntry.id)).all()
    assert [(one.new_limit, one.reverses_id) for one in lines] == [
        (1000, None),
        (0, lines[0].id),
        (500, None),
    ], "taken back once"


def given_up(office: Office, record: Record) -> None:
    """Its applicant gets it back and voids it."""
    office.send_back(record, "quality_manager")
    corrections.void(record.id, office.actor("buyer"), reason="x", now=NOW)
    assert record.state == "voided"


def test_a_credit_comes_back_when_its_correction_is_given_up(office: Office) -> None:
    one: Customer = master.create("customer", name="甲公司")
    other: Customer = master.create("customer", name="乙公司")
    day = date(2026, 6, 1)
    wrong = _finished(office, PostsCredit(one.id, Decimal(1000), 30, day))
    right = submit_correction(office, OneRole(answers={"subject": "x"}), wrong)
    post(office, right, PostsCredit(other.id, Decimal(500), None, day))
    assert (one.credit_limit, one.credit_days) == (0, 0)
    given_up(office, right)
    assert (one.credit_limit, one.credit_days) == (1000, 30)
    again = submit_correction(office, OneRole(answers={"subject": "x"}), wrong)
    _finish(office, again)
    assert (one.credit_limit, one.credit_days) == (0, 0), "and can be taken back by another"


def test_the_keys_of_a_ledger_go_with_what_stands(office: Office) -> None:
    mine, new = PostsEntry("archive", {}, key="DA-1"), PostsEntry("archive", {}, key="DA-2")
    wrong = _finished(office, mine)
    with pytest.raises(Refusal, match="DA-1"):
        post(office, office.submit(OneRole), mine)
    right = submit_correction(office, OneRole(answers={"subject": "x"}), wrong)
    post(office, right, mine, new)
    given_up(office, right)
    with pytest.raises(Refusal, match="DA-1"):
        post(office, office.submit(OneRole), mine)
    post(office, office.submit(OneRole), new)  # nobody has that number any more
    again = submit_correction(office, OneRole(answers={"subject": "x"}), wrong)
    post(office, again, mine)


def test_a_later_change_of_a_credit_outlasts_a_correction(office: Office) -> None:
    customer: Customer = master.create("customer", name="甲公司")
    day = date(2026, 6, 1)
    wrong = _finished(office, PostsCredit(customer.id, Decimal(1000), 30, day))
    _finished(office, PostsCredit(customer.id, Decimal(2000), None, day))
    right = submit_correction(office, OneRole(answers={"subject": "x"}), wrong)
    _finish(office, right)
    assert (customer.credit_limit, customer.credit_days) == (2000, 0)


def _finish(office: Office, record: Record) -> None:
    for login in ("quality_manager", "general_manager"):
        office.sign(record, login)
    assert record.state == "finished"


def _finished(office: Office, *wanted: Any) -> Record:
    record = office.submit(OneRole)
    post(office, record, *wanted)
    _finish(office, record)
    return record


def test_a_plain_ledger_keeps_its_facts(office: Office) -> None:
    record = office.submit(OneRole)
    post(office, record, PostsEntry("trials", {"a": "一"}))
    (line,) = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.record_id == record.id))
    assert (line.ledger, line.facts, line.posted_by_id) == (
        "trials",
        {"a": "一"},
        office.id("warehouse_keeper"),
    )


# Mistakes


def test_a_correcting_record_takes_each_line_back_once(office: Office) -> None:
    goods = item()
    wrong = _posted(office, line(goods, 10, 2), line(goods, -4))
    right = _correction(office, wrong, line(goods, 7, 2))
    lines = journal(goods)
    assert [(one.kind, one.quantity) for one in lines] == [
        ("in", 10),
        ("out", -4),
        ("reversal", 4),
        ("reversal", -10),
        ("in", 7),
    ]
    assert [one.reverses_id for one in lines[2:4]] == [lines[1].id, lines[0].id]
    assert {one.record_id for one in lines[2:]} == {right.id}
    assert at(goods) == 7


def test_a_correction_that_posts_nothing_still_takes_back(office: Office) -> None:
    goods = item()
    wrong = _posted(office, line(goods, 10))
    _correction(office, wrong)
    assert at(goods) == 0


def test_nothing_is_taken_back_before_the_correction_is_signed(office: Office) -> None:
    goods = item()
    wrong = _posted(office, line(goods, 10))
    _correct(office, wrong, line(goods, 1))
    assert at(goods) == 10


def test_a_record_is_corrected_by_one_other_at_most(office: Office) -> None:
    goods = item()
    wrong = _posted(office, line(goods, 10))
    first = _correct(office, wrong, line(goods, 1))
    with pytest.raises(Refusal, match=first.number):
        _correct(office, wrong, line(goods, 2))
    corrections.withdraw(first.id, office.actor("buyer"), reason="x", now=NOW)
    corrections.void(first.id, office.actor("buyer"), reason="x", now=NOW)
    second = _correct(office, wrong, line(goods, 2))
    office.sign(second, "warehouse_keeper")
    assert at(goods) == 2


def test_a_correction_can_be_corrected(office: Office) -> None:
    goods = item()
    first = _posted(office, line(goods, 10))
    second = _correction(office, first, line(goods, 7))
    _correction(office, second, line(goods, 8))
    assert at(goods) == 8
    assert [one.quantity for one in journal(goods)] == [10, -10, 7, -7, 8]


@pytest.mark.proves("R32")
@pytest.mark.requirement("R32")
def test_only_a_finished_record_of_the_same_form_is_corrected(office: Office) -> None:
    running = office.submit(Movement)
    finished = _posted(office)
    for record, form in ((running, Movement), (finished, OneRole)):
        sheet = form(answers={"subject": "x"} if form is OneRole else {})
        with pytest.raises(Refusal, match="只有已完成的记录"):
            submit_correction(office, sheet, record)


def test_a_reversal_leaves_the_average_as_if_the_goods_had_not_come(office: Office) -> None:
    record, goods = office.submit(OneRole), item()
    post(office, record, move(goods, 10, "2"))
    wrong = _posted(office, line(goods, 10, 8))
    assert goods.unit_cost == 5
    _correction(office, wrong)
    assert (at(goods), goods.unit_cost) == (10, 2)


def test_what_has_left_since_cannot_be_taken_back(office: Office) -> None:
    goods, record = item(), office.submit(OneRole)
    wrong = _posted(office, line(goods, 10))
    post(office, record, move(goods, -8))
    correction = _correct(office, wrong, line(goods, 5))
    with pytest.raises(Refusal), db.session.begin_nested():
        office.sign(correction, "warehouse_keeper")
    assert at(goods) == 2


@pytest.mark.both_databases
def test_what_somebody_else_posted_meanwhile_is_seen(real_office: Office) -> None:
    """The row is read again when it is locked, whatever the session remembers of it."""
    record, goods = real_office.submit(OneRole), item()
    post(real_office, record, move(goods, 5))
    balance = db.session.get_one(StockBalance, (goods.id, PLACE))
    table = StockBalance.__table__
    db.session.execute(sa.update(table).where(table.c.item_id == goods.id).values(quantity=Decimal(1)))
    assert balance.quantity == 5
    with pytest.raises(Refusal):
        ledgers.post(move(goods, -3), record, by=real_office.id("buyer"), now=NOW)


def line(item: StockItem, quantity: int, cost: int | None = None) -> dict[str, Any]:
    """A line of the movement form."""
    price = None if cost is None else Decimal(cost)
    return {"item": Ref(item.id, item.label), "place": PLACE, "quantity": Decimal(quantity), "cost": price}


def submit_correction(office: Office, sheet: CompanyForm, wrong: Record) -> Record:
    """A record that corrects a finished one, by a draft begun for it."""
    by, key = office.actor("buyer"), f"correction-{next(_keys)}"
    draft = drafts.start(sheet.code, by, key, {}, title="", now=NOW, corrects=wrong.id)
    return records.submit(sheet, by, key=key, now=NOW, draft=draft)


def _posted(office: Office, *lines: dict[str, Any]) -> Record:
    record = office.submit(Movement, lines=list(lines))
    office.sign(record, "warehouse_keeper")
    assert record.state == "finished"
    return record


def _correct(office: Office, wrong: Record, *lines: dict[str, Any]) -> Record:
    return submit_correction(office, Movement(answers={"lines": list(lines)}), wrong)


def _ordered(office: Office, goods: StockItem, quantity: int, corrects: Record | None = None) -> Record:
    lines = [{"item": Ref(goods.id, goods.label), "quantity": Decimal(quantity)}]
    if corrects is None:
        record = office.submit(Ordering, lines=lines)
    else:
        record = submit_correction(office, Ordering(answers={"lines": lines}), corrects)
    office.sign(record, "warehouse_keeper")
    return record


def _correction(office: Office, wrong: Record, *lines: dict[str, Any]) -> Record:
    record = _correct(office, wrong, *lines)
    office.sign(record, "warehouse_keeper")
    return record
