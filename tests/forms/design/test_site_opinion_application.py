"""PL-13: the site opinion, for municipal roads only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.models import Project, Record
from tests.forms.customer_service.shop import NOW, wrong
from tests.forms.design.permit_office import OFFICER, Office, paper, ready, ref


@pytest.fixture
def office(context: Flask) -> Office:
    return Office()


def letter(office: Office, project: Project, state: str = "running") -> Record:
    return office.record("PL-05", {"project": ref(project)}, NOW, OFFICER, state)


def opening(office: Office, project: Project, **other: Any) -> dict[str, Any]:
    return {
        "project": ref(project),
        "construction_unit": "恒远城市开发有限公司",
        "proposed_site": "科技大道至滨河路",
        "land_area": Decimal(48000),
        "road_class": "城市次干路",
        "road_length": Decimal(1600),
        "scale": "全长1600米",
        "site_reason": "符合路网规划",
        "consent_letter": other.pop("consent_letter", None) or office.ref(letter(office, project)),
        "materials": ready(True, True, "不需要"),
        **other,
    }


@pytest.mark.requirement("R32")
@pytest.mark.parametrize("kind", ["not_municipal", "other_municipal"])
def test_only_a_municipal_road_needs_it(office: Office, kind: str) -> None:
    _tracker, project = office.opened(kind)
    sheet = office.sheet("PL-13", OFFICER, **opening(office, project))
    assert wrong(sheet) == {"project"}
    assert sheet.answers()["project_kind"] is None


@pytest.mark.requirement("R32")
def test_a_road_gets_its_opinion(office: Office) -> None:
    _tracker, project = office.opened("municipal_road")
    record = office.submit("PL-13", OFFICER, **opening(office, project))
    office.over_the_counter(record, decision="granted", **paper("site_opinion", holds=300))
    assert "建设工程选址意见书" in office.papers(project)
    assert office.stages(project)["site_opinion"].passed


def test_the_committees_letter_is_that_of_the_project_and_may_still_be_on_its_way(office: Office) -> None:
    _tracker, project = office.opened("municipal_road")
    sheet = office.sheet("PL-13", OFFICER, **opening(office, project))
    assert not wrong(sheet)
    assert sheet.answers()["project_kind"] == "municipal_road"
    assert sheet.answers()["materials"][1]["paper"].text.startswith("PL-05-")
    other = office.opened(plot="另一地块")[1]
    strange = office.ref(letter(office, other))
    assert wrong(office.sheet("PL-13", OFFICER, **opening(office, project, consent_letter=strange))) == {
        "consent_letter"
    }
    void = office.ref(letter(office, project, "voided"))
    assert wrong(office.sheet("PL-13", OFFICER, **opening(office, project, consent_letter=void))) == {
        "consent_letter"
    }


@pytest.mark.parametrize("missing", [0, 1])
def test_application_and_letter_are_demanded(office: Office, missing: int) -> None:
    _tracker, project = office.opened("municipal_road")
    rows = [True, True, True]
    rows[missing] = False
    sheet = office.sheet("PL-13", OFFICER, **opening(office, project, materials=ready(*rows)))
    assert wrong(sheet) == {"materials"}


def test_a_road_has_a_length(office: Office) -> None:
    _tracker, project = office.opened("municipal_road")
    sheet = office.sheet("PL-13", OFFICER, **opening(office, project, road_length=Decimal(0)))
    assert wrong(sheet) == {"road_length"}
