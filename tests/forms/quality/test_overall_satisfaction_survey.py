"""QA-10: the marks, their total, and what a low one sets going."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from portal.demo.stories.quality import STORIES
from portal.domain.deadlines import weeks
from portal.domain.effects import SUBMITTED
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.overall_satisfaction_survey import CustomerAnswer, OverallSatisfactionSurvey, marks

DAY = date(2026, 5, 12)
ITEMS = tuple(marks({}))
GOOD = dict.fromkeys(ITEMS, Decimal(20))

pytestmark = pytest.mark.usefixtures("app_context")


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


def answer(**other: Any) -> CustomerAnswer:
    return CustomerAnswer(answers={**GOOD, "answered_by": "王海燕", "answered_on": DAY, **other})


def effects(step: str, **answers: Any) -> list[Any]:
    now = datetime(2026, 5, 20, tzinfo=UTC)
    record = Filed(7, "QA-10-2026-0007", "QA-10", opening(**{**GOOD, **answers}), 4, 1, 5, {}, now)
    return list(OverallSatisfactionSurvey.effects(step, record))


@pytest.mark.requirement("R45")
def test_full_marks_add_up_to_100() -> None:
    stage = CustomerAnswer()
    assert sum(stage[item].maximum for item in ITEMS) == stage.total_score.maximum == 100


@pytest.mark.requirement("R45")
def test_the_total_is_reckoned_whatever_is_typed() -> None:
    stage = answer(price_score=Decimal("17.5"), total_score=Decimal(99))
    assert stage.validate(), stage.errors
    assert stage.total_score.data == Decimal("77.5")
    typed = CustomerAnswer(MultiDict({"total_score": "99"}))
    typed.validate()
    assert typed.total_score.data is None


@pytest.mark.requirement("R45")
def test_the_marks_are_those_set_and_still_add_up_to_100() -> None:
    known = {"@survey_price_marks": Decimal(40), "@survey_use_marks": Decimal("12.5")}
    assert marks(known) == {
        "price_score": 40, "delivery_score": 25, "use_score": Decimal("12.5"), "general_score": Decimal("22.5"),
    }  # fmt: skip
    given = {"price_score": "40", "delivery_score": "25", "use_score": "12.5", "general_score": "22.5"}
    stage = CustomerAnswer(
        answers={
            **{item: Decimal(mark) for item, mark in given.items()},
            "answered_by": "王",
            "answered_on": DAY,
        },
        context=known,
    )
    assert stage.validate(), stage.errors
    assert stage.total_score.data == 100
    stage = CustomerAnswer(MultiDict({**given, "general_score": "23"}), context=known)
    assert not stage.validate()
    assert "22.5" in stage.general_score.errors[0]


@pytest.mark.requirement("R45")
def test_no_item_exceeds_its_marks() -> None:
    stage = answer(price_score=Decimal(26))
    assert not stage.validate()
    assert set(stage.errors) == {"price_score"}


def test_an_answer_comes_after_its_question() -> None:
    form = OverallSatisfactionSurvey(answers=opening(answer_by=DAY - timedelta(days=1)))
    assert not form.validate()
    assert set(form.errors) == {"answer_by"}
    assert OverallSatisfactionSurvey(answers=opening()).validate()


def test_the_customer_has_two_weeks_from_the_day_of_sending() -> None:
    step = OverallSatisfactionSurvey.signoff.step("customer_answer")
    assert step.within == weeks(2, since="sent_on")
    assert step.by.mode == "external"


def test_it_is_called_by_its_customer() -> None:
    assert OverallSatisfactionSurvey(answers=opening()).heading() == "长青机械 C002"


def test_a_week_later_somebody_looks_for_the_answer() -> None:
    (asked,) = effects(SUBMITTED)
    assert (asked.to, asked.due) == ("person:4", DAY + timedelta(days=7))


def test_a_low_mark_offers_a_complaint() -> None:
    (offered,) = effects("sales_sign", delivery_score=Decimal("14.9"), suggestions="交货太慢")
    assert (offered.code, offered.to) == ("CS-50", "role:quality_manager")
    assert "交货期：14.9/25" in offered.answers["content"]
    assert "交货太慢" in offered.answers["content"]
    assert "产品价格" not in offered.answers["content"]
    assert offered.answers["complainant_phone"] == "13800138000"


def test_60_percent_is_enough() -> None:
    assert effects("sales_sign", delivery_score=Decimal(15)) == []


@pytest.mark.parametrize("seed", range(40))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    answers = tell(OverallSatisfactionSurvey, STORIES["QA-10"], seed)
    assert answers["total_score"] == sum(answers[item] for item in ITEMS)
