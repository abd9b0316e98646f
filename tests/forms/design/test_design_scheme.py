"""PL-19: a scheme is designed, delivered in versions, taken over with its booklets, accepted twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from permit_desk import DAY, FILE, NOW, effects, errors, opening, put, sheet, waiting
from projects import begun

from portal.domain.effects import Opens, SetsStage, Tells
from portal.forms.catalogue import FORMS
from portal.forms.design.design_scheme_stages import BookletHandover, SchemeDelivery
from portal.forms.design.planning_indices import compared
from portal.forms.kinds import Ref

ROUTE = FORMS["PL-19"].signoff

pytestmark = pytest.mark.usefixtures("app_context")


def test_the_planning_conditions_must_have_passed() -> None:
    assert errors("PL-19") == set()
    assert errors("PL-19", project=waiting("PL-19")) == {"project"}


def test_there_is_time_left() -> None:
    assert errors("PL-19", finish_by=DAY) == set()
    assert errors("PL-19", finish_by=DAY - timedelta(days=1)) == {"finish_by"}


def test_conditions_of_another_project_will_not_do() -> None:
    project = begun("permit", "scheme")
    own, other = put("PL-05", project), put("PL-05", begun("permit", "scheme"))
    assert errors("PL-19", project=project, conditions=own) == set()
    assert errors("PL-19", project=project, conditions=other) == {"conditions"}
    assert errors("PL-19", project=project, conditions=put("PL-05", project, "running")) == {"conditions"}


@pytest.mark.parametrize(
    ("required", "designed", "told"),
    [
        ("≤2.0", "2.2", "+0.2，不符合"),
        ("≤2.0", "1.8", "-0.2，符合"),
        ("≥30%", "31.5%", "+1.5，符合"),
        ("不少于320个", "300个", "-20，不符合"),
        ("2.0", "2.0", "一致"),
        ("≤60,000m2", "59000m2", "-1,000，符合"),
        ("按红线图", "12000m2", ""),
    ],
)
def test_each_index_is_held_against_the_conditions(required: str, designed: str, told: str) -> None:
    assert compared(required, designed) == told


def test_an_index_stands_there_once() -> None:
    row = {"item": "height", "required": "≤54m", "designed": "53m"}
    assert errors("PL-19", indices=[row, row]) == {"indices"}


def test_each_delivery_is_a_version() -> None:
    project = begun("permit", "scheme")
    assert sheet("PL-19", project=project).scheme_version.data == "V1"
    put("PL-19", project, "running", {"design_unit_delivery": {"delivered_version": "V1"}})
    assert sheet("PL-19", project=project).scheme_version.data == "V2"
    stage = SchemeDelivery(
        answers={"scheme_file": [FILE], "delivered_on": DAY}, context={"project": project, "@now": NOW}
    )
    assert stage.validate(), stage.errors
    assert stage.delivered_version.data == "V2"


def test_nothing_is_delivered_tomorrow() -> None:
    late = {"scheme_file": [FILE], "delivered_on": DAY + timedelta(days=1)}
    assert not SchemeDelivery(answers=late, context={"@now": NOW}).validate()


@pytest.mark.requirement("R36")
@pytest.mark.parametrize("missing", ["paper_booklets", "dwg_sets"])
def test_one_set_of_each_comes_at_least(missing: str) -> None:
    assert BookletHandover(answers={"paper_booklets": 1, "dwg_sets": 1}).validate()
    stage = BookletHandover(answers={"paper_booklets": 1, "dwg_sets": 1, missing: 0})
    assert not stage.validate()
    assert set(stage.errors) == {missing}


@pytest.mark.parametrize("step", ["booklet_handover", "planning_acceptance", "development_acceptance"])
def test_what_is_not_accepted_goes_back_to_the_design_unit(step: str) -> None:
    assert ROUTE.step(step).on_refusal.to == "design_unit_delivery"


def test_an_accepted_scheme_prepares_its_review() -> None:
    passed, opinion, submission = effects("PL-19", "development_acceptance", delivered_version="V3")
    assert isinstance(passed, SetsStage)
    assert (passed.key, passed.values["state"], passed.values["paper_no"]) == ("scheme", "passed", "V3")
    assert isinstance(opinion, Opens)
    assert [(one.code, one.names_as) for one in (opinion, submission)] == [
        ("PL-21", "scheme"),
        ("PL-20", "scheme"),
    ]


def test_a_submission_under_way_goes_on_with_the_new_version() -> None:
    project = begun("permit", "scheme")
    put("PL-20", project, "returned")
    _passed, opinion, told = effects("PL-19", "development_acceptance", project=project)
    assert opinion.code == "PL-21"
    assert isinstance(told, Tells)


@pytest.mark.requirement("R33")
def test_a_municipal_scheme_has_no_review() -> None:
    project = begun("permit", "scheme", project_kind="other_municipal")
    assert [type(one) for one in effects("PL-19", "development_acceptance", project=project)] == [SetsStage]


def test_a_new_form_knows_what_the_project_knows() -> None:
    project = begun("permit", "scheme", construction_unit="恒远置业有限公司", floor_area="52000.5")
    conditions = put("PL-05", project, design_unit="中衡设计院")
    begun_with = FORMS["PL-19"](context={"project": project}, person=object()).proposal()
    assert begun_with["project"] == project
    assert begun_with["conditions"].id == conditions.id
    assert begun_with["design_unit"] == "中衡设计院"
    assert "conditions" not in FORMS["PL-19"](context={"project": begun("permit")}).proposal()
    assert FORMS["PL-19"](context={}).proposal() == {}
    assert isinstance(opening("PL-19")["conditions"], Ref)
