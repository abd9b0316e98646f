"""EN-21: the order of acceptances, the verdict and what follows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.demo.stories.engineering import CONCEALED, STORIES
from portal.domain.effects import REFUSED, Opens
from portal.domain.signoff import Close
from portal.forms.engineering.concealed_works_acceptance import (
    ConcealedWorksAcceptance,
    CustomerSign,
    SupervisorCheck,
)
from portal.forms.filed import Filed
from portal.forms.kinds import SERVED, Ref
from portal.queries import works

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


def accepted(monkeypatch: pytest.MonkeyPatch, *codes: str) -> None:
    """As if these acceptances had passed in the project."""
    monkeypatch.setattr(works, "passed", lambda code, project: code in codes)


@pytest.mark.requirement("R29")
def test_it_waits_for_the_material_acceptance_once_that_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.forms.engineering.concealed_works_acceptance.SERVED", SERVED | {"EN-20"})
    form = ConcealedWorksAcceptance(answers=opening())
    assert not form.validate()
    assert form.project.errors == ["该工程的材料进场验收尚未合格，不能进行隐蔽工程验收"]
    accepted(monkeypatch, "EN-20")
    assert ConcealedWorksAcceptance(answers=opening()).validate()


@pytest.mark.requirement("R29")
def test_a_material_acceptance_on_paper_does_not_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.forms.engineering.concealed_works_acceptance.SERVED", SERVED - {"EN-20"})
    form = ConcealedWorksAcceptance(answers=opening())
    assert form.validate(), form.errors


@pytest.mark.requirement("R29")
def test_what_is_covered_is_not_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(monkeypatch, "EN-20", "EN-23")
    form = ConcealedWorksAcceptance(answers=opening())
    assert not form.validate()
    assert set(form.errors) == {"acceptance_at"}


def test_every_preset_check_needs_a_result() -> None:
    form = ConcealedWorksAcceptance(answers=opening(concealed_checks=[]))
    assert not form.validate()


@pytest.mark.requirement("R26")
@pytest.mark.parametrize("verdict", ["fail", "pass_after_rectification"])
def test_a_problem_needs_opinion_person_and_limit(verdict: str) -> None:
    stage = SupervisorCheck(answers={"verdict": verdict}, context=opening())
    assert not stage.validate()
    assert set(stage.errors) == set(PROBLEM)
    assert SupervisorCheck(answers={"verdict": verdict, **PROBLEM}, context=opening()).validate()


@pytest.mark.requirement("R26")
def test_a_pass_needs_none_of_them() -> None:
    assert SupervisorCheck(answers={"verdict": "pass"}, context=opening()).validate()


def test_the_limit_is_not_before_the_acceptance() -> None:
    early = {**PROBLEM, "rectify_by": NOON - timedelta(minutes=1)}
    stage = SupervisorCheck(answers={"verdict": "fail", **early}, context=opening())
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


def test_a_pass_opens_the_next_acceptance() -> None:
    (following,) = effects("customer_sign", verdict="pass")
    assert following.code == "EN-22"
    assert effects("customer_sign", verdict="fail") == []


def test_a_customer_who_does_not_accept_gets_a_notice() -> None:
    assert ConcealedWorksAcceptance.signoff.step("customer_sign").on_refusal == Close()
    (notice,) = effects(REFUSED, verdict="pass")
    assert notice.code == "EN-25"
    assert effects(REFUSED, verdict="fail", **PROBLEM) == []  # has one already


@pytest.mark.parametrize("seed", range(40))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(ConcealedWorksAcceptance, STORIES["EN-21"], seed)["customer_signature"]


def test_a_test_loses_no_more_pressure_than_it_had() -> None:
    for drop, wrong in (("0.8", set()), ("0.801", {"pressure_drop"})):
        tried = {"test_pressure": Decimal("0.8"), "pressure_drop": Decimal(drop)}
        form = ConcealedWorksAcceptance(answers=opening(**tried))
        form.validate()
        assert set(form.errors) == wrong
