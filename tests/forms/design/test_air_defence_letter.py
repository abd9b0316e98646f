"""PL-24: one letter for a basement here, or for building it elsewhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from permit_desk import effects, errors, left_out, put
from projects import begun

from portal.domain.effects import Opens, SetsStage
from portal.forms.catalogue import FORMS
from portal.forms.design.permit_letters import LetterSealing

OFF_SITE: dict[str, Any] = {"air_defence_kind": "off_site", "planned_area": Decimal(0)}

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.mark.requirement("R33")
def test_municipal_projects_write_none() -> None:
    assert errors("PL-24") == set()
    assert errors("PL-24", project=left_out("air_defence")) == {"project"}


def test_it_may_be_prepared_before_its_stage_is_open() -> None:
    assert errors("PL-24", project=begun("permit")) == set()


@pytest.mark.requirement("R34")
@pytest.mark.parametrize(("copies", "wrong"), [(1, set()), (2, {"copies"}), (0, {"copies"})])
def test_there_is_one_letter(copies: int, wrong: set[str]) -> None:
    assert errors("PL-24", copies=copies) == wrong
    assert FORMS["PL-24"]().copies.data == 1


def test_the_project_builds_as_it_is_registered() -> None:
    assert errors("PL-24", **OFF_SITE, off_site_reason="流砂层") == {"air_defence_kind"}
    project = begun("permit", "air_defence", air_defence_kind="off_site")
    assert errors("PL-24", project=project, **OFF_SITE, off_site_reason="流砂层") == set()


def test_who_builds_elsewhere_says_why() -> None:
    project = begun("permit", "air_defence", air_defence_kind="off_site")
    assert errors("PL-24", project=project, **OFF_SITE) == {"off_site_reason"}


def test_what_is_built_here_is_as_large_as_it_must_be() -> None:
    given = {"required_area": Decimal(2000), "planned_area": Decimal(1999)}
    assert errors("PL-24", **given) == {"planned_area"}
    assert errors("PL-24", **{**given, "planned_area": Decimal(2000)}) == set()


def test_two_seal_it() -> None:
    step = FORMS["PL-24"].signoff.step("seal")
    assert step.by.every
    assert [party.key for party in step.by.parties] == ["land_development_manager", "general_manager"]
    assert not LetterSealing(answers={"sealed_copies": 2}, context={"copies": 1}).validate()
    assert LetterSealing(answers={"sealed_copies": 1}, context={"copies": 1}).validate()


def test_the_sealed_letter_is_the_first_paper_of_the_application() -> None:
    (stage,) = effects("PL-24", "submitted")
    assert isinstance(stage, SetsStage)
    project = begun("permit", "air_defence")
    (draft,) = effects("PL-24", "seal", project=project)
    assert isinstance(draft, Opens)
    assert (draft.code, draft.names_as, draft.answers["air_defence_kind"]) == (
        "PL-25",
        "application_letter",
        "on_site",
    )
    put("PL-25", project, "running")
    assert effects("PL-24", "seal", project=project) == []
