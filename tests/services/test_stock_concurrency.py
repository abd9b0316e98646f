"""Several people who move the same goods at the same moment, on both databases: the books balance all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.domain.effects import PostsStock
from portal.domain.refusal import AlreadyDecided, Refusal
from portal.extensions import db
from portal.models import Record, StockItem
from portal.queries import goods, promised
from portal.services import effects, master, places
from tests.services import balanced_books
from tests.services.crowd import Crowd
from tests.services.goods_house import House, Wrong, link
from tests.services.office import NOW, TODAY, Office

pytestmark = pytest.mark.both_databases
Act = Callable[[Office], Any]
PLACE = "A-01"


@pytest.fixture
def crowd(app: Flask) -> Crowd:
    return Crowd(app)


def stocked(*batches: tuple[str, int]) -> int:
    """A new item of which so much lies in these batches."""
    house, item = House(NOW), master.create("stock_item", name="甲", unit="件")
    for batch, quantity in batches:
        record = house.entry(item, Decimal(quantity), PLACE, batch)
        house.checked(record, Decimal(quantity))
        house.posted(record, Decimal(2))
    return item.id


def needed(item: int, quantity: int) -> int:
    """A requisition that waits to be issued."""
    house = House(NOW)
    record = house.requisition((db.session.get_one(StockItem, item), Decimal(quantity)))
    house.sign(record)
    house.sign(record, stock_meets_demand=True)
    return record.id


def damaged(item: int, quantity: int) -> int:
    """A write-off list that waits for the supervisor."""
    return House(NOW).write_off(db.session.get_one(StockItem, item), PLACE, Decimal(quantity)).id


def coming(item: int, quantity: int) -> int:
    """An entry that waits to be booked."""
    house = House(NOW)
    record = house.entry(db.session.get_one(StockItem, item), Decimal(quantity), PLACE, "B9")
    house.checked(record, Decimal(quantity))
    return record.id


def corrected(item: int, quantity: int) -> int:
    """A correction of a write-off list, waiting for the supervisor."""
    house = House(NOW)
    record = house.write_off(db.session.get_one(StockItem, item), PLACE, Decimal(1))
    written_off(house, record)
    house.sign(record, removed_on=TODAY, removal_way="destroyed", witness=house.office.ref("auditor"))
    line = house.damaged(db.session.get_one(StockItem, item), PLACE, Decimal(quantity))
    return house.anew(record, lines=[line]).id


def counted(item: int, quantity: int) -> int:
    """A count that waits for the books to be put right."""
    house = House(NOW)
    record = house.count((db.session.get_one(StockItem, item), PLACE, Decimal(quantity)))
    looks = {"stock_list_checked": True, "journal_checked": True}
    house.sign(record, **looks, verdict="rejected", reject_reason="重新查询")
    house.again(record)
    house.sign(record, **looks, verdict="approved")
    return record.id


def issued(house: House, record: Record) -> None:
    """What is needed is handed out from one place."""
    (line,) = balanced_books.answers(record)["lines"]
    row = {"item": line["item"], "place": PLACE, "quantity": line["quantity"]}
    house.sign(record, issued_lines=[row], receiver=house.office.ref("employee"))


def written_off(house: House, record: Record) -> None:
    """The supervisor approves."""
    house.sign(record, must_scrap=True, supervisor_opinion="属实")


def booked(house: House, record: Record) -> None:
    """The entry is booked."""
    house.posted(record, Decimal(3))


def put_right(house: House, record: Record) -> None:
    """The books follow the count."""
    house.sign(record, updated_on=TODAY)


def on(record_id: int, act: Callable[[House, Record], Any]) -> Act:
    """An act on a record, done in a session of its own."""

    def run(_office: Office) -> None:
        house = House(NOW)
        house.hold = True
        act(house, db.session.get_one(Record, record_id))

    return run


def made(crowd: Crowd, make: Callable[..., Any], *facts: Any) -> Any:
    """What somebody makes, or sees, before or after the crowd."""
    return crowd.alone(lambda _office: make(*facts))


def balanced(crowd: Crowd, item: int, *records: int) -> None:
    """The books of an item balance, and each record stands in them once."""

    def look(_office: Office) -> None:
        balanced_books.check([item])
        for id in records:
            balanced_books.check_record(db.session.get_one(Record, id))

    crowd.alone(look)


@pytest.mark.proves("F5")
def test_a_place_is_closed_or_gets_goods_but_not_both(crowd: Crowd) -> None:
    item = made(crowd, stocked, ("B1", 7))
    place = made(crowd, lambda: places.enter("Z-01").id)
    record_id = made(crowd, lambda: needed(item, 1))
    put = threading.Event()

    def bring(_office: Office) -> None:
        record = db.session.get_one(Record, record_id)
        effect = PostsStock("in", item, "Z-01", Decimal(2))
        effects.carry_out([effect], record, by=record.applicant_id, now=NOW)
        db.session.flush()
        put.set()
        time.sleep(0.5)  # as one who is not done yet

    def close(office: Office) -> None:
        put.wait(timeout=20)
        places.close(place, by=office.actor("warehouse_supervisor"), now=NOW)

    brought, closed = crowd.together(bring, close)
    assert brought is None
    assert isinstance(closed, Refusal), "goods lie where no form could take them from"


def test_of_several_who_take_the_same_goods_no_more_get_some_than_there_are(crowd: Crowd) -> None:
    for round in range(2):
        item = made(crowd, stocked, ("B1", 7), ("B2", 8))
        acts = []
        for make, quantity, act in (
            (needed, 6, issued),
            (needed, 5, issued),
            (damaged, 6, written_off),
            (damaged, 5, written_off),
            (coming, 2, booked),
        ):
            record = made(crowd, make, item, quantity)
            acts.append((record, act))
        Random(round).shuffle(acts)
        results = crowd.together(*(on(record, act) for record, act in acts))
        assert all(one is None or isinstance(one, Refusal) for one in results), results
        assert sum(one is None for one in results) >= 3, results
        balanced(crowd, item, *(record for record, _act in acts))


def test_goods_are_handed_out_once_whoever_signs(crowd: Crowd) -> None:
    for _round in range(2):
        item = made(crowd, stocked, ("B1", 20))
        record = made(crowd, needed, item, 3)
        results = crowd.together(*[on(record, issued)] * 5)
        assert sum(one is None for one in results) == 1, results
        assert all(one is None or isinstance(one, AlreadyDecided | Wrong | Refusal) for one in results), (
            results
        )
        assert made(crowd, goods.balance, item, PLACE) == 17
        assert made(crowd, promised.reserved, [item]) == {item: 0}
        balanced(crowd, item, record)


def test_corrections_counts_and_movements_at_once_leave_the_books_in_order(crowd: Crowd) -> None:
    for _round in range(2):
        item = made(crowd, stocked, ("B1", 9), ("B2", 9))
        correction = made(crowd, corrected, item, 4)
        issue = made(crowd, needed, item, 8)
        entry = made(crowd, coming, item, 5)
        count = made(crowd, counted, item, 12)
        acts = ((correction, written_off), (issue, issued), (entry, booked), (count, put_right))
        results = crowd.together(*(on(record, act) for record, act in acts))
        assert all(one is None or isinstance(one, Refusal) for one in results), results
        assert results[3] is None, "nothing moves what is being counted but the count"
        balanced(crowd, item, correction, issue, entry, count)


def test_a_count_begins_before_goods_leave_or_after(crowd: Crowd) -> None:
    for _round in range(2):
        item = made(crowd, stocked, ("B1", 9))
        issue = made(crowd, needed, item, 4)
        counts: list[int] = []

        def begin(_office: Office, item: int = item, counts: list[int] = counts) -> None:
            counts.append(House(NOW).count((db.session.get_one(StockItem, item), PLACE, Decimal(9))).id)

        begun, left = crowd.together(begin, on(issue, issued))
        assert begun is None or isinstance(begun, Refusal), begun
        assert left is None or isinstance(left, Refusal), left
        held = made(crowd, lambda item=item: goods.frozen_by({item}).get((item, PLACE)))
        assert (held is not None) == (begun is None)
        balanced(crowd, item, issue)


def test_orders_of_one_requisition_take_no_more_together_than_is_short(crowd: Crowd) -> None:
    for _round in range(2):
        item = made(crowd, stocked, ("B1", 1))

        def short(_office: Office, item: int = item) -> int:
            house = House(NOW)
            record = house.requisition((db.session.get_one(StockItem, item), Decimal(11)))
            house.sign(record)
            house.sign(record, stock_meets_demand=False)
            house.sign(record)
            return record.id

        requisition = crowd.alone(short)

        def order(house: House, record: Record, item: int = item) -> None:
            wanted = (db.session.get_one(StockItem, item), Decimal(6))
            house.order(link(record), wanted, price=Decimal(2))

        results = crowd.together(*[on(requisition, order)] * 3)
        assert sorted(type(one).__name__ for one in results) == ["NoneType", "Wrong", "Wrong"], results
        orders = sa.select(sa.func.count(Record.id)).where(
            Record.form_code == "PU-04", Record.state == "running"
        )
        assert crowd.alone(lambda _office, query=orders: db.session.scalar(query)) == _round + 1
