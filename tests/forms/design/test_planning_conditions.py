"""PL-05: the conditions of a plot, asked for with the committee's letter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.models import Project
from tests.forms.customer_service.shop import wrong, wrong_in
from tests.forms.design.permit_office import OFFICER, TODAY, Office, days, paper, ready, ref


@pytest.fixture
def office(context: Flask) -> Office:
    return Office()


def opening(project: Project, **other: Any) -> dict[str, Any]:
    return {
        "project": ref(project),
        "construction_unit": "恒远置业有限公司",
        "plot": "高新区三号地块",
        "land_area": Decimal(12000),
        "intended_use": "居住及配套商业",
        "requested_density": Decimal(25),
        "requested_green": Decimal(35),
        "application_text": "申请出具规划设计条件",
        **paper("consent_letter", days(-10)),
        "materials": ready(True, True, True),
        **other,
    }


def refused(office: Office, **other: Any) -> Any:
    _tracker, project = office.opened()
    return office.sheet("PL-05", OFFICER, **opening(project, **other))


def test_letter_and_conditions_enter_the_ledger(office: Office) -> None:
    _tracker, project = office.opened()
    record = office.submit("PL-05", OFFICER, **opening(project))
    office.over_the_counter(record, decision="granted", **paper("conditions", holds=365))
    assert set(office.papers(project)) == {"管委会关于同意办理某地块规划设计条件的函", "规划设计条件"}
    row = office.stages(project)["conditions"].row
    assert (row.state, row.submitted_on, row.passed_on) == ("passed", TODAY, TODAY)
    assert office.stages(project)["scheme"].ready


@pytest.mark.parametrize("missing", [0, 1])
def test_the_application_and_the_letter_are_demanded(office: Office, missing: int) -> None:
    rows = [True, True, True]
    rows[missing] = False
    assert wrong(refused(office, materials=ready(*rows))) == {"materials"}


def test_the_map_may_be_left_out_by_who_says_why(office: Office) -> None:
    assert not wrong(refused(office, materials=ready(True, True, "不需要")))


def test_the_remark_on_the_map_is_demanded(office: Office) -> None:
    assert wrong_in(refused(office, materials=ready(True, True, False)), "materials", 2) == {"remark"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"requested_green": Decimal(80)}, "requested_green"),
        ({"land_area": Decimal(0)}, "land_area"),
        ({"consent_letter_issue_date": days(1)}, "consent_letter_issue_date"),
        ({"consent_letter_expiry_date": days(-11)}, "consent_letter_expiry_date"),
        ({"consent_letter_no": None}, "consent_letter_no"),
    ],
)
def test_absurd_answers_are_refused(office: Office, changed: dict[str, Any], field: str) -> None:
    assert wrong(refused(office, **changed)) == {field}


def test_a_held_project_waits(office: Office) -> None:
    _tracker, project = office.opened()
    project.state = "held"
    assert wrong(office.sheet("PL-05", OFFICER, **opening(project))) == {"project"}
