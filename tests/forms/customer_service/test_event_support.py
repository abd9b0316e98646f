"""CS-15: an event for customers, at a site open day over a safe site; what visitors ask for is taken in."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.domain.effects import Opens
from portal.domain.signoff import APPLICANT, Back
from portal.extensions import db
from portal.forms.customer_service.event_support import EventRecord, EventSupport, SiteSafety
from portal.forms.kinds import Ref
from portal.lib.workdays import Calendar
from portal.models import Draft, Record, Task
from tests.walk import Walker, multi, pairs, problems

ROUTE = EventSupport.signoff
NOW = datetime(2026, 5, 12, 0, 30, tzinfo=UTC)
START = datetime(2026, 5, 12, 1, 0, tzinfo=UTC)
GIVEN = {
    "event_name": "业主恳谈会",
    "event_kind": "customer_satisfaction",
    "organiser": "customer_service",
    "event_start": START,
    "event_place": "社区活动室",
    "purpose": "听取意见",
    "support_needed": "登记诉求",
}
OPEN_DAY = {
    "event_kind": "site_open_day",
    "project": Ref(1, "临江花园 P002"),
    "visit_route": "大门—样板间—大门",
}


def sheet(**changed):
    form = EventSupport(answers={**GIVEN, **changed}, context={"@now": NOW})
    form.validate()
    return form


def test_emptiness_is_refused_beside_the_fields(app_context):
    form = EventSupport(answers={})
    assert not form.validate()
    assert set(form.errors) == set(GIVEN)


def test_a_site_open_day_has_a_project_and_a_route(app_context):
    assert not sheet().errors
    assert set(sheet(event_kind="site_open_day").errors) == {"project", "visit_route"}
    assert not sheet(**OPEN_DAY).errors
    assert sheet(visit_route="大门").answers()["visit_route"] is None  # asked for at an open day only


def test_support_is_asked_for_before_the_event(app_context):
    assert set(sheet(event_start=START - timedelta(days=1)).errors) == {"event_start"}
    assert not sheet(event_start=NOW - timedelta(minutes=10)).errors  # the same day


def test_an_event_is_written_down_once_it_has_begun(app_context):
    answers = {"actual_visitors": 3, "feedback": "良好"}
    early = EventRecord(answers=answers, context={"event_start": START, "@now": START - timedelta(minutes=1)})
    assert not early.validate()
    assert "2026-05-12 09:00" in early.errors["feedback"][0]
    assert EventRecord(answers=answers, context={"event_start": START, "@now": START}).validate()


def test_the_site_is_looked_at_on_an_open_day_only():
    after = "support_arrangement"
    assert ROUTE.following(after, {"event_kind": "site_open_day"}).key == "site_safety"
    assert ROUTE.following(after, {"event_kind": "sales_promotion"}).key == "event_record"


def test_a_site_that_is_not_ready_is_refused_and_the_day_moved(app_context):
    said = {"safety_measures": "封闭围挡"}
    stage = SiteSafety(answers={**said, "site_ready": False})
    assert not stage.validate()
    assert set(stage.errors) == {"site_ready"}
    assert SiteSafety(answers={**said, "site_ready": True}).validate()
    assert ROUTE.step("site_safety").on_refusal == Back(APPLICANT)
    assert ROUTE.step("support_arrangement").on_refusal == Back(APPLICANT)


def test_the_record_is_due_three_working_days_after_the_event():
    within = ROUTE.step("event_record").within
    tuesday_to_friday = START + timedelta(days=3)
    assert within.due(START - timedelta(days=9), {"event_start": START}, Calendar()) == tuesday_to_friday


VISITOR = {"name": "钱进", "phone": "13800138000", "customer": None, "remark": "加装座椅", "request": True}


def record(*visitors, came=20):
    answers = {"visitors": list(visitors), "actual_visitors": came, "feedback": "秩序良好"}
    stage = EventRecord(answers=answers)
    stage.validate()
    return stage


def test_who_asks_for_something_leaves_words_and_a_number(app_context):
    assert not record(VISITOR).errors
    asks = record({**VISITOR, "phone": None, "remark": None})
    assert set(asks.visitors.rows[0].errors) == {"phone", "remark"}
    assert not record({"name": "钱进", "request": False}).errors


def test_no_fewer_came_than_are_listed(app_context):
    assert set(record(VISITOR, VISITOR, came=1).errors) == {"actual_visitors"}
    assert not record(VISITOR, VISITOR, came=2).errors


def test_each_request_opens_an_intake(filed):
    quiet = {**VISITOR, "name": "孙静", "request": False}
    other = {**VISITOR, "name": "周明", "customer": Ref(9, "宁波恒远"), "remark": "多设车位"}
    answers = {"event_start": START, "visitors": [VISITOR, quiet, other]}
    found = list(EventSupport.effects("event_record", filed("CS-15", **answers)))
    assert all(isinstance(one, Opens) for one in found)
    assert [(one.code, one.to) for one in found] == [("CS-90", "role:customer_service_officer")] * 2
    assert found[1].answers == {
        "kind": "request",
        "channel": "visit",
        "caller": "周明",
        "caller_phone": "13800138000",
        "customer": Ref(9, "宁波恒远"),
        "received_at": START,
        "content": "多设车位",
    }
    assert list(EventSupport.effects("event_record", filed("CS-15", visitors=None))) == []


@pytest.fixture
def walker(app: Flask) -> Walker:
    """People who fill in and sign."""
    return Walker(app)


def submit(walker: Walker, **changed) -> str:
    """Submits an event; gives its number."""
    with walker.app.app_context():
        world = walker._world("sales_manager")
        place = {"project": world.one("project")} if changed.get("event_kind") == "site_open_day" else {}
        changed = {"event_start": datetime.now(UTC), **changed}
        data = pairs(EventSupport(answers={**GIVEN, **changed, **place, "budget": Decimal(500)}))
        db.session.commit()
    address = walker.address(EventSupport) + "new"
    answer = walker.browser("sales_manager").post(address, data=multi([("_op", "submit"), *data]))
    assert answer.status_code == 303, problems(answer)
    return answer.headers["Location"].rsplit("/", 1)[-1]


def step(walker: Walker, number: str) -> tuple[str, str]:
    with walker.app.app_context():
        row = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        return row.state, row.step


def test_an_unsafe_site_sends_the_event_back_to_its_organiser(walker: Walker) -> None:
    number = submit(walker, **OPEN_DAY)
    walker.sign(number)
    assert step(walker, number) == ("running", "site_safety")
    page = walker.browser("project_department_head").get(f"/records/{number}", follow_redirects=True).text
    task, seen = (page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("_task", "_seen"))
    address = f"{walker.address(EventSupport)}{number}/signatures"
    said = {"_task": task, "_seen": seen, "_op": "refuse", "_opinion": "塔吊检修，改期"}
    assert walker.browser("project_department_head").post(address, data=said).status_code == 303
    assert step(walker, number)[0] == "returned"


def test_a_request_becomes_work_of_customer_service(walker: Walker) -> None:
    number = submit(walker)
    walker.sign(number)
    visitor = {
        "visitors-0-name": "钱进",
        "visitors-0-phone": "13800138000",
        "visitors-0-remark": "加装座椅",
        "visitors-0-request": "yes",
        "actual_visitors": "90",
    }
    walker.sign(number, **visitor)
    assert walker.state(number) == "finished"
    with walker.app.app_context():
        left = db.session.scalars(sa.select(Draft).where(Draft.form_code == "CS-90")).all()
        asked = db.session.scalars(sa.select(Task).where(Task.kind == "ask", Task.state == "open")).all()
        assert left or [one.title["zh"] for one in asked] == ["填写 CS-90"]  # on paper until it is served
