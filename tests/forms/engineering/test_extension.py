"""EN-10: days on top of days, with the customer's word, and the schedule that follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from goods_books import NOW, furnish, kept
from projects import begun

from portal.demo.stories.construction import STORIES
from portal.domain.effects import ChangesProject, Opens
from portal.domain.signoff import Back, Onward
from portal.extensions import db
from portal.forms.engineering.extension import Extension, ManagerApproval
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.models import Project

DAY, FINISH = date(2026, 5, 12), date(2026, 8, 31)
ROUTE = Extension.signoff

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.fixture
def site(app_context: Any) -> Ref:
    """A project that ends at the end of August."""
    project = begun("works", "material", people={"foreman": 13})
    row = db.session.get_one(Project, project.id)
    row.starts_on, row.finishes_on = DAY, FINISH
    db.session.flush()
    return project


def opening(project: Ref, **other: Any) -> dict[str, Any]:
    return {
        "project": project,
        "customer": Ref(2, "王先生 C002"),
        "cause": "design_change",
        "reason": "厨房布局调整",
        "days": 5,
        "negotiated_on": DAY,
        "negotiation_note": "同意",
        **other,
    }


def filled(project: Ref, *, context: dict[str, Any] | None = None, **other: Any) -> Extension:
    form = Extension(answers=opening(project, **other), context={"@now": NOW, **(context or {})})
    form.validate()
    return form


def wrong(form: Extension) -> set[str]:
    return {name for name, said in form.errors.items() if said}


def named(project: Ref, **other: Any) -> dict[str, Any]:
    return {"project": {"id": project.id, "text": project.text}, **other}


def test_the_new_day_is_the_old_one_and_the_days(site: Ref) -> None:
    form = filled(site, new_finish=date(2030, 1, 1))
    assert wrong(form) == set()
    assert (form.old_finish.data, form.new_finish.data) == (FINISH, date(2026, 9, 5))


@pytest.mark.parametrize(
    ("other", "beside"),
    [
        ({"days": 0}, "days"),
        ({"days": 731}, "days"),
        ({"old_finish": date(2026, 8, 30)}, "old_finish"),
        ({"negotiated_on": date(2026, 5, 13)}, "negotiated_on"),
    ],
)
def test_what_makes_no_sense_is_refused(site: Ref, other: dict[str, Any], beside: str) -> None:
    assert wrong(filled(site, **other)) == {beside}


def test_a_project_without_a_last_day_gets_one(app_context: Any) -> None:
    project = begun("works", "material")
    assert wrong(filled(project)) == {"old_finish"}
    assert wrong(filled(project, old_finish=FINISH)) == set()


def test_extensions_come_one_after_the_other(site: Ref) -> None:
    furnish()
    open_ = kept("EN-10", named(site), state="returned")
    assert wrong(filled(site)) == {"project"}
    assert wrong(filled(site, context={"@record_id": open_.id})) == set()


def test_a_correction_counts_from_the_day_before_what_it_corrects(site: Ref) -> None:
    furnish()
    former = kept("EN-10", named(site, old_finish="2026-08-26", new_finish="2026-08-31"))
    old = date(2026, 8, 26)
    assert wrong(filled(site, old_finish=old)) == {"old_finish"}
    assert wrong(filled(site, old_finish=old, context={"@corrects": former.id})) == set()


def test_its_ground_is_of_the_same_project(site: Ref) -> None:
    furnish()
    other = kept("EN-17", named(begun("works", "material")))
    assert wrong(filled(site, source_record=other)) == {"source_record"}
    assert wrong(filled(site, source_record=kept("EN-17", named(site)))) == set()


def test_a_customer_who_refuses_is_talked_to_by_the_manager() -> None:
    assert ROUTE.step("customer_sign").on_refusal == Onward("manager_approval")
    assert ROUTE.step("manager_approval").on_refusal == Back()
    for agrees, said, good in (
        (True, None, True),
        (False, None, False),
        (None, None, False),
        (None, "同意", True),
    ):
        stage = ManagerApproval(answers={"negotiation_result": said}, context={"customer_agrees": agrees})
        assert stage.validate() is good


def test_approval_moves_the_last_day_and_asks_for_a_new_schedule(site: Ref) -> None:
    answers = opening(site, old_finish=FINISH, new_finish=date(2026, 9, 5))
    record = Filed(7, "EN-10-2026-0007", "EN-10", answers, 11, 1, 5, {}, NOW)
    moved, draft = Extension.effects("manager_approval", record)
    new = date(2026, 9, 5)
    assert moved == ChangesProject(site.id, {"finishes_on": new}, {"agreed_finish": "2026-09-05"})
    reason = "设计变更：厨房布局调整"
    given = {"project": site, "finish_on": new, "revision_reason": reason, "start_on": DAY}
    assert draft == Opens("EN-05", given, to="person:13")


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(Extension, STORIES["EN-10"], seed)["new_finish"]
