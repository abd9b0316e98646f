"""PL-08: six materials, the explanation among them, and the certificate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.models import Project, Record
from tests.forms.customer_service.shop import NOW, wrong
from tests.forms.design.permit_office import OFFICER, Office, days, paper, ready, ref

EXPLANATION = dict.fromkeys(
    ("necessity", "siting_and_land", "resources_and_environment", "social_benefit"), "见说明"
)


@pytest.fixture
def office(context: Flask) -> Office:
    return Office()


def put(office: Office, code: str, project: Project, state: str = "finished") -> Record:
    return office.record(code, {"project": ref(project)}, NOW, OFFICER, state)


def opening(office: Office, project: Project, **other: Any) -> dict[str, Any]:
    records = {"report": "PL-04", "conditions": "PL-05", "tender_form": "PL-11"}
    named = {
        name: office.ref(put(office, code, project)) for name, code in records.items() if name not in other
    }
    return {
        "project": ref(project),
        "construction_unit": "恒远置业有限公司",
        "approval_kind": "approval",
        "request_to": "审批局",
        "request_text": "请予核准",
        "scale": "8栋",
        "investment": Decimal(80_000_000),
        **named,
        **paper("agreement", days(-20)),
        **paper("licence", days(-400)),
        "materials": ready(True, False, True, True, True, True),
        **other,
    }


def begun(office: Office) -> Project:
    _tracker, project = office.opened()
    office.passed(project, "report", "conditions")
    return project


@pytest.mark.requirement("R40")
@pytest.mark.parametrize("missing", [0, 2, 3, 4, 5])
def test_five_of_six_materials_are_ready_when_it_is_submitted(office: Office, missing: int) -> None:
    rows = [at != missing for at in range(6)]
    sheet = office.sheet("PL-08", OFFICER, **opening(office, begun(office), materials=ready(*rows)))
    assert wrong(sheet) == {"materials"}


@pytest.mark.requirement("R40")
def test_the_explanation_is_written_before_anything_is_handed_in(office: Office) -> None:
    record = office.submit("PL-08", OFFICER, **opening(office, begun(office)))
    assert record.step == "approval_explanation"
    assert wrong(office.stage(record)) == set(EXPLANATION)
    office.sign(record, **EXPLANATION)
    assert record.step == "materials_check"


@pytest.mark.requirement("R40")
def test_the_fifth_and_sixth_are_records_of_the_project(office: Office) -> None:
    project = begun(office)
    sheet = office.sheet("PL-08", OFFICER, **opening(office, project))
    assert not wrong(sheet)
    rows = sheet.answers()["materials"]
    assert rows[4]["paper"].text.startswith("PL-05-")
    assert rows[5]["paper"].text.startswith("PL-11-")
    other = office.opened(plot="另一地块")[1]
    for name, code in (("conditions", "PL-05"), ("tender_form", "PL-11"), ("report", "PL-04")):
        strange = office.ref(put(office, code, other))
        sheet = office.sheet("PL-08", OFFICER, **opening(office, project, **{name: strange}))
        assert wrong(sheet) == {name}
        open_ = office.ref(put(office, code, project, "running"))
        sheet = office.sheet("PL-08", OFFICER, **opening(office, project, **{name: open_}))
        assert wrong(sheet) == {name}


def test_report_and_conditions_come_first(office: Office) -> None:
    _tracker, project = office.opened()
    office.passed(project, "report")
    sheet = office.sheet("PL-08", OFFICER, **opening(office, project))
    assert wrong(sheet) == {"project"}
    assert "规划设计条件" in sheet.errors["project"][0]


def test_the_certificate_enters_the_ledger_and_the_tracker(office: Office) -> None:
    project = begun(office)
    record = office.submit("PL-08", OFFICER, **opening(office, project))
    office.sign(record, **EXPLANATION)
    result = {"decision": "granted", "result_kind": "approval_certificate", **paper("approval", holds=700)}
    office.over_the_counter(record, **result)
    assert set(office.papers(project)) == {"投资协议", "企业营业执照", "立项文件(核准证)"}
    assert office.stages(project)["approval"].passed
    assert office.stages(project)["environment"].ready


def test_the_certificate_fits_what_was_asked_for(office: Office) -> None:
    record = office.submit("PL-08", OFFICER, **opening(office, begun(office), approval_kind="record"))
    office.sign(record, **EXPLANATION)
    result = {"decision": "granted", "result_kind": "approval_certificate", **paper("approval")}
    with pytest.raises(AssertionError, match="result_kind"):
        office.over_the_counter(record, **result)


@pytest.mark.parametrize("prefix", ["agreement", "licence"])
def test_a_paper_that_has_ended_will_not_do(office: Office, prefix: str) -> None:
    ended = {f"{prefix}_issue_date": days(-90), f"{prefix}_expiry_date": days(-1)}
    sheet = office.sheet("PL-08", OFFICER, **opening(office, begun(office), **ended))
    assert wrong(sheet) == {f"{prefix}_expiry_date"}
