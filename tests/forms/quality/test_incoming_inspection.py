"""PU-06: the first of two checks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from goods_books import (
    BLOCKED,
    BOLT,
    HENGDA,
    INSPECTOR,
    NOW,
    PIPE,
    filed,
    furnish,
    kept_inspection,
    kept_order,
    kept_receipt,
    refusals,
    row_refusals,
)

from portal.domain.effects import Opens, Updates
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.forms.quality.incoming_inspection import IncomingInspection
from portal.models import Content, Supplier
from portal.queries import suppliers


@pytest.fixture(autouse=True)
def books(app_context: Any) -> None:
    furnish()


def line(item: Ref, good: int, bad: int = 0, **other: Any) -> dict[str, Any]:
    return {
        "item": item,
        "delivered": Decimal(good + bad),
        "sample": Decimal(1),
        "standard": "GB/T 2828.1",
        "measured": "符合",
        "good": Decimal(good),
        "bad": Decimal(bad),
        "reason": "锈蚀" if bad else None,
        **other,
    }


def opening(*lines: dict[str, Any], verdict: str = "pass", **other: Any) -> dict[str, Any]:
    return {
        "receipt": kept_receipt(kept_order((BOLT, 30)), (BOLT, 30)),
        "supplier": HENGDA,
        "lines": list(lines) or [line(BOLT, 30)],
        "certificate_seen": True,
        "inspected_at": NOW,
        "inspector": INSPECTOR,
        "verdict": verdict,
        **other,
    }


def test_the_verdict_says_what_the_lines_say() -> None:
    cases = {"pass": (30, 0), "partly": (20, 10), "fail": (0, 30)}
    for verdict, (good, bad) in cases.items():
        for said in cases:
            form = IncomingInspection(answers=opening(line(BOLT, good, bad), verdict=said))
            assert refusals(form) == (set() if said == verdict else {"verdict"})


def test_the_numbers_of_a_line_fit_together_and_bad_goods_need_a_reason() -> None:
    off = opening(line(BOLT, 29, 0, delivered=Decimal(30)))
    assert row_refusals(IncomingInspection(answers=off), "lines") == {"bad"}
    sampled = opening(line(BOLT, 30, sample=Decimal(31)))
    assert row_refusals(IncomingInspection(answers=sampled), "lines") == {"sample"}
    unexplained = opening(line(BOLT, 20, 10, reason=None), verdict="partly")
    assert row_refusals(IncomingInspection(answers=unexplained), "lines") == {"reason"}


def test_all_of_the_delivery_is_inspected_and_nothing_else() -> None:
    assert refusals(IncomingInspection(answers=opening(line(BOLT, 29)))) == {"lines"}
    assert refusals(IncomingInspection(answers=opening(line(BOLT, 30), line(PIPE, 1)))) == {"lines"}
    assert refusals(IncomingInspection(answers=opening(supplier=BLOCKED))) == {"supplier"}


def test_goods_have_been_inspected_by_now() -> None:
    later = opening(inspected_at=NOW + timedelta(days=30_000))
    assert refusals(IncomingInspection(answers=later)) == {"inspected_at"}


def test_a_delivery_is_inspected_once_and_again_only_after_sorting() -> None:
    answers = opening()
    first = kept_inspection(answers["receipt"], (BOLT, 30, 0), state="running")
    assert refusals(IncomingInspection(answers=answers)) == {"receipt"}
    for itself in ("@record_id", "@corrects"):
        assert refusals(IncomingInspection(answers=answers, context={itself: first.id})) == set()
    sorted_out = opening()
    kept_inspection(sorted_out["receipt"], (BOLT, 20, 10), disposal="sorting")
    assert refusals(IncomingInspection(answers=sorted_out)) == set()


def test_what_purchasing_did_not_take_is_not_inspected() -> None:
    refused = kept_receipt(kept_order((BOLT, 30)), (BOLT, 30), state="refused")
    assert refusals(IncomingInspection(answers=opening(receipt=refused))) == {"receipt"}


def test_the_quality_department_decides_only_about_failed_goods() -> None:
    step = IncomingInspection.signoff.step("quality_check")
    assert step.when is not None
    assert step.judges
    assert [step.when.holds({"verdict": verdict}) for verdict in ("pass", "partly", "fail")] == [
        False,
        True,
        True,
    ]


def test_the_pass_rate_of_the_supplier_grows_once_the_sheet_is_finished() -> None:
    answers = opening(line(BOLT, 20, 10), verdict="partly", disposal="return")
    (counted,) = IncomingInspection.effects("finished", filed(IncomingInspection, answers))
    assert counted == Updates("supplier", 1, adds={"inspected": Decimal(30), "passed": Decimal(20)})


@pytest.mark.parametrize(
    ("inspected", "passed", "rate"),
    [(16, 1, "6.3"), (80, 13, "16.3"), (3, 2, "66.7"), (5, 5, "100.0"), (5, 0, "0.0")],
)
def test_the_pass_rate_is_rounded_as_by_hand(inspected: int, passed: int, rate: str) -> None:
    supplier = Supplier(inspected=Decimal(inspected), passed=Decimal(passed))
    assert suppliers.pass_rate(supplier) == Decimal(rate)


def test_goods_to_be_sorted_are_inspected_again_and_not_counted_yet() -> None:
    answers = opening(line(BOLT, 20, 10), verdict="partly", disposal="sorting")
    record = filed(IncomingInspection, answers)
    (draft,) = IncomingInspection.effects("quality_check", record)
    assert isinstance(draft, Opens)
    assert (draft.code, draft.answers["receipt"]) == ("PU-06", answers["receipt"])
    assert list(IncomingInspection.effects("finished", record)) == []
    returned = filed(IncomingInspection, {**answers, "disposal": "return"})
    assert list(IncomingInspection.effects("quality_check", returned)) == []


def test_nothing_is_inspected_before_it_has_come() -> None:
    answers = opening()
    content = db.session.query(Content).filter_by(record_id=answers["receipt"].id).one()
    content.answers = {**content.answers, "received_at": NOW.isoformat()}
    assert refusals(IncomingInspection(answers={**answers, "inspected_at": NOW - timedelta(minutes=1)})) == {
        "inspected_at"
    }
    assert refusals(IncomingInspection(answers=answers)) == set()
