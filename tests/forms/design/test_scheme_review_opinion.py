"""PL-21: three opinions on one version of a scheme; without agreement it gets a next version."""

from __future__ import annotations

import pytest
from permit_desk import effects, errors, left_out, opening, put, sheet
from projects import begun

from portal.domain.effects import REFUSED, Opens, Tells
from portal.domain.signoff import Close
from portal.forms.catalogue import FORMS
from portal.forms.kinds import Ref

ROUTE = FORMS["PL-21"].signoff

pytestmark = pytest.mark.usefixtures("app_context")


def scheme(project: Ref) -> Ref:
    """An accepted scheme of the project, in its second version."""
    given = {"design_unit_delivery": {"delivered_version": "V2"}}
    return put("PL-19", project, "finished", given, design_unit="中衡设计院", indices=[])


@pytest.mark.requirement("R33")
def test_municipal_projects_have_no_review() -> None:
    assert errors("PL-21") == set()
    assert errors("PL-21", project=left_out("scheme_review")) == {"project"}


def test_it_may_be_prepared_before_the_scheme_has_passed() -> None:
    assert errors("PL-21", project=begun("permit")) == set()


def test_it_speaks_of_the_version_that_was_delivered() -> None:
    project = begun("permit", "scheme_review")
    assert sheet("PL-21", project=project, scheme=scheme(project)).scheme_version.data == "V2"


def test_the_scheme_is_the_project_s_own_and_accepted() -> None:
    project = begun("permit", "scheme_review")
    assert errors("PL-21", project=project, scheme=scheme(begun("permit"))) == {"scheme"}
    assert errors("PL-21", project=project, scheme=put("PL-19", project, "running")) == {"scheme"}


def test_what_fails_is_explained() -> None:
    points = opening("PL-21")["review_points"]
    failed = [{**points[0], "result": "fail", "remark": None}, *points[1:]]
    assert errors("PL-21", review_points=failed) == {"review_points"}
    failed[0]["remark"] = "容积率超出"
    assert errors("PL-21", review_points=failed) == set()


def test_a_known_problem_that_is_not_avoided_ends_it() -> None:
    step = ROUTE.step("customer_service_opinion")
    assert isinstance(step.outcome({"known_problems_avoided": False}), Close)
    assert step.outcome({"known_problems_avoided": True}) is None
    assert isinstance(ROUTE.step("internal_opinion").on_refusal, Close)


@pytest.mark.parametrize(
    ("step", "answers"),
    [
        (REFUSED, {}),
        ("authority_opinion", {"verdict": "agreed_after_changes"}),
        ("authority_opinion", {"verdict": "not_agreed"}),
    ],
)
def test_without_agreement_the_scheme_gets_a_next_version(step: str, answers: dict[str, str]) -> None:
    project = begun("permit", "scheme_review")
    (draft,) = effects("PL-21", step, project=project, scheme=scheme(project), **answers)
    assert isinstance(draft, Opens)
    assert (draft.code, draft.answers["project"], draft.answers["design_unit"]) == (
        "PL-19",
        project,
        "中衡设计院",
    )


def test_agreement_lets_the_submission_go_on() -> None:
    (told,) = effects("PL-21", "authority_opinion", verdict="agreed")
    assert isinstance(told, Tells)
