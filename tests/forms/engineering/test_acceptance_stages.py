"""The five acceptances as the engine runs them: what passes a stage, what leaves it closed, what takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from site_work import Site

from portal.extensions import db
from portal.forms.engineering.completion_acceptance import CompletionAcceptance
from portal.forms.engineering.concealed_works_acceptance import ConcealedWorksAcceptance
from portal.forms.engineering.material_acceptance import MaterialAcceptance
from portal.forms.engineering.midterm_acceptance import MidtermAcceptance
from portal.forms.engineering.waterproofing_acceptance import WaterproofingAcceptance
from portal.queries import custody


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    """The small company; nothing is committed."""
    with app.app_context():
        yield
        db.session.rollback()
        db.session.remove()


@pytest.mark.requirement("R29")
def test_a_stage_passes_with_the_customers_signature_and_not_before() -> None:
    site = Site("material")
    record = site.accept(MaterialAcceptance)
    assert site.stage("material").state == "open"
    assert site.left(record) == {}
    site.customer_signs(record)
    assert record.state == "finished"
    stage = site.stage("material")
    assert (stage.state, stage.record_id, stage.passed_on) == ("passed", record.id, site.now.date())
    assert set(site.left(record)) == {"EN-21"}


@pytest.mark.requirement("R29")
def test_each_delivery_is_accepted_and_a_bad_one_takes_nothing_back() -> None:
    site = Site("material")
    first = site.accept(MaterialAcceptance)
    site.customer_signs(first)
    second = site.accept(MaterialAcceptance, "pass_after_rectification")
    site.customer_signs(second)
    assert set(site.left(second)) == {"EN-25"}
    assert (site.stage("material").state, site.stage("material").record_id) == ("passed", first.id)
    third = site.accept(MaterialAcceptance)
    site.customer_signs(third)
    assert site.left(third) == {}  # the next acceptance was opened by the first
    assert site.stage("material").state == "passed"


@pytest.mark.requirement("R29")
def test_a_completed_site_gets_no_more_deliveries() -> None:
    site = Site("completion")
    completed = site.accept(CompletionAcceptance)
    site.sign(completed, "designer", {"matches_design": True})
    site.customer_signs(completed)
    for form in (MaterialAcceptance, CompletionAcceptance):
        late = site.fill(form, "foreman", **site.acceptance(form))
        assert not late.validate()
        assert late.project.errors == ["该工程已通过竣工验收，不能再办理验收"]


def test_a_correction_that_finds_a_problem_leaves_the_stage_as_it_was_before() -> None:
    site = Site("material")
    first = site.accept(MaterialAcceptance)
    site.customer_signs(first)
    again = site.file_in(MaterialAcceptance, corrects=first, **site.acceptance(MaterialAcceptance))
    assert again.corrects_id == first.id
    site.judge(again, "pass_after_rectification")
    site.customer_signs(again)
    assert site.stage("material").state == "open"


def test_a_correction_leaves_what_another_delivery_has_passed() -> None:
    site = Site("material")
    first, second = site.accept(MaterialAcceptance), site.accept(MaterialAcceptance)
    site.customer_signs(first)
    site.customer_signs(second)
    again = site.file_in(MaterialAcceptance, corrects=second, **site.acceptance(MaterialAcceptance))
    site.judge(again, "pass_after_rectification")
    site.customer_signs(again)
    assert (site.stage("material").state, site.stage("material").record_id) == ("passed", first.id)


def test_a_correction_that_passes_takes_the_stage_over() -> None:
    site = Site("material")
    first = site.accept(MaterialAcceptance)
    site.customer_signs(first)
    again = site.file_in(MaterialAcceptance, corrects=first, **site.acceptance(MaterialAcceptance))
    site.judge(again, "pass")
    site.customer_signs(again)
    stage = site.stage("material")
    assert (stage.state, stage.record_id, stage.former["state"]) == ("passed", again.id, "open")


def test_a_customer_who_does_not_accept_leaves_the_stage_closed() -> None:
    site = Site("concealed")
    record = site.accept(ConcealedWorksAcceptance)
    site.refuse(record, "foreman", outside_name="王五", outside_way="told")
    assert record.state == "refused"
    assert site.stage("concealed").state == "open"
    notice = site.left(record)["EN-25"]
    assert notice.answers["place"] == site.known(record)["areas"]


@pytest.mark.requirement("R29")
def test_a_held_site_waits() -> None:
    site = Site("concealed")
    site.row.state = "held"
    form = site.fill(ConcealedWorksAcceptance, "foreman", **site.acceptance(ConcealedWorksAcceptance))
    assert not form.validate()
    assert set(form.errors) == {"project"}


def test_refused_material_leaves_the_site_before_the_customer_signs() -> None:
    site = Site("material")
    record = site.file_in(MaterialAcceptance, **site.acceptance(MaterialAcceptance))
    bad: dict[str, Any] = {
        "verdict": "fail",
        "problem_found": "过期",
        "on_spot_opinion": "退场",
        "responsible_person": site.ref("foreman"),
        "rectify_by": site.now + timedelta(days=1),
        "refused_materials": "乳胶漆两桶",
    }
    site.sign(record, "site_supervisor", bad)
    assert record.step == "removal"
    site.sign(record, "foreman", {"taken_away_on": site.now.date(), "taken_away_how": "供货单位拉回"})
    assert record.step == "customer_sign"


@pytest.mark.requirement("R29")
def test_a_site_without_wet_rooms_has_no_waterproofing_acceptance() -> None:
    site = Site("midterm", waterproofing=False)
    form = site.fill(WaterproofingAcceptance, "foreman", **site.acceptance(WaterproofingAcceptance))
    assert not form.validate()
    assert "不办理" in form.project.errors[0]


@pytest.mark.requirement("R30")
def test_the_midterm_asks_for_its_payment() -> None:
    site = Site("midterm")
    record = site.accept(MidtermAcceptance)
    site.customer_signs(record)
    drafts = site.left(record)
    assert set(drafts) == {"EN-24", "EN-27"}
    asked = drafts["EN-27"].answers
    assert (asked["payment_kind"], asked["customer"]["id"]) == ("mid_term_payment", site.customer.id)
    assert asked["source_acceptance"]["id"] == record.id
    assert asked["pay_by"] == (site.now.date() + timedelta(days=3)).isoformat()


@pytest.mark.requirement("R30")
def test_the_completion_ends_the_project_and_hands_it_over() -> None:
    site = Site("completion")
    record = site.accept(CompletionAcceptance, free_months=24, completed_on=site.now.date())
    assert record.step == "designer_sign"
    site.sign(record, "designer", {"matches_design": True})
    assert site.row.state == "running"
    site.customer_signs(record)
    assert (site.row.state, site.row.finished_on) == ("completed", site.now.date())
    drafts = site.left(record)
    assert set(drafts) == {"EN-27", "CS-71"}
    assert drafts["EN-27"].answers["payment_kind"] == "final_payment"
    papers = drafts["CS-71"].answers
    assert papers["completion_acceptance"]["id"] == record.id
    assert (papers["free_months"], papers["warranty_start"]) == (24, site.now.date().isoformat())
    again = site.file_in(CompletionAcceptance, corrects=record, **site.acceptance(CompletionAcceptance))
    site.judge(again, "pass_after_rectification")
    site.sign(again, "designer", {"matches_design": True})
    site.customer_signs(again)
    assert (site.row.state, site.row.finished_on) == ("running", None)
    assert site.stage("completion").state == "open"


def test_what_was_not_built_as_designed_goes_back_to_the_foreman() -> None:
    site = Site("completion")
    record = site.accept(CompletionAcceptance)
    site.sign(record, "designer", {"matches_design": False, "deviations": "吊顶标高低 5 厘米"})
    assert record.state == "returned"


def test_nothing_of_the_customers_stays_with_the_company(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site("completion")
    monkeypatch.setattr(custody, "keys_received", lambda project: 3)
    many = site.fill(
        CompletionAcceptance, "foreman", **site.acceptance(CompletionAcceptance, keys_returned=4)
    )
    assert not many.validate()
    assert many.keys_returned.errors == ["开工时只收到 3 把钥匙"]
    check = CompletionAcceptance.signoff.step("supervisor_check").fills
    assert check is not None
    for kept in ({"keys_returned": 2}, {"property_returned": False}):
        known = {**site.acceptance(CompletionAcceptance, keys_returned=3), **kept}
        stage = check(answers={"verdict": "pass"}, context=known)
        assert not stage.validate()
        assert set(stage.errors) == {"verdict"}
    known = site.acceptance(CompletionAcceptance, keys_returned=3)
    assert check(answers={"verdict": "pass"}, context=known).validate()


def test_a_water_test_that_leaks_or_is_short_is_not_passed() -> None:
    site = Site("waterproofing")
    told = site.acceptance(WaterproofingAcceptance)
    check = WaterproofingAcceptance.signoff.step("supervisor_check").fills
    assert check is not None
    limit = {"@water_test_hours": Decimal(24)}
    short = {**told, "test_start": told["test_end"] - timedelta(hours=23, minutes=59)}
    for bad, text in (
        (short, "闭水试验不足 24 小时，不能判为合格"),
        ({**told, "leak_found": True}, "闭水试验有渗漏，不能判为合格"),
    ):
        stage = check(answers={"verdict": "pass"}, context={**bad, **limit})
        assert not stage.validate()
        assert stage.errors == {"verdict": [text]}
    exact = {**told, "test_start": told["test_end"] - timedelta(hours=24), **limit}
    assert check(answers={"verdict": "pass"}, context=exact).validate()
    record = site.accept(WaterproofingAcceptance)  # as the company's own limit has it
    site.customer_signs(record)
    assert site.stage("waterproofing").state == "passed"


def test_a_test_ends_after_it_begins_and_has_ended() -> None:
    site = Site("waterproofing")
    told = site.acceptance(WaterproofingAcceptance)
    turned = {**told, "test_start": told["test_end"]}
    future = {**told, "test_end": site.now + timedelta(hours=1)}
    for bad in (turned, future):
        form = site.fill(WaterproofingAcceptance, "foreman", **bad)
        assert not form.validate()
        assert set(form.errors) == {"test_end"}


def test_no_material_stands_twice() -> None:
    site = Site("material")
    told = site.acceptance(MaterialAcceptance)
    form = site.fill(MaterialAcceptance, "foreman", **{**told, "materials": [told["materials"][0]] * 2})
    assert not form.validate()
    assert form.materials.rows[1].material.errors
    check = MaterialAcceptance.signoff.step("supervisor_check").fills
    assert check is not None
    other = [{**told["materials"][0], "agrees": False}]
    stage = check(answers={"verdict": "pass"}, context={**told, "materials": other})
    assert not stage.validate()
    assert "不一致" in stage.verdict.errors[0]
