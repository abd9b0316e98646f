"""The obligations of purchasing: late deliveries, reorders, evaluations of suppliers and their licences."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.domain.effects import OrdersStock, PostsStock
from portal.extensions import db
from portal.forms.duties import OBLIGATIONS
from portal.models import Record, RecordSubject, StockEntry, Task
from portal.services import stock
from tests.conftest import both_databases
from tests.forms.customer_service.shop import TODAY, days
from tests.forms.customer_service.test_customer_obligations import at
from tests.forms.supplies import ANGLE, CODE, PIPES, STEEL, Supplies

CASES = ("OS-07-S", "OS-11", "OS-13", "OS-14")


@pytest.fixture
def supplies(context: Flask) -> Supplies:
    """The small company's purchasing, whose obligations count from today."""
    found = Supplies()
    for key in CASES:
        found.since(key, TODAY)
    return found


def test_every_one_that_comes_by_its_case_is_tried_here() -> None:
    mine = {one.key for one in OBLIGATIONS.values() if one.department == "purchasing" and one.cases}
    assert mine == set(CASES)


# OS-11: late deliveries


def ordered(supplies: Supplies, promised: date, code: str = ANGLE, quantity: int = 50) -> Record:
    """An order that the supplier has promised to deliver by a day."""
    item = supplies.stock(code)
    answers = {
        "supplier": supplies.ref(supplies.supplier()),
        "lines": [{"item": supplies.ref(item), "quantity": Decimal(quantity)}],
    }
    record = supplies.record("PU-04", answers, at(TODAY), login="buyer")
    supplies.signature(record, "supplier_answer", at(TODAY), promised_date=str(promised))
    return record


def received(supplies: Supplies, order: Record, on: date, state: str = "running") -> Record:
    """A goods received note of an order."""
    answers = {
        "supplier": supplies.ref(supplies.supplier()),
        "order": supplies.ref(order),
        "received_at": at(on),
    }
    return supplies.record("PU-05", answers, at(on), login="buyer", state=state)


def test_os11_goods_that_have_not_come_are_chased_by_their_buyer(supplies: Supplies) -> None:
    order = ordered(supplies, days(10))
    assert supplies.run("OS-11", at(days(10), 23)).made == 0
    assert supplies.run("OS-11", at(days(11))).made == 1
    assert supplies.run("OS-11", at(days(11), 10)).made == 0
    task = supplies.only("OS-11")
    assert supplies.held(task) == {"buyer"}
    begun = supplies.answers(task)
    assert (begun["order"], begun["supplier"].id) == (supplies.ref(order), supplies.supplier().id)
    assert [line["item"].id for line in begun["lines"]] == [supplies.stock().id]
    assert supplies.run("OS-11", at(days(12))).missed == 1
    assert "purchasing_manager" in supplies.told()


@both_databases
def test_os11_the_goods_received_note_keeps_it_by_itself(supplies: Supplies) -> None:
    order, other = ordered(supplies, days(10)), ordered(supplies, days(10))
    supplies.run("OS-11", at(days(11)))
    mine, theirs = supplies.waiting("OS-11")
    received(supplies, other, days(11), state="voided")
    received(supplies, order, days(11))
    supplies.run("OS-11", at(days(11)))
    assert (supplies.state(mine), supplies.state(theirs)) == ("done", "open")


def test_os11_what_came_in_time_is_never_asked_for(supplies: Supplies) -> None:
    received(supplies, ordered(supplies, days(10)), days(9))
    assert supplies.run("OS-11", at(days(11))).made == 0


def test_os11_what_came_for_an_order_that_was_corrected_came_for_its_correction(supplies: Supplies) -> None:
    first = ordered(supplies, days(10))
    received(supplies, first, days(9))
    second = ordered(supplies, days(10))
    second.corrects_id = first.id
    third = ordered(supplies, days(10))
    third.corrects_id = second.id
    db.session.flush()
    assert supplies.run("OS-11", at(days(11))).made == 0


def test_os11_a_bookseller_s_list_answers_an_order_too(supplies: Supplies) -> None:
    order = ordered(supplies, days(10))
    answers = {
        "bookseller": supplies.ref(supplies.supplier()),
        "order": supplies.ref(order),
        "arrived_on": days(9),
    }
    supplies.record("PU-09", answers, at(days(9)), login="buyer", state="running")
    assert supplies.run("OS-11", at(days(11))).made == 0


def test_os11_an_order_that_no_longer_stands_is_called_off(supplies: Supplies) -> None:
    order = ordered(supplies, days(10))
    supplies.run("OS-11", at(days(11)))
    task = supplies.only("OS-11")
    order.state = "voided"
    db.session.flush()
    supplies.run("OS-11", at(days(11)))
    assert supplies.state(task) == "cancelled"


# OS-13: reorders


def post(supplies: Supplies, quantity: int, on: date, code: str = ANGLE) -> StockEntry:
    """A movement of the warehouse."""
    record = supplies.record("WH-06", {}, at(on), login="warehouse_keeper")
    effect = PostsStock("out" if quantity < 0 else "in", supplies.stock(code).id, "A-01", Decimal(quantity))
    entry = stock.move(effect, record, by=record.applicant_id, now=at(on))
    db.session.flush()
    return entry


def put_on_order(supplies: Supplies, quantity: int, on: date) -> None:
    """Goods that are ordered, or that have come."""
    record = supplies.record("PU-04", {}, at(on), login="buyer")
    effect = OrdersStock(supplies.stock().id, Decimal(quantity))
    stock.order(effect, record, by=record.applicant_id, now=at(on))
    db.session.flush()


def asked_for(
    supplies: Supplies, quantity: int, on: date, state: str = "running", ended: date | None = None
) -> Record:
    """A requisition for the item."""
    item = supplies.stock()
    line = {"item": supplies.ref(item), "name": item.name, "quantity": Decimal(quantity), "unit": "米"}
    record = supplies.record("PU-03", {"lines": [line]}, at(on), login="buyer", state=state)
    record.closed_at = at(ended) if ended else None
    db.session.add(RecordSubject(kind="stock_item", row_id=item.id, record_id=record.id))
    db.session.flush()
    return record


def limits(supplies: Supplies, point: int = 200, most: int | None = 500) -> None:
    """The item (400 in stock) is ordered anew below a point."""
    item = supplies.stock()
    item.reorder_point, item.maximum = Decimal(point), Decimal(most) if most else None
    db.session.flush()


def low(supplies: Supplies) -> Task:
    """The task for an item of which 150 are left and 200 should be."""
    limits(supplies)
    post(supplies, -250, days(1))
    supplies.run("OS-13", at(days(1)))
    return supplies.only("OS-13")


def test_os13_nothing_is_owed_at_the_point_itself(supplies: Supplies) -> None:
    limits(supplies)
    post(supplies, -200, days(1))
    assert supplies.run("OS-13", at(days(1))).made == 0
    post(supplies, -1, days(1))
    assert supplies.run("OS-13", at(days(1))).made == 1


def test_os13_an_item_without_a_point_is_left_alone(supplies: Supplies) -> None:
    post(supplies, -400, days(1))
    assert supplies.run("OS-13", at(days(1))).made == 0


@both_databases
def test_os13_the_draft_fills_the_stock_up(supplies: Supplies) -> None:
    plan = supplies.agreed(items=[supplies.planned(ANGLE, 100, 200, 500)])
    task = low(supplies)
    assert supplies.held(task) == {"buyer"}
    begun = supplies.answers(task)
    (line,) = begun["lines"]
    assert (line["item"].id, line["quantity"], line["unit"]) == (supplies.stock().id, Decimal(350), "米")
    assert line["needed_by"] == days(15)
    assert begun["source_record"] == supplies.ref(plan)
    assert begun["urgency"] == "normal"
    assert begun["department"].text == "库房"


def test_os13_below_the_minimum_it_is_urgent(supplies: Supplies) -> None:
    limits(supplies, most=None)
    post(supplies, -301, days(1))
    supplies.run("OS-13", at(days(1)))
    begun = supplies.answers(supplies.only("OS-13"))
    assert (begun["urgency"], begun["lines"][0]["quantity"]) == ("urgent", Decimal(101))


def test_os13_what_is_on_order_counts(supplies: Supplies) -> None:
    limits(supplies)
    put_on_order(supplies, 50, days(1))
    post(supplies, -250, days(1))
    assert supplies.run("OS-13", at(days(1))).made == 0
    post(supplies, -1, days(1))
    assert supplies.run("OS-13", at(days(1))).made == 1


@both_databases
def test_os13_what_waits_for_its_entry_check_counts(supplies: Supplies) -> None:
    limits(supplies)
    post(supplies, -250, days(1))
    note = supplies.record("PU-05", {}, at(days(1)), login="buyer")
    note.closed_at = at(days(1))
    line = {"item": {"id": supplies.stock().id, "text": ""}, "quantity": "60"}
    supplies.signature(note, "transfer_to_warehouse", at(days(1)), transferred_lines=[line])
    assert supplies.run("OS-13", at(days(1))).made == 0
    answers = {"receipt": supplies.ref(note)}
    supplies.record("WH-02", answers, at(days(2)), login="warehouse_keeper")
    db.session.flush()
    assert supplies.run("OS-13", at(days(2))).made == 1, "entered, and less than was handed over"


def test_os13_it_is_asked_for_once_while_it_is_low(supplies: Supplies) -> None:
    task = low(supplies)
    for day in range(2, 6):
        post(supplies, -1, days(day))
        assert supplies.run("OS-13", at(days(day))).made == 0
    assert supplies.only("OS-13") is task


def test_os13_a_requisition_keeps_it_if_it_is_large_enough(supplies: Supplies) -> None:
    task = low(supplies)
    asked_for(supplies, 49, days(2))
    supplies.run("OS-13", at(days(2)))
    assert supplies.state(task) == "open"
    asked_for(supplies, 1, days(2))
    supplies.run("OS-13", at(days(2)))
    assert supplies.state(task) == "done"
    assert supplies.run("OS-13", at(days(20))).made == 0


def test_os13_a_requisition_under_way_forestalls_it(supplies: Supplies) -> None:
    limits(supplies)
    asked_for(supplies, 300, days(0))
    post(supplies, -250, days(1))
    assert supplies.run("OS-13", at(days(1))).made == 0


def test_os13_what_is_handed_out_from_stock_brings_nothing_in(supplies: Supplies) -> None:
    task = low(supplies)
    issued = asked_for(supplies, 100, days(2), "finished", days(2))
    supplies.signature(issued, "stock_check", at(days(2)), stock_meets_demand=True)
    supplies.run("OS-13", at(days(2)))
    assert supplies.state(task) == "open"


@both_databases
def test_os13_an_approved_requisition_waits_for_its_order(supplies: Supplies) -> None:
    task = low(supplies)
    bought = asked_for(supplies, 100, days(2), "finished", days(2))
    supplies.signature(bought, "stock_check", at(days(2)), stock_meets_demand=False)
    supplies.run("OS-13", at(days(2)))
    assert supplies.state(task) == "done"
    assert supplies.run("OS-13", at(days(31))).made == 0
    assert supplies.run("OS-13", at(days(32))).made == 1, "no order has come of it"


def test_os13_a_refused_requisition_is_asked_for_again_later(supplies: Supplies) -> None:
    task = low(supplies)
    refused = asked_for(supplies, 100, days(2))
    supplies.run("OS-13", at(days(2)))
    assert supplies.state(task) == "done"
    refused.state, refused.closed_at = "refused", at(days(3))
    db.session.flush()
    assert supplies.run("OS-13", at(days(32))).made == 0
    assert supplies.run("OS-13", at(days(33))).made == 1


def test_os13_stock_that_comes_in_calls_it_off_and_the_next_fall_asks_anew(supplies: Supplies) -> None:
    task = low(supplies)
    post(supplies, 50, days(2))
    supplies.run("OS-13", at(days(2)))
    assert supplies.state(task) == "cancelled"
    post(supplies, -10, days(3))
    assert supplies.run("OS-13", at(days(3))).made == 1


def test_os13_it_is_missed_after_two_days(supplies: Supplies) -> None:
    low(supplies)
    assert supplies.run("OS-13", at(days(3), 23)).missed == 0
    assert supplies.run("OS-13", at(days(4))).missed == 1
    assert {"purchasing_manager", "warehouse_supervisor"} <= supplies.told()


# OS-14: evaluations


def test_os14_a_supplier_is_evaluated_each_year(supplies: Supplies) -> None:
    one = supplies.supplier()
    one.next_evaluation_on, one.goods, one.credit_code = days(40), "钢材", CODE
    assert supplies.run("OS-14", at(days(9))).made == 0
    assert supplies.run("OS-14", at(days(10))).made == 1
    task = supplies.only("OS-14")
    assert supplies.held(task) == {"buyer"}
    begun = supplies.answers(task)
    assert (begun["evaluation_kind"], begun["supplier"]) == ("yearly", supplies.ref(one))
    assert (begun["supplied_goods"], begun["credit_code"], begun["contact"]) == ("钢材", CODE, "费建国")
    assert supplies.run("OS-14", at(days(41))).missed == 1
    assert "purchasing_manager" in supplies.told()


def test_os14_who_was_never_evaluated_is_within_a_year(supplies: Supplies) -> None:
    assert supplies.run("OS-14", at(days(300))).made == 0
    assert supplies.run("OS-14", at(days(340))).made == 2


@both_databases
def test_os14_an_evaluation_keeps_it_and_the_next_year_asks_again(supplies: Supplies) -> None:
    supplies.supplier().next_evaluation_on = days(10)
    db.session.flush()
    supplies.run("OS-14", at(TODAY))
    task = supplies.only("OS-14")
    record = supplies.submit("PU-08", "buyer", **supplies.again())
    supplies.run("OS-14", at(TODAY))
    assert supplies.state(task) == "done"
    supplies.sign(record, quality_agrees=True)
    supplies.sign(record, supplier_status="approved")
    assert supplies.run("OS-14", at(days(20))).made == 0
    supplies.run("OS-14", at(days(340)))
    titles = {one.case_name for one in supplies.waiting("OS-14")}
    assert f"{supplies.supplier().id}:2027-05-12" in titles


def test_os14_who_is_struck_off_is_not_evaluated_any_more(supplies: Supplies) -> None:
    one = supplies.supplier()
    one.next_evaluation_on = days(10)
    supplies.run("OS-14", at(TODAY))
    task = supplies.only("OS-14")
    one.status = "removed"
    db.session.flush()
    supplies.run("OS-14", at(TODAY))
    assert supplies.state(task) == "cancelled"


@both_databases
def test_os14_three_returns_within_a_year_ask_for_an_evaluation(supplies: Supplies) -> None:
    one = supplies.supplier()
    supplies.returned(one, days(1))
    supplies.returned(supplies.supplier(PIPES), days(2))
    supplies.returned(one, days(2))
    assert supplies.run("OS-14", at(days(3))).made == 0
    supplies.returned(one, days(3))
    assert supplies.run("OS-14", at(days(3))).made == 1
    supplies.returned(one, days(4))
    assert supplies.run("OS-14", at(days(4))).made == 0, "asked for once"
    task = supplies.only("OS-14")
    assert supplies.answers(task)["evaluation_kind"] == "re_evaluation"
    assert supplies.run("OS-14", at(days(18))).missed == 1


def test_os14_counting_begins_anew_with_each_evaluation(supplies: Supplies) -> None:
    one = supplies.supplier()
    for day in (1, 2, 3):
        supplies.returned(one, days(day))
    supplies.run("OS-14", at(days(3)))
    task = supplies.only("OS-14")
    supplies.now = at(days(4))
    supplies.evaluate(**supplies.again("re_evaluation"))
    supplies.run("OS-14", at(days(4)))
    assert supplies.state(task) == "done"
    for day in (5, 6):
        supplies.returned(one, days(day))
    assert supplies.run("OS-14", at(days(6))).made == 0
    supplies.returned(one, days(7))
    assert supplies.run("OS-14", at(days(7))).made == 1


def test_os14_returns_more_than_a_year_apart_are_no_cause(supplies: Supplies) -> None:
    one = supplies.supplier()
    for on in (TODAY - timedelta(days=380), TODAY - timedelta(days=2), days(1)):
        supplies.returned(one, on)
    assert supplies.run("OS-14", at(days(1))).made == 0


def test_os14_a_return_that_is_given_up_calls_it_off(supplies: Supplies) -> None:
    one = supplies.supplier()
    back = [supplies.returned(one, days(day)) for day in (1, 2, 3)]
    supplies.run("OS-14", at(days(3)))
    task = supplies.only("OS-14")
    back[1].state = "voided"
    db.session.flush()
    supplies.run("OS-14", at(days(3)))
    assert supplies.state(task) == "cancelled"


# OS-07-S: licences


def licensed(supplies: Supplies, expires: date | None, **changed: Any) -> Record:
    """A supplier whose permit expires on a day."""
    return supplies.evaluate(**supplies.again(licences=[supplies.licence("许可证", expires)], **changed))


def test_os07_a_licence_of_a_supplier_is_renewed_before_it_expires(supplies: Supplies) -> None:
    licensed(supplies, days(60))
    assert supplies.run("OS-07-S", at(days(29))).made == 0
    assert supplies.run("OS-07-S", at(days(30))).made == 1
    task = supplies.only("OS-07-S")
    assert supplies.held(task) == {"buyer"}
    begun = supplies.answers(task)
    assert (begun["evaluation_kind"], begun["supplier"]) == (
        "re_evaluation",
        supplies.ref(supplies.supplier(STEEL)),
    )
    assert [row["paper"] for row in begun["licences"]] == ["许可证"]
    assert supplies.run("OS-07-S", at(days(61))).missed == 1
    assert "purchasing_manager" in supplies.told()


def test_os07_a_licence_that_does_not_expire_is_left_alone(supplies: Supplies) -> None:
    licensed(supplies, None)
    assert supplies.run("OS-07-S", at(days(300))).made == 0


@both_databases
def test_os07_the_new_licence_keeps_it(supplies: Supplies) -> None:
    licensed(supplies, days(60))
    supplies.run("OS-07-S", at(days(30)))
    task = supplies.only("OS-07-S")
    supplies.now = at(days(40))
    licensed(supplies, days(60))
    supplies.run("OS-07-S", at(days(40)))
    assert supplies.state(task) == "open", "the same licence once more"
    licensed(supplies, days(800))
    supplies.run("OS-07-S", at(days(40)))
    assert supplies.state(task) == "done"


def test_os07_a_licence_that_is_needed_no_more_calls_it_off(supplies: Supplies) -> None:
    licensed(supplies, days(60))
    supplies.run("OS-07-S", at(days(30)))
    task = supplies.only("OS-07-S")
    supplies.evaluate(**supplies.again(licences=[supplies.licence("营业执照")]))
    supplies.run("OS-07-S", at(days(30)))
    assert supplies.state(task) == "cancelled"
