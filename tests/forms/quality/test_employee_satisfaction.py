"""QA-16 and QA-17: what employees say by hand, and the report on a year of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories.quality import STORIES
from portal.domain.refusal import Refusal
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.forms.quality.employee_satisfaction_report import EmployeeSatisfactionReport
from portal.forms.quality.employee_satisfaction_survey import ITEMS, EmployeeSatisfactionSurvey
from portal.models import BallotBox, Department, LedgerEntry, Person, Record, Task
from portal.queries import ballots
from portal.services import signing
from portal.services.signatures import Hand
from tests.conftest import both_databases
from tests.forms.customer_service.shop import NOW, TODAY, Shop, days, wrong

HR = "hr_manager"


class Staff(Shop):
    """The human resources manager at work."""

    def department(self, key: str) -> Any:
        """A department as an answer."""
        row = db.session.scalars(sa.select(Department).where(Department.key == key)).one()
        return Ref(row.id, row.name)

    def paper(self, mark: str = "15", year: int = TODAY.year, **changed: Any) -> dict[str, Any]:
        """A ballot on paper."""
        marks = dict.fromkeys(ITEMS, Decimal(mark))
        return {"year": year, "department": self.department("quality"), **marks, **changed}

    def received(self, mark: str = "15", year: int = TODAY.year, **changed: Any) -> Record:
        """A ballot on paper that was entered and received."""
        return self.sign(self.submit("QA-16", HR, **self.paper(mark, year, **changed)))

    def report(self, **changed: Any) -> dict[str, Any]:
        """The answers of a report."""
        return {
            "year": TODAY.year,
            "assessment": "满意",
            "analysis": "培训少",
            "improvements": [{"action": "办培训班", "owner": self.person(HR), "due": days(30)}],
            **changed,
        }


@pytest.fixture
def staff(context: Flask) -> Staff:
    """The human resources manager."""
    return Staff()


def test_five_items_of_20_come_to_100(staff: Staff) -> None:
    sheet = staff.sheet("QA-16", HR, **staff.paper("20", total_score=Decimal(3)))
    assert wrong(sheet) == set()
    assert sheet.total_score.data == 100
    for item in ITEMS:
        assert wrong(staff.sheet("QA-16", HR, **{**staff.paper(), item: Decimal("20.5")})) == {item}
    missing = {**staff.paper(), "pay_score": None}
    assert wrong(staff.sheet("QA-16", HR, **missing)) == {"pay_score"}


def test_nobody_answers_for_a_year_to_come(staff: Staff) -> None:
    assert wrong(staff.sheet("QA-16", HR, **staff.paper(year=TODAY.year + 1))) == {"year"}
    assert wrong(staff.sheet("QA-17", HR, **staff.report(year=TODAY.year + 1))) == {"year"}


def test_a_year_is_reported_once(staff: Staff) -> None:
    staff.submit("QA-17", HR, **staff.report())
    assert wrong(staff.sheet("QA-17", HR, **staff.report())) == {"year"}
    assert wrong(staff.sheet("QA-17", HR, **staff.report(year=TODAY.year - 1))) == set()


def test_a_ballot_names_nobody() -> None:
    kinds = {field.kind for field in EmployeeSatisfactionSurvey()}
    assert "person" not in kinds
    assert EmployeeSatisfactionSurvey.opened_by == ("hr_manager",)
    assert EmployeeSatisfactionSurvey.readers == ()


@both_databases
def test_the_report_reckons_the_year_beside_the_last(staff: Staff) -> None:
    for mark in ("10", "15.5"):
        staff.received(mark)
    staff.received("12", TODAY.year - 1)
    sheet = staff.sheet("QA-17", HR, **staff.report())
    assert wrong(sheet) == set()
    assert sheet.answers_.data == 2
    asked = ballots.asked(TODAY)
    assert sheet.participation_rate.data == round(Decimal(200) / asked, 2)
    first = sheet.scores.data[0]
    assert (first["item"], first["mean"], first["last_year"]) == ("pay_score", Decimal("12.75"), Decimal(12))
    assert sheet.total_score.data == Decimal("63.75")


def test_what_is_not_received_or_was_corrected_does_not_count(staff: Staff) -> None:
    wrong_one = staff.received("5")
    staff.submit("QA-16", HR, **staff.paper("20"))
    assert [one["pay_score"] for one in ballots.answers(TODAY.year)] == ["5"]
    staff.sign(staff.submit("QA-16", HR, corrects=wrong_one, **staff.paper("6")))
    assert [one["pay_score"] for one in ballots.answers(TODAY.year)] == ["6"]


def test_a_year_nobody_answered_has_no_score(staff: Staff) -> None:
    sheet = staff.sheet("QA-17", HR, **staff.report())
    assert (sheet.answers_.data, sheet.participation_rate.data, sheet.total_score.data) == (0, 0, None)


def test_how_many_were_asked_is_what_was_counted_at_the_closing(staff: Staff) -> None:
    box = BallotBox(
        year=TODAY.year, closes_on=TODAY, opened_at=NOW, opened_by_id=staff.actor(HR).id, asked=8, cast=5
    )
    db.session.add(box)
    db.session.flush()
    staff.received()
    assert wrong(staff.sheet("QA-17", HR, **staff.report())) == {"year"}, "while the box is open"
    box.closed_at = NOW
    db.session.flush()
    sheet = staff.sheet("QA-17", HR, **staff.report())
    assert wrong(sheet) == set()
    assert sheet.participation_rate.data == Decimal("12.5")


def test_every_head_comments_in_words_and_then_the_general_manager_approves(staff: Staff) -> None:
    staff.received("17")
    record = staff.submit("QA-17", HR, **staff.report())
    heads = db.session.scalars(sa.select(Department.head_id).where(Department.key != "management"))
    waiting = db.session.scalars(sa.select(Task).where(Task.record_id == record.id)).unique().all()
    assert len(waiting) == len(set(heads)) == 6
    task, by, hand = staff._turn(record)
    with pytest.raises(Refusal, match="请填写意见"):
        signing.sign(task.id, by, Hand(hand.seen, opinion=""), None, now=NOW)
    for _head in range(6):
        assert record.step == "department_comment"
        staff.sign(record)
    assert record.step == "gm_approval"
    staff.sign(record)
    assert record.state == "finished"
    facts = db.session.scalars(
        sa.select(LedgerEntry.facts).where(LedgerEntry.record_id == record.id).order_by(LedgerEntry.id)
    ).all()
    score, action = sorted(facts, key=lambda one: "module" not in one)
    assert (score["module"], score["year"], score["total"], score["reached"]) == (
        "employee",
        2026,
        "85",
        True,
    )
    assert (action["action"], action["source"]) == ("办培训班", record.number)


def test_a_refused_report_comes_back(staff: Staff) -> None:
    record = staff.submit("QA-17", HR, **staff.report())
    for _head in range(6):
        staff.sign(record)
    staff.refuse(record)
    assert record.state == "returned"
    assert EmployeeSatisfactionReport.signoff.step("gm_approval").on_refusal == Back()


def test_a_report_needs_an_improvement(staff: Staff) -> None:
    assert wrong(staff.sheet("QA-17", HR, **staff.report(improvements=[]))) == {"improvements"}


@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize("seed", range(10))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    answers = tell(EmployeeSatisfactionSurvey, STORIES["QA-16"], seed)
    assert answers["total_score"] == sum(answers[item] for item in ITEMS)


def test_everybody_at_work_is_asked_but_auditors(staff: Staff) -> None:
    everybody = db.session.scalar(sa.select(sa.func.count(Person.id)))
    assert ballots.asked(TODAY + timedelta(days=1)) == (everybody or 0) - 1
