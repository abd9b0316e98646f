"""PL-35: the permit to build, for buildings whose areas are those of the stamped drawings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from permit_desk import effects, errors, put, result, sheet, unready, waiting
from projects import begun

BUILDING: dict[str, Any] = {
    "building": "1号楼",
    "storeys": 12,
    "height": Decimal(36),
    "area": Decimal("6000.5"),
    "use": "住宅",
}

pytestmark = pytest.mark.usefixtures("app_context")


def test_every_stage_before_must_have_passed() -> None:
    assert errors("PL-35") == set()
    assert errors("PL-35", project=waiting("PL-35")) == {"project"}
    assert errors("PL-35", project=begun("permit", "seismic")) == {"project"}


@pytest.mark.parametrize("place", range(8))
def test_the_text_s_own_four_materials_are_ready(place: int) -> None:
    assert errors("PL-35", materials=unready("PL-35", place)) == ({"materials"} if place < 4 else set())


def test_a_material_that_practice_has_added_is_left_out_with_a_reason() -> None:
    assert errors("PL-35", materials=unready("PL-35", 5, None)) == {"materials"}


def test_one_application_at_a_time() -> None:
    project = begun("permit", "project_permit")
    put("PL-35", project, "running")
    assert errors("PL-35", project=project) == {"project"}


def test_the_areas_are_added_up_and_those_of_the_schedule() -> None:
    project = begun("permit", "project_permit")
    rows = [BUILDING, {**BUILDING, "building": "2号楼", "area": Decimal(4000)}]
    given: dict[str, Any] = {"project": project, "buildings": rows}
    assert sheet("PL-35", **given).floor_area.data == Decimal("10000.5")
    listed = [{"total_area": "6000.5"}, {"total_area": "4000"}]
    same = put("PL-26", project, buildings=listed)
    other = put("PL-26", project, buildings=listed[:1])
    assert errors("PL-35", stamped_drawings=same, **given) == set()
    assert errors("PL-35", stamped_drawings=other, **given) == {"floor_area"}


def test_a_building_stands_there_once() -> None:
    assert errors("PL-35", buildings=[BUILDING, BUILDING]) == {"buildings"}


def test_the_papers_are_the_project_s_own() -> None:
    assert errors("PL-35", land_permit=put("PL-17", begun("permit"))) == {"land_permit"}


def test_the_permit_enters_the_ledger() -> None:
    paper, progress = effects("PL-35", "project_permit_result", **result("PL-35", "project_permit"))
    assert paper.facts["paper"] == "建设工程规划许可证"
    assert (progress.key, progress.values["state"]) == ("project_permit", "passed")
