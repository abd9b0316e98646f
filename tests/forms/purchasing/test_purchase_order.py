"""PU-04: bought is what is short, from whom it may be bought."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from goods_books import (
    BLOCKED,
    BOLT,
    HENGDA,
    NOW,
    PAINT,
    PIPE,
    filed,
    furnish,
    kept,
    kept_order,
    refusals,
    row_refusals,
    stored,
)

from portal.domain.effects import OrdersStock
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.forms.purchasing.purchase_order import PurchaseOrder, SupplierAnswer
from portal.lib.clock import today
from portal.models import OrderEntry, StockItem
from portal.queries.deliveries import FURTHEST
from tests.desk import counted


@pytest.fixture(autouse=True)
def books(app_context: Any) -> None:
    furnish()


def requisition(shortage: str = "30", reason: str | None = None, state: str = "finished") -> Ref:
    rows = [{"item": stored(BOLT), "on_hand": "0", "ordered": "0", "demand": "30", "shortage": shortage}]
    stages = {"stock_check": {"stock_lines": rows, "buy_reason": reason}}
    return kept("PU-03", {}, stages=stages, state=state)


def line(item: Ref = BOLT, quantity: str = "30", **other: Any) -> dict[str, Any]:
    return {
        "item": item,
        "name": "M8",
        "quantity": Decimal(quantity),
        "unit": "件",
        "unit_price": Decimal("2.55"),
        **other,
    }


def opening(**other: Any) -> dict[str, Any]:
    return {
        "supplier": HENGDA,
        "requisition": requisition(),
        "lines": [line()],
        "delivery_date": date(2099, 6, 1),
        "delivery_place": "一号库",
        "payment_terms": "月结",
        "quality_terms": "附合格证",
        "price_compared": True,
        **other,
    }


def test_amounts_are_computed_and_rounded_half_up() -> None:
    form = PurchaseOrder(answers=opening(lines=[line(quantity="0.3", unit_price=Decimal("0.15"))]))
    assert refusals(form) == set()
    assert form.lines.data[0]["amount"] == form.total_amount.data == Decimal("0.05")


def test_r54_the_shortage_comes_from_the_requisition_and_a_larger_order_needs_its_reason() -> None:
    assert refusals(PurchaseOrder(answers=opening())) == set()
    too_much = PurchaseOrder(answers=opening(lines=[line(quantity="31", shortage=Decimal(99))]))
    assert row_refusals(too_much, "lines") == {"quantity"}
    assert not too_much.validate()
    explained = opening(requisition=requisition(reason="整箱起订"), lines=[line(quantity="50")])
    assert refusals(PurchaseOrder(answers=explained)) == set()


def test_r54_what_is_not_short_is_ordered_only_for_a_reason() -> None:
    bare = PurchaseOrder(answers=opening(requisition=requisition("0")))
    assert row_refusals(bare, "lines") == {"shortage"}
    reasoned = PurchaseOrder(answers=opening(requisition=requisition("0", reason="整箱起订")))
    assert refusals(reasoned) == set()
    assert reasoned.lines.data[0]["shortage"] == 0


@pytest.mark.parametrize("state", ["running", "returned", "refused", "voided"])
def test_nothing_is_ordered_for_a_requisition_that_is_not_finished(state: str) -> None:
    assert refusals(PurchaseOrder(answers=opening(requisition=requisition(state=state)))) == {"requisition"}


def test_r54_an_item_that_the_requisition_does_not_name_is_short_by_the_books() -> None:
    form = PurchaseOrder(answers=opening(lines=[line(PIPE, "40")]))
    assert refusals(form) == set()
    assert form.lines.data[0]["shortage"] == 40  # minimum 50, 10 there


def test_what_the_corrected_order_put_on_order_is_still_short() -> None:
    wrong, pipe = kept_order((PIPE, 40)), db.session.get_one(StockItem, PIPE.id)
    pipe.on_order = Decimal(40)
    db.session.add(
        OrderEntry(
            kind="order",
            item_id=PIPE.id,
            quantity=Decimal(40),
            balance=Decimal(40),
            record_id=wrong.id,
            posted_by_id=1,
            posted_at=NOW,
        )
    )
    answers = opening(lines=[line(PIPE, "40")])
    assert row_refusals(PurchaseOrder(answers=answers), "lines") == {"shortage"}
    assert refusals(PurchaseOrder(answers=answers, context={"@corrects": wrong.id})) == set()


def test_the_books_are_asked_as_often_for_many_lines_as_for_few(app_context: Flask) -> None:
    often = []
    for times in (1, 5):
        lines = [line(BOLT), line(PIPE, "40"), line(PAINT, "1")]  # two that the requisition does not name
        form = PurchaseOrder(answers=opening(lines=lines * times))
        with counted(app_context) as asked:
            form.validate()
        often.append(len([said for said in asked if said.startswith("SELECT")]))
    assert often[0] == often[1]


def test_r54_only_suppliers_of_the_approved_list() -> None:
    assert refusals(PurchaseOrder(answers=opening(supplier=BLOCKED))) == {"supplier"}


def test_the_general_manager_approves_above_the_limit() -> None:
    step = PurchaseOrder.signoff.step("gm_approval")
    assert step.when is not None
    limit = {"@purchase_order_limit": Decimal(50_000)}
    assert not step.when.holds({"total_amount": Decimal(50_000), **limit})
    assert step.when.holds({"total_amount": Decimal("50000.01"), **limit})


def test_a_supplier_that_declines_sends_the_order_back_and_nothing_is_on_order() -> None:
    step = PurchaseOrder.signoff.step("supplier_answer")
    assert step.outcome({"supplier_accepts": False}) == Back(when=step.outcomes[0].when)
    assert refusals(SupplierAnswer(answers={"supplier_accepts": False})) == set()
    assert refusals(SupplierAnswer(answers={"supplier_accepts": True})) == {"promised_date"}
    far = {"supplier_accepts": True, "promised_date": today() + FURTHEST}
    assert refusals(SupplierAnswer(answers=far)) == set()
    assert refusals(SupplierAnswer(answers=far | {"promised_date": date(2062, 6, 2)})) == {"promised_date"}
    declined = filed(PurchaseOrder, {"lines": [line()], "supplier_accepts": False})
    assert list(PurchaseOrder.effects("supplier_answer", declined)) == []


def test_an_accepted_order_is_on_order_and_its_buyer_is_reminded() -> None:
    answers = {"lines": [line()], "supplier_accepts": True, "promised_date": date(2026, 6, 2)}
    (on_order,) = PurchaseOrder.effects("supplier_answer", filed(PurchaseOrder, answers))
    assert on_order == OrdersStock(1, Decimal(30))
