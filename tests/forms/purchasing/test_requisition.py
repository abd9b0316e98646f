"""PU-03: what is there is issued, what is short is ordered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from goods_books import BOLT, HENGDA, PIPE, filed, furnish, refusals

from portal.domain.effects import Opens
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.forms.purchasing.purchase_order import PurchaseOrder
from portal.forms.purchasing.requisition import Requisition, StockCheck
from portal.models import StockBalance, StockItem
from portal.services.drafts import prefill


@pytest.fixture(autouse=True)
def books(app_context: Any) -> None:
    furnish()


def line(item: Ref, quantity: str, needed_by: date = date(2026, 6, 1)) -> dict[str, Any]:
    return {
        "item": item,
        "name": item.text.split(" ")[0],
        "quantity": Decimal(quantity),
        "unit": "件",
        "needed_by": needed_by,
    }


def check(*lines: dict[str, Any], **answers: Any) -> StockCheck:
    stage = StockCheck(answers=answers, context={"lines": list(lines)})
    stage.compute()
    return stage


def record(*lines: dict[str, Any], supplier: Ref | None = HENGDA, **answers: Any) -> Any:
    stage = check(*lines, **answers)
    return filed(Requisition, {"lines": list(lines), "suggested_supplier": supplier, **stage.answers()})


def numbers(stage: StockCheck) -> list[list[Decimal]]:
    names = ("on_hand", "ordered", "demand", "shortage")
    return [[row[name] for name in names] for row in stage.stock_lines.data]


def test_r54_short_is_what_is_neither_on_hand_nor_on_order() -> None:
    db.session.add(StockBalance(item_id=2, place="B-02", quantity=Decimal(5)))
    db.session.get_one(StockItem, 2).on_order = Decimal(20)
    db.session.flush()
    assert numbers(check(line(BOLT, "40"), line(PIPE, "36.5"))) == [
        [100, 0, 40, 0],
        [15, 20, Decimal("36.5"), Decimal("1.5")],
    ]


def test_an_item_asked_for_in_two_lines_is_looked_up_once() -> None:
    stage = check(line(BOLT, "60"), line(PIPE, "10"), line(BOLT, "70"))
    assert [row["item"] for row in stage.stock_lines.data] == [BOLT, PIPE]
    assert numbers(stage)[0] == [100, 0, 130, 30]


def test_the_numbers_of_the_books_stay_whatever_is_sent() -> None:
    sent = {"stock_lines": [{"item": PIPE, "shortage": Decimal(7)}], "stock_meets_demand": True}
    stage = check(line(BOLT, "40"), **sent)
    assert refusals(stage) == set()
    assert stage.dump()["stock_lines"] == [
        {
            "item": {"id": 1, "text": BOLT.text},
            "on_hand": "100",
            "ordered": "0",
            "reserved": "0",
            "demand": "40",
            "shortage": "0",
        }
    ]


def test_what_is_short_cannot_come_from_stock() -> None:
    assert refusals(check(line(BOLT, "101"), stock_meets_demand=True)) == {"stock_meets_demand"}
    assert refusals(check(line(BOLT, "101"), stock_meets_demand=False)) == set()
    assert refusals(check(line(BOLT, "100"), stock_meets_demand=True)) == set()


def test_r54_buying_without_a_shortage_needs_a_reason() -> None:
    assert refusals(check(line(BOLT, "40"), stock_meets_demand=False)) == {"buy_reason"}
    assert refusals(check(line(BOLT, "40"), stock_meets_demand=False, buy_reason="留给在建项目")) == set()


def test_purchasing_approves_only_what_is_bought_and_a_refusal_goes_to_the_buyer() -> None:
    route = Requisition.signoff
    assert route.following("stock_check", {"stock_meets_demand": True}) == route.step("issue")
    assert route.following("stock_check", {"stock_meets_demand": False}) == route.step("purchasing_approval")
    assert route.step("purchasing_approval").on_refusal == Back("stock_check")


def test_what_is_there_is_issued_until_the_first_of_it_is_needed() -> None:
    stage = check(line(BOLT, "40"), line(PIPE, "1", date(2026, 5, 20)), stock_meets_demand=True)
    assert refusals(stage) == set()
    assert stage.issue_by.data == date(2026, 5, 20)
    bought = check(line(BOLT, "101"), stock_meets_demand=False)
    assert refusals(bought) == set()
    assert bought.issue_by.data is None


def test_a_draft_order_names_what_is_short() -> None:
    short = record(line(BOLT, "40"), line(PIPE, "36.5", date(2026, 5, 20)), stock_meets_demand=False)
    (order,) = Requisition.effects("purchasing_approval", short)
    assert isinstance(order, Opens)
    assert (order.code, order.names_as) == ("PU-04", "requisition")
    lines = [{"item": PIPE, "name": "钢管", "quantity": Decimal("26.5"), "unit": "件"}]
    assert order.answers == {"supplier": HENGDA, "lines": lines, "delivery_date": date(2026, 5, 20)}
    assert prefill(PurchaseOrder, order.answers)["lines"][0]["quantity"] == "26.5"


def test_r54_what_is_bought_for_a_reason_is_ordered_as_asked_for() -> None:
    all_the_same = record(
        line(BOLT, "40"), supplier=None, stock_meets_demand=False, buy_reason="留给在建项目"
    )
    (order,) = Requisition.effects("purchasing_approval", all_the_same)
    assert [row["quantity"] for row in order.answers["lines"]] == [40]
    assert "supplier" not in prefill(PurchaseOrder, order.answers)


def test_a_list_shows_the_things_that_are_needed() -> None:
    form = Requisition(answers={"lines": [line(BOLT, "1"), line(PIPE, "2"), line(BOLT, "3")]})
    assert form.heading() == "螺栓、钢管"
    assert Requisition(answers={}).heading() == ""
