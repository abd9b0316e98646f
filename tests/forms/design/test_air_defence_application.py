"""PL-25: two forms, one letter, and the materials that the way of building asks for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from permit_desk import DAY, FILE, effects, errors, opening, put, result, unready, waiting
from projects import begun

from portal.forms.catalogue import FORMS
from portal.forms.design.air_defence_stages import AirDefenceResult, OnSitePapers, PlanningAnnex
from portal.forms.kinds import Ref

ROUTE = FORMS["PL-25"].signoff
PAPERS: dict[str, Any] = {
    "review_unit": "天固人防图审有限公司",
    "review_certificate_no": "人防审〔2026〕7号",
    "review_certificate_scan": [FILE],
    "qualification_copies": 1,
    "reviewed_drawing_sets": 2,
    "disc_count": 1,
}

pytestmark = pytest.mark.usefixtures("app_context")


def off_site(**other: Any) -> dict[str, Any]:
    """An application to build elsewhere: the five rows are ready, and no other."""
    rows = opening("PL-25")["materials"]
    return {
        "project": begun("permit", "air_defence", air_defence_kind="off_site"),
        "air_defence_kind": "off_site",
        "materials": [{**row, "ready": place < 5} for place, row in enumerate(rows)],
        **other,
    }


def test_the_stages_before_must_have_passed() -> None:
    assert errors("PL-25") == set()
    assert errors("PL-25", project=waiting("PL-25")) == {"project"}


@pytest.mark.requirement("R34")
@pytest.mark.parametrize(("copies", "wrong"), [(2, set()), (1, {"form_copies"}), (3, {"form_copies"})])
def test_there_are_two_forms(copies: int, wrong: set[str]) -> None:
    assert errors("PL-25", form_copies=copies) == wrong


@pytest.mark.requirement("R34")
@pytest.mark.parametrize(("place", "copies"), [(0, 2), (1, 1), (5, 2), (6, 3)])
def test_rows_with_a_number_of_copies_keep_to_it(place: int, copies: int) -> None:
    rows = opening("PL-25")["materials"]
    rows[place] = {**rows[place], "copies": copies}
    assert errors("PL-25", materials=rows) == {"materials"}


@pytest.mark.requirement("R35")
@pytest.mark.parametrize("place", range(8))
def test_who_builds_here_has_eight_materials_ready(place: int) -> None:
    assert errors("PL-25", materials=unready("PL-25", place)) == {"materials"}


@pytest.mark.requirement("R35")
@pytest.mark.parametrize("place", [8, 9])
def test_the_last_two_depend_on_the_authority(place: int) -> None:
    assert errors("PL-25", materials=unready("PL-25", place)) == set()


@pytest.mark.requirement("R35")
def test_who_builds_elsewhere_has_five() -> None:
    assert errors("PL-25", **off_site()) == set()
    given = off_site()
    given["materials"][4]["ready"] = False
    assert errors("PL-25", **given) == {"materials"}
    given["materials"][4]["ready"] = given["materials"][7]["ready"] = True
    assert errors("PL-25", **given) == {"materials"}


@pytest.mark.requirement("R35")
def test_only_who_builds_here_hands_over_reviewed_drawings() -> None:
    step = ROUTE.step("on_site_papers")
    assert step.when is not None
    assert step.when.holds({"air_defence_kind": "on_site"})
    following = ROUTE.following("planning_annex", {"air_defence_kind": "off_site"})
    assert following is not None
    assert following.key == "materials_check"


def test_the_letter_asks_for_the_same() -> None:
    project = begun("permit", "air_defence")
    letters = {kind: put("PL-24", project, air_defence_kind=kind) for kind in ("on_site", "off_site")}
    assert errors("PL-25", project=project, application_letter=letters["on_site"]) == set()
    wrong = {"application_letter"}
    assert errors("PL-25", project=project, application_letter=letters["off_site"]) == wrong
    foreign = put("PL-24", begun("permit"), air_defence_kind="on_site")
    assert errors("PL-25", project=project, application_letter=foreign) == wrong


def test_the_notice_has_been_issued() -> None:
    project = begun("permit", "air_defence")
    without = put("PL-20", project)
    noticed = put("PL-20", project, stages={"scheme_review_result": {"notice_no": "规通1号"}})
    assert errors("PL-25", project=project, scheme_notice=without) == {"scheme_notice"}
    assert errors("PL-25", project=project, scheme_notice=noticed) == set()


def test_the_areas_are_those_of_the_schedule() -> None:
    project = begun("permit", "air_defence")
    rows = [{"total_area": "6000.5", "ground_area": "400"}, {"total_area": "4000", "ground_area": "350.5"}]
    given: dict[str, Any] = {
        "project": project,
        "area_schedule": put("PL-26", project, buildings=rows),
        "floor_area": Decimal("10000.5"),
        "ground_floor_area": Decimal("750.50"),
    }
    assert errors("PL-25", **given) == set()
    assert errors("PL-25", **{**given, "ground_floor_area": Decimal(750)}) == {"ground_floor_area"}
    assert errors("PL-25", **{**given, "floor_area": Decimal(10001)}) == {"floor_area"}


@pytest.mark.requirement("R39")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("qualification_copies", 2),
        ("qualification_copies", 0),
        ("disc_count", 2),
        ("reviewed_drawing_sets", 0),
    ],
)
def test_one_copy_of_each_and_one_disc(name: str, value: int) -> None:
    assert OnSitePapers(answers=PAPERS).validate()
    stage = OnSitePapers(answers={**PAPERS, name: value})
    assert not stage.validate()
    assert set(stage.errors) == {name}


def test_a_building_stands_in_the_annex_once() -> None:
    row = {"building": "1号楼", "storeys": 6, "height": Decimal(18), "area": Decimal(3000), "use": "住宅"}
    assert PlanningAnnex(answers={"annex_buildings": [row]}).validate()
    assert not PlanningAnnex(answers={"annex_buildings": [row, row]}).validate()


@pytest.mark.parametrize(
    ("kind", "paper", "good"),
    [
        ("on_site", "scheme_opinion", True),
        ("on_site", "off_site_opinion", False),
        ("off_site", "off_site_opinion", True),
    ],
)
def test_the_opinion_fits_the_way_of_building(kind: str, paper: str, good: bool) -> None:
    answers = result("PL-25", "air_defence_opinion", result_kind=paper)
    assert AirDefenceResult(answers=answers, context={"air_defence_kind": kind}).validate() is good


def test_the_papers_of_others_enter_the_ledger_with_the_opinion() -> None:
    (progress,) = effects("PL-25", "submission", submitted_on=DAY, **PAPERS)
    assert progress.values["state"] == "submitted"
    granted = result("PL-25", "air_defence_opinion", result_kind="scheme_opinion")
    licence, certificate, opinion, progress = effects("PL-25", "air_defence_result", **granted, **PAPERS)
    assert licence.facts["paper"] == "行政审批许可书"
    assert opinion.facts["paper"] == "人防修建防空地下室方案意见书"
    assert (certificate.facts["number"], certificate.facts["issuer"]) == (
        "人防审〔2026〕7号",
        "天固人防图审有限公司",
    )
    assert (progress.key, progress.values["state"]) == ("air_defence", "passed")
    elsewhere = {**granted, "result_kind": "off_site_opinion", **off_site()}
    named = [one.facts["paper"] for one in effects("PL-25", "air_defence_result", **elsewhere)[:-1]]
    assert named == ["行政审批许可书", "易建意见书"]


def test_an_opinion_that_must_be_corrected_enters_nothing() -> None:
    (corrected,) = effects("PL-25", "air_defence_result", decision="to_be_corrected")
    assert corrected.values["state"] == "to_be_corrected"


def test_a_new_form_knows_how_the_project_builds() -> None:
    project = begun("permit", "air_defence", air_defence_kind="off_site")
    known = FORMS["PL-25"](context={"project": project}).proposal()
    assert known["air_defence_kind"] == "off_site"
    assert isinstance(opening("PL-25")["application_letter"], Ref)
