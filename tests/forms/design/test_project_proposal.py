"""PL-15: a proposal that stands for the report."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.models import Project
from tests.forms.customer_service.shop import wrong
from tests.forms.design.permit_office import FILE, OFFICER, Office, ref

TEXTS = dict.fromkeys(("necessity", "scale", "funding", "schedule", "benefit", "conclusion"), "见建议书")


@pytest.fixture
def office(context: Flask) -> Office:
    return Office()


def opening(project: Project, **other: Any) -> dict[str, Any]:
    return {
        "project": ref(project),
        "construction_unit": "恒远置业有限公司",
        "site": "高新区三号地块",
        "investment": Decimal(80_000_000),
        **TEXTS,
        "proposal_file": [FILE],
        **other,
    }


@pytest.mark.requirement("R41")
def test_an_approved_proposal_stands_for_the_report(office: Office) -> None:
    tracker, project = office.opened()
    assert not office.stages(project)["land_permit"].ready
    record = office.submit("PL-15", OFFICER, **opening(project))
    for _turn in range(3):
        assert not office.stages(project)["land_permit"].ready
        office.sign(record)
    assert record.state == "finished"
    assert office.stages(project)["land_permit"].ready
    assert not office.stages(project)["approval"].ready, "the approval still waits for the report"
    office.change(tracker, new_project_kind="other_municipal")
    assert office.stages(project)["land_permit"].ready, "it stands after the project has changed"


def test_three_approve_it_in_turn(office: Office) -> None:
    record = office.submit("PL-15", OFFICER, **opening(office.opened()[1]))
    signers = []
    while record.state == "running":
        signers.append(record.step)
        office.sign(record)
    assert signers == ["manager_review", "development_review", "gm_approval"]


def test_a_project_costs_something_and_is_under_way(office: Office) -> None:
    _tracker, project = office.opened()
    assert wrong(office.sheet("PL-15", OFFICER, **opening(project, investment=Decimal(0)))) == {"investment"}
    project.state = "ended"
    assert wrong(office.sheet("PL-15", OFFICER, **opening(project))) == {"project"}
