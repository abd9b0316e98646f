"""PL-11: what is put out to tender, and why the rest is not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.extensions import db
from portal.models import Notice, Project
from tests.forms.customer_service.shop import wrong, wrong_in
from tests.forms.design.permit_office import OFFICER, Office, ref

OUT = {"tender": True, "scope": "all", "organisation": "agency", "way": "open"}
REASONS = {"no_tender_reason": "低于规模标准", "legal_basis": "第五条"}


@pytest.fixture
def office(context: Flask) -> Office:
    return Office()


def items(*every: tuple[str, bool, int]) -> list[dict[str, Any]]:
    return [
        {"item": item, "amount": Decimal(amount), **(OUT if out else {"tender": False})}
        for item, out, amount in every
    ]


def opening(project: Project, **other: Any) -> dict[str, Any]:
    return {
        "project": ref(project),
        "construction_unit": "恒远置业有限公司",
        "items": items(("building", True, 6_000_000), ("survey", False, 200_000), ("design", False, 300_000)),
        "total_investment": Decimal(8_000_000),
        "funding": "企业自筹",
        **REASONS,
        **other,
    }


def sheet(office: Office, **other: Any) -> Any:
    return office.sheet("PL-11", OFFICER, **opening(office.opened()[1], **other))


def test_what_is_not_put_out_is_listed_by_the_program(office: Office) -> None:
    filled = sheet(office, no_tender_items="别的")
    assert not wrong(filled)
    assert filled.answers()["no_tender_items"] == "勘察、设计"


def test_it_needs_a_reason_and_a_basis(office: Office) -> None:
    assert wrong(sheet(office, no_tender_reason=None, legal_basis=None)) == {
        "no_tender_reason",
        "legal_basis",
    }


def test_where_everything_is_put_out_no_reason_is_asked(office: Office) -> None:
    filled = sheet(
        office, items=items(("building", True, 6_000_000)), no_tender_reason=None, legal_basis=None
    )
    assert not wrong(filled)
    assert filled.answers()["no_tender_items"] is None


def test_a_tender_has_scope_organisation_and_way(office: Office) -> None:
    bare = [{"item": "building", "tender": True, "amount": Decimal(1)}]
    assert wrong_in(sheet(office, items=bare), "items") == {"scope", "organisation", "way"}


def test_each_part_once_and_no_more_than_the_whole(office: Office) -> None:
    twice = items(("building", True, 1), ("building", True, 1))
    assert wrong_in(sheet(office, items=twice), "items", 1) == {"item"}


def test_the_parts_cost_no_more_than_the_whole(office: Office) -> None:
    assert wrong(sheet(office, total_investment=Decimal(6_000_000))) == {"total_investment"}


def test_it_may_be_prepared_before_the_stages_that_the_approval_waits_for(office: Office) -> None:
    _tracker, project = office.opened()
    assert not office.stages(project)["approval"].ready
    record = office.submit("PL-11", OFFICER, **opening(project))
    for _turn in range(3):
        office.sign(record, sealed_copies=3)
    assert record.state == "finished"
    told = [str(one.facts) for one in db.session.query(Notice).filter_by(record_id=record.id, kind="told")]
    assert any("第6项" in text for text in told)


def test_a_project_that_has_ended_takes_none(office: Office) -> None:
    _tracker, project = office.opened()
    project.state = "ended"
    assert wrong(office.sheet("PL-11", OFFICER, **opening(project))) == {"project"}
