"""DS-19: every point of the standard answered; what has failed is somebody's task and comes round again."""

from __future__ import annotations

from typing import Any

import pytest

from portal.demo.stories import website_lists as lists
from portal.demo.stories.websites import STORIES
from portal.forms.design.website_checklist import OWNERS, WebsiteChecklist
from portal.forms.kinds import Ref
from tests.forms.customer_service.shop import wrong, wrong_in
from tests.forms.design.studio import Studio


@pytest.fixture
def project(studio: Studio) -> Ref:
    """A website whose draft is confirmed."""
    found = studio.opened()
    studio.designed(found)
    return found


def test_the_standard_has_all_its_points(app_context: Any) -> None:
    form = WebsiteChecklist()
    points = {name: tuple(str(item) for item in form[name].items) for name in OWNERS}
    assert points == lists.STANDARD
    assert [len(items) for items in points.values()] == [2, 2, 8, 10, 7]


@pytest.mark.parametrize("name", OWNERS)
def test_every_point_is_answered(studio: Studio, project: Ref, name: str) -> None:
    answers = studio.checklist(project)
    answers[name][1]["result"] = None
    sheet = studio.sheet("DS-19", "designer", **answers)
    assert wrong_in(sheet, name, 1) == {"result"}


def test_it_waits_for_the_design(studio: Studio) -> None:
    project = studio.opened()
    assert wrong(studio.sheet("DS-19", "designer", **studio.checklist(project))) == {"project"}


def test_what_has_failed_is_said(studio: Studio, project: Ref) -> None:
    answers = {**studio.checklist(project, style_checks=(2,)), "failed_items": None}
    assert wrong(studio.sheet("DS-19", "designer", **answers)) == {"failed_items"}


def test_failed_points_become_tasks_of_designer_and_programmer(studio: Studio, project: Ref) -> None:
    answers = studio.checklist(project, style_checks=(2,), program_checks=(0, 3))
    record = studio.submit("DS-19", "designer", **answers)
    assert studio.signers(record) == {"design_manager"}
    studio.sign(record)
    assert record.state == "returned"
    found = {task.title["zh"].rpartition("：")[2]: studio.held(task) for task in studio.asked(record)}
    assert found == {
        "突出客户核心竞争力和核心业务": {"designer"},
        "主流浏览器兼容": {"programmer"},
        "打开速度": {"programmer"},
    }
    assert studio.state_of(project, "checklist") == "open"
    studio.correct(record, "designer", **studio.checklist(project))
    studio.sign(record)
    studio.sign(record)
    assert studio.state_of(project, "checklist") == "passed"


def test_after_the_tests_it_leaves_the_acceptance(studio: Studio) -> None:
    project = studio.opened()
    studio.deployed(project)
    record = studio.checked(project)
    assert studio.drafted(record, "DS-14")["acceptance_checklist"].id == record.id
    assert studio.drafted(record, "DS-14")["accepted_version"] == "V1.0.0"


def test_before_the_tests_it_leaves_nothing(studio: Studio, project: Ref) -> None:
    assert studio.drafts(studio.checked(project), "DS-14") == []


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    tell(WebsiteChecklist, STORIES["DS-19"], seed)
