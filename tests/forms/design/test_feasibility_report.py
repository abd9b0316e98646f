"""PL-04: a report ordered from a compiler, delivered until it is accepted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.domain.signoff import Back
from portal.forms.catalogue import FORMS
from portal.models import Project, Record
from portal.services import route
from tests.forms.customer_service.shop import wrong
from tests.forms.design.permit_office import FILE, OFFICER, TODAY, Office, days, ref


@pytest.fixture
def office(context: Flask) -> Office:
    return Office()


def opening(project: Project, **other: Any) -> dict[str, Any]:
    return {
        "project": ref(project),
        "report_kind": "feasibility_study",
        "compiler": "省工程咨询中心",
        "compiler_qualification": "工程咨询单位甲级",
        "contract_date": days(-3),
        "scale": "8栋",
        "investment": Decimal(80_000_000),
        "funding": "企业自筹",
        "report_version": "送审稿",
        "finish_by": days(20),
        **other,
    }


DELIVERY = {"delivered_on": TODAY, "report_file": [FILE], "copies": 6}


def submitted(office: Office) -> tuple[Record, Project]:
    _tracker, project = office.opened()
    return office.submit("PL-04", OFFICER, **opening(project)), project


def test_the_accepted_report_passes_its_stage(office: Office) -> None:
    record, project = submitted(office)
    office.sign(record, **DELIVERY)
    office.sign(record)
    assert office.stages(project)["report"].row.state == "preparing"
    office.sign(record)
    assert office.stages(project)["report"].passed
    entry = office.papers(project)["项目可行性研究报告"]
    assert (entry.facts["number"], entry.facts["issuer"]) == (f"{record.number} V1", "省工程咨询中心")


@pytest.mark.parametrize("step", ["planning_acceptance", "development_acceptance"])
def test_who_refuses_it_sends_it_back_to_the_compiler(step: str) -> None:
    back = FORMS["PL-04"].signoff.step(step).on_refusal
    assert isinstance(back, Back)
    assert back.to == "compiler_delivery"


def test_what_comes_again_is_the_next_version(office: Office) -> None:
    record, project = submitted(office)
    office.sign(record, **DELIVERY)
    office.refuse(record)
    assert record.step == "compiler_delivery"
    assert office.stage(record, **DELIVERY).answers()["delivered_version"] == 2
    office.sign(record, **DELIVERY)
    office.sign(record)
    office.sign(record)
    assert office.papers(project)["项目可行性研究报告"].facts["number"] == f"{record.number} V2"


def test_it_is_due_when_it_is_wanted(office: Office) -> None:
    record, _project = submitted(office)
    assert record.due_at is not None
    assert record.due_at.date() == days(20)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"finish_by": days(-1)}, "finish_by"),
        ({"contract_date": days(1)}, "contract_date"),
        ({"investment": Decimal(0)}, "investment"),
    ],
)
def test_absurd_answers_are_refused(office: Office, changed: dict[str, Any], field: str) -> None:
    _tracker, project = office.opened()
    assert wrong(office.sheet("PL-04", OFFICER, **opening(project, **changed))) == {field}


def test_it_is_delivered_after_it_was_ordered_and_not_tomorrow(office: Office) -> None:
    record, _project = submitted(office)
    context = route.known(record, now=office.now)
    for day in (days(-4), days(1)):
        stage = (
            FORMS["PL-04"]
            .signoff.step("compiler_delivery")
            .fills(  # type: ignore[misc]
                answers={**DELIVERY, "delivered_on": day}, context=context
            )
        )
        assert not stage.validate()
        assert wrong(stage) == {"delivered_on"}


def test_one_report_at_a_time(office: Office) -> None:
    _record, project = submitted(office)
    assert wrong(office.sheet("PL-04", OFFICER, **opening(project))) == {"project"}
