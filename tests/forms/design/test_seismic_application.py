"""PL-30: six materials, two of them either of two papers."""

from __future__ import annotations

import pytest
from permit_desk import effects, errors, left_out, opening, put, result, unready, waiting
from projects import begun

from portal.forms.catalogue import FORMS
from portal.forms.design.seismic_application import SeismicResult

pytestmark = pytest.mark.usefixtures("app_context")


def test_the_stages_before_must_have_passed() -> None:
    assert errors("PL-30") == set()
    assert errors("PL-30", project=waiting("PL-30")) == {"project"}


@pytest.mark.requirement("R33")
def test_municipal_projects_need_none() -> None:
    assert errors("PL-30", project=left_out("seismic")) == {"project"}


@pytest.mark.requirement("R42")
@pytest.mark.parametrize("place", range(6))
def test_all_six_materials_are_ready(place: int) -> None:
    assert errors("PL-30", materials=unready("PL-30", place)) == {"materials"}


@pytest.mark.requirement("R42")
@pytest.mark.parametrize("kind", ["planning_and_design_conditions", "design_requirement"])
def test_either_paper_will_do_for_the_third(kind: str) -> None:
    assert errors("PL-30", conditions_kind=kind) == set()


@pytest.mark.parametrize(("name", "code"), [("request_letter", "PL-29"), ("land_permit", "PL-17")])
def test_the_papers_are_the_project_s_own(name: str, code: str) -> None:
    project = begun("permit", "seismic")
    assert errors("PL-30", project=project, **{name: put(code, project)}) == set()
    assert errors("PL-30", project=project, **{name: put(code, begun("permit"))}) == {name}
    assert errors("PL-30", project=project, **{name: put(code, project, "running")}) == {name}


def test_a_building_stands_there_once() -> None:
    row = opening("PL-30")["buildings"][0]
    assert errors("PL-30", buildings=[row, row]) == {"buildings"}


def test_the_licence_is_applied_for_first() -> None:
    assert FORMS["PL-30"].signoff.steps[0].key == "licence_application"


def test_the_opinion_enters_the_ledger() -> None:
    answers = result("PL-30", "seismic")
    assert SeismicResult(answers=answers).validate()
    paper, progress = effects("PL-30", "seismic_result", **answers)
    assert paper.facts["paper"] == "抗震设防要求审批意见书"
    assert (progress.key, progress.values["state"]) == ("seismic", "passed")
