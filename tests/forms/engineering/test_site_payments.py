"""EN-14, EN-15, EN-27: what a customer signs for, what is owed, and works that wait until it is paid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from site_work import Site

from portal.domain.effects import CallsOff
from portal.extensions import db
from portal.forms.engineering.concealed_works_acceptance import ConcealedWorksAcceptance
from portal.forms.engineering.item_confirmation import ItemConfirmation
from portal.forms.engineering.midterm_acceptance import MidtermAcceptance
from portal.forms.engineering.obligations_payments import OBLIGATIONS
from portal.forms.engineering.payment_reminder import PaymentReminder
from portal.forms.engineering.water_electricity_confirmation import WaterElectricityConfirmation
from portal.forms.kinds import Ref
from portal.forms.ledgers import LEDGERS
from portal.models import Customer, ReceivableEntry, Record
from portal.queries import ledgers, receivables
from portal.queries.ledgers import Wanted
from portal.services import route

D = Decimal


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    """The small company; nothing is committed."""
    with app.app_context():
        yield
        db.session.rollback()
        db.session.remove()


def line(price: str, quantity: int = 2, **other: Any) -> dict[str, Any]:
    return {
        "kind": "power",
        "item": "增加五孔插座",
        "position": "厨房",
        "quantity": D(quantity),
        "unit": "位",
        "unit_price": D(price),
        **other,
    }


def altered(site: Site, *lines: dict[str, Any], **other: Any) -> Record:
    """A confirmation of alterations up to the customer's turn."""
    answers = {"project": site.named, "items": list(lines), "days_effect": 0, "measured_on": site.now.date()}
    record = site.file_in(WaterElectricityConfirmation, **{**answers, **other})
    site.sign(record, "designer")
    site.sign(record, "site_supervisor")
    return record


def changed(site: Site, *lines: dict[str, Any], **other: Any) -> Record:
    """A confirmation of added and deducted items, signed by the customer."""
    answers = {
        "project": site.named,
        "items": list(lines),
        "reason": "customer_request",
        "days_effect": 0,
        "asked_on": site.now.date(),
    }
    record = site.file_in(ItemConfirmation, **{**answers, **other})
    for login in ("designer", "site_supervisor", "engineering_manager"):
        site.sign(record, login)
    site.customer_signs(record)
    return record


def contract(site: Site) -> int:
    """What stands for the contract here, and its price, claimed in two instalments."""
    answers = {"project": site.named, "items": [line("1", sign="add")], "reason": "customer_request"}
    record = site.file_in(ItemConfirmation, **answers, days_effect=0, asked_on=site.now.date())
    debtor = db.session.get_one(Customer, site.customer.id)
    for row, amount, days in (("首期款", 60_000, 0), ("尾款", 40_000, 60)):
        db.session.add(
            ReceivableEntry(
                customer_id=site.customer.id,
                of_id=record.id,
                row=row,
                amount=D(amount),
                due_on=site.now.date() + timedelta(days=days),
                balance=D(0),
                record_id=record.id,
                posted_by_id=record.applicant_id,
                posted_at=site.now,
            )
        )
    debtor.arrears = D(100_000)
    site.row.facts = {**site.row.facts, "contract_id": record.id}
    db.session.flush()
    return record.id


def arrears(site: Site) -> Decimal:
    return db.session.get_one(Customer, site.customer.id).arrears


def reminded(site: Site, **other: Any) -> Record:
    """A reminder of the mid-term payment up to finance's turn."""
    accepted = site.accept(MidtermAcceptance)
    site.customer_signs(accepted)
    answers = {
        "project": site.named,
        "payment_kind": "mid_term_payment",
        "source_acceptance": Ref(accepted.id, accepted.number),
        "amount_due": D(40_000),
        "pay_by": site.now.date() + timedelta(days=3),
    }
    record = site.file_in(PaymentReminder, "site_supervisor", **{**answers, **other})
    site.sign(record, "engineering_manager")
    site.sign(record, "site_supervisor", {"received_on": site.now.date()})
    return record


def pay(site: Site, record: Record, amount: int | str = 40_000) -> None:
    """Finance has seen the money."""
    paid = {"paid": True, "paid_on": site.now.date(), "paid_amount": D(amount)}
    site.sign(record, "finance_supervisor", paid)


def unpaid(site: Site, record: Record) -> None:
    """The day has passed and nothing has come."""
    site.later(days=4)
    again = {"paid": False, "new_pay_by": site.now.date() + timedelta(days=5)}
    site.sign(record, "finance_supervisor", again)


def test_amounts_and_totals_are_computed() -> None:
    site = Site("concealed")
    form = site.fill(
        WaterElectricityConfirmation, "foreman", project=site.named, items=[line("120"), line("9.99", 3)]
    )
    form.compute()
    assert [row["amount"] for row in form.items.data] == [D("240.00"), D("29.97")]
    assert (form.total_amount.data, form.customer.data) == (D("269.97"), site.customer)
    both = [line("100", sign="add"), line("30", sign="deduct")]
    form = site.fill(ItemConfirmation, "foreman", project=site.named, items=both)
    form.compute()
    assert (form.total_added.data, form.total_deducted.data) == (D("200.00"), D("60.00"))


def test_what_the_customer_signs_for_is_owed_for_the_contract() -> None:
    site = Site("concealed")
    of = contract(site)
    record = altered(site, line("120"))
    assert arrears(site) == D(100_000)
    site.customer_signs(record)
    assert arrears(site) == D(100_240)
    assert [(one.row, one.amount) for one in receivables.instalments(of=of)][-1] == (record.number, D(240))
    changed(site, line("500", sign="deduct"))
    assert arrears(site) == D(99_240)
    last = {one.row: one.amount for one in receivables.instalments(of=of)}
    assert D(0) < min(last.values())  # it lessens what is still open, and stands nowhere below nothing
    books = site.books
    assert (books.water_and_electricity, books.added, books.deducted) == (D(240), D(0), D(1000))
    assert (books.payable, books.paid, books.balance) == (D(99_240), D(0), D(99_240))


def test_without_a_contract_the_confirmation_is_owed_by_itself() -> None:
    site = Site("concealed")
    record = altered(site, line("120"))
    site.customer_signs(record)
    (claim,) = receivables.instalments(of=record.id)
    assert claim.open == D(240)


def test_what_takes_longer_asks_for_an_extension() -> None:
    site = Site("concealed")
    quick = altered(site, line("120"))
    site.customer_signs(quick)
    slow = altered(site, line("120"), days_effect=2)
    site.customer_signs(slow)

    def asked(record: Record) -> bool:
        return "EN-10" in site.left(record) or any("EN-10" in title for title, _due in site.asked(record))

    assert (asked(quick), asked(slow)) == (False, True)


def test_an_item_that_the_customer_refuses_goes_back_to_the_foreman() -> None:
    site = Site("concealed")
    record = altered(site, line("120"), line("80"))
    site.refuse(record, "foreman", outside_name="王五", outside_way="told")
    assert (record.state, arrears(site)) == ("returned", D(0))


def test_another_customer_and_a_site_that_is_over_are_refused() -> None:
    site = Site("concealed")
    others = db.session.scalars(sa.select(Customer).where(Customer.id != site.customer.id)).first()
    assert others is not None
    wrong = Ref(others.id, others.label)
    answers = {"items": [line("1")], "days_effect": 0, "measured_on": site.now.date(), "project": site.named}
    form = site.fill(WaterElectricityConfirmation, "foreman", customer=wrong, **answers)
    assert not form.validate()
    assert set(form.errors) == {"customer"}
    site.row.state = "completed"
    form = site.fill(WaterElectricityConfirmation, "foreman", **answers)
    assert not form.validate()
    assert set(form.errors) == {"project"}
    site.row.state = "running"
    tomorrow = {**answers, "measured_on": site.now.date() + timedelta(days=1)}
    form = site.fill(WaterElectricityConfirmation, "foreman", **tomorrow)
    assert not form.validate()
    assert set(form.errors) == {"measured_on"}


def test_only_what_the_customer_has_signed_for_may_be_shown_as_done() -> None:
    site = Site("concealed")
    signed, waiting = altered(site, line("120")), altered(site, line("80"))
    site.customer_signs(signed)
    form = site.fill(ConcealedWorksAcceptance, "foreman", **site.acceptance(ConcealedWorksAcceptance))
    assert form.validate(), form.errors
    assert form.confirmed_alterations.data == (
        f"{signed.number}：增加五孔插座（厨房） 2位\n{waiting.number}：客户尚未签字，不得报验"
    )
    midterm = site.fill(MidtermAcceptance, "foreman", project=site.named)
    midterm.compute()
    assert midterm.changes_done.data == f"{signed.number}：增加五孔插座（厨房） 2位"


@pytest.mark.requirement("R30")
def test_a_reminder_knows_the_settlement() -> None:
    site = Site("midterm")
    contract(site)
    record = altered(site, line("120"))
    site.customer_signs(record)
    known = site.known(reminded(site))
    assert known["customer"].id == site.customer.id
    assert [known[name] for name in ("contract_price", "added_amount", "paid_so_far", "balance_after")] == [
        D("100000.00"), D(240), D(0), D(60_240),
    ]  # fmt: skip


@pytest.mark.requirement("R30")
def test_what_finance_has_seen_is_paid_and_posted_once() -> None:
    site = Site("midterm")
    of = contract(site)
    record = reminded(site)
    pay(site, record)
    assert record.state == "finished"
    assert (arrears(site), receivables.paid(of), site.books.balance) == (D(60_000), D(40_000), D(60_000))
    assert site.row.state == "running"


def test_a_payment_without_a_contract_settles_what_was_claimed_first() -> None:
    site = Site("midterm")
    extra = altered(site, line("120"))
    site.customer_signs(extra)
    pay(site, reminded(site))
    assert (arrears(site), site.books.paid) == (D(0), D(40_000))
    assert [one.open for one in receivables.instalments(of=extra.id)] == [D(0)]


@pytest.mark.requirement("R30")
def test_works_that_are_not_paid_for_wait_and_go_on_when_they_are() -> None:
    site = Site("midterm")
    contract(site)
    record = reminded(site)
    unpaid(site, record)
    assert (site.row.state, site.row.facts["held_by"]) == ("held", [record.id])
    assert (record.state, record.step) == ("running", "finance_confirm")
    assert {title for title, _due in site.asked(record)} == {f"催缴中期款：{site.row.label}"}
    assert len(site.asked(record)) == 2  # the foreman and the supervisor
    assert site.told(record) == [f"{record.number}：{site.row.label}逾期未付中期款"]
    unpaid_again = site.now
    site.later(days=6)
    assert site.now > unpaid_again
    pay(site, record)
    assert (site.row.state, site.row.facts["held_by"]) == ("running", [])


@pytest.mark.requirement("R30")
def test_the_final_payment_holds_nothing_up() -> None:
    site = Site("midterm")
    contract(site)
    record = reminded(site)
    site.row.state = "completed"
    unpaid(site, record)
    assert site.row.state == "completed"
    pay(site, record)
    assert site.row.state == "completed"


def test_nobody_is_late_before_the_day_is_over_and_half_is_not_all() -> None:
    site = Site("midterm")
    contract(site)
    record = reminded(site)
    stage = PaymentReminder.signoff.step("finance_confirm").fills
    assert stage is not None

    def wrong(**answers: Any) -> set[str]:
        sheet = stage(answers=answers, context=site.known(record))
        return set() if sheet.validate() else set(sheet.errors)

    today = site.now.date()
    assert wrong(paid=False, new_pay_by=today + timedelta(days=9)) == {"paid"}
    assert wrong(paid=True, paid_on=today, paid_amount=D(39_999)) == {"paid_amount"}
    assert wrong(paid=True, paid_on=today, paid_amount=D(100_001)) == {"paid_amount"}
    assert wrong(paid=True, paid_on=today + timedelta(days=1), paid_amount=D(40_000)) == {"paid_on"}
    assert wrong(paid=True) == {"paid_on", "paid_amount"}
    assert wrong(paid=True, paid_on=today, paid_amount=D(40_000)) == set()
    site.later(days=4)
    assert wrong(paid=False, new_pay_by=site.now.date()) == {"new_pay_by"}
    assert wrong(paid=False) == {"new_pay_by"}


@pytest.mark.requirement("R30")
def test_a_reminder_follows_an_acceptance_that_has_passed() -> None:
    site = Site("midterm")
    accepted = site.accept(MidtermAcceptance)
    answers = {
        "project": site.named,
        "payment_kind": "mid_term_payment",
        "source_acceptance": Ref(accepted.id, accepted.number),
        "amount_due": D(40_000),
        "pay_by": site.now.date() + timedelta(days=3),
    }

    def wrong(**other: Any) -> set[str]:
        form = site.fill(PaymentReminder, "site_supervisor", **{**answers, **other})
        return set() if form.validate() else set(form.errors)

    assert wrong() == {"source_acceptance"}
    site.customer_signs(accepted)
    assert wrong() == set()
    assert wrong(payment_kind="final_payment", amount_due=None) == {"source_acceptance"}
    assert wrong(pay_by=site.now.date() - timedelta(days=1)) == {"pay_by"}
    assert wrong(amount_due=D(100_001)) == {"amount_due"}
    assert wrong(amount_due=D(0)) == {"amount_due"}
    assert wrong(amount_due=None) == {"amount_due"}
    assert wrong(contract_price=D(5)) == {"contract_price", "amount_due"}
    other = Site("midterm")
    assert wrong(project=other.named) == {"source_acceptance"}
    site.file_in(PaymentReminder, "site_supervisor", **answers)
    assert wrong() == {"payment_kind"}


def test_the_final_payment_is_the_rest() -> None:
    site = Site("completion")
    form = site.fill(PaymentReminder, "site_supervisor", project=site.named, payment_kind="final_payment")
    form.compute()
    assert (form.amount_due.data, form.balance_after.data) == (D("100000.00"), D(0))


def test_the_final_payment_leaves_out_what_is_asked_for_already() -> None:
    site = Site("midterm")
    reminded(site)
    form = site.fill(PaymentReminder, "site_supervisor", project=site.named, payment_kind="final_payment")
    form.compute()
    assert (form.amount_due.data, form.balance_after.data) == (D(60_000), D(40_000))


def test_a_reminder_that_is_given_up_holds_nothing_up() -> None:
    site = Site("midterm")
    contract(site)
    record = reminded(site)
    unpaid(site, record)
    go_on, idle = PaymentReminder.effects("voided", _filed(site, record))
    assert go_on.values == {"state": "running"}
    assert isinstance(idle, CallsOff)


def test_the_settlement_is_a_register() -> None:
    site = Site("midterm")
    contract(site)
    pay(site, reminded(site))
    found = ledgers.page(LEDGERS["project_settlement"].source, Wanted(words=(site.row.code.lower(),)), "", 20)
    (row,) = found.rows
    assert (row["project"], row["payable"], row["paid"], row["balance"], row["state"]) == (
        "滨江花园", D(100_000), D(40_000), D(60_000), "running",
    )  # fmt: skip


@pytest.mark.requirement("R30")
def test_the_obligation_looks_at_the_draft_the_turn_and_what_is_asked() -> None:
    found = {one.key: one for one in OBLIGATIONS}
    assert [(turn.form, turn.step, turn.kinds[0]) for turn in found["O30"].turns] == [
        ("EN-27", "", "open"), ("EN-27", "finance_confirm", "sign"), ("EN-27", "", "ask"),
    ]  # fmt: skip
    assert [(turn.form, turn.kinds) for turn in found["O27"].turns] == [("EN-26", ("open",))]


def _filed(site: Site, record: Record) -> Any:
    return route.filed(record, site.known(record), record.applicant_id, site.now)
