"""QA-10, QA-11, QA-12: the marks, their total, and what a low one sets going."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from portal.demo.stories.quality import STORIES
from portal.domain.deadlines import weeks
from portal.domain.effects import SUBMITTED
from portal.domain.limits import LIMITS
from portal.domain.signoff import Back
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.customer_survey import SurveyAnswer, marks_of
from portal.forms.quality.overall_satisfaction_survey import OverallAnswer, OverallSatisfactionSurvey
from portal.forms.quality.product_satisfaction_survey import ProductSatisfactionSurvey
from portal.forms.quality.service_satisfaction_survey import ServiceSatisfactionSurvey
from portal.queries import surveys

DAY = date(2026, 5, 12)
SURVEYS = (OverallSatisfactionSurvey, ServiceSatisfactionSurvey, ProductSatisfactionSurvey)
SIGN = {"QA-10": "sales_sign", "QA-11": "service_sign", "QA-12": "quality_sign"}
MANAGER = {"QA-10": "sales_manager", "QA-11": "customer_service_supervisor", "QA-12": "quality_manager"}
FULL = {
    "QA-10": {"price_score": 25, "delivery_score": 25, "use_score": 25, "general_score": 25},
    "QA-11": {"response_score": 35, "occurrence_score": 30, "effectiveness_score": 35},
    "QA-12": {"quality_score": 60, "safety_score": 40},
}

pytestmark = pytest.mark.usefixtures("app_context")
each = pytest.mark.parametrize("form", SURVEYS, ids=lambda form: form.code)


def opening(**other: Any) -> dict[str, Any]:
    return {
        "survey": Ref(None, "QA-13-2026-0001"),
        "customer": Ref(2, "长青机械 C002"),
        "contact_person": "王海燕",
        "contact_phone": "13800138000",
        "sent_on": DAY,
        "answer_by": DAY + timedelta(days=14),
        "answer_way": "link",
        **other,
    }


def stage_of(form: type[Any]) -> type[SurveyAnswer]:
    """What the customer fills in."""
    fills: type[SurveyAnswer] = form.signoff.step("customer_answer").fills
    return fills


def good(form: type[Any]) -> dict[str, Decimal]:
    """Four fifths of the full marks of each item."""
    return {item: Decimal(full) * 4 / 5 for item, full in FULL[form.code].items()}


def answer(form: type[Any], context: Mapping[str, Any] | None = None, **other: Any) -> SurveyAnswer:
    given = {**good(form), "answered_by": "王海燕", "answered_on": DAY, **other}
    return stage_of(form)(answers=given, context=context)


def effects(form: type[Any], step: str, **answers: Any) -> list[Any]:
    now = datetime(2026, 5, 20, tzinfo=UTC)
    given = opening(**{**good(form), **answers})
    record = Filed(7, f"{form.code}-2026-0007", form.code, given, 4, 1, 5, {}, now)
    return list(form.effects(step, record))


@pytest.mark.requirement("R45")
@each
def test_full_marks_are_those_of_the_paper_and_add_up_to_100(form: type[Any]) -> None:
    stage = stage_of(form)()
    assert {item.name: stage[item.name].maximum for item in stage.items} == FULL[form.code]
    assert sum(FULL[form.code].values()) == stage.total_score.maximum == 100


@pytest.mark.requirement("R45")
@each
def test_the_limits_say_the_same(form: type[Any]) -> None:
    known = {one.key: one for one in LIMITS}
    for item in stage_of(form).items[:-1]:
        limit = known[item.limit]
        assert (limit.value, limit.group, limit.keeper) == (item.full, form.code, "quality_manager")
    assert stage_of(form).items[-1].limit == ""


@pytest.mark.requirement("R45")
@each
def test_the_total_is_reckoned_whatever_is_typed(form: type[Any]) -> None:
    stage = answer(form, total_score=Decimal(99))
    assert stage.validate(), stage.errors
    assert stage.total_score.data == 80
    typed = stage_of(form)(MultiDict({"total_score": "99"}))
    typed.validate()
    assert typed.total_score.data is None


@pytest.mark.requirement("R45")
def test_the_marks_are_those_set_and_still_add_up_to_100() -> None:
    known = {"@survey_price_marks": Decimal(40), "@survey_use_marks": Decimal("12.5")}
    assert marks_of(OverallAnswer.items, known) == {
        "price_score": 40, "delivery_score": 25, "use_score": Decimal("12.5"), "general_score": Decimal("22.5"),
    }  # fmt: skip
    given = {"price_score": "40", "delivery_score": "25", "use_score": "12.5", "general_score": "22.5"}
    marks = {item: Decimal(mark) for item, mark in given.items()}
    stage = OverallAnswer(answers={**marks, "answered_by": "王", "answered_on": DAY}, context=known)
    assert stage.validate(), stage.errors
    assert stage.total_score.data == 100
    stage = OverallAnswer(MultiDict({**given, "general_score": "23"}), context=known)
    assert not stage.validate()
    assert "22.5" in stage.general_score.errors[0]


@pytest.mark.requirement("R45")
@each
def test_no_item_exceeds_its_marks(form: type[Any]) -> None:
    for item, full in FULL[form.code].items():
        stage = answer(form, **{item: Decimal(full) + 1})
        assert not stage.validate()
        assert set(stage.errors) == {item}


@each
def test_an_answer_comes_after_its_question(form: type[Any]) -> None:
    sheet = form(answers=opening(answer_by=DAY - timedelta(days=1)))
    assert not sheet.validate()
    assert set(sheet.errors) == {"answer_by"}
    assert form(answers=opening()).validate()
    for wrong in (DAY - timedelta(days=1), DAY + timedelta(days=3)):
        context = {"sent_on": DAY, "@now": datetime(2026, 5, 13, 4, tzinfo=UTC)}
        stage = answer(form, context, answered_on=wrong)
        assert not stage.validate()
        assert set(stage.errors) == {"answered_on"}


@each
def test_the_answer_begins_with_the_contact_and_today(form: type[Any]) -> None:
    stage = stage_of(form)(context={"contact_person": "王海燕", "@now": datetime(2026, 5, 13, 4, tzinfo=UTC)})
    assert (stage.answered_by.data, stage.answered_on.data) == ("王海燕", date(2026, 5, 13))


@each
def test_the_customer_has_two_weeks_and_then_a_manager_looks(form: type[Any]) -> None:
    asked, checked = form.signoff.steps
    assert (asked.within, asked.by.mode) == (weeks(2, since="sent_on"), "external")
    assert checked.key == SIGN[form.code]
    assert [party.key for party in checked.by.parties] == [MANAGER[form.code]]
    assert checked.judges
    assert checked.on_refusal == Back("customer_answer")


@each
def test_only_what_was_told_or_scanned_goes_unsigned(form: type[Any]) -> None:
    unsigned = form.signoff.step("customer_answer").unsigned
    cases = {"link": False, "paper": False, "telephone": True, "interview": False}
    assert {way: unsigned.holds({"answer_way": way}) for way in cases} == cases
    assert unsigned.holds({"answer_way": "paper", "paper_scan": [{"id": 1}]})


@each
def test_it_is_called_by_its_customer(form: type[Any]) -> None:
    assert form(answers=opening()).heading() == "长青机械 C002"


@each
def test_the_empty_page_is_sent_today_for_two_weeks(form: type[Any]) -> None:
    sheet = form(context={"@now": datetime(2026, 5, 12, 4, tzinfo=UTC)}, person=object())
    assert (sheet.sent_on.data, sheet.answer_by.data) == (DAY, DAY + timedelta(days=14))


@each
def test_a_survey_that_is_not_approved_or_begun_asks_nobody(
    form: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = {"approved": True, "starts_on": DAY, "ends_on": DAY, "modules": {2: (form.module,), 3: ("x",)}}

    def wrong(given: Mapping[str, Any] | None = None, **changed: Any) -> set[str]:
        monkeypatch.setattr(surveys, "plan", lambda id: surveys.Plan(**{**plan, **changed}))
        sheet = form(answers=opening(survey=Ref(9, "QA-13-2026-0001"), **(given or {})))
        sheet.validate()
        return set(sheet.errors)

    assert wrong() == set()
    assert wrong(approved=False) == {"survey"}
    assert wrong(starts_on=DAY + timedelta(days=1)) == {"sent_on"}
    assert wrong({"customer": Ref(3, "另一个 C003")}) == {"customer"}, "asked about something else"
    assert wrong({"customer": Ref(4, "外人 C004")}) == {"customer"}, "not in the plan"


@each
def test_a_week_later_somebody_looks_for_the_answer(form: type[Any]) -> None:
    (asked,) = effects(form, SUBMITTED)
    assert (asked.to, asked.due) == ("person:4", DAY + timedelta(days=7))


@each
def test_a_low_mark_offers_a_complaint(form: type[Any]) -> None:
    (item, full), *others = FULL[form.code].items()
    low = Decimal(full) * Decimal("0.6") - Decimal("0.1")
    (offered,) = effects(form, SIGN[form.code], suggestions="太慢", **{item: low})
    labels = {field.short_name: str(field.label.text) for field in stage_of(form)()}
    assert (offered.code, offered.to) == ("CS-50", "role:quality_manager")
    assert f"{labels[item]}：{low}/{full}" in offered.answers["content"]
    assert "太慢" in offered.answers["content"]
    assert not any(labels[other] in offered.answers["content"] for other, _full in others)
    assert offered.answers["complainant_phone"] == "13800138000"


@each
def test_60_percent_is_enough(form: type[Any]) -> None:
    just = {item: Decimal(full) * Decimal("0.6") for item, full in FULL[form.code].items()}
    assert effects(form, SIGN[form.code], **just) == []


@each
@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, form: type[Any], seed: int) -> None:
    answers = tell(form, STORIES[form.code], seed)
    assert answers["total_score"] == sum(answers[item] for item in FULL[form.code])
