"""O43, O46, OS-21, OS-28: each arises, is kept, missed, called off."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.models import CompanySetting, Customer, Notice
from portal.services import corrections, records
from tests.conftest import both_databases
from tests.forms.customer_service.shop import NOW, TAIHE, TODAY, days
from tests.forms.customer_service.test_customer_obligations import Duties, at
from tests.forms.quality.survey_year import INSPECTOR, SurveyYear

GM, DEPUTY, HR = {"general_manager"}, {"deputy_general_manager"}, "hr_manager"


class Owed(SurveyYear, Duties):
    """A year's survey, with what it owes."""


@pytest.fixture
def owed(context: Flask) -> Owed:
    """The small company, in which nobody has ordered anything."""
    db.session.execute(sa.update(Customer).values(last_order_on=None))
    return Owed()


@pytest.mark.requirement("R43")
def test_o43_a_survey_is_planned_each_january(owed: Owed) -> None:
    owed.since("O43", date(2026, 1, 1))
    owed.customer(TAIHE).last_order_on = date(2026, 1, 2)
    db.session.flush()
    assert owed.run("O43", at(date(2026, 1, 9))).made == 0
    owed.run("O43", at(date(2026, 1, 10)))
    task = owed.only("O43")
    assert owed.held(task) == {"quality_manager", "quality_inspector"}
    assert task.due_at == at(date(2026, 1, 31), 23, 59)
    assert owed.answers(task)["year"] == 2026
    assert "湖州泰和" in (task.note or ""), "who has answered nothing within a year"
    assert owed.run("O43", at(date(2026, 2, 1))).missed == 1
    assert owed.told() == GM
    owed.planned()
    owed.run("O43", at(TODAY, 15))
    assert owed.state(task) == "done"
    assert owed.waiting("O43") == []


@pytest.mark.requirement("R43")
def test_o43_365_days_after_the_last_when_that_comes_first(
    owed: Owed, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed.since("O43", date(2026, 1, 1))
    monkeypatch.setattr("portal.queries.surveys.last_roll_up", lambda but=(): date(2025, 1, 5))
    assert owed.run("O43", at(date(2026, 1, 4))).made == 0
    assert owed.run("O43", at(date(2026, 1, 5))).made == 1


@pytest.mark.requirement("R43")
def test_o43_a_plan_that_is_given_up_is_owed_again(owed: Owed) -> None:
    owed.since("O43", date(2026, 1, 1))
    plan = owed.submit("QA-13", INSPECTOR, **owed.plan())
    assert owed.run("O43").made == 0
    owed.send_back(plan)
    corrections.void(plan.id, owed.actor(INSPECTOR), reason="重做", now=NOW)
    db.session.flush()
    assert owed.run("O43").made == 1


@both_databases
def test_o43_who_answered_is_not_named(owed: Owed) -> None:
    owed.since("O43", date(2026, 1, 1))
    owed.customer(TAIHE).last_order_on = TODAY
    survey = owed.planned()
    owed.answered("QA-10", survey, Decimal(1))
    db.session.flush()
    owed.run("O43", at(date(2027, 1, 10)))
    assert "湖州泰和" not in (owed.only("O43").note or "")


@pytest.mark.requirement("R43")
def test_o43_questionnaires_and_the_roll_up_are_late(owed: Owed) -> None:
    survey = owed.planned()
    assert owed.run("O43", at(days(29))).missed == 0
    assert owed.run("O43", at(days(32))).missed == 6, "each customer about three modules"
    assert owed.told() == GM
    assert owed.run("O43", at(days(46))).missed == 1
    owed.sign(survey, missing_reason="顾客都没有答复")
    assert owed.run("O43", at(days(60))).missed == 0


@pytest.mark.requirement("R46")
def test_o46_what_falls_short_is_taken_up_within_a_day(owed: Owed) -> None:
    survey = owed.assessed("0.9", "0.7", "0.9")
    assert owed.run("O46", NOW + timedelta(hours=23)).missed == 0
    assert owed.run("O46", NOW + timedelta(hours=25)).missed == 1
    assert owed.told() == DEPUTY
    assert owed.run("O46", NOW + timedelta(days=3)).missed == 0, "told once"
    assert survey.step == "gm_read"


@pytest.mark.requirement("R46")
def test_o46_nothing_is_owed_where_the_standard_is_reached_or_the_report_is_written(owed: Owed) -> None:
    owed.assessed("0.9", "0.9", "0.9")
    assert owed.run("O46", NOW + timedelta(days=3)).missed == 0
    short = owed.assessed("0.9", "0.7", "0.9")
    (draft,) = owed.drafts(short, "QA-15")
    leader = owed.person("after_sales_manager")
    team = {"team_leader": leader, "team": [{"person": leader, "task": "组织"}]}
    given = {**owed.drafted(short, "QA-15"), **team}
    sheet = FORMS["QA-15"](answers=given)
    assert sheet.validate(), sheet.errors
    records.submit(sheet, owed.actor("quality_manager"), key=draft.key, now=NOW, draft=draft)
    db.session.flush()
    assert owed.run("O46", NOW + timedelta(days=3)).missed == 0


@both_databases
def test_os21_the_employees_are_asked_and_reported_on_by_the_end_of_the_year(owed: Owed) -> None:
    assert owed.run("OS-21", at(date(2026, 10, 31))).made == 0
    owed.run("OS-21", at(date(2026, 11, 1)))
    task = owed.only("OS-21")
    assert owed.held(task) == {HR}
    assert task.due_at == at(date(2026, 12, 31), 23, 59)
    assert owed.answers(task)["year"] == 2026
    improvements = [{"action": "a", "owner": owed.person(HR), "due": days(30)}]
    owed.submit("QA-17", HR, year=2026, assessment="a", analysis="b", improvements=improvements)
    owed.run("OS-21", at(date(2026, 11, 2)))
    assert owed.state(task) == "done"


def test_os21_is_missed_and_the_general_manager_told(owed: Owed) -> None:
    owed.run("OS-21", at(date(2026, 12, 30)))
    assert owed.run("OS-21", at(date(2026, 12, 31), 23, 59)).missed == 1
    assert owed.told() == GM


def test_os21_a_report_that_is_missing_at_the_end_of_the_year_is_told_in_the_next(owed: Owed) -> None:
    owed.since("OS-21", date(2026, 5, 1))
    owed.run("OS-21", at(date(2026, 12, 31), 23, 55))
    task = owed.only("OS-21")
    assert owed.run("OS-21", at(date(2027, 1, 1), 0, 0)).missed == 1
    assert (owed.told(), owed.state(task)) == (GM, "open")
    improvements = [{"action": "a", "owner": owed.person(HR), "due": days(30)}]
    owed.submit("QA-17", HR, year=2026, assessment="a", analysis="b", improvements=improvements)
    owed.run("OS-21", at(date(2027, 1, 2)))
    assert owed.state(task) == "done"


def test_os21_a_year_that_is_long_over_is_called_off(owed: Owed) -> None:
    owed.since("OS-21", date(2026, 5, 1))
    owed.run("OS-21", at(date(2026, 12, 30)))
    task = owed.only("OS-21")
    owed.run("OS-21", at(date(2027, 6, 30)))
    assert owed.state(task) == "cancelled"


def test_os21_nobody_owes_a_year_before_the_portal(owed: Owed) -> None:
    owed.since("OS-21", date(2027, 1, 1))
    assert owed.run("OS-21", at(date(2027, 1, 2))).made == 0


@pytest.mark.parametrize(
    ("key", "code", "told"),
    [
        ("OS-28", "QA-10", "sales_manager"),
        ("OS-28-QA-11", "QA-11", "customer_service_supervisor"),
        ("OS-28-QA-12", "QA-12", "quality_manager"),
    ],
)
def test_os28_the_right_manager_hears_of_a_customer_who_does_not_answer(
    owed: Owed, key: str, code: str, told: str
) -> None:
    record = owed.sent(code, owed.planned())
    assert owed.run(key, at(days(13))).missed == 0
    assert owed.run(key, at(days(16))).missed == 1
    assert {login.removesuffix("_2") for login in owed.told()} == {told}
    db.session.execute(sa.delete(Notice))
    assert owed.run(key, at(days(17))).missed == 0
    assert record.step == "customer_answer"


@pytest.mark.parametrize(
    ("key", "code"), [("OS-28", "QA-10"), ("OS-28-QA-11", "QA-11"), ("OS-28-QA-12", "QA-12")]
)
def test_os28_an_answer_in_time_keeps_it_and_it_may_be_switched_off(owed: Owed, key: str, code: str) -> None:
    survey = owed.planned()
    owed.answered(code, survey, Decimal(1))
    assert owed.run(key, at(days(16))).missed == 0
    owed.sent(code, survey)
    db.session.add(CompanySetting(key=f"obligation.{key}.on", value="no", changed_at=NOW))
    db.session.flush()
    assert owed.run(key, at(days(16))).missed == 0


@pytest.mark.parametrize("code", ["QA-10", "QA-11", "QA-12"])
def test_os28_nobody_is_to_remind_a_customer_who_has_answered(owed: Owed, code: str) -> None:
    survey = owed.planned()
    waiting = owed.sent(code, survey)
    assert [task.due_at for task in owed.asked(waiting)] == [at(days(7), 23, 59)]
    assert owed.asked(owed.answered(code, survey, Decimal("0.9"))) == []
