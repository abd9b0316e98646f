"""EN-21: the order of acceptances, the verdict and what follows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from projects import begun

from portal.demo import carried_over
from portal.demo.stories.engineering import CONCEALED, STORIES
from portal.domain.effects import FINISHED, REFUSED, Opens, SetsStage
from portal.domain.signoff import Close
from portal.extensions import db
from portal.forms.engineering.acceptances import CustomerSign
from portal.forms.engineering.concealed_works_acceptance import ConcealedCheck, ConcealedWorksAcceptance
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.models import Project

NOON = datetime(2026, 5, 12, 4, tzinfo=UTC)
PHOTO = {"id": 1, "name": "a.jpg", "type": "image/jpeg", "size": 1, "sha256": "0"}
PROBLEM: dict[str, Any] = {
    "problem_found": "管卡间距过大",
    "on_spot_opinion": "增设管卡",
    "responsible_person": Ref(13, "李工长 E013"),
    "rectify_by": NOON + timedelta(days=2),
}

pytestmark = pytest.mark.usefixtures("app_context")


def opening(**other: Any) -> dict[str, Any]:
    return {
        "project": Ref(1, "滨江花园 P001"),
        "acceptance_at": NOON,
        "areas": "厨房",
        "concealed_checks": [{"item": item, "result": "pass"} for item in CONCEALED],
        "layout_photos": [PHOTO],
        "self_check": "pass",
        "site_photos": [PHOTO],
        **other,
    }


def effects(step: str, **answers: Any) -> list[Any]:
    record = Filed(7, "EN-21-2026-0007", "EN-21", opening(**answers), 13, 1, 11, {}, NOON)
    return list(ConcealedWorksAcceptance.effects(step, record))


@pytest.mark.requirement("R29")
def test_it_waits_for_the_material_acceptance() -> None:
    form = ConcealedWorksAcceptance(answers=opening(project=begun("works", "material")))
    assert not form.validate()
    assert form.project.errors == ["须先通过：材料进场验收"]
    form = ConcealedWorksAcceptance(answers=opening(project=begun("works", "concealed")))
    assert form.validate(), form.errors


@pytest.mark.requirement("R29")
def test_what_is_covered_is_not_accepted() -> None:
    project = begun("works", "completion")  # whatever lies before it has passed
    form = ConcealedWorksAcceptance(answers=opening(project=project))
    assert not form.validate()
    assert set(form.errors) == {"acceptance_at"}
    late = ConcealedWorksAcceptance(answers=opening(project=project), context={"@corrects": 5})
    assert late.validate(), late.errors  # what was accepted in time is put down as it was


def test_a_project_of_another_kind_does_not_go_through_it() -> None:
    form = ConcealedWorksAcceptance(answers=opening(project=begun("web", "topology")))
    assert not form.validate()
    assert set(form.errors) == {"project"}


def test_every_preset_check_needs_a_result() -> None:
    form = ConcealedWorksAcceptance(answers=opening(concealed_checks=[]))
    assert not form.validate()


@pytest.mark.requirement("R26")
@pytest.mark.parametrize("verdict", ["fail", "pass_after_rectification"])
def test_a_problem_needs_opinion_person_and_limit(verdict: str) -> None:
    stage = ConcealedCheck(answers={"verdict": verdict}, context=opening())
    assert not stage.validate()
    assert set(stage.errors) == set(PROBLEM)
    assert ConcealedCheck(answers={"verdict": verdict, **PROBLEM}, context=opening()).validate()


@pytest.mark.requirement("R26")
def test_a_pass_needs_none_of_them() -> None:
    assert ConcealedCheck(answers={"verdict": "pass"}, context=opening()).validate()


def test_the_limit_is_not_before_the_acceptance() -> None:
    early = {**PROBLEM, "rectify_by": NOON - timedelta(minutes=1)}
    stage = ConcealedCheck(answers={"verdict": "fail", **early}, context=opening())
    assert not stage.validate()
    assert set(stage.errors) == {"rectify_by"}


def test_the_customer_draws_a_signature() -> None:
    assert not CustomerSign(answers={}).validate()
    assert CustomerSign(answers={"customer_signature": {**PHOTO, "type": "image/png"}}).validate()


def test_a_problem_opens_the_notice() -> None:
    (notice,) = effects("supervisor_check", verdict="fail", **PROBLEM)
    assert isinstance(notice, Opens)
    assert (notice.code, notice.to, notice.names_as) == ("EN-25", "person:13", "acceptance_record")
    assert notice.answers == {
        "project": Ref(1, "滨江花园 P001"),
        "found_at": NOON,
        "place": "厨房",
        "problem": PROBLEM["problem_found"],
        "opinion": PROBLEM["on_spot_opinion"],
        "responsible_person": PROBLEM["responsible_person"],
        "rectify_by": PROBLEM["rectify_by"],
    }
    assert effects("supervisor_check", verdict="pass") == []


def test_a_pass_passes_the_stage_and_opens_the_next_acceptance() -> None:
    project = begun("works", "concealed")
    passed, following = effects(FINISHED, project=project, verdict="pass")
    assert passed == SetsStage(project.id, "concealed", {"state": "passed", "passed_on": NOON.date()})
    assert (following.code, following.to) == ("EN-22", "person:13")
    assert effects(FINISHED, project=project, verdict="fail") == []
    assert (
        effects("customer_sign", project=project, verdict="pass") == []
    )  # not before the record is finished


def test_a_site_without_wet_rooms_goes_on_to_the_midterm() -> None:
    project = begun("works", "concealed", waterproofing=False)
    following = effects(FINISHED, project=project, verdict="pass")[-1]
    assert following.code == "EN-23"


def test_a_second_acceptance_opens_nothing_more() -> None:
    project = begun("works", "concealed")
    carried_over.pass_until(db.session.get_one(Project, project.id), "waterproofing", NOON.date())
    assert [type(one) for one in effects(FINISHED, project=project, verdict="pass")] == [SetsStage]


@pytest.mark.requirement("R26")
def test_nothing_passes_with_a_check_that_failed() -> None:
    rows = [{"item": item, "result": "pass"} for item in CONCEALED[:-1]]
    bad = opening(concealed_checks=[*rows, {"item": CONCEALED[-1], "result": "fail"}])
    stage = ConcealedCheck(answers={"verdict": "pass"}, context=bad)
    assert not stage.validate()
    assert stage.verdict.errors == ["检查项目“吊顶龙骨”不合格，不能判为合格"]
    assert ConcealedCheck(answers={"verdict": "fail", **PROBLEM}, context=bad).validate()


def test_a_customer_who_does_not_accept_gets_a_notice() -> None:
    assert ConcealedWorksAcceptance.signoff.step("customer_sign").on_refusal == Close()
    (notice,) = effects(REFUSED, verdict="pass")
    assert notice.code == "EN-25"
    assert effects(REFUSED, verdict="fail", **PROBLEM) == []  # has one already


@pytest.mark.parametrize("seed", range(40))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(ConcealedWorksAcceptance, STORIES["EN-21"], seed)["customer_signature"]


def test_a_test_loses_no_more_pressure_than_it_had() -> None:
    project = begun("works", "concealed")
    for drop, wrong in (("0.8", set()), ("0.801", {"pressure_drop"})):
        tried = {"test_pressure": Decimal("0.8"), "pressure_drop": Decimal(drop)}
        form = ConcealedWorksAcceptance(answers=opening(project=project, **tried))
        form.validate()
        assert set(form.errors) == wrong
