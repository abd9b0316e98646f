"""QA-13: the plan, the questionnaires it sends out, the score they add up to, and what falls short."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.quality.yearly_satisfaction_survey import YearlySatisfactionSurvey
from portal.lib.i18n import speaking
from portal.models import Draft, LedgerEntry, Task
from portal.queries import surveys
from tests.conftest import both_databases
from tests.forms.customer_service.shop import NOW, SCHOOL, TAIHE, TODAY, days, wrong, wrong_in
from tests.forms.quality.survey_year import INSPECTOR, OPENERS, WEIGHTS, SurveyYear


@pytest.fixture
def year(context: Flask) -> SurveyYear:
    """The people of quality."""
    return SurveyYear()


def weighted(*weights: str) -> list[dict[str, Any]]:
    """The usual modules with other weights."""
    return [{**row, "weight": Decimal(weight)} for row, weight in zip(WEIGHTS, weights, strict=True)]


def test_a_plan_that_holds_together_counts_its_answers(year: SurveyYear) -> None:
    sheet = year.sheet("QA-13", INSPECTOR, **year.plan())
    assert wrong(sheet) == set()
    assert sheet.expected_answers.data == 6


@pytest.mark.requirement("R44")
def test_three_modules_weigh_100_together(year: SurveyYear) -> None:
    for weights in (("40", "30", "29"), ("50", "30", "30"), ("100", "0", "0")):
        assert wrong(year.sheet("QA-13", INSPECTOR, **year.plan(weights=weighted(*weights)))) == {"weights"}
    assert wrong(year.sheet("QA-13", INSPECTOR, **year.plan(weights=weighted("50", "25.5", "24.5")))) == set()
    twice = [WEIGHTS[0], WEIGHTS[1], {**WEIGHTS[1], "weight": Decimal(30)}]
    for rows in (WEIGHTS[:2], twice):
        assert wrong(year.sheet("QA-13", INSPECTOR, **year.plan(weights=rows))) == {"weights"}


def test_dates_and_customers_do_not_contradict_each_other(year: SurveyYear) -> None:
    customer = {"customer": year.ref(year.customer(TAIHE)), "modules": ["overall"]}
    cases: dict[str, dict[str, Any]] = {
        "survey_to": {"survey_to": TODAY - timedelta(days=1)},
        "year": {"year": TODAY.year - 1},
        "customers": {"customers": [customer, {**customer, "modules": ["service"]}]},
    }
    for field, changed in cases.items():
        assert wrong(year.sheet("QA-13", INSPECTOR, **year.plan(**changed))) == {field}
    sheet = year.sheet("QA-13", INSPECTOR, **year.plan(customers=[{**customer, "modules": []}]))
    assert wrong_in(sheet, "customers") == {"modules"}


@pytest.mark.requirement("R43")
def test_the_next_survey_begins_within_a_year_unless_it_is_late_already(
    year: SurveyYear, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = year.rolled_up("0.9", "0.9", "0.9")
    latest = TODAY + timedelta(days=365)

    def begun(day: date) -> set[str]:
        plan = year.plan(survey_from=day, survey_to=day + timedelta(days=30), year=day.year)
        return wrong(year.sheet("QA-13", INSPECTOR, **plan))

    assert begun(latest) == set()
    assert begun(latest + timedelta(days=1)) == {"survey_from"}
    assert surveys.last_roll_up() == TODAY
    assert surveys.last_roll_up(but={survey.id}) is None
    monkeypatch.setattr(surveys, "last_roll_up", lambda but: TODAY - timedelta(days=400))
    assert begun(latest + timedelta(days=1)) == set(), "what is late already may still be planned"


@both_databases
def test_the_page_proposes_the_usual_weights_and_who_has_ordered(year: SurveyYear) -> None:
    db.session.execute(sa.update(type(year.customer(TAIHE))).values(last_order_on=None))
    year.customer(TAIHE).last_order_on = days(-20)
    year.customer(SCHOOL).last_order_on = days(-400)
    db.session.flush()
    proposed = YearlySatisfactionSurvey(context={"@now": NOW}, person=year.actor(INSPECTOR))
    assert [row["customer"].id for row in proposed.customers.data] == [year.customer(TAIHE).id]
    assert [row["weight"] for row in proposed.weights.data] == [40, 30, 30]
    assert {row["standard"] for row in proposed.weights.data} == {80}
    assert proposed.year.data == TODAY.year


def test_both_approve_before_anybody_is_asked(year: SurveyYear) -> None:
    record = year.submit("QA-13", INSPECTOR, **year.plan())
    assert year.drafts(record, "QA-10") == []
    year.sign(record)
    assert (record.step, year.drafts(record, "QA-10")) == ("plan_approval", [])
    asked = year.sheet("QA-10", "salesperson", survey=year.ref(record))
    assert "survey" in wrong(asked)
    year.sign(record)
    assert record.step == "score_roll_up"
    for code in OPENERS:
        assert len(year.drafts(record, code)) == 2
    drafted = year.drafts(record, "QA-11")[0]
    assert drafted.answers["survey"]["id"] == record.id
    task = db.session.scalars(sa.select(Task).where(Task.draft_id == drafted.id)).unique().one()
    assert {one.key for one in task.holders} == {
        "role:customer_service_officer", "role:customer_service_supervisor",
    }  # fmt: skip
    assert task.due_at is not None
    assert task.due_at.date() == days(30)


def test_a_refused_plan_comes_back(year: SurveyYear) -> None:
    record = year.refuse(year.submit("QA-13", INSPECTOR, **year.plan()))
    assert record.state == "returned"
    assert year.drafts(record, "QA-10") == []


def test_the_employee_survey_is_asked_of_the_human_resources_manager(year: SurveyYear) -> None:
    record = year.planned(employee_survey_planned=True)
    (asked,) = year.asked(record)
    assert {one.key for one in asked.holders} == {"role:hr_manager"}
    assert year.asked(year.planned(employee_survey_planned=False)) == []


@both_databases
def test_a_second_round_asks_the_same_customers_once(year: SurveyYear) -> None:
    record = year.planned()
    sent = year.drafts(record, "QA-10")[1]
    year.taken_up(sent, "salesperson")
    year.send_back(record)
    year.correct(record, INSPECTOR, method="电话为主")
    year.sign(record)
    year.sign(record)
    left = [draft.answers["customer"]["id"] for draft in year.drafts(record, "QA-10")]
    assert left == [year.customer(TAIHE).id], "the one who was asked already is not asked again"


@pytest.mark.requirement("R45")
@both_databases
def test_answers_roll_up_into_one_score(year: SurveyYear) -> None:
    survey = year.planned()
    year.answered("QA-10", survey, Decimal("0.9"))
    year.answered("QA-10", survey, Decimal("0.8"), SCHOOL)
    year.answered("QA-11", survey, Decimal("0.7"))
    waiting = year.sent("QA-11", survey, SCHOOL)
    stage = year.stage(survey)
    rows = {row["module"]: row for row in stage.module_scores.data}
    assert (rows["overall"]["answers"], rows["overall"]["mean"], rows["overall"]["converted"]) == (2, 85, 34)
    assert (rows["service"]["answers"], rows["service"]["mean"], rows["service"]["converted"]) == (1, 70, 21)
    nobody = rows["product_quality"]
    assert (nobody["answers"], nobody["mean"], nobody["converted"], nobody["reached"]) == (0, None, 0, False)
    assert stage.total_score.data == 55
    assert {module: row["outstanding"] for module, row in rows.items()} == {
        "overall": 2, "service": 3, "product_quality": 2,
    }, "drafts of the plan that nobody has sent, and one that nobody has answered"  # fmt: skip
    assert [rows[module]["reached"] for module in rows] == [True, False, False]
    assert waiting.state == "running"
    assert wrong(stage) == {"missing_reason"}, "one module without a single answer"
    assert wrong(year.stage(survey, missing_reason="顾客都没有答复")) == set()


@both_databases
def test_a_customer_who_was_asked_twice_counts_once(year: SurveyYear) -> None:
    survey = year.planned()
    year.answered("QA-10", survey, Decimal("0.4"))
    year.answered("QA-10", survey, Decimal("0.8"))
    assert surveys.totals("QA-10", {survey.id}) == [Decimal(80)]
    year.answered("QA-10", survey, Decimal("0.6"), SCHOOL)
    assert sorted(surveys.totals("QA-10", {survey.id})) == [60, 80]


def test_what_an_english_reader_sets_going_is_written_in_chinese(year: SurveyYear) -> None:
    with speaking("en"):
        survey = year.assessed("0.7", "0.9", "0.9")
        (draft,) = db.session.scalars(
            sa.select(Draft).where(Draft.source_id == survey.id, Draft.form_code == "QA-15")
        )
        assert draft.answers["subject"].startswith(f"{TODAY.year} 顾客整体满意度 70 < 80")
        assert "低于达标准则" in draft.answers["problem"]


def test_what_was_corrected_or_is_not_looked_at_counts_no_longer(year: SurveyYear) -> None:
    survey = year.planned()
    first = year.answered("QA-12", survey, Decimal("0.5"))
    asked = year.sent("QA-12", survey, SCHOOL)
    year.sign(asked, answered_by="钱", answered_on=TODAY, quality_score=Decimal(60), safety_score=Decimal(40))
    assert surveys.totals("QA-12", {survey.id}) == [50]
    content = {"survey": year.ref(survey), "customer": year.ref(year.customer(TAIHE))}
    more = {"contact_person": "王", "contact_phone": "13800138000", "sent_on": TODAY}
    right = year.correction(first, INSPECTOR, **content, **more, answer_by=days(14), answer_way="telephone")
    assert surveys.outstanding("QA-12", {survey.id}) == 3, "a correction is not one more to come"
    year.sign(right, answered_by="王", answered_on=TODAY, quality_score=Decimal(50), safety_score=Decimal(40))
    year.sign(right)
    assert surveys.totals("QA-12", {survey.id}) == [90]


def test_a_survey_that_reaches_its_standards_opens_nothing(year: SurveyYear) -> None:
    survey = year.assessed("0.9", "0.8", "0.85")
    answers = year.known(survey)
    assert answers["standard_reached"] is True
    assert answers["total_score"] == Decimal("85.5")
    assert year.drafts(survey, "QA-15") == []


@pytest.mark.requirement("R46")
def test_a_module_below_its_standard_opens_an_8d_report(year: SurveyYear) -> None:
    survey = year.assessed("0.9", "0.72", "0.9")
    assert year.known(survey)["standard_reached"] is False
    drafted = year.drafted(survey, "QA-15")
    assert drafted["subject"] == "2026 顾客服务满意度 72 < 80"
    assert drafted["responsible_department"].text == "客户服务部"
    assert drafted["found_on"] == TODAY
    assert drafted["source_record"].id == survey.id
    assert "交货慢" in drafted["problem"]
    (draft,) = year.drafts(survey, "QA-15")
    task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).unique().one()
    assert task.due_at == NOW + timedelta(hours=24)


@pytest.mark.requirement("R46")
def test_a_total_below_its_standard_opens_one_by_itself(year: SurveyYear) -> None:
    strict = [
        {**row, "standard": Decimal(standard)} for row, standard in zip(WEIGHTS, (60, 60, 60), strict=True)
    ]
    survey = year.planned(weights=strict)
    for code in OPENERS:
        year.answered(code, survey, Decimal("0.6"))
    year.sign(survey)
    stage = year.stage(survey, assessment_text="a", analysis="b", improvement_chances="c")
    assert stage.standard_reached.data is True, "the total is held to the standards of its modules"
    missed = year.assessed("0.5", "0.5", "0.5")
    assert len(year.drafts(missed, "QA-15")) == 3, "each module has its own, the total none besides"


def test_scores_and_actions_stand_in_their_ledgers_once_the_general_manager_has_read(
    year: SurveyYear,
) -> None:
    action = {"action": "提前一天通知", "owner": year.person("production_manager"), "due": days(20)}
    survey = year.assessed("0.9", "0.72", "0.9", improvement_actions=[action])
    assert year.scores(survey) == []
    year.sign(survey)
    assert survey.state == "finished"
    lines = year.scores(survey)
    assert [
        (one["module"], one["answers"], one["mean"], one["weight"], one["converted"]) for one in lines
    ] == [
        ("overall", 1, "90", "40", "36"),
        ("service", 1, "72", "30", "21.6"),
        ("product_quality", 1, "90", "30", "27"),
        ("total", 3, None, "100", "84.6"),
    ]
    assert {one["total"] for one in lines} == {"84.6"}
    assert {one["year"] for one in lines} == {2026}
    assert [one["reached"] for one in lines] == [True, False, True, True]
    query = sa.select(LedgerEntry.facts).where(LedgerEntry.ledger == "improvement_actions")
    (kept,) = db.session.scalars(query)
    assert (kept["action"], kept["source"], kept["due"]) == ("提前一天通知", survey.number, f"{days(20)}")


def test_an_action_is_not_due_yesterday(year: SurveyYear) -> None:
    survey = year.rolled_up("0.9", "0.9", "0.9")
    action = {"action": "a", "owner": year.person("production_manager"), "due": days(-1)}
    stage = year.stage(
        survey, assessment_text="a", analysis="b", improvement_chances="c", improvement_actions=[action]
    )
    assert wrong_in(stage, "improvement_actions") == {"due"}


def test_the_general_manager_sends_it_back_to_be_assessed_anew(year: SurveyYear) -> None:
    survey = year.assessed("0.9", "0.72", "0.9")
    year.refuse(survey)
    assert survey.step == "assessment"
    year.sign(survey, assessment_text="改", analysis="改", improvement_chances="改")
    assert len(year.drafts(survey, "QA-15")) == 1
    year.sign(survey)
    assert len(year.scores(survey)) == 4


def test_nobody_approves_their_own_plan(year: SurveyYear) -> None:
    record = year.submit("QA-13", "quality_manager", **year.plan())
    mine = year.actor("quality_manager").id
    tasks = db.session.scalars(sa.select(Task).where(Task.record_id == record.id)).unique()
    assert [mine in {one.person_id for one in task.exclusions} for task in tasks] == [True, True]


def test_drafts_are_left_for_each_customer_and_module_of_the_plan(year: SurveyYear) -> None:
    row = {"customer": year.ref(year.customer(TAIHE)), "modules": ["service"]}
    survey = year.planned(customers=[row])
    codes = list(db.session.scalars(sa.select(Draft.form_code).where(Draft.source_id == survey.id)))
    assert codes == ["QA-11"]
    refused = year.sheet("QA-10", "salesperson", survey=year.ref(survey), customer=row["customer"])
    assert "customer" in wrong(refused)


@pytest.mark.requirement("R45")
@pytest.mark.parametrize(
    ("totals", "mean", "reached"),
    [
        (["80"] * 19 + ["80.1"], "80.01", True),  # half a cent is one
        (["80"] * 150 + ["79.5"], "80", True),  # 79.9967: 80 as anybody reads it
        (["80"] * 150 + ["79.2"], "79.99", False),
    ],
)
def test_a_mean_is_rounded_as_by_hand_and_judged_as_it_is_shown(
    year: SurveyYear, monkeypatch: pytest.MonkeyPatch, totals: list[str], mean: str, reached: bool
) -> None:
    survey = year.planned()
    monkeypatch.setattr("portal.queries.surveys.totals", lambda code, mine: [Decimal(one) for one in totals])
    row = year.stage(survey).module_scores.data[0]
    assert (row["mean"], row["reached"]) == (Decimal(mean), reached)
