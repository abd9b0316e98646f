"""WH-02: the second check, then both books at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from goods_books import (
    BLOCKED,
    BOLT,
    BUYER,
    HENGDA,
    INSPECTOR,
    KEEPER,
    NOW,
    PIPE,
    Somebody,
    filed,
    furnish,
    kept,
    kept_inspection,
    kept_order,
    kept_receipt,
    refusals,
    row_refusals,
    signed,
    stored,
)

from portal.domain.effects import Opens, PostsEntry, PostsStock
from portal.domain.signoff import Back
from portal.forms.kinds import Ref
from portal.forms.warehouse.entry_check import EntryCheck, KeeperCheck, PostingToBooks


@pytest.fixture(autouse=True)
def books(app_context: Any) -> None:
    furnish()


def inspected(good: int = 30, bad: int = 0, **other: Any) -> tuple[Ref, Ref]:
    receipt = kept_receipt(kept_order((BOLT, good + bad)), (BOLT, good + bad))
    sheet = kept_inspection(receipt, (BOLT, good, bad), **other)
    signed(receipt, "inspection_result", {"inspection": stored(sheet)})
    signed(receipt, "transfer_to_warehouse", {})
    return receipt, sheet


def opening(receipt: Ref, inspection: Ref, quantity: int = 30, **other: Any) -> dict[str, Any]:
    return {
        "receipt": receipt,
        "inspection": inspection,
        "supplier": HENGDA,
        "lines": [{"item": BOLT, "quantity": Decimal(quantity), "unit": "件", "batch": "B1"}],
        "arrived_at": NOW,
        "handed_by": BUYER,
        "storage_place": "A-01",
        **other,
    }


def checked(good: int, bad: int, reason: str | None = "受潮") -> dict[str, Any]:
    return {"item": BOLT, "good": Decimal(good), "bad": Decimal(bad), "reason": reason if bad else None}


@pytest.mark.requirement("R55")
def test_r55_only_what_passed_comes_in() -> None:
    receipt, sheet = inspected(27, 3)
    assert refusals(EntryCheck(answers=opening(receipt, sheet, 27))) == set()
    assert refusals(EntryCheck(answers=opening(receipt, sheet, 28))) == {"lines"}
    other = opening(receipt, sheet, 1, lines=[{"item": PIPE, "quantity": Decimal(1), "unit": "件"}])
    assert refusals(EntryCheck(answers=other)) == {"lines"}
    conceded = inspected(0, 30, disposal="concession")
    assert refusals(EntryCheck(answers=opening(*conceded))) == set()
    failed = inspected(0, 30)
    assert refusals(EntryCheck(answers=opening(*failed))) == {"lines"}


@pytest.mark.requirement("R55")
def test_r55_the_sheet_is_decided_and_about_the_same_delivery() -> None:
    receipt, sheet = inspected(30, 0, state="running")
    assert refusals(EntryCheck(answers=opening(receipt, sheet))) == {"inspection"}
    other_receipt, _sheet = inspected()
    _receipt, other_sheet = inspected()
    assert refusals(EntryCheck(answers=opening(other_receipt, other_sheet))) == {"inspection"}


@pytest.mark.requirement("R55")
def test_r55_goods_come_in_by_the_sheet_under_which_purchasing_brought_them() -> None:
    receipt = kept_receipt(kept_order((BOLT, 30)), (BOLT, 30))
    first, second = (kept_inspection(receipt, (BOLT, 30, 0)) for _sheet in range(2))
    assert refusals(EntryCheck(answers=opening(receipt, second))) == {"receipt"}
    signed(receipt, "inspection_result", {"inspection": stored(first)})
    assert refusals(EntryCheck(answers=opening(receipt, first))) == {"receipt"}
    signed(receipt, "transfer_to_warehouse", {})
    assert refusals(EntryCheck(answers=opening(receipt, first))) == set()
    assert refusals(EntryCheck(answers=opening(receipt, second))) == {"inspection"}
    assert refusals(EntryCheck(answers=opening(receipt, first, supplier=BLOCKED))) == {"supplier"}


def test_the_same_goods_come_in_once() -> None:
    receipt, sheet = inspected()
    rows = [{"item": stored(BOLT), "quantity": "20"}]
    first = kept("WH-02", {"inspection": stored(sheet), "lines": rows}, state="running")
    assert refusals(EntryCheck(answers=opening(receipt, sheet, 11))) == {"lines"}
    assert refusals(EntryCheck(answers=opening(receipt, sheet, 10))) == set()
    for itself in ("@record_id", "@corrects"):
        corrected = EntryCheck(answers=opening(receipt, sheet, 30), context={itself: first.id})
        assert refusals(corrected) == set()


def test_what_was_corrected_has_not_come_in() -> None:
    receipt, sheet = inspected()
    rows = [{"item": stored(BOLT), "quantity": "20"}]
    wrong = kept("WH-02", {"inspection": stored(sheet), "lines": rows})
    kept("WH-02", {"inspection": stored(sheet), "lines": []}, corrects=wrong)
    assert refusals(EntryCheck(answers=opening(receipt, sheet, 30))) == set()


@pytest.mark.requirement("R55")
def test_r55_the_keeper_is_not_the_inspector() -> None:
    receipt, sheet = inspected()
    for person, wrong in ((INSPECTOR, {"inspection"}), (KEEPER, set())):
        form = EntryCheck(answers=opening(receipt, sheet), person=Somebody(person.id))
        assert refusals(form) == wrong
    stage = {"checked_lines": [checked(30, 0)], "keeper_verdict": "pass"}
    for person, wrong in ((INSPECTOR, {"keeper_verdict"}), (KEEPER, set())):
        check = KeeperCheck(answers=stage, context=opening(receipt, sheet), person=Somebody(person.id))
        assert refusals(check) == wrong


def test_good_and_bad_add_up_and_the_verdict_says_so() -> None:
    context = opening(*inspected())
    for (good, bad), verdict in {(30, 0): "pass", (25, 5): "partly", (0, 30): "fail"}.items():
        answers = {"checked_lines": [checked(good, bad)], "keeper_verdict": verdict}
        assert refusals(KeeperCheck(answers=answers, context=context)) == set()
    long = {"checked_lines": [checked(31, 0)], "keeper_verdict": "pass"}
    assert refusals(KeeperCheck(answers=long, context=context)) == {"checked_lines"}
    wrong = KeeperCheck(
        answers={"checked_lines": [checked(25, 5)], "keeper_verdict": "pass"}, context=context
    )
    assert refusals(wrong) == {"keeper_verdict"}
    silent = {"checked_lines": [checked(25, 5, reason=None)], "keeper_verdict": "partly"}
    assert row_refusals(KeeperCheck(answers=silent, context=context), "checked_lines") == {"reason"}


def test_the_supervisor_sees_failed_goods_and_posting_waits_for_good_ones() -> None:
    route = EntryCheck.signoff
    took_place = {
        verdict: [s.key for s in route.steps if s.when is None or s.when.holds({"keeper_verdict": verdict})]
        for verdict in ("pass", "partly", "fail")
    }
    assert took_place == {
        "pass": ["keeper_check", "posting"],
        "partly": ["keeper_check", "supervisor_review", "posting"],
        "fail": ["keeper_check", "supervisor_review"],
    }
    review = route.step("supervisor_review")
    assert review.on_refusal == Back("keeper_check")
    outcome = review.outcome({"reject_confirmed": False})
    assert isinstance(outcome, Back)
    assert outcome.to == "keeper_check"


@pytest.mark.requirement("R56")
def test_r56_a_confirmed_refusal_opens_a_return_with_its_order() -> None:
    receipt, sheet = inspected()
    answers = {**opening(receipt, sheet), "checked_lines": [checked(25, 5)], "reject_confirmed": True}
    (draft,) = EntryCheck.effects("supervisor_review", filed(EntryCheck, answers))
    assert isinstance(draft, Opens)
    assert (draft.code, draft.names_as, draft.answers["return_stage"]) == (
        "PU-07",
        "warehouse_review",
        "warehouse",
    )
    assert draft.answers["order"].text.startswith("PU-04")
    assert draft.answers["lines"] == [{"item": BOLT, "quantity": Decimal(5), "batch": "B1", "reason": "受潮"}]
    disagreed = filed(EntryCheck, {**answers, "reject_confirmed": False})
    assert list(EntryCheck.effects("supervisor_review", disagreed)) == []


@pytest.mark.requirement("R57")
def test_r57_exactly_what_passed_is_posted_to_both_books() -> None:
    receipt, sheet = inspected()
    context = {**opening(receipt, sheet), "checked_lines": [checked(25, 5)]}
    rows = [{"item": BOLT, "quantity": Decimal(25), "cost": Decimal("9.90")}]
    stage = {"posted_on": date(2026, 5, 12), "unit_costs": rows}
    assert PostingToBooks(context=context).proposal() == {"unit_costs": rows}
    assert refusals(PostingToBooks(answers=stage, context=context)) == set()
    for on in (date(2026, 5, 11), date(2026, 5, 13)):  # before the goods came, and tomorrow
        facts = {**context, "arrived_at": NOW, "@now": NOW}
        assert refusals(PostingToBooks(answers={**stage, "posted_on": on}, context=facts)) == {"posted_on"}
    more = {**stage, "unit_costs": [{**rows[0], "quantity": Decimal(30)}]}
    assert refusals(PostingToBooks(answers=more, context=context)) == {"unit_costs"}
    journal, ledger = EntryCheck.effects("posting", filed(EntryCheck, {**context, **stage}))
    assert journal == PostsStock("in", 1, "A-01", Decimal(25), Decimal("9.90"), "B1")
    assert isinstance(ledger, PostsEntry)
    assert ledger.ledger == "entry_ledger"
    assert ledger.facts["slip_no"] == "WH-02-2026-0900"
