"""DS-08: one check after the other, every function done, the source backed up after the customer's word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.demo.stories import website_lists as lists
from portal.demo.stories.websites import STORIES
from portal.domain.signoff import Back
from portal.forms.design.program_sign_off import ProgramSignOff
from portal.forms.kinds import Ref
from portal.models import Record
from tests.forms.customer_service.shop import TODAY, days, wrong
from tests.forms.design.studio import Studio, points

ROUTE = ProgramSignOff.signoff


@pytest.fixture
def project(studio: Studio) -> Ref:
    """A website that has begun."""
    return studio.opened()


def submitted(studio: Studio, project: Ref, **changed: Any) -> Record:
    """A program that waits for its author's own check."""
    return studio.submit(
        "DS-08", "programmer", **studio.program(project, studio.designed(project), **changed)
    )


@pytest.mark.requirement("R49")
def test_the_steps_come_one_after_the_other_and_the_backup_last() -> None:
    assert [step.key for step in ROUTE.steps] == [
        "self_check", "functions_complete", "manager_confirm", "project_manager_confirm", "customer_confirm",
        "source_backup",
    ]  # fmt: skip
    assert all(step.on_refusal == Back() and step.when is None for step in ROUTE.steps)


def test_it_waits_for_the_confirmed_draft(studio: Studio, project: Ref) -> None:
    studio.planned(project)
    draft = studio.submit("DS-07", "designer", **studio.draft(project))
    sheet = studio.sheet("DS-08", "programmer", **studio.program(project, draft))
    assert wrong(sheet) == {"project", "design_draft"}


def test_a_failed_point_of_the_self_check_leads_back(studio: Studio, project: Ref) -> None:
    record = submitted(studio, project)
    assert studio.signers(record) == {"programmer"}
    studio.sign(record, self_check_points=points(*lists.PROGRAM_CHECKS, failed=(2,)))
    assert record.state == "returned"


@pytest.mark.requirement("R49")
def test_every_function_of_the_topology_is_asked_for(studio: Studio, project: Ref) -> None:
    record = submitted(studio, project)
    studio.sign(record, self_check_points=points(*lists.PROGRAM_CHECKS))
    assert studio.signers(record) == {"designer"}
    fills: Any = ROUTE.step("functions_complete").fills
    begun = fills(context={"project": project}).function_results.data
    assert [(row["no"], row["function"]) for row in begun] == [("F01", "在线支付"), ("F02", "站内搜索")]
    one = studio.results()[:1]
    assert wrong(studio.stage(record, function_results=one)) == {"function_results"}
    assert wrong(studio.stage(record, function_results=[*studio.results(), *one])) == {"function_results"}


@pytest.mark.requirement("R49")
def test_an_open_function_leads_back_to_the_programmer(studio: Studio, project: Ref) -> None:
    record = submitted(studio, project)
    studio.sign(record, self_check_points=points(*lists.PROGRAM_CHECKS))
    studio.sign(record, function_results=studio.results("F02"))
    assert record.state == "returned"
    assert studio.state_of(project, "program") == "open"


def test_functions_of_the_newest_topology_count(studio: Studio, project: Ref) -> None:
    record = submitted(studio, project)
    rows = studio.topology(project)["functions"]
    rows.append({"no": "F03", "function": "多语言", "description": "英文", "priority": "may"})
    studio.drawn(project, functions=rows)
    studio.sign(record, self_check_points=points(*lists.PROGRAM_CHECKS))
    assert wrong(studio.stage(record, function_results=studio.results())) == {"function_results"}


def confirmed(studio: Studio, project: Ref) -> Record:
    """A program that waits for its backup."""
    record = submitted(studio, project)
    studio.sign(record, self_check_points=points(*lists.PROGRAM_CHECKS))
    studio.sign(record, function_results=studio.results())
    studio.sign(record)
    studio.sign(record)
    return studio.sign(record, confirmed_on=TODAY)


@pytest.mark.requirement("R49")
def test_the_backup_follows_the_customers_word(studio: Studio, project: Ref) -> None:
    record = confirmed(studio, project)
    for moment in (studio.now - timedelta(days=1), studio.now + timedelta(hours=1)):
        assert wrong(studio.stage(record, backup_place="NAS", backup_on=moment)) == {"backup_on"}
    assert studio.state_of(project, "program") == "open"
    assert studio.drafts(record, "DS-11") == []
    studio.sign(record, backup_place="NAS", backup_on=studio.now)
    assert (studio.state_of(project, "program"), studio.row(project, "program").passed_on) == (
        "passed", TODAY,
    )  # fmt: skip
    begun = studio.drafted(record, "DS-11")
    assert (begun["project"], begun["program_version"]) == (project, "V1.0.0")


def test_a_confirmed_version_is_not_confirmed_again(studio: Studio, project: Ref) -> None:
    draft = studio.designed(project)
    first = studio.programmed(project, draft)
    answers = studio.program(project, draft)
    assert wrong(studio.sheet("DS-08", "programmer", **answers)) == {"program_version"}
    assert not wrong(studio.sheet("DS-08", "programmer", corrects=first, **answers))
    assert not wrong(studio.sheet("DS-08", "programmer", **{**answers, "program_version": "V1.1.0"}))


def test_what_is_finished_is_finished_by_today(studio: Studio, project: Ref) -> None:
    answers = studio.program(project, studio.designed(project), finished_on=days(1))
    assert wrong(studio.sheet("DS-08", "programmer", **answers)) == {"finished_on"}


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(ProgramSignOff, STORIES["DS-08"], seed)["backup_place"]
