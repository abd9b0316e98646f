"""How far contracts and orders are, one by one and many at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask

from portal.domain.effects import PostsEntry, PostsReceivable
from portal.extensions import db
from portal.models import RecordLink
from portal.queries import orders
from tests import desk
from tests.books import Books

LIFT, CART = {"id": 1, "text": "升降机 M0001"}, {"id": 2, "text": "巡检车 M0002"}
DAY = date(2026, 1, 1)


def ordered(books: Books, code: str = "CR-17", **lines: str) -> Any:
    """A contract or order of lifts and carts."""
    products = {"lifts": LIFT, "carts": CART}
    rows = [{"product": products[name], "quantity": quantity} for name, quantity in lines.items()]
    return books.record(code, answers={"products" if code == "CS-34" else "lines": rows}, state="finished")


def delivered(books: Books, order: Any, product: dict[str, Any], quantity: str) -> None:
    """The customer has received some of it."""
    facts = {"product": product, "quantity": quantity}
    books.post(PostsEntry("deliveries", facts, customer_id=books.customer(), about=order.id), order.number)


def owes(books: Books, order: Any, amount: int, *, paid: bool = False) -> None:
    """A claim, or a payment on it."""
    days: dict[str, Any] = {"paid_on": DAY} if paid else {"due_on": DAY}
    sum_ = Decimal(-amount if paid else amount)
    books.post(PostsReceivable(books.customer(), order.id, sum_, "全款", **days), order.number)


def test_many_at_once_are_as_each_alone(app: Flask, books: Books) -> None:
    every = [ordered(books, lifts="2", carts="1") for _one in range(4)]
    none, part, whole, _empty = every
    delivered(books, part, LIFT, "2")
    delivered(books, whole, LIFT, "1.5")
    delivered(books, whole, LIFT, "0.5")
    delivered(books, whole, CART, "1")
    for order in (none, part, whole):
        owes(books, order, 300)
    owes(books, part, 100, paid=True)
    owes(books, whole, 300, paid=True)
    with app.app_context():
        found = orders.progress({order.id for order in every})
        for order in every:
            one = found[order.id]
            assert one.delivery == orders.delivery_status(order.id)
        assert [found[order.id].delivery for order in every] == [
            *("not_delivered", "partly_delivered", "delivered", "not_delivered")
        ]
        assert [(found[order.id].claimed, found[order.id].paid) for order in every] == [
            *((300, 0), (300, 100), (300, 300), (0, 0))
        ]
        assert [found[order.id].is_closed for order in every] == [False, False, True, False]
        assert orders.progress(set()) == {}


def test_what_comes_on_an_order_counts_for_its_contract_too(app: Flask, books: Books) -> None:
    contract, order = ordered(books, "CS-34", lifts="3"), ordered(books, lifts="1")
    books.do(
        lambda: db.session.merge(RecordLink(source_id=order.id, target_id=contract.id, kind="named")).kind
    )
    delivered(books, order, LIFT, "1")
    delivered(books, contract, LIFT, "1")
    with app.app_context():
        assert [line.open for line in orders.lines(contract.id)] == [1]
        found = orders.progress({contract.id, order.id})
        assert [found[one.id].delivery for one in (contract, order)] == ["partly_delivered", "delivered"]


def test_a_delivery_that_was_taken_back_is_none(app: Flask, books: Books) -> None:
    order, slip = ordered(books, lifts="1"), books.record("CS-31", state="finished")
    facts = {"product": LIFT, "quantity": "1"}
    books.post(PostsEntry("deliveries", facts, about=order.id), slip.number)
    with app.app_context():
        assert orders.progress({order.id})[order.id].delivery == "delivered"
        db.session.remove()
    books.record("CS-31", state="finished", corrects_id=slip.id, closed_at=datetime.now(UTC))
    with app.app_context():
        assert orders.progress({order.id})[order.id].delivery == "not_delivered"


def test_many_cost_no_more_queries_than_one(app: Flask, books: Books) -> None:
    made = [ordered(books, lifts="1").id for _one in range(12)]
    counts = []
    for ids in (made[:1], made):
        with desk.counted(app) as queries, app.app_context():
            orders.progress(ids)
            db.session.remove()
        counts.append(sum(one.lstrip().startswith("SELECT") for one in queries))
    assert counts[0] == counts[1] <= 4
