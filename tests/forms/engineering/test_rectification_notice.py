"""EN-25: opinion, person and limit on the spot, and the way back until it is good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.demo.stories.engineering import STORIES
from portal.domain.deadlines import until
from portal.domain.effects import SUBMITTED, Opens, Tells
from portal.domain.signoff import Back
from portal.forms.engineering.rectification_notice import Recheck, Rectification, RectificationNotice
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.lib.workdays import Calendar
from portal.queries import works

NOON = datetime(2026, 5, 12, 4, tzinfo=UTC)
PHOTO = {"id": 1, "name": "a.jpg", "type": "image/jpeg", "size": 1, "sha256": "0"}
ROUTE = RectificationNotice.signoff

pytestmark = pytest.mark.usefixtures("app_context")


def opening(**other: Any) -> dict[str, Any]:
    return {
        "project": Ref(1, "滨江花园 P001"),
        "acceptance_record": None,
        "found_at": NOON,
        "place": "厨房",
        "problem": "空鼓",
        "photos": [PHOTO],
        "opinion": "返工",
        "responsible_person": Ref(13, "李工长 E013"),
        "rectify_by": NOON + timedelta(days=2),
        "major_accident": False,
        **other,
    }


def effects(step: str, **answers: Any) -> list[Any]:
    record = Filed(7, "EN-25-2026-0007", "EN-25", opening(**answers), 13, 1, 11, {}, NOON)
    return list(RectificationNotice.effects(step, record))


@pytest.mark.requirement("R26")
@pytest.mark.parametrize("name", ["opinion", "responsible_person", "rectify_by"])
def test_opinion_person_and_limit_are_required(name: str) -> None:
    form = RectificationNotice(answers=opening(**{name: None}))
    assert not form.validate()
    assert set(form.errors) == {name}
    assert RectificationNotice(answers=opening()).validate()


@pytest.mark.requirement("R26")
def test_the_limit_is_not_before_the_finding() -> None:
    form = RectificationNotice(answers=opening(rectify_by=NOON - timedelta(hours=1)))
    assert not form.validate()
    assert form.rectify_by.errors == ["整改期限不能早于发现时间"]


@pytest.mark.requirement("R26")
def test_the_limit_is_the_deadline_and_a_new_one_replaces_it() -> None:
    step = ROUTE.step("rectification")
    assert step.within == until("new_limit", "rectify_by")
    later = NOON + timedelta(days=5)
    assert step.within.due(NOON, opening(), Calendar()) == NOON + timedelta(days=2)
    assert step.within.due(NOON, opening(new_limit=later), Calendar()) == later
    assert [(party.kind, party.key) for party in step.by.parties] == [("person", "responsible_person")]


def test_a_failed_recheck_needs_a_new_limit_and_goes_back() -> None:
    without = Recheck(answers={"recheck_result": "fail"}, context={"@now": NOON})
    assert not without.validate()
    assert set(without.errors) == {"new_limit"}
    limit = NOON + timedelta(hours=1)
    assert Recheck(answers={"recheck_result": "fail", "new_limit": limit}, context={"@now": NOON}).validate()
    step = ROUTE.step("recheck")
    outcome = step.outcome({"recheck_result": "fail"})
    assert isinstance(outcome, Back)
    assert outcome.to == "rectification"
    assert step.outcome({"recheck_result": "pass"}) is None


def test_a_new_limit_lies_ahead() -> None:
    late = Recheck(answers={"recheck_result": "fail", "new_limit": NOON}, context={"@now": NOON})
    assert not late.validate()
    assert late.new_limit.errors == ["新的期限须晚于现在"]
    assert Recheck(answers={"recheck_result": "pass"}, context={"@now": NOON}).validate()


@pytest.mark.requirement("R27")
def test_a_major_accident_is_told_and_written_up_within_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "holder", lambda project, role: f"person:{project}-{role}")
    told, opened = effects(SUBMITTED, major_accident=True)
    assert isinstance(told, Tells)
    assert told.to == "role:engineering_manager"
    assert isinstance(opened, Opens)
    assert (opened.code, opened.to, opened.names_as) == ("EN-26", "person:1-foreman", "rectification_notice")
    assert opened.answers["found_at"] == NOON
    assert opened.due == NOON + timedelta(hours=24)
    assert effects(SUBMITTED) == []


def test_the_manager_hears_of_a_failed_recheck() -> None:
    (told,) = effects("recheck", recheck_result="fail")
    assert told.to == "role:engineering_manager"
    assert "李工长" in str(told.text)


def test_a_passed_recheck_lets_the_acceptance_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "origin", lambda record: ("EN-21", 13) if record == 5 else None)
    monkeypatch.setattr(works, "holder", lambda project, role: "role:foreman")
    (opened,) = effects("recheck", recheck_result="pass", acceptance_record=Ref(5, "EN-21-2026-0001"))
    assert (opened.code, opened.to) == ("EN-21", "person:13")
    (asked,) = effects("recheck", recheck_result="pass", acceptance_record=Ref(None, "EN-20-2026-0003"))
    assert (asked.to, str(asked.title)) == ("role:foreman", "整改复查合格，可重新验收：EN-20-2026-0003")
    assert effects("recheck", recheck_result="pass") == []


def test_a_safety_check_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "origin", lambda record: ("EN-30", 13))
    assert effects("recheck", recheck_result="pass", acceptance_record=Ref(5, "EN-30-2026-0001")) == []


@pytest.mark.parametrize("seed", range(40))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(RectificationNotice, STORIES["EN-25"], seed)["recheck_result"] == "pass"


def test_nothing_is_put_right_before_it_is_found() -> None:
    done = {"rectified_how": "返工", "rectified_photos": [PHOTO]}
    early = Rectification(answers={**done, "rectified_on": NOON - timedelta(hours=1)}, context=opening())
    assert not early.validate()
    assert set(early.errors) == {"rectified_on"}
    assert Rectification(answers={**done, "rectified_on": NOON}, context=opening()).validate()
