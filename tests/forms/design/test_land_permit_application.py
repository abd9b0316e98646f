"""PL-17: four materials, two pairs of eyes, two seals, and the authority's decision."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from projects import begun

from portal.demo.stories.design import STORIES
from portal.domain.signoff import Back
from portal.forms.design.land_permit_application import LandPermitApplication, PermitResult
from portal.forms.design.permits import MaterialsCheck, Sealing, Submission
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from tests.forms.customer_service.shop import wrong
from tests.forms.design.permit_office import Office

FILE = {"id": 1, "name": "预审意见.pdf", "type": "application/pdf", "size": 1, "sha256": "0"}
DAY = date(2026, 5, 12)
ROUTE = LandPermitApplication.signoff
PERMIT: dict[str, Any] = {
    "decision": "granted",
    "land_permit_no": "地字第1号",
    "land_permit_issuer": "规划局",
    "land_permit_issue_date": DAY,
    "land_permit_scan": [FILE],
}

pytestmark = pytest.mark.usefixtures("app_context")


def opening(ready: tuple[bool, ...] = (True, True, False, True), **other: Any) -> dict[str, Any]:
    return {
        "project": begun("permit", "land_permit", project_kind="not_municipal"),
        "construction_unit": "恒远置业有限公司",
        "legal_representative": "李建国",
        "location": "滨河路以东",
        "land_area": Decimal("12000.5"),
        "land_use": "二类居住用地",
        "scale": "8栋",
        "basis_document": Ref(None, "PL-15-2026-0001"),
        "site_opinion": None,
        "pre_examination_no": "预审〔2026〕3号",
        "pre_examination_issuer": "国土部门",
        "pre_examination_issue_date": DAY,
        "pre_examination_expiry_date": None,
        "pre_examination_scan": [FILE],
        "materials": [{"item": "", "ready": one} for one in ready],
        **other,
    }


def errors(**other: Any) -> set[str]:
    form = LandPermitApplication(answers=opening(**other))
    return set() if form.validate() else set(form.errors)


def effects(step: str, **answers: Any) -> list[Any]:
    record = Filed(
        7, "PL-17-2026-0007", "PL-17", opening(**answers), 1, 1, 1, {}, datetime(2026, 5, 12, tzinfo=UTC)
    )
    return list(LandPermitApplication.effects(step, record))


@pytest.mark.requirement("R41")
def test_three_materials_are_enough_unless_it_is_a_road() -> None:
    assert errors() == set()


@pytest.mark.requirement("R41")
@pytest.mark.parametrize("missing", [0, 1, 3])
def test_each_of_them_must_be_ready(missing: int) -> None:
    ready = [True, True, False, True]
    ready[missing] = False
    assert errors(ready=tuple(ready)) == {"materials"}


@pytest.mark.requirement("R41")
def test_either_paper_will_do_for_the_second_material() -> None:
    assert LandPermitApplication().basis_document.targets == ("PL-15", "PL-04")
    assert errors(basis_document=Ref(None, "PL-04-2026-0001")) == set()
    assert errors(basis_document=None) == {"basis_document"}


@pytest.mark.requirement("R41")
def test_the_site_opinion_and_its_row_go_together() -> None:
    opinion, road = (
        Ref(None, "PL-13-2026-0001"),
        begun("permit", "land_permit", project_kind="municipal_road"),
    )
    assert errors(site_opinion=opinion, ready=(True, True, True, True), project=road) == set()
    assert errors(site_opinion=opinion, project=road) == {"materials"}
    assert errors(ready=(True, True, True, True), project=road) == {"site_opinion"}


@pytest.mark.requirement("R41")
def test_only_a_road_needs_the_site_opinion() -> None:
    opinion = Ref(None, "PL-13-2026-0001")
    assert errors(project=begun("permit", "land_permit", project_kind="municipal_road")) == {"site_opinion"}
    assert errors(site_opinion=opinion, ready=(True, True, True, True)) == {"site_opinion"}


@pytest.mark.requirement("R41")
def test_its_basis_is_a_finished_record_of_the_project(context: Flask) -> None:
    office = Office()
    _tracker, project = office.opened()
    office.passed(project, "report")
    mine = {"project": office.ref(project)}
    for code in ("PL-04", "PL-15"):
        basis = office.record(code, mine, office.now, "planning_officer")
        given = {**opening(), **mine, "basis_document": office.ref(basis)}
        sheet = office.sheet("PL-17", "planning_officer", **given)
        assert not wrong(sheet)
    under_way = office.record("PL-15", mine, office.now, "planning_officer", "running")
    other = {"project": office.ref(office.opened(plot="另一地块")[1])}
    strange = office.record("PL-15", other, office.now, "planning_officer")
    for basis in (under_way, strange):
        given = {**opening(), **mine, "basis_document": office.ref(basis)}
        assert wrong(office.sheet("PL-17", "planning_officer", **given)) == {"basis_document"}


def test_the_stages_before_must_have_passed() -> None:
    assert errors(project=begun("permit")) == {"project"}


def test_papers_end_after_they_begin() -> None:
    early = DAY - timedelta(days=1)
    assert errors(pre_examination_expiry_date=early) == {"pre_examination_expiry_date"}
    assert not PermitResult(answers={**PERMIT, "land_permit_expiry_date": early}).validate()


def test_issuers_are_suggested() -> None:
    assert LandPermitApplication().pre_examination_issuer.data == "国土部门"
    assert PermitResult().land_permit_issuer.data == "规划局"


def test_a_second_officer_names_what_is_missing() -> None:
    step = ROUTE.step("materials_check")
    assert step.judges  # so the applicant is left out
    assert not MaterialsCheck(answers={"materials_complete": False}).validate()
    assert MaterialsCheck(answers={"materials_complete": False, "missing_materials": "预审意见"}).validate()
    assert MaterialsCheck(answers={"materials_complete": True}).validate()
    outcome = step.outcome({"materials_complete": False})
    assert isinstance(outcome, Back)
    assert outcome.to == "applicant"
    assert step.outcome({"materials_complete": True}) is None


def test_both_seal_holders_seal() -> None:
    step = ROUTE.step("seal")
    assert step.by.every
    assert {party.key for party in step.by.parties} == {"land_development_manager", "general_manager"}
    assert not Sealing(answers={"sealed_copies": 0, "seal_kinds": ["company_seal"]}).validate()
    assert Sealing(answers={"sealed_copies": 2, "seal_kinds": ["company_seal"]}).validate()


def test_nothing_is_accepted_before_it_is_handed_in() -> None:
    assert not Submission(answers={"submitted_on": DAY, "accepted_on": DAY - timedelta(days=1)}).validate()
    assert Submission(answers={"submitted_on": DAY, "accepted_on": DAY}).validate()


@pytest.mark.parametrize("decision", ["to_be_corrected", "refused"])
def test_what_is_not_granted_goes_back_without_a_permit(decision: str) -> None:
    unexplained = PermitResult(answers={**PERMIT, "decision": decision})
    unexplained.validate()
    assert set(unexplained.errors) == {"decision_note"}
    stage = PermitResult(answers={**PERMIT, "decision": decision, "decision_note": "用地红线不清"})
    assert stage.validate(), stage.errors
    assert stage.answers()["land_permit_no"] is None
    outcome = ROUTE.step("land_permit_result").outcome({"decision": decision})
    assert isinstance(outcome, Back)
    assert outcome.to == "applicant"


def test_a_permit_needs_its_number_issuer_date_and_scan() -> None:
    stage = PermitResult(answers={"decision": "granted", "land_permit_issuer": None})
    assert not stage.validate()
    assert set(stage.errors) == set(PERMIT) - {"decision"}
    assert PermitResult(answers=PERMIT).validate()
    handed_in = {"submitted_on": PERMIT["land_permit_issue_date"] + timedelta(days=1)}
    assert not PermitResult(answers=PERMIT, context=handed_in).validate()
    assert ROUTE.step("land_permit_result").outcome({"decision": "granted"}) is None


def test_handing_in_moves_the_tracker_and_enters_nothing() -> None:
    (progress,) = effects("submission", submitted_on=DAY)
    assert (progress.key, progress.values["state"]) == ("land_permit", "submitted")


def test_a_granted_permit_and_its_pre_examination_enter_the_ledger() -> None:
    enclosed, paper, progress = effects("land_permit_result", **PERMIT)
    assert (enclosed.ledger, enclosed.facts["paper"]) == ("external_papers", "国土部门合法的土地预审意见")
    assert enclosed.facts["number"] == "预审〔2026〕3号"
    assert enclosed.facts["scan"] == "预审意见.pdf"
    assert (paper.facts["paper"], paper.facts["number"]) == ("建设工程用地规划许可证", "地字第1号")
    assert (progress.values["state"], progress.values["paper_no"]) == ("passed", "地字第1号")


@pytest.mark.parametrize(
    ("decision", "state"), [("to_be_corrected", "to_be_corrected"), ("refused", "refused")]
)
def test_the_tracker_follows_other_decisions(decision: str, state: str) -> None:
    (progress,) = effects("land_permit_result", decision=decision)
    assert progress.values["state"] == state


@pytest.mark.parametrize("seed", range(40))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(LandPermitApplication, STORIES["PL-17"], seed)["decision"] == "granted"
