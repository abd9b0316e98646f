"""The charts of quality: what they say, and the records behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.domain.effects import PostsEntry
from portal.models import Record
from tests.books import Books, SignIn
from tests.conftest import both_databases
from tests.web.views.test_chart import look, table

CHARTS = "/quality/charts/"

pytestmark = both_databases


def score(year: int, module: str, mean: str, total: str) -> PostsEntry:
    """A line of the ledger of scores."""
    facts = {"year": year, "module": module, "answers": 3, "mean": None if module == "total" else mean}
    return PostsEntry("satisfaction", {**facts, "total": total})


@pytest.fixture
def scores(books: Books) -> dict[int, str]:
    """Two years of a survey; the number of the record of each."""
    numbers = {}
    for year, marks in ((2024, ("80", "70", "90")), (2025, ("84", "76", "91"))):
        record = books.record("QA-13", answers={"year": year}, state="finished")
        numbers[year] = record.number
        for module, mean in zip(("overall", "service", "product_quality"), marks, strict=True):
            books.post(score(year, module, mean, "81"), record.number)
        books.post(score(year, "total", "", "81.5"), record.number)
    return numbers


def test_the_trend_has_a_line_for_each_module_and_the_total(
    app: Flask, sign_in: SignIn, scores: dict[int, str]
) -> None:
    page = look(app, sign_in, f"{CHARTS}satisfaction_trend", "quality_manager")
    assert table(page) == {"2024": ["80.0", "70.0", "90.0", "81.5"], "2025": ["84.0", "76.0", "91.0", "81.5"]}
    assert '<path class="line"' in page


def test_a_corrected_survey_is_no_point_of_the_trend(
    app: Flask, books: Books, sign_in: SignIn, scores: dict[int, str]
) -> None:
    first = books.one(_record(scores[2024]))
    books.record("QA-13", answers={"year": 2024}, state="finished", corrects_id=first)
    page = look(app, sign_in, f"{CHARTS}satisfaction_trend", "quality_manager")
    assert list(table(page)) == ["2025"]


def _record(number: str) -> Any:
    return sa.select(Record.id).where(Record.number == number)


def test_answers_returned_and_outstanding(app: Flask, books: Books, sign_in: SignIn) -> None:
    books.record("QA-11", answers={}, step="customer_answer")
    books.record("QA-11", answers={}, stages={"customer_answer": {"response_score": "30"}}, state="finished")
    books.record("QA-10", answers={}, state="voided")
    page = look(app, sign_in, f"{CHARTS}satisfaction_returns", "quality_manager")
    assert table(page) == {"QA-11 顾客服务满意度调查表": ["1", "1"]}


def test_the_lowest_items_come_first(app: Flask, books: Books, sign_in: SignIn) -> None:
    for safety in ("20", "30"):
        answers = {"quality_score": "54", "safety_score": safety}
        books.record("QA-12", answers={}, stages={"customer_answer": answers}, state="finished")
    page = look(app, sign_in, f"{CHARTS}satisfaction_items", "quality_manager")
    assert list(table(page).items()) == [("QA-12 质量安全", ["62.5"]), ("QA-12 产品质量", ["90.0"])]


def test_old_answers_are_no_part_of_the_period(app: Flask, books: Books, sign_in: SignIn) -> None:
    old = datetime.now(UTC) - timedelta(days=100)
    books.record(
        "QA-12",
        answers={},
        stages={"customer_answer": {"quality_score": "54"}},
        submitted_at=old,
        state="finished",
    )
    assert "这段时间还没有可统计的记录" in look(
        app, sign_in, f"{CHARTS}satisfaction_items", "quality_manager"
    )


def test_employees_year_by_year(app: Flask, books: Books, sign_in: SignIn) -> None:
    for year, total in ((2024, "70"), (2024, "75"), (2025, "81")):
        books.record("QA-16", answers={"year": year, "total_score": total}, state="finished", by="hr_manager")
    books.record("QA-16", answers={"year": 2025, "total_score": "1"}, by="hr_manager")
    page = look(app, sign_in, f"{CHARTS}employee_trend", "quality_manager")
    assert table(page) == {"2024": ["72.5"], "2025": ["81.0"]}


def test_somebody_else_sees_nothing_of_records_that_are_not_theirs(
    app: Flask, sign_in: SignIn, scores: dict[int, str]
) -> None:
    assert "还没有可统计的记录" in look(app, sign_in, f"{CHARTS}satisfaction_trend", "buyer")
