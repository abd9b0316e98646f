"""WH-06: what lies there, against what the books say."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from goods_books import BOLT, NOW, PIPE, filed, furnish, kept, posted, refusals, row_refusals, signed

from portal.domain.effects import FreezesStock, PostsCount, PostsStock
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.forms.warehouse.stocktake_report import StocktakeReport, SupervisorReview
from portal.models import StockBalance


@pytest.fixture(autouse=True)
def books(app_context: Any) -> None:
    furnish()


def line(item: Ref, counted: str, reason: str | None = None, place: str = "A-01") -> dict[str, Any]:
    return {"item": item, "place": place, "counted": Decimal(counted), "reason": reason}


def opening(*lines: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "count_kind": "monthly_spot",
        "count_date": date(2026, 5, 12),
        "frozen_at": NOW,
        "places": "A-01",
        "team": "钱库、李库",
        "lines": list(lines) or [line(BOLT, "100")],
        **other,
    }


def counted(*lines: dict[str, Any], context: dict[str, Any] | None = None) -> dict[str, Any]:
    """The typed answers of a sheet that passed."""
    form = StocktakeReport(answers=opening(*lines), context=context)
    assert refusals(form) == set()
    return form.answers()


def test_books_differences_and_their_worth_are_computed_whatever_is_typed() -> None:
    typed = {**line(BOLT, "98", "少两件"), "book": Decimal(1), "difference": Decimal(0)}
    answers = counted(typed, line(PIPE, "10.5", "多半根"))
    assert [(row["book"], row["difference"]) for row in answers["lines"]] == [(100, -2), (10, Decimal("0.5"))]
    assert answers["difference_value"] == Decimal("35.00")  # -2 at 2.50 and 0.5 at 80


def test_the_books_are_read_at_the_moment_of_the_freeze() -> None:
    posted(BOLT, -30, NOW + timedelta(hours=1))
    assert counted(line(BOLT, "100"))["lines"][0]["difference"] == 0
    posted(BOLT, -5, NOW - timedelta(hours=1))
    assert counted(line(BOLT, "95"))["lines"][0]["difference"] == 0
    anew = counted(line(BOLT, "100"), context={"@corrects": 1})
    assert anew["lines"][0]["difference"] == 0, "what the corrected count put right does not count"


def test_a_difference_needs_its_reason_and_an_item_is_counted_once_at_a_place() -> None:
    assert row_refusals(StocktakeReport(answers=opening(line(BOLT, "99"))), "lines") == {"reason"}
    twice = opening(line(BOLT, "100"), line(BOLT, "100"))
    assert refusals(StocktakeReport(answers=twice)) == {"lines"}


def test_one_stock_take_at_a_time_holds_a_place() -> None:
    db.session.get_one(StockBalance, (1, "A-01")).frozen_by_id = 55
    assert refusals(StocktakeReport(answers=opening())) == {"lines"}
    assert refusals(StocktakeReport(answers=opening(), context={"@record_id": 55})) == set()


@pytest.mark.requirement("R58")
def test_r58_a_rejected_count_goes_back_and_the_round_grows() -> None:
    step = StocktakeReport.signoff.step("supervisor_review")
    assert isinstance(step.outcome({"verdict": "rejected"}), Back)
    assert step.outcome({"verdict": "approved"}) is None
    assert step.judges  # never the counter's own work
    assert counted()["count_round"] == 1
    record = kept("WH-06", {}, state="returned")
    assert counted(context={"@record_id": record.id})["count_round"] == 1  # withdrawn before anybody decided
    signed(record, "supervisor_review", {"verdict": "rejected"})
    assert counted(context={"@record_id": record.id})["count_round"] == 2


def review(context: dict[str, Any], **other: Any) -> SupervisorReview:
    answers = {"stock_list_checked": True, "journal_checked": True, "verdict": "approved", **other}
    return SupervisorReview(answers=answers, context=context)


def test_the_supervisor_looks_at_both_books_before_approving() -> None:
    answers = counted()
    assert refusals(review(answers)) == set()
    assert refusals(review(answers, journal_checked=False)) == {"journal_checked"}
    assert refusals(review(answers, stock_list_checked=False)) == {"stock_list_checked"}
    assert refusals(review(answers, verdict="rejected")) == {"reject_reason"}
    assert refusals(review(answers, verdict="rejected", reject_reason="重点")) == set()


def test_differences_beyond_the_tolerance_are_counted_again_before_they_are_approved() -> None:
    limit = {"@stocktake_tolerance_percent": Decimal("0.5")}
    within = counted(line(BOLT, "99.5", "损耗"))
    beyond = counted(line(BOLT, "99", "损耗"))
    assert refusals(review({**within, **limit})) == set()
    assert refusals(review({**beyond, **limit})) == {"verdict"}
    assert "0.5%" in review_text({**beyond, **limit})
    assert refusals(review({**beyond, **limit, "count_round": 2})) == set()


def review_text(context: dict[str, Any]) -> str:
    form = review(context)
    form.validate()
    return str(form.verdict.errors[0])


def test_what_is_counted_stands_still_until_the_books_are_right() -> None:
    record = filed(StocktakeReport, counted(line(BOLT, "98", "少两件"), line(PIPE, "10")))
    assert list(StocktakeReport.effects("submitted", record)) == [
        FreezesStock(1, "A-01", frozen=True),
        FreezesStock(2, "A-01", frozen=True),
    ]
    given_up = list(StocktakeReport.effects("voided", record))
    assert given_up == [FreezesStock(1, "A-01", frozen=False), FreezesStock(2, "A-01", frozen=False)]


def test_after_a_recount_the_freeze_follows_the_sheet() -> None:
    db.session.get_one(StockBalance, (2, "A-01")).frozen_by_id = 900
    record = filed(StocktakeReport, counted(line(BOLT, "100")))
    assert list(StocktakeReport.effects("corrected", record)) == [
        FreezesStock(2, "A-01", frozen=False),
        FreezesStock(1, "A-01", frozen=True),
    ]


@pytest.mark.requirement("R59")
def test_r59_count_journal_and_warehouse_journal_are_written_together() -> None:
    record = filed(StocktakeReport, counted(line(BOLT, "98", "少两件"), line(PIPE, "10")))
    assert list(StocktakeReport.effects("update", record)) == [
        PostsCount(1, "A-01", Decimal(100), Decimal(98), "少两件"),
        PostsStock("adjust", 1, "A-01", Decimal(-2)),
        PostsCount(2, "A-01", Decimal(10), Decimal(10), ""),
        FreezesStock(1, "A-01", frozen=False),
        FreezesStock(2, "A-01", frozen=False),
    ]
