"""PL-20: a scheme goes to the bureau under two seals, and passes once the opinions agree."""

from __future__ import annotations

from typing import Any

import pytest
from permit_desk import effects, errors, left_out, put, result, stored, unready, waiting
from projects import begun

from portal.domain.effects import Opens
from portal.forms.design.scheme_submission import SchemeReviewResult
from portal.forms.kinds import Ref

pytestmark = pytest.mark.usefixtures("app_context")


def opinion(project: Ref, scheme: Ref, verdict: str | None, state: str = "finished") -> Ref:
    """An opinion form on the scheme."""
    stages = {"authority_opinion": {"verdict": verdict}} if verdict else {}
    return put("PL-21", project, state, stages, scheme=stored(scheme))


def test_the_stage_before_must_have_passed() -> None:
    assert errors("PL-20") == set()
    assert errors("PL-20", project=waiting("PL-20")) == {"project"}


@pytest.mark.requirement("R33")
def test_municipal_projects_have_no_review() -> None:
    assert errors("PL-20", project=left_out("scheme_review")) == {"project"}


@pytest.mark.requirement("R33")
@pytest.mark.parametrize("seal", ["design_institute_sealed", "company_sealed"])
def test_both_seals_are_there_before_it_is_handed_in(seal: str) -> None:
    assert errors("PL-20", **{seal: False}) == {seal}


@pytest.mark.parametrize("place", range(4))
def test_all_four_materials_are_ready(place: int) -> None:
    assert errors("PL-20", materials=unready("PL-20", place)) == {"materials"}


def test_the_opinions_are_about_this_very_scheme() -> None:
    project = begun("permit", "scheme_review")
    one, other = put("PL-19", project), put("PL-19", project)
    given: dict[str, Any] = {"project": project, "scheme": one}
    assert errors("PL-20", review_opinion_form=opinion(project, one, None, "running"), **given) == set()
    assert errors("PL-20", review_opinion_form=opinion(project, one, "agreed"), **given) == set()
    wrong = {"review_opinion_form"}
    assert errors("PL-20", review_opinion_form=opinion(project, other, "agreed"), **given) == wrong
    assert errors("PL-20", review_opinion_form=opinion(project, one, "not_agreed"), **given) == wrong
    assert errors("PL-20", review_opinion_form=opinion(project, one, None, "refused"), **given) == wrong


@pytest.mark.parametrize(
    ("verdict", "good"), [("agreed", True), ("agreed_after_changes", False), (None, False)]
)
def test_it_passes_once_the_opinions_agree(verdict: str | None, good: bool) -> None:
    project = begun("permit", "scheme_review")
    form = opinion(project, put("PL-19", project), verdict)
    answers = result("PL-20", "scheme_review", notice_issuer=None)
    stage = SchemeReviewResult(answers=answers, context={"review_opinion_form": form})
    assert stage.validate() is good, stage.errors


def test_a_notice_has_its_day_and_scan_but_need_not_be_there() -> None:
    answers = result("PL-20", "scheme_review")
    assert SchemeReviewResult(answers=answers).validate()
    stage = SchemeReviewResult(answers={**answers, "notice_no": "规通1号", "notice_issuer": "规划局"})
    assert not stage.validate()
    assert set(stage.errors) == {"notice_issue_date", "notice_scan"}


def test_opinion_and_notice_enter_the_ledger() -> None:
    answers = {**result("PL-20", "scheme_review"), **result("PL-20", "notice", notice_no="规通1号")}
    review, notice, progress = effects("PL-20", "scheme_review_result", **answers)
    assert review.facts["paper"] == "建设工程方案审核意见单"
    assert (notice.facts["paper"], notice.facts["number"]) == ("建设工程设计方案审核通知单", "规通1号")
    assert (progress.key, progress.values["state"]) == ("scheme_review", "passed")


def test_what_is_not_granted_needs_a_next_version() -> None:
    project = begun("permit", "scheme_review")
    scheme = put("PL-19", project, design_unit="中衡设计院")
    draft, progress = effects(
        "PL-20", "scheme_review_result", project=project, scheme=scheme, decision="to_be_corrected"
    )
    assert isinstance(draft, Opens)
    assert (draft.code, draft.answers["design_unit"]) == ("PL-19", "中衡设计院")
    assert progress.values["state"] == "to_be_corrected"
