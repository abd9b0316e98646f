"""PL-26: one copy under two seals, and drawings with all three stamps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from permit_desk import errors, sheet
from projects import begun

from portal.domain.signoff import Back
from portal.forms.catalogue import FORMS
from portal.forms.design.area_schedule import CompanySeal, DesignUnitSeal, StampedDrawings

ROUTE = FORMS["PL-26"].signoff
BUILDING: dict[str, Any] = {
    "building": "1号楼",
    "total_area": Decimal("6000.5"),
    "storeys": 12,
    "ground_area": Decimal(500),
    "depth": Decimal(5),
}
DRAWING: dict[str, Any] = {
    "kind": "plan",
    "no": "JS-05",
    "version": "A",
    "design_stamp": True,
    "energy_stamp": True,
    "registration_stamp": True,
    "copies": 2,
    "used_for": "planning_permit",
}

pytestmark = pytest.mark.usefixtures("app_context")


def test_it_may_be_prepared_for_any_project() -> None:
    assert errors("PL-26", project=begun("permit", project_kind="municipal_road")) == set()


def test_the_areas_are_added_up() -> None:
    rows = [BUILDING, {**BUILDING, "building": "2号楼", "total_area": Decimal("1000.25")}]
    assert sheet("PL-26", buildings=rows).sum_area.data == Decimal("7000.75")


def test_a_building_stands_there_once_and_is_larger_than_its_ground_floor() -> None:
    assert errors("PL-26", buildings=[BUILDING, BUILDING]) == {"buildings"}
    assert errors("PL-26", buildings=[{**BUILDING, "ground_area": Decimal(7000)}]) == {"buildings"}


@pytest.mark.requirement("R37")
def test_there_is_one_copy() -> None:
    assert errors("PL-26", copies=2) == {"copies"}
    assert FORMS["PL-26"]().copies.data == 1


@pytest.mark.requirement("R37")
@pytest.mark.parametrize(
    ("step", "seal"), [("design_unit_seal", "design_unit_sealed"), ("company_seal", "company_sealed")]
)
def test_two_seals_are_needed(step: str, seal: str) -> None:
    assert isinstance(ROUTE.step(step).outcome({seal: False}), Back)
    assert ROUTE.step(step).outcome({seal: True}) is None
    assert ROUTE.step(step).fills in (DesignUnitSeal, CompanySeal)


@pytest.mark.requirement("R38")
@pytest.mark.parametrize("stamp", ["design_stamp", "energy_stamp", "registration_stamp"])
def test_every_drawing_has_three_stamps(stamp: str) -> None:
    assert StampedDrawings(answers={"drawings": [DRAWING]}).validate()
    stage = StampedDrawings(answers={"drawings": [{**DRAWING, stamp: False}]})
    assert not stage.validate()
    assert set(stage.drawings.rows[0].errors) == {stamp}
    refusal = ROUTE.step("stamped_drawings").on_refusal
    assert isinstance(refusal, Back)
    assert refusal.to == "design_unit_seal"


def test_a_drawing_stands_there_once_for_each_use() -> None:
    assert not StampedDrawings(answers={"drawings": [DRAWING, DRAWING]}).validate()
    assert StampedDrawings(answers={"drawings": [DRAWING, {**DRAWING, "used_for": "seismic"}]}).validate()
