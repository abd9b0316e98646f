"""CS-51: a complaint until the customer is satisfied."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Opens
from portal.domain.signoff import Back
from portal.forms.customer_service.complaint import Complaint
from portal.forms.customer_service.complaint_stages import (
    CallBack,
    CallTry,
    Closing,
    Compensation,
    Investigation,
    OverdueTracking,
    ResultConfirmation,
    Ruling,
    ValidityDecision,
)
from portal.forms.kinds import Ref
from portal.lib.workdays import Calendar

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
ROUTE = Complaint.signoff
HEARD = {"received_at": NOW}


def test_emptiness_is_refused_beside_the_fields(app_context):
    form = Complaint(answers={})
    assert not form.validate()
    assert set(form.errors) == {
        *("complainant", "complainant_phone", "intake_point", "channel", "received_at", "first_received_by"),
        *("complaint_object", "content", "demand"),
    }


def test_r65_called_back_within_an_hour_of_hearing():
    within = ROUTE.step("call_back").within
    assert within.due(NOW + timedelta(hours=5), HEARD, Calendar()) == NOW + timedelta(hours=1)


def test_a_call_back_follows_the_complaint(app_context):
    said = {"call_back_result": "已致歉"}
    assert not CallBack(
        answers={**said, "called_back_at": NOW - timedelta(minutes=1)}, context=HEARD
    ).validate()
    assert CallBack(answers={**said, "called_back_at": NOW}, context=HEARD).validate()


def test_an_own_department_at_fault_is_named(app_context):
    said = {"demand_understood": "维修", "confirmed_cause": "装配", "investigation_result": "属实"}
    own = {**said, "responsible_party": "own_department"}
    assert not Investigation(answers=own).validate()
    assert Investigation(answers={**own, "responsible_department": Ref(1, "工程部")}).validate()
    assert Investigation(answers={**said, "responsible_party": "carrier"}).validate()


def decision(valid, **more):
    answers = {"reason_sufficient": valid, "demand_reasonable": valid, "complaint_valid": valid, **more}
    return ValidityDecision(answers=answers, context=HEARD)


def test_r66_a_complaint_that_does_not_hold_is_answered(app_context):
    stage = decision(False)
    assert not stage.validate()
    assert set(stage.errors) == {"polite_reply", "replied_at"}
    assert decision(False, polite_reply="感谢您的反馈", replied_at=NOW).validate()
    assert decision(True).validate()


def keys(answers, start="validity_decision"):
    found = []
    while step := ROUTE.following(start, answers):
        found.append(start := step.key)
    return found


def test_a_complaint_that_does_not_hold_goes_straight_to_its_close():
    assert keys({"complaint_valid": False, "compensation_asked": True, "department_refuses": True}) == [
        "close"
    ]


def test_a_complaint_that_holds_goes_all_the_way():
    plain = ["assignment", "cause_and_solution", "result_confirmation", "close"]
    assert keys({"complaint_valid": True, "compensation_asked": False}) == plain
    asked = {"complaint_valid": True, "compensation_asked": True, "department_refuses": True}
    assert keys(asked) == [
        *(
            "assignment",
            "handling_ruling",
            "cause_and_solution",
            "compensation",
            "result_confirmation",
            "close",
        )
    ]


def test_r66_an_unsatisfied_customer_starts_the_handling_again():
    step = ROUTE.step("result_confirmation")
    assert step.outcome({"satisfied": False}) == Back("assignment", when=step.outcomes[0].when)
    assert step.outcome({"satisfied": True}) is None


@pytest.mark.parametrize(
    ("known", "good"),
    [
        ({"complaint_valid": True, "satisfied": True}, True),
        ({"complaint_valid": True, "satisfied": False}, False),
        ({"complaint_valid": True, "replied_at": NOW}, False),
        ({"complaint_valid": False, "replied_at": NOW}, True),
        ({"complaint_valid": False}, False),
        ({}, False),
    ],
)
def test_r66_closes_only_for_the_satisfied_or_answered(app_context, known, good):
    stage = Closing(answers={"report_needed": False, "case_needed": False}, context=known)
    assert stage.validate() is good


def test_compensation_takes_finance_and_the_general_manager(app_context):
    step = ROUTE.step("compensation")
    assert step.by.mode == "all"
    assert {party.key for party in step.by.parties} == {"finance_supervisor", "general_manager"}
    assert step.on_refusal == Back("cause_and_solution")
    assert not Compensation(answers={"compensation_kind": "refund"}).validate()
    assert Compensation(
        answers={"compensation_kind": "refund", "compensation_amount": Decimal(300)}
    ).validate()


def test_a_department_that_refuses_is_ruled_on(app_context):
    step = ROUTE.step("handling_ruling")
    assert step.outcome({"ruling": "reassign"}) == Back("assignment", when=step.outcomes[0].when)
    assert step.outcome({"ruling": "upheld"}) is None
    assert not Ruling(answers={"ruling": "upheld"}).validate()


def test_the_handler_has_until_the_time_set():
    solve_by = NOW + timedelta(days=3)
    assert ROUTE.step("cause_and_solution").within.due(NOW, {"solve_by": solve_by}, Calendar()) == solve_by


def overdue(day):
    line = {"date": day, "reason": "等待配件", "told_customer_at": NOW, "days_late": 99}
    stage = OverdueTracking(
        answers={"overdue_entries": [line]}, context={"solve_by": NOW - timedelta(days=2)}
    )
    return stage, stage.validate()


def test_r67_each_day_late_is_tracked_and_told(app_context):
    entry = ROUTE.entry("overdue_tracking")
    assert (entry.daily_after, entry.by.parties[0].key) == ("solve_by", "customer_service_officer")
    stage, good = overdue(date(2026, 5, 12))
    assert good, stage.errors
    assert stage.overdue_entries.data[0]["days_late"] == 2
    assert not overdue(date(2026, 5, 9))[1]
    untold = OverdueTracking(answers={"overdue_entries": [{"date": date(2026, 5, 12), "reason": "等待配件"}]})
    assert not untold.validate()


@pytest.mark.requirement("R67")
@pytest.mark.parametrize(
    ("ahead", "day", "good"),
    [
        (timedelta(minutes=-1), NOW.date(), True),  # late since a minute ago
        (timedelta(0), NOW.date(), False),
        (timedelta(hours=2), NOW.date(), False),  # there is time until this evening
        (timedelta(days=-2), NOW.date() + timedelta(days=1), False),  # nobody tracks tomorrow
    ],
)
def test_r67_nothing_is_tracked_that_is_not_late_by_now(app_context, ahead, day, good):
    line = {"date": day, "reason": "等待配件", "told_customer_at": NOW}
    known = {"@now": NOW, "solve_by": NOW + ahead}
    stage = OverdueTracking(answers={"overdue_entries": [line]}, context=known)
    assert stage.validate() is good
    assert [set(row.errors) for row in stage.overdue_entries.rows] == [set() if good else {"date"}]


def test_the_result_is_told(app_context):
    said = {"result_told_at": NOW, "result_told": "已修复", "satisfied": True, "confirmed_way": "telephone"}
    assert ResultConfirmation(answers=said, context=HEARD).validate()
    assert not ResultConfirmation(answers={**said, "confirmed_way": "rumour"}, context=HEARD).validate()


@pytest.fixture
def complaint(people, departments, filed):
    """A complaint as submitted."""

    def make(heard_by="zhao", **answers):
        given = {**HEARD, "first_received_by": people[heard_by], "content": "液压系统漏油", "demand": "修复"}
        return filed("CS-51", department_id=departments["customer_service"].id, **{**given, **answers})

    return make


def test_a_complaint_is_quality_information_of_class_a(complaint):
    (draft,) = Complaint.effects("submitted", complaint())
    assert (draft.code, draft.to, draft.names_as) == ("QA-01", "person:12", "source_record")
    assert draft.answers["information_class"] == "class_a"
    assert draft.answers["class_item"] == "important_customer_opinion_or_complaint"
    assert draft.answers["department"].text == "客户服务部"


def test_r64_a_complaint_kept_back_is_proposed_for_a_warning(complaint, people, make_record, stored, link):
    _quality, draft = Complaint.effects("submitted", complaint("sun"))
    assert (draft.code, draft.to, draft.names_as) == (
        "AD-01",
        "role:customer_service_supervisor",
        "complaint",
    )
    assert draft.answers["employee"] == people["sun"]
    known = make_record("CS-51-2026-0001")
    note = make_record("CS-50-2026-0001", received_by=stored(people["zhao"]))
    link(known, note, "named")
    of_another = complaint("sun", id=known.id)
    assert [effect.code for effect in Complaint.effects("submitted", of_another)] == ["QA-01", "AD-01"]
    link(make_record("CS-50-2026-0002", received_by=stored(people["sun"])), known, "opened")
    relayed = complaint("sun", id=known.id)
    assert [effect.code for effect in Complaint.effects("submitted", relayed)] == ["QA-01"]


def test_a_relay_note_is_of_who_has_heard_it_first(people, make_record, stored):
    note = make_record("CS-50-2026-0001", received_by=stored(people["sun"]))
    given = {"relay_note": Ref(note.id, note.number)}
    form = Complaint(answers={**given, "first_received_by": people["zhao"]})
    form.validate()
    assert "孙强" in form.relay_note.errors[0]
    form = Complaint(answers={**given, "first_received_by": people["sun"]})
    form.validate()
    assert not form.relay_note.errors


def test_what_the_close_sets_going(complaint):
    handler = Ref(31, "周师傅 E031")
    done = {
        "complaint_valid": True,
        "person_in_charge": handler,
        "cause_analysis": "密封圈",
        "solution": "更换",
    }
    report, case = Complaint.effects("close", complaint(**done, report_needed=True, case_needed=True))
    assert isinstance(report, Opens)
    assert (report.code, report.to, report.answers["cause"]) == ("CS-59", "person:31", "密封圈")
    assert report.due == date(2026, 6, 11)
    assert (case.code, case.names_as) == ("CS-07", "source_record")


def test_nothing_learnt_opens_nothing(complaint):
    quiet = complaint(complaint_valid=False, report_needed=False, case_needed=False)
    assert not list(Complaint.effects("close", quiet))


@pytest.mark.parametrize("seed", range(25))
def test_its_story_reaches_the_end(worlds, walk, seed):
    answers = walk(Complaint, STORIES["CS-51"], worlds(seed))
    assert answers["report_needed"] is not None


def test_its_stories_take_the_side_roads(worlds, walk):
    told = [walk(Complaint, STORIES["CS-51"], worlds(seed)) for seed in range(40)]
    assert {one["complaint_valid"] for one in told} == {True, False}
    assert {one.get("compensation_asked") for one in told} >= {True, False}


def test_no_call_is_tried_and_no_delay_told_before_the_complaint(app_context):
    early = NOW - timedelta(minutes=1)
    assert not CallTry(answers={"tried_at": early, "try_note": "占线"}, context=HEARD).validate()
    assert CallTry(answers={"tried_at": NOW, "try_note": "占线"}, context=HEARD).validate()
    line = {"date": date(2026, 5, 12), "reason": "等待配件", "told_customer_at": early}
    known = {**HEARD, "solve_by": NOW - timedelta(days=2)}
    assert not OverdueTracking(answers={"overdue_entries": [line]}, context=known).validate()
