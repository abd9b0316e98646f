"""The books of a site over corrections: what was paid stays paid, is booked once, and holds up only what it must."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from site_work import Site
from test_accident_report import decided, notice, opening
from test_site_payments import altered, arrears, changed, contract, line, pay, reminded, unpaid

from portal.extensions import db
from portal.forms.engineering.accident_report import AccidentReport
from portal.forms.engineering.completion_acceptance import CompletionAcceptance
from portal.forms.engineering.design_change import DesignChange
from portal.forms.engineering.item_confirmation import ItemConfirmation
from portal.forms.engineering.material_acceptance import MaterialAcceptance
from portal.forms.engineering.payment_reminder import PaymentReminder
from portal.forms.engineering.rectification_notice import RectificationNotice
from portal.forms.engineering.water_electricity_confirmation import WaterElectricityConfirmation
from portal.forms.kinds import Ref
from portal.models import Record
from portal.queries import history, receivables
from portal.services import corrections
from tests.forms.customer_service.shop import CART, SCHOOL, TODAY, Shop, wrong

D = Decimal


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    """The small company; nothing is committed."""
    with app.app_context():
        yield
        db.session.rollback()
        db.session.remove()


def again(site: Site, record: Record, *lines: dict[str, Any], customer: bool = True) -> Record:
    """A signed confirmation of alterations, filled in anew."""
    answers = {"project": site.named, "items": list(lines), "days_effect": 0, "measured_on": site.now.date()}
    made = site.file_in(WaterElectricityConfirmation, corrects=record, **answers)
    site.sign(made, "designer")
    site.sign(made, "site_supervisor")
    if customer:
        site.customer_signs(made)
    return made


def test_a_corrected_confirmation_keeps_what_was_paid_on_it() -> None:
    site = Site("midterm")
    record = altered(site, line("120"))
    site.customer_signs(record)
    pay(site, reminded(site))
    assert (site.books.paid, arrears(site)) == (D(40_000), D(0))
    later = again(site, record, line("150"))
    assert (site.books.besides, site.books.paid, arrears(site)) == (D(300), D(40_000), D(60))
    (claim,) = receivables.instalments(of=record.id)
    assert (claim.row, claim.open) == (later.number, D(60))  # the account goes on under the first of them


def test_a_corrected_payment_is_booked_once() -> None:
    site = Site("midterm")
    of = contract(site)
    record = reminded(site)
    pay(site, record)
    answers = {name: record.contents[-1].answers[name] for name in ("payment_kind",)}
    told = site.known(record)
    same = {name: told[name] for name in ("source_acceptance", "amount_due", "pay_by")}
    site.later(days=9)  # the day until which it was to be paid has long passed
    once_more = site.file_in(
        PaymentReminder, "site_supervisor", corrects=record, project=site.named, **answers, **same
    )
    assert once_more.contents[-1].answers["paid_so_far"] == "0.00"
    site.sign(once_more, "engineering_manager")
    site.sign(once_more, "site_supervisor", {"received_on": site.now.date()})
    pay(site, once_more, 45_000)
    assert (receivables.paid(of), site.books.paid, arrears(site)) == (D(45_000), D(45_000), D(55_000))


def test_a_corrected_deduction_lessens_the_same_instalment() -> None:
    site = Site("midterm")
    of = contract(site)
    record = changed(site, line("20000", sign="deduct"))
    assert {one.row for one in receivables.instalments(of=of)} == {"首期款"}  # nothing is left of the last
    answers = {"project": site.named, "reason": "customer_request", "days_effect": 0}
    less = [line("15000", sign="deduct")]
    made = site.file_in(ItemConfirmation, corrects=record, items=less, asked_on=site.now.date(), **answers)
    for login in ("designer", "site_supervisor", "engineering_manager"):
        site.sign(made, login)
    site.customer_signs(made)
    found = {one.row: one.amount for one in receivables.instalments(of=of)}
    assert found == {"首期款": D(60_000), "尾款": D(10_000)}


def test_what_was_claimed_before_the_contract_was_known_is_settled_first() -> None:
    site = Site("midterm")
    extra = altered(site, line("120"))
    site.customer_signs(extra)
    of = contract(site)
    pay(site, reminded(site))
    assert [one.open for one in receivables.instalments(of=extra.id)] == [D(0)]
    assert (receivables.paid(of), site.books.paid) == (D(39_760), D(40_000))


def test_sites_of_one_contract_count_their_own_payments() -> None:
    first, second = Site("midterm"), Site("midterm")
    of = contract(first)
    second.row.facts = {**second.row.facts, "contract_id": of}
    db.session.flush()
    pay(first, reminded(first))
    assert (first.books.paid, second.books.paid) == (D(40_000), D(0))


def test_what_a_reminder_asks_for_is_not_entered_as_a_receipt() -> None:
    shop, site = Shop(), Site("midterm", contract_price="26800")
    order = shop.ordered((CART, 1))
    site.row.customer_id = shop.customer(SCHOOL).id
    site.row.facts = {**site.row.facts, "contract_id": order.id}
    db.session.flush()

    def entered(amount: str) -> Any:
        return shop.sheet("CR-06", **_receipt(shop, order, amount))

    waiting = shop.submit("CR-06", **_receipt(shop, order, "10000"))
    record = reminded(site, amount_due=D(10_000))
    assert wrong(entered("10000")) == {"amount"}
    assert wrong(entered("16800.01")) == {"amount"}
    assert wrong(entered("16800")) == set()
    assert record.number in entered("10000").amount.errors[0]
    seen = shop.stage(waiting, received_on=TODAY, received_amount=D(10_000))
    assert wrong(seen) == {"received_amount"}
    stage = PaymentReminder.signoff.step("finance_confirm").fills
    assert stage is not None
    paid = {"paid": True, "paid_on": site.now.date(), "paid_amount": D(10_000)}
    sheet = stage(answers=paid, context=site.known(record))
    assert not sheet.validate()
    assert wrong(sheet) == {"paid_amount"}
    assert waiting.number in sheet.paid_amount.errors[0]
    shop.refuse(waiting)
    pay(site, record, 10_000)
    assert wrong(entered("10000")) == set()  # another ten thousand


def _receipt(shop: Shop, order: Record, amount: str) -> dict[str, Any]:
    return {
        "customer": shop.ref(shop.customer(SCHOOL)),
        "contract_or_order": shop.ref(order),
        "payment_way": "transfer",
        "paid_on": TODAY,
        "amount": D(amount),
        "handler": shop.person("salesperson"),
        "account": "建设银行 尾号 5520",
    }


def test_less_left_than_asked_for_is_reckoned_again() -> None:
    site = Site("midterm")
    contract(site)
    record = reminded(site, amount_due=D(100_000))
    changed(site, line("500", sign="deduct"))
    stage = PaymentReminder.signoff.step("finance_confirm").fills
    assert stage is not None
    paid = {"paid": True, "paid_on": site.now.date(), "paid_amount": D(99_000)}
    sheet = stage(answers=paid, context=site.known(record))
    assert not sheet.validate()
    assert sheet.paid_amount.errors == ["账上未付余额只有 99,000.00，少于本次应付，请退回重新核算"]


def test_an_amount_that_no_account_holds_is_refused() -> None:
    site = Site("concealed")
    huge = [line("999999999999", 999_999)]
    answers = {"project": site.named, "items": huge, "days_effect": 0}
    form = site.fill(WaterElectricityConfirmation, "foreman", measured_on=site.now.date(), **answers)
    assert not form.validate()
    assert set(form.errors) == {"items"}
    answers |= {"items": [{**huge[0], "sign": "deduct"}], "reason": "customer_request"}
    form = site.fill(ItemConfirmation, "foreman", asked_on=site.now.date(), **answers)
    assert not form.validate()
    assert set(form.errors) == {"items"}


def test_an_extension_begins_with_what_was_altered() -> None:
    site = Site("concealed", agreed_finish="2026-09-01")
    record = altered(site, line("120"), days_effect=2)
    site.customer_signs(record)
    draft = site.left(record)["EN-10"].answers
    assert (draft["reason"], draft["old_finish"]) == ("增加五孔插座（厨房） 2位", "2026-09-01")


def test_a_supervisor_signs_and_looks_again_at_what_they_have_written() -> None:
    site = Site("concealed")
    answers = {"project": site.named, "items": [line("1", sign="add")], "reason": "customer_request"}
    record = site.file_in(
        ItemConfirmation, "site_supervisor", days_effect=0, asked_on=site.now.date(), **answers
    )
    site.sign(record, "designer")
    site.sign(record, "site_supervisor")
    assert record.step == "manager_approval"
    found = notice(site, major_accident=False)
    done = {"rectified_on": site.now, "rectified_how": "返工", "rectified_photos": [site.file()]}
    site.sign(found, "foreman", done)
    assert [task.step for task in history.open_tasks(found)] == ["recheck"]
    site.sign(found, "site_supervisor", {"recheck_result": "pass"})
    assert found.state == "finished"


def test_who_looks_again_does_not_put_right() -> None:
    site = Site("concealed")
    told = {
        "project": site.named,
        "found_at": site.now,
        "place": "客厅",
        "problem": "裂缝",
        "photos": [site.file()],
        "opinion": "支护",
        "responsible_person": site.ref("site_supervisor"),
        "rectify_by": site.now + timedelta(days=1),
        "major_accident": False,
    }
    form = site.fill(RectificationNotice, "foreman", **told)
    assert not form.validate()
    assert set(form.errors) == {"responsible_person"}
    record = site.file_in(MaterialAcceptance, **site.acceptance(MaterialAcceptance))
    stage = MaterialAcceptance.signoff.step("supervisor_check").fills
    assert stage is not None
    verdict = {
        "verdict": "fail",
        "problem_found": "过期",
        "on_spot_opinion": "退场",
        "refused_materials": "两桶",
        "responsible_person": site.ref("site_supervisor"),
        "rectify_by": site.now + timedelta(days=1),
    }
    sheet = stage(answers=verdict, context=site.known(record))
    assert not sheet.validate()
    assert set(sheet.errors) == {"responsible_person"}


def test_nothing_is_put_right_later_than_now() -> None:
    site = Site("concealed")
    record = notice(site, major_accident=False)
    stage = RectificationNotice.signoff.step("rectification").fills
    assert stage is not None
    late = {"rectified_how": "返工", "rectified_photos": [site.file()]}
    sheet = stage(answers={**late, "rectified_on": site.now + timedelta(hours=1)}, context=site.known(record))
    assert not sheet.validate()
    assert set(sheet.errors) == {"rectified_on"}


def test_a_design_change_is_priced_once() -> None:
    site = Site("concealed")
    change = _design_change(site)
    named = Ref(change.id, change.number)
    first = changed(site, line("10", sign="add"), design_change=named, reason="design_change")
    answers = {"project": site.named, "items": [line("10", sign="add")], "reason": "design_change"}
    answers |= {"design_change": named, "days_effect": 0, "asked_on": site.now.date()}
    form = site.fill(ItemConfirmation, "foreman", **answers)
    assert not form.validate()
    assert set(form.errors) == {"design_change"}
    assert first.number in form.design_change.errors[0]
    form = site.fill(ItemConfirmation, "foreman", corrects=first.id, **answers)
    assert "design_change" not in (form.errors if not form.validate() else {})


def _design_change(site: Site) -> Record:
    answers = {
        "project": site.named,
        "drawing_no": "SD-03",
        "old_content": "插座6个",
        "new_content": "插座8个",
        "reason": "customer_request",
        "cost_effect": D(20),
        "days_effect": 0,
        "new_drawing": [site.file()],
    }
    return site.file_in(DesignChange, "designer", **answers)


# Works that are stopped


def test_while_the_works_rest_nothing_is_accepted() -> None:
    site = Site("material")
    record = site.file_in(MaterialAcceptance, **site.acceptance(MaterialAcceptance))
    decided(site)
    stage = MaterialAcceptance.signoff.step("supervisor_check").fills
    assert stage is not None
    sheet = stage(answers={"verdict": "pass"}, context=site.known(record))
    assert not sheet.validate()
    assert sheet.verdict.errors == ["“滨江花园”已暂停，恢复后才能继续"]


def test_a_report_that_turns_out_to_be_of_another_site_lets_the_first_go_on() -> None:
    site, other = Site("concealed"), Site("concealed")
    record = decided(site)
    assert site.row.state == "held"
    site.refuse(record, "quality_manager")
    assert record.state == "returned"
    sheet = site.fill(AccidentReport, "foreman", **opening(site, project=other.named))
    sheet.context["@record_id"] = record.id
    assert sheet.validate(), sheet.errors
    corrections.correct(
        record.id, sheet, site.actor("foreman"), reason="写错了工程", seen=record.version, now=site.now
    )
    site.sign(record, "engineering_manager", {"manager_opinion": "同意", "stop_work": True})
    assert (site.row.state, other.row.state) == ("running", "held")
    assert (site.row.facts["held_by"], other.row.facts["held_by"]) == ([], [record.id])


def test_a_completion_that_fails_after_all_finds_the_works_as_they_stand() -> None:
    site = Site("completion")
    record = site.accept(CompletionAcceptance, completed_on=site.now.date())
    site.sign(record, "designer", {"matches_design": True})
    report = decided(site)
    assert site.row.state == "held"
    site.customer_signs(record)
    assert site.row.state == "completed"
    made = site.file_in(CompletionAcceptance, corrects=record, **site.acceptance(CompletionAcceptance))
    site.judge(made, "pass_after_rectification")
    site.sign(made, "designer", {"matches_design": True})
    site.customer_signs(made)
    assert (site.row.state, site.row.facts["held_by"]) == ("held", [report.id])


def test_works_are_not_completed_before_they_have_begun() -> None:
    site = Site("completion", actual_start="2026-05-10")
    early = site.acceptance(CompletionAcceptance, completed_on=site.now.date() - timedelta(days=3))
    form = site.fill(CompletionAcceptance, "foreman", **early)
    assert not form.validate()
    assert set(form.errors) == {"completed_on"}


def test_who_was_to_chase_a_payment_is_free_once_it_is_paid() -> None:
    site = Site("midterm")
    contract(site)
    record = reminded(site)
    unpaid(site, record)
    assert len(site.asked(record)) == 2
    pay(site, record)
    assert {task.state for task in site.tasks_of(record, "ask")} == {"cancelled"}
