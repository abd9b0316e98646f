"""PL-37: all drawings go to the reviewing company once the review in the house is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from permit_desk import DAY, effects, errors, opening, put, result, unready, waiting
from projects import begun

from portal.domain.effects import Tells

pytestmark = pytest.mark.usefixtures("app_context")


def test_the_permit_must_be_there() -> None:
    assert errors("PL-37") == set()
    assert errors("PL-37", project=waiting("PL-37")) == {"project"}


def test_the_review_in_the_house_is_closed() -> None:
    project = begun("permit", "drawing_review")
    running = put("CS-12", project, "running")
    assert errors("PL-37", project=project, internal_review=running) == {"internal_review"}
    foreign = put("CS-12", begun("permit"))
    assert errors("PL-37", project=project, internal_review=foreign) == {"internal_review"}
    closed = put("CS-12", project)
    assert errors("PL-37", project=project, internal_review=closed) == set()


@pytest.mark.parametrize("place", range(5))
def test_the_drawings_themselves_are_ready(place: int) -> None:
    assert errors("PL-37", materials=unready("PL-37", place)) == (set() if place else {"materials"})


def test_a_drawing_stands_there_once_in_its_speciality() -> None:
    row = opening("PL-37")["drawings"][0]
    assert errors("PL-37", drawings=[row, row]) == {"drawings"}
    other = "energy" if row["speciality"] != "energy" else "water"
    assert errors("PL-37", drawings=[row, {**row, "speciality": other}]) == set()
    assert errors("PL-37", drawings=[{**row, "count": 0}]) == {"drawings"}


def test_the_plan_lies_ahead() -> None:
    assert errors("PL-37", planned_on=DAY - timedelta(days=1)) == {"planned_on"}


def test_the_certificate_ends_the_stages() -> None:
    answers = result("PL-37", "drawing_certificate")
    progress, paper, told = effects("PL-37", "drawing_review_result", **answers)
    assert (progress.key, progress.values["state"]) == ("drawing_review", "passed")
    assert paper.facts["paper"] == "施工图审查合格证书"
    assert isinstance(told, Tells)
    assert told.to == "role:planning_manager"
