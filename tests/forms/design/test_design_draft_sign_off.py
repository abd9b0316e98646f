"""DS-07: four steps in order, a version for each round, and the next phase."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from goods_books import furnish, kept, signed
from projects import begun
from werkzeug.datastructures import MultiDict

from portal.demo.stories.design import STORIES
from portal.domain.effects import Opens, SetsStage
from portal.domain.signoff import Back
from portal.forms.design.design_draft_sign_off import CustomerConfirmation, DesignDraftSignOff, SelfCheck
from portal.forms.filed import Filed

FILE = {"id": 1, "name": "a.pdf", "type": "application/pdf", "size": 1, "sha256": "0"}
DAY = date(2026, 5, 12)

pytestmark = pytest.mark.usefixtures("app_context")


def opening(**other: Any) -> dict[str, Any]:
    return {
        "project": begun("web", "design"),
        "pages": [{"page": "首页", "file": [FILE], "note": None}],
        "design_notes": "蓝灰色系",
        "planned_on": DAY,
        "finished_on": DAY,
        **other,
    }


@pytest.mark.requirement("R48")
def test_the_four_steps_come_one_after_the_other() -> None:
    route = DesignDraftSignOff.signoff
    assert [step.key for step in route.steps] == [
        "self_check", "manager_confirm", "project_manager_confirm", "customer_confirm",
    ]  # fmt: skip
    assert all(step.on_refusal == Back() and step.when is None for step in route.steps)
    assert route.step("self_check").by.parties[0].kind == "applicant"
    assert route.judged("manager_confirm") == ("self_check",)


@pytest.mark.requirement("R48")
def test_each_refused_draft_makes_a_version_and_a_withdrawn_one_does_not() -> None:
    furnish()
    record = kept("DS-07", {}, state="withdrawn")
    for round in (1, 2):
        form = DesignDraftSignOff(answers=opening(draft_version=9), context={"@record_id": record.id})
        assert form.validate(), form.errors
        assert form.draft_version.data == round
        signed(record, "self_check", {}, round=round)
        signed(record, "manager_confirm", {}, round=round, act="refused")


def test_nobody_types_the_version() -> None:
    form = DesignDraftSignOff(MultiDict({"draft_version": "7"}))
    form.validate()
    assert form.draft_version.data == 1


def test_a_page_needs_its_file() -> None:
    form = DesignDraftSignOff(answers=opening(pages=[{"page": "首页", "file": [], "note": None}]))
    assert not form.validate()


def test_every_point_of_the_self_check_needs_a_result() -> None:
    assert not SelfCheck(answers={}).validate()
    points = [{"item": "", "result": "pass"} for _n in range(4)]
    stage = SelfCheck(answers={"self_check_points": points})
    assert stage.validate(), stage.errors
    assert stage.self_check_points.data[1]["item"] == "色彩与LOGO"


@pytest.mark.parametrize(("people", "to"), [({"programmer": 9}, "person:9"), ({}, "role:programmer")])
def test_the_programmer_goes_on_after_the_customer(people: dict[str, int], to: str) -> None:
    answers = opening(project=begun("web", "design", people=people), confirmed_on=DAY)
    record = Filed(7, "DS-07-2026-0007", "DS-07", answers, 1, 1, 1, {}, datetime(2026, 5, 12, tzinfo=UTC))
    stage, opened = DesignDraftSignOff.effects("customer_confirm", record)
    assert isinstance(stage, SetsStage)
    assert (stage.key, stage.values) == ("design", {"state": "passed", "passed_on": DAY})
    assert isinstance(opened, Opens)
    assert (opened.code, opened.to, opened.names_as) == ("DS-08", to, "design_draft")


@pytest.mark.requirement("R50")
def test_nothing_is_drawn_before_the_scheme_is_confirmed() -> None:
    form = DesignDraftSignOff(answers=opening(project=begun("web")))
    assert not form.validate()
    assert set(form.errors) == {"project"}


@pytest.mark.parametrize("seed", range(40))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(DesignDraftSignOff, STORIES["DS-07"], seed)["draft_version"] == 1


def test_a_draft_is_confirmed_once_it_is_there() -> None:
    early = CustomerConfirmation(answers={"confirmed_on": date(2026, 5, 11)}, context=opening())
    assert not early.validate()
    assert CustomerConfirmation(answers={"confirmed_on": DAY}, context=opening()).validate()
