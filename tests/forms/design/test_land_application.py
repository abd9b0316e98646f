"""PL-02: land by tender or by an opinion, won or lost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.extensions import db
from portal.models import Notice, Project, Record
from tests.forms.customer_service.shop import wrong, wrong_in
from tests.forms.design.permit_office import NOW, OFFICER, Office, days, paper, ready, ref


@pytest.fixture
def office(context: Flask) -> Office:
    return Office()


def opening(office: Office, project: Project | None = None, **other: Any) -> dict[str, Any]:
    project = project or office.opened()[1]
    return {
        "project": ref(project),
        "application_kind": "tender_auction_or_listing",
        "construction_unit": "恒远置业有限公司",
        "plot": "高新区三号地块",
        "land_area": Decimal(12000),
        "land_use": "二类居住用地",
        "starting_price": Decimal(50_000_000),
        "deposit": Decimal(10_000_000),
        "bid_until": NOW + timedelta(days=10),
        "materials": ready(True, True, True, "不需要", True),
        **other,
    }


def submitted(office: Office, **other: Any) -> tuple[Record, Project]:
    _tracker, project = office.opened()
    return office.submit("PL-02", OFFICER, **opening(office, project, **other)), project


def won(**other: Any) -> dict[str, Any]:
    return {
        "decision": "granted",
        "paper_kind": "land_grant_contract",
        "land_price": Decimal(56_000_000),
        **paper("land_paper"),
        **other,
    }


def test_the_contract_enters_the_ledger_and_the_tracker(office: Office) -> None:
    record, project = submitted(office)
    assert office.stages(project)["land"].row.state == "preparing"
    office.over_the_counter(record, **won())
    row = office.stages(project)["land"].row
    assert (row.state, row.paper_no, row.record_id) == ("passed", "land_paper〔2026〕9号", record.id)
    assert "土地出让合同" in office.papers(project)
    assert record.state == "finished"


def test_a_lost_bid_goes_back_and_tells_how_the_tracker_may_end(office: Office) -> None:
    record, project = submitted(office)
    office.over_the_counter(record, decision="refused", decision_note="未中标")
    assert record.state == "returned"
    assert office.stages(project)["land"].row.state == "refused"
    told = db.session.query(Notice).filter_by(record_id=record.id, kind="told").all()
    assert "项目终止" in str(told[0].facts)
    assert not office.papers(project)


def test_what_must_be_corrected_goes_round_again(office: Office) -> None:
    record, project = submitted(office)
    office.over_the_counter(record, decision="to_be_corrected", decision_note="补授权委托书")
    assert office.stages(project)["land"].row.state == "to_be_corrected"
    office.correct(record, OFFICER)
    office.over_the_counter(record, **won())
    assert office.stages(project)["land"].row.state == "passed"
    assert len(office.papers(project)) == 1


def test_the_paper_fits_the_way(office: Office) -> None:
    record, _project = submitted(office)
    for _turn in range(4):
        office.sign(record, **({"materials_complete": True} if record.step == "materials_check" else
                               {"sealed_copies": 1, "seal_kinds": ["company_seal"]}))  # fmt: skip
    office.sign(record, submitted_on=NOW.date())
    assert wrong(office.stage(record, **won(paper_kind="land_opinion"))) == {"paper_kind"}
    assert wrong(office.stage(record, **won(land_price=Decimal(1)))) == {"land_price"}


def test_what_belongs_to_a_tender_is_not_asked_of_an_opinion(office: Office) -> None:
    sheet = office.sheet("PL-02", OFFICER, **opening(office, application_kind="land_opinion"))
    assert not wrong(sheet)
    assert {sheet.answers()[name] for name in ("starting_price", "deposit", "bid_until")} == {None}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"bid_until": NOW - timedelta(hours=1)}, "bid_until"),
        ({"deposit": Decimal(60_000_000)}, "deposit"),
        ({"land_area": Decimal(0)}, "land_area"),
    ],
)
def test_absurd_answers_are_refused(office: Office, changed: dict[str, Any], field: str) -> None:
    assert wrong(office.sheet("PL-02", OFFICER, **opening(office, **changed))) == {field}


def test_a_paper_by_practice_may_be_left_out_by_who_says_why(office: Office) -> None:
    sheet = office.sheet("PL-02", OFFICER, **opening(office, materials=ready(True, False, True, True, True)))
    assert wrong_in(sheet, "materials", 1) == {"remark"}


def test_one_application_at_a_time(office: Office) -> None:
    _record, project = submitted(office)
    assert wrong(office.sheet("PL-02", OFFICER, **opening(office, project))) == {"project"}


def test_it_begins_with_what_the_project_says(office: Office) -> None:
    _record, project = office.opened()
    page: Any = type(office.sheet("PL-02"))(context={"project": ref(project)}, person=office.actor(OFFICER))
    assert page.construction_unit.data == "恒远置业有限公司"
    assert page.land_area.data == Decimal(12000)
    assert days(0) == NOW.date()
