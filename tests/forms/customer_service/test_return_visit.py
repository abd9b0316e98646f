"""CS-39: a problem that a customer raises is solved within the hour, or goes up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Asks
from portal.domain.signoff import Onward
from portal.extensions import db
from portal.forms.customer_service.return_visit import ReturnVisit
from portal.forms.customer_service.return_visit_stages import (
    CrossDepartment,
    Escalation,
    IssueHandling,
    ResultToCustomer,
)
from portal.forms.kinds import Ref
from portal.lib.clock import ZONE
from portal.lib.workdays import Calendar
from portal.models import Record
from portal.services import lapses
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)  # Tuesday, 14:30
ROUTE = ReturnVisit.signoff
VISITED = {"@now": NOW, "visited_at": NOW - timedelta(minutes=20)}
GIVEN = {
    "visit_way": "telephone",
    "visited_at": NOW - timedelta(minutes=20),
    "person": "石磊",
    "reason": "routine",
    "satisfaction": "satisfied",
    "problem_raised": False,
}


def there(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def wrong(form) -> set[str]:
    form.validate()
    return set(form.errors)


@pytest.fixture
def sheet(customer):
    """A visit as told, and what is different."""

    def make(**answers):
        return ReturnVisit(answers={"customer": customer, **GIVEN, **answers}, context={"@now": NOW})

    return make


def test_a_problem_is_described_and_reported_at_once(sheet):
    assert wrong(sheet()) == set()
    assert wrong(sheet(problem_raised=True)) == {"problem_description"}
    form = sheet(problem_raised=True, problem_description="护栏松动")
    assert wrong(form) == set()
    assert form.problem_reported_at.data == NOW
    assert sheet().problem_reported_at.data is None


def test_a_visit_has_happened(sheet):
    assert wrong(sheet(visited_at=NOW + timedelta(minutes=1))) == {"visited_at"}


def steps(**answers) -> list[str]:
    found: list[str] = []
    while step := ROUTE.following(found[-1] if found else None, answers):
        found.append(step.key)
    return found


def test_who_takes_part():
    assert steps(problem_raised=False) == []
    assert steps(problem_raised=True, can_decide=True) == ["issue_handling", "result_to_customer"]
    helped = {"problem_raised": True, "can_decide": False, "department_solved": True}
    assert steps(**helped) == ["issue_handling", "cross_department", "result_to_customer"]
    assert steps(**{**helped, "department_solved": False}) == [
        *("issue_handling", "cross_department", "escalation", "result_to_customer")
    ]
    assert "escalation" not in steps(problem_raised=True, can_decide=True, department_solved=False), (
        "what a department said in an earlier round"
    )


@pytest.mark.parametrize(
    ("raised", "due"),
    [
        ("2026-05-12 14:30", "2026-05-12 15:30"),
        ("2026-05-12 11:50", "2026-05-12 12:50"),
        ("2026-05-12 17:20", "2026-05-12 18:00"),
        ("2026-05-12 20:00", "2026-05-12 21:00"),
        ("2026-05-17 10:00", "2026-05-17 11:00"),
    ],
)
def test_r18_r19_within_an_hour_and_never_on_the_second_day(raised, due):
    step = ROUTE.step("issue_handling")
    assert step.within.due(there(raised), {}, Calendar()) == there(due)
    assert (step.overdue_to, step.within.fixed) == ("escalation", True)


def test_r20_r21_the_department_helps_within_an_hour_or_it_goes_up():
    step = ROUTE.step("cross_department")
    assert step.within.due(NOW, {}, Calendar()) == NOW + timedelta(hours=1)
    assert (step.on_refusal, step.overdue_to) == (Onward("escalation"), "escalation")
    party = step.by.parties[0]
    assert (party.kind, party.key) == ("head", "department_asked")
    assert ROUTE.step("escalation").by.parties[0].key == "deputy_general_manager"


def test_the_supervisor_decides_or_names_who_can(app_context):
    def errors(**answers):
        return wrong(IssueHandling(answers=answers, context=VISITED))

    assert errors(can_decide=True) == {"decision"}
    assert errors(can_decide=False) == {"department_asked"}
    assert errors(can_decide=False, department_asked=Ref(1, "工程部")) == set()
    assert errors(can_decide=True, decision="上门", solved_at=NOW) == set()
    assert errors(can_decide=True, decision="上门", solved_at=NOW + timedelta(minutes=1)) == {"solved_at"}
    assert errors(can_decide=True, decision="上门", solved_at=NOW - timedelta(hours=1)) == {"solved_at"}


@pytest.mark.parametrize(
    ("stage", "name", "more"),
    [
        (CrossDepartment, "department_solved_at", {"agreed_measure": "派人", "department_solved": True}),
        (ResultToCustomer, "told_customer_at", {"customer_answer": "满意"}),
    ],
)
def test_nothing_is_done_before_the_visit_or_ahead(app_context, stage, name, more):
    def errors(at):
        return wrong(stage(answers={name: at, **more}, context=VISITED))

    assert errors(NOW) == set()
    assert errors(NOW - timedelta(hours=1)) == {name}
    assert errors(NOW + timedelta(minutes=1)) == {name}


def test_a_measure_has_an_owner_and_a_limit_ahead(app_context, people):
    def errors(**answers):
        return wrong(Escalation(answers=answers, context=VISITED))

    assert errors() == {"feasible_measure", "measure_owner", "measure_due"}
    measure = {"feasible_measure": "调拨备件", "measure_owner": people["sun"]}
    assert errors(**measure, measure_due=NOW) == {"measure_due"}
    assert errors(**measure, measure_due=NOW + timedelta(days=1)) == set()


def test_what_it_sets_going(filed, customer, departments, people):
    home = departments["customer_service"].id
    told = filed("CS-39", department_id=home, **GIVEN, customer=customer, market_information="同行降价")
    (draft,) = ReturnVisit.effects("submitted", told)
    assert (draft.code, draft.to) == ("IC-01", "person:12")
    assert (draft.answers["source_kind"], draft.answers["source_name"]) == ("customer", customer.text)
    assert draft.answers["department"].text == "客户服务部"
    assert not list(ReturnVisit.effects("submitted", filed("CS-39", **GIVEN, customer=customer)))
    due = NOW + timedelta(days=2)
    measured = filed("CS-39", measure_owner=people["sun"], measure_due=due)
    (task,) = ReturnVisit.effects("escalation", measured)
    assert isinstance(task, Asks)
    assert (task.to, task.due) == (f"person:{people['sun'].id}", due)


@pytest.mark.parametrize("seed", range(25))
def test_its_story_reaches_the_end(worlds, walk, seed):
    walk(ReturnVisit, STORIES["CS-39"], worlds(seed))


def test_its_stories_take_the_side_roads(worlds, walk):
    told = [walk(ReturnVisit, STORIES["CS-39"], worlds(seed)) for seed in range(60)]
    assert {one["problem_raised"] for one in told} == {True, False}
    assert {one.get("can_decide") for one in told} == {True, False, None}
    assert any(one.get("feasible_measure") for one in told)


@pytest.fixture
def walker(app: Flask) -> Walker:
    return Walker(app)


def raised(walker: Walker) -> str:
    """A visit with a problem."""
    numbers = (walker.open("CS-39") for _again in range(30))
    return next(one for one in numbers if walker.state(one) == "running")


def test_what_the_supervisor_leaves_lying_goes_to_the_deputy_general_manager(walker: Walker) -> None:
    number = raised(walker)
    with walker.app.app_context(), transaction():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        due, id = record.due_at, record.id
        assert due is not None
        assert lapses.move_on(due - timedelta(seconds=1)) == 0
        assert lapses.move_on(due) == 1
    assert walker.step(number) == "escalation"
    page = walker.browser("deputy_general_manager").get(f"/customer-service/return-visits/{number}")
    assert "“主管当场处理”到期无人办理、没有签署，已自动转到“上报上级领导”" in page.text
    assert "note-warning" in page.text
    machine = walker.browser("deputy_general_manager").get(f"/customer-service/return-visits/{number}.json")
    assert machine.json["signatures"] == []
    assert [event["kind"] for event in machine.json["events"]].count("step_lapsed") == 1
    late = walker.browser("customer_service_supervisor").get(f"/customer-service/return-visits/{number}")
    assert 'id="turn"' not in late.text, "it is not the supervisor's turn any more"
    assert "自动转到“上报上级领导”" in walker.browser("customer_service_supervisor").get("/notices").text
    english = walker.browser("deputy_general_manager")
    assert english.get(f"/customer-service/return-visits/{number}.pdf").mimetype == "application/pdf"
    while walker.sign(number):
        pass
    assert walker.state(number) == "finished"
    with walker.app.app_context():
        kept = db.session.get_one(Record, id)
        assert [one.step for one in kept.signatures] == ["escalation", "result_to_customer"]


def test_a_department_that_does_not_help_sends_it_up(walker: Walker) -> None:
    number = raised(walker)
    with walker.app.app_context():
        other = db.session.scalars(sa.text("SELECT name FROM departments WHERE key = 'warehouse'")).one()
    walker.sign(number, can_decide="no", department_asked=other)
    assert walker.step(number) == "cross_department"
    walker.refuse(number, "人手不足，无法协助")
    assert walker.step(number) == "escalation"
    while walker.sign(number):
        pass
    assert walker.state(number) == "finished"
