"""The books of after-sales service, as the acts of people fill them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.ledgers import LEDGERS
from portal.lib.clock import minute, now
from portal.models import Customer, Draft, LedgerEntry, Record, StockEntry, StockItem, Task
from portal.queries import history, ledgers, receivables
from portal.services import route
from tests.walk import Walker, problems


@pytest.fixture
def walker(app: Flask) -> Walker:
    """People who fill in and sign."""
    return Walker(app)


def lines(walker: Walker, key: str) -> list[dict[str, Any]]:
    """The lines of a ledger."""
    with walker.app.app_context():
        return list(ledgers.page(LEDGERS[key].source, ledgers.Wanted(), "", 50).rows)


def charged(walker: Walker) -> str:
    """A voucher that was paid at once and used parts, as soon as a story tells of one."""
    for _again in range(12):
        number = walker.walk("CS-78")
        with walker.app.app_context():
            known = route.known(db.session.scalars(sa.select(Record).where(Record.number == number)).one())
            db.session.remove()
        if known.get("parts_used") and known.get("payment_way") in ("cash", "transfer"):
            return number
        walker.hints.clear()
    raise AssertionError("no story tells of a voucher that was paid at once")


def test_a_service_fills_income_account_stock_and_registers(walker: Walker) -> None:
    number = charged(walker)
    with walker.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        known = route.known(record)
        customer = db.session.get_one(Customer, known["customer"].id)
        amount = known["charged_amount"]
        assert amount > 0
        assert receivables.paid(record.id) == amount
        assert customer.arrears == 0
        entries = db.session.scalars(sa.select(StockEntry).where(StockEntry.record_id == record.id))
        moved = [-line.quantity for line in entries]
        assert moved == [row["quantity"] for row in known["parts_used"]] != []
    (income,) = (line for line in lines(walker, "service_income") if line["record"] == number)
    assert (income["record"], Decimal(income["charged"])) == (number, amount)
    (handed,) = (line for line in lines(walker, "hand_in") if line["record"] == number)
    assert (handed["record"], handed["hand_in_by"], handed["days"]) == (number, "", 0)
    assert handed["received_by"]
    (opinion,) = (line for line in lines(walker, "service_opinions") if line["record"] == number)
    assert opinion["attitude_rating"] == format(known["attitude_rating"], "f")
    assert not [line for line in lines(walker, "warranty_work") if line["record"] == number]  # of type A
    parts = [line for line in lines(walker, "parts_ledger") if line["record"] == number]
    assert [(line["in"], line["out"]) for line in parts] == [(None, quantity) for quantity in moved]
    assert all(line["dispatch"].startswith("CS-77") and line["technician"] for line in parts)


def test_what_was_corrected_is_taken_back_once(walker: Walker) -> None:
    number = charged(walker)
    browser, address = walker.browser("service_technician"), walker.address(FORMS["CS-78"])
    browser.post(f"{address}{number}/copies", data={"_corrects": "1"})
    with walker.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        known, record_id = route.known(record), record.id
        key = db.session.scalars(sa.select(Draft.key).where(Draft.corrects_id == record_id)).one()
    data = {"_op": "submit", "_key": key, "dispatch_order": known["dispatch_order"].text}
    data |= {"customer": known["customer"].text, "service_type": "a_fee_service", "service_fee": "100"}
    data |= {"work_done": "只检查，没有更换零件"}
    data |= {"started_at": "2026-05-12 09:00", "ended_at": "2026-05-12 10:00"}
    answer = browser.post(f"{address}new", data=data)
    assert answer.status_code == 303, problems(answer)
    later = answer.headers["Location"].rsplit("/", 1)[-1]
    while walker.sign(later):
        pass
    with walker.app.app_context():
        assert receivables.paid(record_id) == 0
        assert db.session.get_one(Customer, known["customer"].id).arrears == 0
        both = Record.number.in_((number, later))
        taken = sa.select(sa.func.sum(StockEntry.quantity)).join(Record).where(both)
        assert db.session.scalar(taken) == 0
    old = next(line for line in lines(walker, "service_income") if line["record"] == number)
    assert old["reversed_by"] == later


def test_a_voucher_waits_for_its_hand_in_until_the_next_working_day(walker: Walker) -> None:
    number = walker.open("CS-78")
    (before,) = lines(walker, "hand_in")
    assert (before["signed_at"], before["hand_in_by"]) == (None, "")
    walker.sign(number)
    (line,) = lines(walker, "hand_in")
    assert line["received_at"] is None
    assert line["hand_in_by"] > line["signed_at"].date().isoformat()


def test_a_voucher_that_is_given_back_goes_round_without_parts(walker: Walker) -> None:
    number = walker.open("CS-78")
    walker.sign(number)
    walker.sign(number, voucher_checked="no")
    assert walker.state(number) == "returned"
    with walker.app.app_context():
        taken = sa.select(StockEntry).join(Record).where(Record.number == number)
        assert db.session.scalars(taken).all() == []
    (line,) = lines(walker, "hand_in")
    assert line["received_at"] is None


def test_contracts_and_warranties_tell_how_far_they_are(walker: Walker) -> None:
    contract, warranty = walker.walk("CS-73"), walker.walk("CS-71")
    (line,) = lines(walker, "service_contracts")
    assert (line["record"], line["outcome"], line["visits_done"]) == (contract, "signed", 0)
    (covered,) = lines(walker, "warranty")
    assert covered["record"] == warranty
    assert covered["days_left"] > 300


def test_a_visit_under_a_contract_counts_when_it_is_closed(walker: Walker) -> None:
    walker.walk("CS-73")
    with walker.app.app_context():
        entry = db.session.scalars(
            sa.select(LedgerEntry).where(LedgerEntry.ledger == "service_contracts")
        ).one()
        code = db.session.get_one(Customer, entry.customer_id).code
        db.session.rollback()
    browser, address = walker.browser("customer_service_officer"), walker.address(FORMS["CS-76"])
    data = {"_op": "submit", "customer": code, "site_address": "天元街", "contact_phone": "0572-5550101"}
    data |= {"site_condition": "季度保养", "intake_point": "after_sales_centre", "intake_way": "telephone"}
    data |= {"received_at": this_minute(), "receiver": "E001", "service_type": "b_contract_service"}
    answer = browser.post(f"{address}new", data=data)
    assert answer.status_code == 303, answer.text
    number = answer.headers["Location"].rsplit("/", 1)[-1]
    while walker.sign(number):
        pass
    assert walker.state(number) == "finished"
    (line,) = lines(walker, "service_contracts")
    assert line["visits_done"] == 1


def this_minute() -> str:
    """This minute, as people type it."""
    return minute(now())


def test_the_list_of_service_forms_names_every_form_of_the_section(walker: Walker) -> None:
    listed = lines(walker, "service_forms")
    section = sorted(code for code, form in FORMS.items() if form.section == "after_sales")
    assert [line["code"] for line in listed] == section
    assert {line["form"] for line in listed} >= {"报修登记簿", "服务凭证"}
    page = walker.browser("customer_service_officer").get("/registers/service_forms")
    assert page.status_code == 200
    assert "服务派工单" in page.text


@pytest.mark.parametrize(
    "key",
    [
        *("warranty", "warranty_work", "service_contracts", "service_income", "hand_in", "service_opinions"),
        *("machine_repairs", "parts_ledger", "training", "service_forms"),
    ],
)
def test_each_book_is_found_by_words(walker: Walker, key: str) -> None:
    page = walker.browser("customer_service_officer").get(f"/registers/{key}?q=没有这样的字")
    assert page.status_code == 200
    assert "没有符合条件的行" in page.text
    refused = walker.browser("planning_officer").get(f"/registers/{key}")
    assert refused.status_code in (403, 404)


def test_movements_of_parts_alone_are_in_the_parts_ledger(walker: Walker) -> None:
    with walker.app.app_context():
        codes = set(db.session.scalars(sa.select(StockItem.code).where(StockItem.category == "零件")))
    assert {line["code"] for line in lines(walker, "parts_ledger")} == codes


def test_the_feedback_is_due_a_day_after_the_work(walker: Walker) -> None:
    number = walker.open("CS-76")
    assert due(walker, number) is None
    walker._remember(number)
    order = walker.open("CS-77")
    while walker.sign(order):
        pass
    with walker.app.app_context():
        closed = db.session.scalars(sa.select(Record.closed_at).where(Record.number == order)).one()
    assert due(walker, number) == closed + timedelta(hours=24)


def due(walker: Walker, number: str) -> Any:
    """When the open turn of a record is due, which its row says too."""
    with walker.app.app_context():
        record, task = walker._turn(number)
        assert isinstance(task, Task)
        assert task.due_at == record.due_at
        assert {holder.due_at for holder in task.holders} == {task.due_at}
        return task.due_at


def test_a_repair_in_vain_is_gone_to_again(walker: Walker) -> None:
    number = walker.open("CS-76")
    walker.sign(number, repaired="no")
    assert step(walker, number) == "repair_feedback"
    assert drafts(walker, number) == 2  # the first was not taken up: the order was opened by hand
    browser, address = walker.browser("service_technician"), walker.address(FORMS["CS-76"])
    refused = answered(walker, number, browser, address)
    assert refused.status_code == 422
    assert "还没有完工" in refused.text
    walker.hints.pop("CS-77")
    walker._remember(number)
    again = walker.open("CS-77")
    while walker.sign(again):
        pass
    while walker.sign(number):
        pass
    assert walker.state(number) == "finished"


def answered(walker: Walker, number: str, browser: Any, address: str) -> Any:
    """What the portal says to the feedback now."""
    with walker.app.app_context():
        record, task = walker._turn(number)
        assert task is not None
        seen = history.shown_hash(history.content(record), history.signatures(record))
        data = {"_task": str(task.id), "_seen": seen, "_op": "sign", "repaired": "yes"}
    data |= {"repair_result": "已修复", "finished_at": this_minute(), "_password": "demo-2026"}
    return browser.post(f"{address}{number}/signatures", data=data)


def step(walker: Walker, number: str) -> str:
    """The step at which a record stands."""
    with walker.app.app_context():
        return db.session.scalars(sa.select(Record.step).where(Record.number == number)).one()


def drafts(walker: Walker, number: str) -> int:
    """How many dispatch orders a record has left as drafts."""
    with walker.app.app_context():
        query = sa.select(sa.func.count(Draft.id)).join(Record, Record.id == Draft.source_id)
        return db.session.scalar(query.where(Record.number == number, Draft.form_code == "CS-77")) or 0


def test_r71_an_officer_sends_nobody(walker: Walker) -> None:
    number = walker.open("CS-77")
    with walker.app.app_context():
        record, task = walker._turn(number)
        assert task is not None
        seen = history.shown_hash(history.content(record), history.signatures(record))
        data = {"_task": str(task.id), "_seen": seen, "_op": "sign", "technician": "E001"}
    data |= {"visit_at": this_minute(), "_password": "demo-2026"}
    address = f"{walker.address(FORMS['CS-77'])}{number}/signatures"
    for login in ("customer_service_officer", "customer_service_director"):
        assert walker.browser(login).post(address, data=data).status_code == 403
    assert step(walker, number) == "manager_dispatch"
    assert walker.browser("after_sales_manager").post(address, data=data).status_code == 303
