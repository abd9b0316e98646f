"""WH-17: damaged goods leave the books only after the last approval."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from goods_books import BOLT, BUYER, KEEPER, PIPE, Somebody, filed, furnish, refusals, row_refusals

from portal.domain.effects import PostsStock
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.forms.warehouse.write_off import Removal, SupervisorReview, WriteOff
from portal.models import StockBalance

PHOTO = {"id": 8, "name": "broken.jpg", "type": "image/jpeg", "sha256": "", "size": 1}
LIMIT = {"@write_off_limit": Decimal(100)}


@pytest.fixture(autouse=True)
def books(app_context: Any) -> None:
    furnish()


def line(item: Ref = BOLT, quantity: int = 4, **other: Any) -> dict[str, Any]:
    return {
        "item": item,
        "place": "A-01",
        "quantity": Decimal(quantity),
        "cause": "storage",
        "usable": False,
        **other,
    }


def opening(*lines: dict[str, Any]) -> dict[str, Any]:
    return {
        "stock_plan": Ref(None, "WH-18 纸质"),
        "list_date": date(2026, 5, 12),
        "lines": list(lines) or [line()],
        "photos": [PHOTO],
    }


def listed(*lines: dict[str, Any]) -> dict[str, Any]:
    form = WriteOff(answers=opening(*lines))
    assert refusals(form) == set()
    return form.answers()


def test_costs_come_from_the_books() -> None:
    answers = listed(line(unit_cost=Decimal("0.01")), line(PIPE, 2))
    assert [(row["unit_cost"], row["value"]) for row in answers["lines"]] == [
        (Decimal("2.50"), Decimal("10.00")),
        (Decimal("80.00"), Decimal("160.00")),
    ]
    assert answers["total_value"] == Decimal("170.00")


@pytest.mark.requirement("R61")
def test_r61_usable_goods_are_not_written_off() -> None:
    form = WriteOff(answers=opening(line(usable=True)))
    assert row_refusals(form, "lines") == {"usable"}
    assert not form.validate()


def test_no_more_is_written_off_than_lies_at_the_place() -> None:
    assert refusals(WriteOff(answers=opening(line(quantity=60), line(quantity=40)))) == set()
    assert refusals(WriteOff(answers=opening(line(quantity=60), line(quantity=41)))) == {"lines"}
    assert refusals(WriteOff(answers=opening(line(place="B-09")))) == {"lines"}


def test_the_supervisor_confirms_only_what_is_still_there() -> None:
    context = listed(line(quantity=60))
    stage = {"must_scrap": True, "supervisor_opinion": "同意"}
    assert refusals(SupervisorReview(answers=stage, context=context)) == set()
    db.session.get_one(StockBalance, (1, "A-01")).quantity = Decimal(59)
    assert refusals(SupervisorReview(answers=stage, context=context)) == {"must_scrap"}
    assert refusals(SupervisorReview(answers={**stage, "must_scrap": False}, context=context)) == set()


def posted(step: str, answers: dict[str, Any]) -> list[Any]:
    return list(WriteOff.effects(step, filed(WriteOff, answers)))


@pytest.mark.requirement("R61")
def test_r61_nothing_is_posted_before_the_last_approval() -> None:
    small = {**listed(), "must_scrap": True, **LIMIT}
    large = {**listed(line(PIPE, 2)), "must_scrap": True, **LIMIT}
    step = WriteOff.signoff.step("finance_gm")
    assert step.when is not None
    assert (step.when.holds(small), step.when.holds(large)) == (False, True)
    assert step.by.mode == "all"
    assert posted("submitted", small) == posted("submitted", large) == []
    assert posted("supervisor_review", small) == [
        PostsStock("scrap", 1, "A-01", Decimal(-4), Decimal("2.50"))
    ]
    assert posted("supervisor_review", large) == []
    assert posted("finance_gm", large) == [PostsStock("scrap", 2, "A-01", Decimal(-2), Decimal("80.00"))]
    assert posted("removal", small) == posted("finished", large) == []
    raised = {**large, "@write_off_limit": Decimal(1_000_000)}  # while finance and the general manager sign
    assert posted("finance_gm", raised) == posted("finance_gm", large)


@pytest.mark.requirement("R61")
def test_r61_a_list_that_does_not_meet_the_conditions_goes_back_unposted() -> None:
    step = WriteOff.signoff.step("supervisor_review")
    assert isinstance(step.outcome({"must_scrap": False}), Back)
    assert step.outcome({"must_scrap": True}) is None
    assert posted("supervisor_review", {**listed(), "must_scrap": False, **LIMIT}) == []


@pytest.mark.requirement("R61")
def test_r61_the_witness_is_not_the_keeper() -> None:
    stage = {"removed_on": date(2026, 5, 13), "removal_way": "destroyed", "witness": KEEPER}
    assert refusals(Removal(answers=stage, person=Somebody(KEEPER.id))) == {"witness"}
    assert refusals(Removal(answers=stage, person=Somebody(BUYER.id))) == set()
