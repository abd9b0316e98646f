"""EN-09: defects of the building, until the site fits; the start waits for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from goods_books import NOW, furnish, kept
from projects import begun

from portal.demo.stories.construction import STORIES
from portal.domain.deadlines import weeks
from portal.domain.effects import Asks, Tells
from portal.domain.signoff import Back, Party
from portal.extensions import db
from portal.forms.engineering.defect_recommendation import DefectRecommendation, PropertyAnswer
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.models import Customer, Project

DAY = date(2026, 5, 12)
PHOTO = {"id": 1, "name": "a.jpg", "type": "image/jpeg", "size": 1, "sha256": "0"}
ROUTE = DefectRecommendation.signoff

pytestmark = pytest.mark.usefixtures("app_context")


def opening(**other: Any) -> dict[str, Any]:
    return {
        "project": other.pop("project", None) or begun("works", "briefing", people={"site_supervisor": 11}),
        "owner": Ref(2, "王先生 C002"),
        "defects": [{"place": "阳台", "defect": "裂缝", "effect": "渗水", "measure": "注浆"}],
        "photos": [PHOTO],
        "property_company": "泰和物业",
        "wanted_by": DAY,
        "extension_expected": True,
        **other,
    }


def errors(**other: Any) -> set[str]:
    form = DefectRecommendation(answers=opening(**other), context={"@now": NOW})
    form.validate()
    return {name for name, said in form.errors.items() if said}


def effects(step: str, **other: Any) -> list[Any]:
    record = Filed(7, "EN-09-2026-0007", "EN-09", opening(**other), 13, 1, 11, {}, NOW)
    return list(DefectRecommendation.effects(step, record))


def test_a_whole_recommendation_passes_and_a_wish_for_yesterday_does_not() -> None:
    assert errors() == set()
    assert errors(wanted_by=DAY - timedelta(days=1)) == {"wanted_by"}
    assert errors(defects=[]) == {"defects"}


def test_the_owner_is_the_customer_of_the_project() -> None:
    db.session.add(Customer(id=3, code="C0003", name="泰和物业"))
    project = begun("works", "briefing")
    db.session.get_one(Project, project.id).customer_id = 3
    db.session.flush()
    assert errors(project=project) == {"owner"}
    form = DefectRecommendation(answers=opening(project=project, owner=None))
    form.compute()
    assert form.owner.data == Ref(3, "泰和物业 C0003")


def test_the_briefing_is_of_the_same_project() -> None:
    furnish()
    project, other = begun("works", "briefing"), begun("works", "briefing")
    briefing = kept("EN-18", {"project": {"id": other.id, "text": other.text}})
    assert errors(project=project, briefing=briefing) == {"briefing"}
    assert errors(project=other, briefing=briefing) == set()


def test_lost_time_becomes_an_extension() -> None:
    (draft,) = effects("supervisor_sign")
    assert (draft.code, draft.to, draft.names_as) == ("EN-10", "person:13", "source_record")
    assert draft.answers["cause"] == "existing_building_defect"
    assert draft.answers["customer"] == Ref(2, "王先生 C002")
    assert effects("supervisor_sign", extension_expected=False) == []


@pytest.mark.requirement("R31")
def test_it_stays_open_until_the_site_fits() -> None:
    answer, recheck = ROUTE.step("property_answer"), ROUTE.step("recheck")
    assert answer.by.parties == (Party("outside", "property_management"),)
    assert answer.within == weeks(1)
    assert answer.outcome({"acts": False}) == answer.outcomes[0]
    assert answer.outcome({"acts": True}) is None
    assert recheck.outcome({"site_fit": False}) == recheck.outcomes[0]
    assert {answer.outcomes[0].to, recheck.outcomes[0].to} == {"property_answer"}  # type: ignore[union-attr]
    assert answer.on_refusal == Back("property_answer")
    assert ROUTE.step("owner_sign").on_refusal == Back()


def test_a_measure_is_named_only_by_a_management_that_acts() -> None:
    assert not PropertyAnswer(answers={"acts": True}).validate()
    assert PropertyAnswer(answers={"acts": True, "property_measure": "注浆"}).validate()
    assert PropertyAnswer(answers={"acts": False}).validate()


@pytest.mark.requirement("R31")
def test_owner_and_manager_hear_of_a_management_that_does_nothing() -> None:
    told, asked = effects("property_answer", acts=False)
    assert isinstance(told, Tells)
    assert told.to == "role:engineering_manager"
    assert isinstance(asked, Asks)
    assert asked.to == "person:11"
    assert effects("property_answer", acts=True) == []


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(monkeypatch: pytest.MonkeyPatch, tell: Any, seed: int) -> None:
    monkeypatch.setattr("portal.forms.base.now", lambda: NOW)
    assert tell(DefectRecommendation, STORIES["EN-09"], seed)["site_fit"] is True
