"""EN-18: the briefing, its parties, its clock and what it sets going."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from goods_books import furnish, kept
from projects import begun

from portal.demo.stories.engineering import STORIES
from portal.domain.deadlines import hours
from portal.domain.effects import Asks, Opens, SetsStage, Tells
from portal.domain.signoff import Back
from portal.forms.engineering.technical_briefing import TechnicalBriefing
from portal.forms.engineering.technical_briefing_stages import Delivery, SiteSurvey, TimeChange
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.lib.workdays import Calendar

NOON = datetime(2026, 5, 12, 4, tzinfo=UTC)
ROUTE = TechnicalBriefing.signoff
PEOPLE = {
    "site_supervisor": Ref(11, "孙监理 E011"),
    "designer": Ref(12, "钱设计 E012"),
    "foreman": Ref(13, "李工长 E013"),
}

pytestmark = pytest.mark.usefixtures("app_context")


def opening(**other: Any) -> dict[str, Any]:
    return {
        "project": Ref(1, "滨江花园 P001"),
        "customer": Ref(2, "王先生 C002"),
        **PEOPLE,
        "agreed_at": NOON,
        "confirmed_with_designer": True,
        "place": "3号楼1502室",
        "drawing_versions": "A版",
        **other,
    }


def filed(**answers: Any) -> Filed:
    return Filed(7, "EN-18-2026-0007", "EN-18", opening(**answers), 13, 1, 13, {}, NOON)


def effects(step: str, **answers: Any) -> list[Any]:
    return list(TechnicalBriefing.effects(step, filed(**answers)))


def test_four_different_parties_pass() -> None:
    form = TechnicalBriefing(answers=opening())
    assert form.validate(), form.errors


def test_one_person_cannot_be_two_parties() -> None:
    form = TechnicalBriefing(answers=opening(foreman=PEOPLE["designer"]))
    assert not form.validate()
    assert form.foreman.errors == ["工程监理、设计师、工长须是不同的人"]
    assert not form.designer.errors


def test_every_field_is_asked_for() -> None:
    form = TechnicalBriefing(answers={})
    assert not form.validate()
    assert set(form.errors) == set(opening())


@pytest.mark.requirement("R23")
def test_all_four_sign_before_the_delivery_opens() -> None:
    joint = ROUTE.step("joint_signature")
    assert joint.by.every
    assert [(party.kind, party.key) for party in joint.by.parties] == [
        ("person", "site_supervisor"), ("person", "designer"), ("person", "foreman"), ("outside", "customer"),
    ]  # fmt: skip
    assert joint.on_refusal == Back("joint_signature")
    following = ROUTE.following("joint_signature", opening())
    assert following is not None
    assert following.key == "delivery"
    assert ROUTE.step("department_receipt").on_refusal == Back("joint_signature")


@pytest.mark.requirement("R24")
def test_only_designer_and_supervisor_change_the_time_and_only_for_the_customer() -> None:
    entry = ROUTE.entry("time_change")
    assert {party.key for party in entry.by.parties} == {"designer", "site_supervisor"}
    answers = {"changed_to": NOON, "supervisor_told_at": NOON, "delayed": False}
    assert TimeChange(answers={**answers, "change_reason": "customer_reason"}).validate()
    refused = TimeChange(answers={**answers, "change_reason": "contractor_reason"})
    assert not refused.validate()
    assert "change_reason" in refused.errors


@pytest.mark.requirement("R25")
def test_a_delay_is_the_designers() -> None:
    told = effects("time_change", delayed=True)
    assert [tell.to for tell in told] == ["role:engineering_manager", "role:design_manager"]
    assert "钱设计" in str(told[0].text)
    assert effects("time_change", delayed=False) == []


def test_the_survey_is_due_one_working_day_after_the_time_last_agreed() -> None:
    within = ROUTE.step("site_survey").within
    assert within is not None
    calendar = Calendar()
    changed = NOON + timedelta(days=1)
    agreed = within.due(NOON, {"agreed_at": NOON}, calendar)
    later = within.due(NOON, {"agreed_at": NOON, "changed_to": changed}, calendar)
    assert agreed is not None
    assert later == agreed + timedelta(days=1)


@pytest.mark.parametrize(
    ("level", "step"),
    [("minor", "minor_defect_opinion"), ("none", "customer_talk"), ("serious", "customer_talk")],
)
def test_slight_defects_need_an_opinion(level: str, step: str) -> None:
    following = ROUTE.following("site_survey", {"defect_level": level})
    assert following is not None
    assert following.key == step


def test_a_survey_names_its_defect_level() -> None:
    survey = SiteSurvey(
        answers={"structure_finding": "好", "surface_finding": "好", "waterproof_finding": "好"}
    )
    assert not survey.validate()
    assert set(survey.errors) == {"defect_level"}


def test_serious_defects_open_the_proposal() -> None:
    (proposal,) = effects("site_survey", defect_level="serious", survey_photos=[{"id": 1}])
    assert (proposal.code, proposal.to, proposal.names_as) == ("EN-09", "person:13", "briefing")
    assert proposal.answers == {
        "project": Ref(1, "滨江花园 P001"), "owner": Ref(2, "王先生 C002"), "photos": [{"id": 1}],
    }  # fmt: skip
    assert effects("site_survey", defect_level="minor") == []


def test_what_the_customer_wants_opens_the_confirmations() -> None:
    opened = effects("customer_talk", customer_needs="增加插座")
    assert [(one.code, one.answers["remark"]) for one in opened] == [
        ("EN-14", "增加插座"),
        ("EN-15", "增加插座"),
    ]
    assert effects("customer_talk") == []


def test_appointments_become_things_to_do() -> None:
    asked = effects(
        "customer_talk", material_acceptance_at=NOON, next_meeting_at=NOON, next_meeting_purpose="选定瓷砖"
    )
    tasks = [one for one in asked if isinstance(one, Asks)]
    assert all(one.to == "person:13" and one.due == NOON for one in tasks)
    assert [str(one.title) for one in tasks] == ["按约定时间进行材料进场验收", "与客户见面：选定瓷砖"]


def test_the_appointment_is_the_planned_day_of_the_material_acceptance() -> None:
    planned = SetsStage(1, "material", {"planned_on": date(2026, 5, 12)})
    assert planned in effects("customer_talk", material_acceptance_at=NOON)
    assert effects("customer_talk") == []


def test_errors_of_the_briefing_go_to_the_designer() -> None:
    (change,) = effects("briefing_assessment", errors_found="标高有误")
    assert isinstance(change, Opens)
    assert (change.code, change.to, change.answers["error_reported"]) == ("EN-17", "person:12", "标高有误")
    assert change.answers["reason"] == "error_found_at_the_briefing"
    assert effects("briefing_assessment") == []


@pytest.mark.requirement("R22")
def test_the_department_has_the_form_within_24_hours() -> None:
    assert ROUTE.step("delivery").within == hours(24, since="briefing_ended_at", fixed=True)
    assert [party.key for party in ROUTE.step("delivery").by.parties] == ["site_supervisor"]
    on_time = {"briefing_ended_at": NOON, "delivered_at": NOON + timedelta(hours=24)}
    assert effects("delivery", **on_time) == []
    late = {"briefing_ended_at": NOON, "delivered_at": NOON + timedelta(hours=24, minutes=1)}
    (breach,) = effects("delivery", **late)
    assert isinstance(breach, Tells)
    assert breach.to == "role:engineering_manager"
    assert "孙监理" in str(breach.text)


@pytest.mark.requirement("R22")
@pytest.mark.parametrize(("after", "good"), [(-1, False), (0, True), (30, True)])
def test_nothing_is_delivered_before_the_briefing_ends(after: int, good: bool) -> None:
    stage = Delivery(
        answers={"delivered_at": NOON + timedelta(hours=after)}, context={"briefing_ended_at": NOON}
    )
    assert stage.validate() is good


def test_the_foreman_hears_of_the_receipt_and_the_project_has_been_briefed() -> None:
    passed, told = effects("department_receipt", delivered_at=NOON)
    assert passed == SetsStage(1, "briefing", {"state": "passed", "passed_on": date(2026, 5, 12)})
    assert told.to == "person:13"


def test_one_briefing_at_a_time() -> None:
    furnish()
    project = begun("works", "briefing")
    kept("EN-18", {"project": {"id": project.id, "text": project.text}}, state="running")
    form = TechnicalBriefing(answers=opening(project=project))
    assert not form.validate()
    assert set(form.errors) == {"project"}


@pytest.mark.parametrize("seed", range(40))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    answers = tell(TechnicalBriefing, STORIES["EN-18"], seed)
    assert answers["delivered_at"] >= answers["briefing_ended_at"]
