"""CS-90: whoever calls is answered, passed on or taken in as a complaint or repair."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.demo.stories.customer_service import STORIES
from portal.domain.signoff import APPLICANT, Back
from portal.forms.catalogue import FORMS
from portal.forms.customer_service.intake import Intake, OtherMatter, ToldCustomer
from portal.forms.kinds import Ref
from portal.lib.clock import ZONE
from portal.lib.workdays import Calendar
from portal.queries import customers
from portal.services.drafts import prefill
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)  # Tuesday, 14:30
ROUTE = Intake.signoff
GIVEN = {
    "kind": "enquiry",
    "channel": "telephone",
    "caller": "钱卫红",
    "caller_phone": "13800001111",
    "received_at": NOW - timedelta(minutes=10),
    "content": "询问额定载重",
    "content_repeated": True,
    "cannot_be_handled": False,
    "answer": "300 公斤",
}


def there(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def sheet(now: datetime = NOW, **answers):
    return Intake(answers={**GIVEN, **answers}, context={"@now": now})


def wrong(form) -> set[str]:
    form.validate()
    return set(form.errors)


def test_an_enquiry_is_answered(app_context):
    assert wrong(sheet()) == set()
    assert wrong(sheet(answer=None)) == {"answer"}
    assert wrong(sheet(answer=None, cannot_be_handled=True)) == set(), "the director finds the answer"
    assert wrong(sheet(kind="complaint", answer=None)) == set()


@pytest.mark.parametrize("kind", ["other_matter", "request"])
def test_what_others_must_do_names_the_department(app_context, kind):
    assert wrong(sheet(kind=kind)) == {"department_told"}
    assert wrong(sheet(kind=kind, department_told=Ref(1, "工程部"))) == set()


def test_nobody_has_called_in_the_future(app_context):
    assert wrong(sheet(received_at=NOW + timedelta(minutes=1))) == {"received_at"}
    assert wrong(sheet(received_at=NOW)) == set()


@pytest.mark.parametrize(
    ("received", "submitted", "late"),
    [
        ("2026-05-12 09:00", "2026-05-12 17:59", False),
        ("2026-05-12 17:50", "2026-05-12 20:00", False),  # the same day, after closing
        ("2026-05-12 09:00", "2026-05-13 08:30", True),
        ("2026-05-12 19:00", "2026-05-13 09:00", False),  # it came in after closing
        ("2026-05-16 10:00", "2026-05-18 09:00", False),  # on a Saturday
        ("2026-05-15 10:00", "2026-05-18 09:00", True),
    ],
)
def test_r75_what_is_not_entered_on_the_same_working_day_is_marked(app_context, received, submitted, late):
    form = sheet(there(submitted), received_at=there(received))
    form.compute()
    assert form.late_entry.data is late
    assert "late_entry" in Intake.columns


def test_r75_what_corrects_an_entry_is_as_late_as_that(make_record):
    record = make_record("CS-90-2026-0001")
    context = {"@now": NOW + timedelta(days=3), "@corrects": record.id}
    form = Intake(answers=GIVEN, context=context)
    form.compute()
    assert form.late_entry.data is False


def test_an_empty_sheet_is_borne(app_context):
    form = Intake(answers={})
    form.compute()
    assert form.late_entry.data is None
    assert form.heading() == ""


def steps(**answers) -> list[str]:
    found: list[str] = []
    while step := ROUTE.following(found[-1] if found else None, answers):
        found.append(step.key)
    return found


def test_who_takes_part():
    assert steps(kind="enquiry", cannot_be_handled=False) == []
    assert steps(kind="request", cannot_be_handled=False) == ["other_matter", "told_customer"]
    assert steps(kind="other_matter", cannot_be_handled=True) == [
        *("other_matter", "cannot_handle", "report_to_office", "told_customer")
    ]
    assert steps(kind="complaint", cannot_be_handled=False) == []


def test_r77_it_ends_only_after_the_report_to_the_office():
    for kind in ("enquiry", "complaint", "repair", "order_service"):
        assert steps(kind=kind, cannot_be_handled=True) == [
            "cannot_handle", "report_to_office", "told_customer"
        ]  # fmt: skip
    report = ROUTE.step("report_to_office")
    assert (report.by.parties[0].key, report.on_refusal) == ("property_office", Back("cannot_handle"))
    assert ROUTE.step("other_matter").on_refusal.to == APPLICANT
    assert ROUTE.step("cannot_handle").by.parties[0].key == "customer_service_director"


def test_how_long_each_may_take():
    assert ROUTE.step("other_matter").within.due(NOW, {}, Calendar()) == NOW + timedelta(hours=24)
    assert ROUTE.step("cannot_handle").within.due(NOW, {}, Calendar()) == NOW + timedelta(hours=4)


@pytest.mark.parametrize(
    ("stage", "name", "more"),
    [(OtherMatter, "result_at", {"department_result": "已修"}), (ToldCustomer, "told_at", {})],
)
def test_it_is_done_after_the_call_and_by_now(app_context, stage, name, more):
    known = {"@now": NOW, "received_at": NOW - timedelta(hours=1)}

    def errors(at):
        return wrong(stage(answers={name: at, **more}, context=known))

    assert errors(NOW) == set()
    assert errors(NOW - timedelta(hours=1)) == set()
    assert errors(NOW - timedelta(hours=1, minutes=1)) == {name}
    assert errors(NOW + timedelta(minutes=1)) == {name}


@pytest.fixture
def opened(filed, people):
    """The drafts that an intake opens, by form."""

    def ask(**answers):
        view = filed("CS-90", **{**GIVEN, **answers})
        return {effect.code: effect for effect in Intake.effects("submitted", view)}

    return ask


def test_an_enquiry_opens_nothing(opened):
    assert opened() == {}
    assert opened(customer_data_gathered=False, technical_problem=False) == {}


def test_a_complaint_goes_on_as_one(opened, customer):
    made = opened(kind="complaint", channel="hotline", customer=customer, room_or_project="6 幢 801 室")
    assert list(made) == ["CS-51"]
    answers = made["CS-51"].answers
    assert made["CS-51"].to == "person:12"
    assert (answers["channel"], answers["intake_point"]) == ("telephone", "call_centre")
    assert (answers["complainant"], answers["complaint_object"]) == ("钱卫红", "6 幢 801 室")
    assert answers["first_received_by"].id == 12
    assert prefill(FORMS["CS-51"], answers)["content"] == GIVEN["content"]
    desk = opened(kind="complaint", channel="repair_station")["CS-51"].answers
    assert (desk["channel"], desk["intake_point"]) == ("other", "owner_service_desk")


@pytest.mark.parametrize(
    ("answers", "code", "field", "value"),
    [
        ({"kind": "repair", "channel": "visit", "room_or_project": "6 幢"}, "CS-76", "site_address", "6 幢"),
        ({"kind": "repair", "channel": "visit"}, "CS-76", "intake_way", "visit"),
        ({"technical_problem": True, "channel": "hotline"}, "CS-01", "channel", "telephone"),
        ({"technical_problem": True, "channel": "visit"}, "CS-01", "channel", None),
        ({"purchase_intention": "两台"}, "CR-12", "response_content", "两台"),
        ({"purchase_intention": "两台", "channel": "dealer"}, "CR-12", "marketing_channel", "other"),
        ({"customer_data_gathered": True}, "CS-30", "source", "visit_or_call"),
    ],
)
def test_what_else_it_becomes(opened, answers, code, field, value):
    made = opened(**answers)
    assert list(made) == [code]
    assert made[code].to == "person:12"
    assert made[code].answers[field] == value
    if code in FORMS:
        prefill(FORMS[code], made[code].answers)


def test_a_known_customer_is_not_registered_again(opened, customer):
    assert opened(customer_data_gathered=True, customer=customer) == {}
    made = opened(purchase_intention="两台", customer=customer)
    told = made["CR-12"].answers
    known = customers.find(customer.id)
    assert known is not None
    assert (told["prospect_name"], told["known_customer"]) == (known.name, customer)


@pytest.mark.parametrize("seed", range(25))
def test_its_story_reaches_the_end(worlds, walk, seed):
    walk(Intake, STORIES["CS-90"], worlds(seed))


def test_its_stories_take_the_side_roads(worlds, walk):
    told = [walk(Intake, STORIES["CS-90"], worlds(seed)) for seed in range(60)]
    assert {one["kind"] for one in told} == {
        *("enquiry", "complaint", "repair", "request", "order_service", "other_matter")
    }
    assert {one["cannot_be_handled"] for one in told} == {True, False}


def test_the_office_asks_back_and_the_director_answers_again(app: Flask) -> None:
    """R77 through the portal: it does not end before the office has agreed."""
    walker = Walker(app)
    numbers = (walker.open("CS-90") for _again in range(30))
    number = next(one for one in numbers if walker.step(one) == "cannot_handle")
    assert walker.sign(number)
    assert walker.step(number) == "report_to_office"
    walker.refuse(number)
    assert walker.step(number) == "cannot_handle"
    for _step in ("cannot_handle", "report_to_office", "told_customer"):
        assert walker.state(number) == "running"
        assert walker.sign(number)
    assert walker.state(number) == "finished"
