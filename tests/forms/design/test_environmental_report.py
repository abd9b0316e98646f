"""PL-33: a report on the environment, a look at the site, and two papers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from permit_desk import DAY, FILE, NOW, effects, errors, result, unready, waiting

from portal.domain.signoff import Back
from portal.forms.catalogue import FORMS
from portal.forms.design.environmental_report import ReportDelivery, SiteCheck

ROUTE = FORMS["PL-33"].signoff
CHECKED = {"site_checked_on": DAY, "environmental_requirements": "雨污分流", "requirements_scan": [FILE]}

pytestmark = pytest.mark.usefixtures("app_context")


def test_the_project_must_be_approved() -> None:
    assert errors("PL-33") == set()
    assert errors("PL-33", project=waiting("PL-33")) == {"project"}


def test_there_is_time_left() -> None:
    assert errors("PL-33", finish_by=DAY - timedelta(days=1)) == {"finish_by"}


@pytest.mark.parametrize(("place", "wrong"), [(0, {"materials"}), (1, set()), (2, set()), (3, set())])
def test_the_report_itself_must_be_ready(place: int, wrong: set[str]) -> None:
    assert errors("PL-33", materials=unready("PL-33", place)) == wrong


def test_the_site_is_looked_at_once_the_report_is_there() -> None:
    known = {"delivered_on": DAY, "@now": NOW}
    assert SiteCheck(answers=CHECKED, context=known).validate()
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        assert not SiteCheck(answers={**CHECKED, "site_checked_on": day}, context=known).validate()
    late = {"report_file": [FILE], "delivered_on": DAY + timedelta(days=1)}
    assert not ReportDelivery(answers=late, context=known).validate()


def test_a_site_that_must_be_changed_goes_back() -> None:
    refusal = ROUTE.step("site_check").on_refusal
    assert isinstance(refusal, Back)
    assert refusal.to == "applicant"


def test_both_papers_enter_the_ledger() -> None:
    answers = {**CHECKED, **result("PL-33", "eia_approval")}
    demands, approval, progress = effects("PL-33", "eia_result", **answers)
    assert (demands.facts["paper"], demands.facts["issuer"]) == ("环保要求", "环保局")
    assert demands.facts["number"] == "现场查验 2026-05-12"
    assert approval.facts["paper"] == "环评批复"
    assert (progress.key, progress.values["state"]) == ("environment", "passed")


def test_without_an_approval_nothing_is_entered() -> None:
    (progress,) = effects("PL-33", "eia_result", decision="refused", **CHECKED)
    assert progress.values["state"] == "refused"
