"""PU-07: nothing goes back without its proof."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from goods_books import (
    BLOCKED,
    BOLT,
    HENGDA,
    filed,
    furnish,
    kept,
    kept_inspection,
    kept_order,
    kept_receipt,
    refusals,
    stored,
)

from portal.domain.deadlines import weeks
from portal.domain.effects import OrdersStock, Updates
from portal.domain.signoff import Back
from portal.forms.kinds import Ref
from portal.forms.purchasing.supplier_return import SupplierReturn


@pytest.fixture(autouse=True)
def books(app_context: Any) -> None:
    furnish()


def opening(stage: str, quantity: str = "3", **other: Any) -> dict[str, Any]:
    return {
        "supplier": HENGDA,
        "order": kept_order((BOLT, 30)),
        "return_stage": stage,
        "lines": [{"item": BOLT, "quantity": Decimal(quantity), "reason": "锈蚀"}],
        "claim": "refund",
        "wanted_by": date(2099, 6, 1),
        **other,
    }


def review(confirmed: bool | None) -> Ref:
    """An entry check in which the keeper found three bolts bad."""
    stages: dict[str, Any] = {
        "keeper_check": {"checked_lines": [{"item": stored(BOLT), "good": "27", "bad": "3"}]}
    }
    if confirmed is not None:
        stages["supervisor_review"] = {"reject_confirmed": confirmed}
    return kept("WH-02", {"supplier": stored(HENGDA)}, state="running", stages=stages)


def test_each_way_back_needs_its_proof() -> None:
    assert refusals(SupplierReturn(answers=opening("receipt"))) == set()
    assert refusals(SupplierReturn(answers=opening("inspection"))) == {"inspection"}
    assert refusals(SupplierReturn(answers=opening("warehouse"))) == {"warehouse_review"}


@pytest.mark.requirement("R56")
def test_r56_a_warehouse_refusal_needs_the_supervisors_word() -> None:
    for confirmed in (None, False):
        form = SupplierReturn(answers=opening("warehouse", warehouse_review=review(confirmed)))
        assert refusals(form) == {"warehouse_review"}
    assert refusals(SupplierReturn(answers=opening("warehouse", warehouse_review=review(True)))) == set()
    too_many = opening("warehouse", "4", warehouse_review=review(True))
    assert refusals(SupplierReturn(answers=too_many)) == {"lines"}


@pytest.mark.requirement("R56")
def test_r56_an_inspection_return_needs_a_failed_inspection_and_no_supervisor() -> None:
    receipt = kept_receipt(kept_order((BOLT, 30)), (BOLT, 30))
    passed, failed = kept_inspection(receipt, (BOLT, 30, 0)), kept_inspection(receipt, (BOLT, 27, 3))
    assert refusals(SupplierReturn(answers=opening("inspection", inspection=passed))) == {"inspection"}
    assert refusals(SupplierReturn(answers=opening("inspection", inspection=failed))) == set()
    assert refusals(SupplierReturn(answers=opening("inspection", "3.5", inspection=failed))) == {"lines"}


def test_the_same_bad_goods_go_back_once() -> None:
    receipt = kept_receipt(kept_order((BOLT, 30)), (BOLT, 30))
    sheet = kept_inspection(receipt, (BOLT, 27, 3))
    lines = [{"item": stored(BOLT), "quantity": "2"}]
    answers = {"return_stage": "inspection", "inspection": stored(sheet), "lines": lines}
    first = kept("PU-07", answers, state="running")
    assert refusals(SupplierReturn(answers=opening("inspection", "2", inspection=sheet))) == {"lines"}
    assert refusals(SupplierReturn(answers=opening("inspection", "1", inspection=sheet))) == set()
    corrected = opening("inspection", "3", inspection=sheet)
    for itself in ("@record_id", "@corrects"):
        assert refusals(SupplierReturn(answers=corrected, context={itself: first.id})) == set()


@pytest.mark.parametrize(
    ("state", "disposal"), [("running", ""), ("finished", "concession"), ("finished", "sorting")]
)
def test_goods_not_yet_judged_or_taken_by_concession_do_not_go_back(state: str, disposal: str) -> None:
    receipt = kept_receipt(kept_order((BOLT, 30)), (BOLT, 30))
    sheet = kept_inspection(receipt, (BOLT, 27, 3), state=state, disposal=disposal)
    assert refusals(SupplierReturn(answers=opening("inspection", inspection=sheet))) == {"inspection"}


def test_the_supplier_is_the_one_of_the_proof() -> None:
    receipt = kept_receipt(kept_order((BOLT, 30)), (BOLT, 30))
    sheet = kept_inspection(receipt, (BOLT, 27, 3))
    paper = {"order": Ref(None, "纸质"), "supplier": BLOCKED, "inspection": sheet}
    assert refusals(SupplierReturn(answers=opening("inspection", **paper))) == {"supplier"}


def test_the_supplier_is_the_one_of_the_order() -> None:
    assert refusals(SupplierReturn(answers=opening("receipt", supplier=BLOCKED))) == {"supplier"}


def test_a_dispute_goes_to_the_purchasing_manager_and_the_supplier_has_a_week() -> None:
    step = SupplierReturn.signoff.step("supplier_sign")
    assert step.on_refusal == Back("purchasing_approval")
    assert step.within == weeks(1)
    assert step.by.mode == "external"


@pytest.mark.parametrize(("claim", "again"), [("refund", []), ("replacement", [3]), ("supply_again", [3])])
def test_a_return_counts_and_what_comes_again_is_on_order(claim: str, again: list[int]) -> None:
    counted, *ordered = SupplierReturn.effects(
        "supplier_sign", filed(SupplierReturn, opening("receipt", claim=claim))
    )
    assert counted == Updates("supplier", 1, adds={"returns": 1})
    assert ordered == [OrdersStock(1, Decimal(quantity)) for quantity in again]
