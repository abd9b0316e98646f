"""CS-59: eight items on a complaint, with the proof that it cannot come back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories.customer_service import STORIES
from portal.domain.signoff import APPLICANT
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.customer_service.improvement_report import ImprovementReport, QualityVerify, ToCustomer
from portal.forms.kinds import SERVED, Ref
from portal.models import Draft, Record
from portal.services.drafts import prefill
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
ROUTE = ImprovementReport.signoff
ITEMS = (
    *("background", "problem", "cause", "solution", "prevention", "follow_up_control", "trial_batch"),
    "proof_of_effect",
)
PROOF = [{"id": 1, "name": "记录.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}]


@pytest.fixture
def complaint(make_record, customer, stored):
    """A complaint, closed unless said otherwise."""

    def make(state: str = "finished", **answers) -> Ref:
        given = {
            "customer": stored(customer),
            "received_at": "2026-05-02T01:00:00+00:00",
            "complaint_object": "搅拌车漏油",
            "demand": "一周内修复",
            **answers,
        }
        closed_at = NOW if state == "finished" else None
        record = make_record("CS-51-2026-0001", state=state, closed_at=closed_at, **given)
        return Ref(record.id, record.number)

    return make


def sheet(complaint: Ref, **answers):
    given = {"complaint": complaint, "proof_attachment": PROOF, **dict.fromkeys(ITEMS, "写明"), **answers}
    return ImprovementReport(answers=given, context={"@now": NOW})


def wrong(form) -> set[str]:
    form.validate()
    return set(form.errors)


@pytest.mark.parametrize("missing", [*ITEMS, "proof_attachment"])
def test_r68_each_of_the_eight_items_and_the_proof_is_there(complaint, missing):
    assert wrong(sheet(complaint(), **{missing: None})) == {missing}


def test_the_complaint_says_whose_it_is_and_when_the_report_is_due(complaint, customer):
    form = sheet(complaint())
    assert wrong(form) == set()
    assert (form.customer.data, form.report_due_on.data) == (customer, date(2026, 6, 11))


def test_a_report_may_be_asked_for_before_the_complaint_is_closed(complaint):
    form = sheet(complaint("running", customer=None))
    assert wrong(form) == set()
    assert form.report_due_on.data is None


def test_the_customer_is_that_of_the_complaint(complaint, make_customer):
    assert wrong(sheet(complaint(), customer=make_customer("另一家"))) == {"customer"}


@pytest.mark.parametrize("state", ["refused", "voided"])
def test_what_has_come_to_nothing_needs_no_report(complaint, state):
    assert wrong(sheet(complaint(state))) == {"complaint"}


def test_what_does_not_work_goes_back_to_its_author(app_context):
    verify = ROUTE.step("quality_verify")
    assert verify.outcome({"effective": False}).to == APPLICANT
    assert verify.outcome({"effective": True}) is None
    assert [step.on_refusal.to for step in ROUTE.steps] == [APPLICANT] * 3
    assert wrong(QualityVerify(answers={"effective": True})) == {"report_8d_needed"}
    assert wrong(QualityVerify(answers={"effective": False})) == set()


def test_it_is_sent_after_it_was_written(make_record):
    known = {"@now": NOW + timedelta(days=3), "@record_id": make_record("CS-59-2026-0001").id}

    def errors(day):
        return wrong(ToCustomer(answers={"sent_on": day}, context=known))

    assert errors(date(2026, 5, 12)) == errors(date(2026, 5, 15)) == set()
    assert errors(date(2026, 5, 11)) == errors(date(2026, 5, 16)) == {"sent_on"}


def test_an_8d_report_goes_deeper(filed, complaint, customer):
    known = {"complaint": complaint(), "customer": customer, "problem": "渗油", "effective": True}
    (draft,) = ImprovementReport.effects("quality_verify", filed("CS-59", **known, report_8d_needed=True))
    assert (draft.code, draft.to, draft.names_as) == ("QA-15", "role:quality_inspector", "source_record")
    kept = prefill(FORMS["QA-15"], draft.answers)
    assert (kept["subject"], kept["found_on"]) == ("搅拌车漏油", "2026-05-02")
    for other in ({"report_8d_needed": False}, {"effective": False, "report_8d_needed": True}):
        assert not list(ImprovementReport.effects("quality_verify", filed("CS-59", **{**known, **other})))


def test_its_lesson_is_offered_once(filed, complaint, customer, sign):
    about = complaint()
    view = filed("CS-59", complaint=about, customer=customer, problem="渗油")
    (draft,) = ImprovementReport.effects("finished", view)
    assert (draft.code, draft.answers["source_record"]) == ("CS-07", about)
    assert draft.answers["found_at"] == datetime(2026, 5, 2, 1, tzinfo=UTC)
    sign(db.session.get_one(Record, about.id), "close", case_needed=True)
    assert not list(ImprovementReport.effects("finished", view))


@pytest.mark.parametrize("seed", range(5))
def test_its_story_reaches_the_end(worlds, walk, complaint, seed):
    about, world = complaint(), worlds(seed)
    world.record = lambda *codes: about
    walk(ImprovementReport, STORIES["CS-59"], world)


def test_the_close_of_a_complaint_asks_for_the_report_in_thirty_days(app: Flask) -> None:
    walker = Walker(app)
    number = walker.open("CS-51")
    while walker.step(number) != "close":
        walker.sign(number)
    walker.sign(number, report_needed="yes")
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        query = sa.select(Draft).where(Draft.source_id == record.id, Draft.form_code == "CS-59")
        draft = db.session.scalars(query).one()
        assert draft.answers["complaint"]["id"] == record.id
        assert {"CS-59", "CS-100"} <= SERVED


def test_without_effect_it_is_written_anew(app: Flask) -> None:
    walker = Walker(app)
    number = walker.open("CS-59")
    walker.sign(number)
    walker.sign(number, effective="no")
    assert walker.state(number) == "returned"
