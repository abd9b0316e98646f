"""PU-05: from the lorry to the inspectors, and from them to the warehouse or back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from goods_books import (
    BLOCKED,
    BOLT,
    BUYER,
    HENGDA,
    NOW,
    PIPE,
    filed,
    furnish,
    kept,
    kept_inspection,
    kept_order,
    kept_receipt,
    refusals,
    stored,
)

from portal.domain.effects import Opens, OrdersStock
from portal.domain.signoff import Close
from portal.forms.kinds import Ref
from portal.forms.purchasing.goods_receipt import GoodsReceipt, InspectionResult, TransferToWarehouse
from portal.queries import goods

NOTE = {"id": 7, "name": "note.pdf", "type": "application/pdf", "sha256": "", "size": 1}


@pytest.fixture(autouse=True)
def books(app_context: Any) -> None:
    furnish()


def line(item: Ref, delivered: int, batch: str | None = "B1") -> dict[str, Any]:
    return {"item": item, "delivered": Decimal(delivered), "batch": batch, "packing": True}


def opening(order: Ref, *lines: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "supplier": HENGDA,
        "order": order,
        "delivery_note_no": "SH-1",
        "received_at": NOW,
        "lines": list(lines),
        "note_scan": [NOTE],
        "short_or_over": "agrees",
        **other,
    }


def test_ordered_quantities_come_from_the_order() -> None:
    form = GoodsReceipt(answers=opening(kept_order((BOLT, 30)), {**line(BOLT, 30), "ordered": Decimal(5)}))
    assert refusals(form) == set()
    assert form.lines.data[0]["ordered"] == 30


@pytest.mark.parametrize(("delivered", "right"), [(30, "agrees"), (29, "short"), (31, "over")])
def test_the_difference_is_the_one_that_the_lines_show(delivered: int, right: str) -> None:
    order = kept_order((BOLT, 30))
    for word in ("agrees", "short", "over"):
        form = GoodsReceipt(answers=opening(order, line(BOLT, delivered), short_or_over=word))
        assert refusals(form) == (set() if word == right else {"short_or_over"})


def test_goods_of_which_nothing_came_are_short_or_come_later() -> None:
    order = kept_order((BOLT, 30), (PIPE, 4))
    for word, refused in (("agrees", set()), ("short", set()), ("over", {"short_or_over"})):
        form = GoodsReceipt(answers=opening(order, line(BOLT, 30), short_or_over=word))
        assert refusals(form) == refused, word


def test_goods_have_come_before_they_are_noted() -> None:
    answers = opening(kept_order((BOLT, 30)), line(BOLT, 30), received_at=NOW + timedelta(hours=1))
    assert refusals(GoodsReceipt(answers=answers, context={"@now": NOW})) == {"received_at"}


def test_what_earlier_deliveries_brought_is_not_expected_again() -> None:
    order = kept_order((BOLT, 30))
    earlier = kept_receipt(order, (BOLT, 20), state="finished")
    assert refusals(GoodsReceipt(answers=opening(order, line(BOLT, 10)))) == set()
    for itself in ("@record_id", "@corrects"):
        again = GoodsReceipt(answers=opening(order, line(BOLT, 30)), context={itself: earlier.id})
        assert refusals(again) == set()


def test_an_order_that_the_supplier_has_not_accepted_or_of_another_is_refused() -> None:
    waiting = kept_order((BOLT, 30), state="running")
    assert refusals(GoodsReceipt(answers=opening(waiting, line(BOLT, 30)))) == {"order"}
    other = opening(kept_order((BOLT, 30)), line(BOLT, 30), supplier=BLOCKED)
    assert refusals(GoodsReceipt(answers=other)) == {"supplier"}


def test_the_signature_opens_an_inspection_of_all_lines() -> None:
    answers = opening(kept_order((BOLT, 30), (PIPE, 4)), line(BOLT, 30), line(PIPE, 4))
    (draft,) = GoodsReceipt.effects("purchasing_sign", filed(GoodsReceipt, answers))
    assert isinstance(draft, Opens)
    assert (draft.code, draft.to, draft.names_as) == ("PU-06", "role:quality_inspector", "receipt")
    assert [(row["item"], row["delivered"]) for row in draft.answers["lines"]] == [(BOLT, 30), (PIPE, 4)]


def test_goods_that_are_not_ours_go_back_when_the_manager_refuses() -> None:
    assert GoodsReceipt.signoff.step("purchasing_sign").on_refusal == Close()
    order = kept_order((BOLT, 30))
    answers = opening(order, line(BOLT, 30))
    (draft,) = GoodsReceipt.effects("refused", filed(GoodsReceipt, answers))
    assert isinstance(draft, Opens)
    assert (draft.code, draft.answers["return_stage"], draft.answers["order"]) == ("PU-07", "receipt", order)


def test_the_verdict_is_read_from_the_sheet_and_decides_about_the_transfer() -> None:
    step = GoodsReceipt.signoff.step("transfer_to_warehouse")
    assert step.when is not None
    receipt = kept_receipt(kept_order((BOLT, 30)), (BOLT, 30))
    cases = {(30, 0): "pass", (20, 10): "partly", (0, 30): "fail"}
    for (good, bad), verdict in cases.items():
        sheet = kept_inspection(receipt, (BOLT, good, bad))
        stage = InspectionResult(answers={"inspection": sheet}, context={"@record_id": receipt.id})
        assert refusals(stage) == set()
        assert stage.inspection_verdict.data == verdict
        assert step.when.holds(stage.answers()) == (verdict != "fail")
    conceded = kept_inspection(receipt, (BOLT, 0, 30), disposal="concession")
    stage = InspectionResult(answers={"inspection": conceded}, context={"@record_id": receipt.id})
    assert refusals(stage) == set()
    assert step.when.holds(stage.answers())


def test_the_sheet_must_be_about_this_delivery_decided_and_not_waiting_for_sorting() -> None:
    order = kept_order((BOLT, 30))
    receipt, other = kept_receipt(order, (BOLT, 30)), kept_receipt(order, (BOLT, 30))
    for sheet in (
        kept_inspection(other, (BOLT, 30, 0)),
        kept_inspection(receipt, (BOLT, 20, 10), state="running"),
        kept_inspection(receipt, (BOLT, 20, 10), disposal="sorting"),
    ):
        stage = InspectionResult(answers={"inspection": sheet}, context={"@record_id": receipt.id})
        assert refusals(stage) == {"inspection"}


def test_the_stages_propose_the_sheet_and_what_passed() -> None:
    receipt = kept_receipt(kept_order((BOLT, 30)), (BOLT, 30))
    sheet = kept_inspection(receipt, (BOLT, 28, 2))
    assert InspectionResult(context={"@record_id": receipt.id}).proposal() == {"inspection": sheet}
    rows = TransferToWarehouse(context={"inspection": sheet}).proposal()["transferred_lines"]
    assert rows == [{"item": BOLT, "quantity": Decimal(28)}]
    assert InspectionResult().proposal() == {}


def test_r55_exactly_what_passed_goes_to_the_warehouse() -> None:
    receipt = kept_receipt(kept_order((BOLT, 30)), (BOLT, 30))
    context = {"inspection": kept_inspection(receipt, (BOLT, 28, 2))}
    for quantity, wrong in ((28, set()), (30, {"transferred_lines"})):
        rows = [{"item": BOLT, "quantity": Decimal(quantity)}]
        stage = TransferToWarehouse(
            answers={"transferred_at": NOW, "transferred_lines": rows}, context=context
        )
        assert refusals(stage) == wrong
    rows = [{"item": BOLT, "quantity": Decimal(28)}]
    late = {**context, "received_at": NOW + timedelta(minutes=1)}
    stage = TransferToWarehouse(answers={"transferred_at": NOW, "transferred_lines": rows}, context=late)
    assert refusals(stage) == {"transferred_at"}


def transferred(*, bad: int) -> dict[str, Any]:
    order = kept_order((BOLT, 25), (PIPE, 4))
    receipt = kept_receipt(order, (BOLT, 30), (PIPE, 4))
    sheet = kept_inspection(receipt, (BOLT, 30 - bad, bad), (PIPE, 4, 0))
    rows = [{"item": BOLT, "quantity": Decimal(30 - bad)}, {"item": PIPE, "quantity": Decimal(4)}]
    return {
        **opening(order, line(BOLT, 10), line(BOLT, 20, "B2"), line(PIPE, 4, None)),
        "inspection": sheet,
        "inspection_verdict": "partly" if bad else "pass",
        "transferred_at": NOW,
        "transferred_lines": rows,
        "receipt": receipt,
    }


def test_what_passed_opens_an_entry_check_and_comes_off_the_order() -> None:
    answers = transferred(bad=0)
    record = filed(GoodsReceipt, answers, id=answers["receipt"].id, signer=1)
    *ordered, entry = GoodsReceipt.effects("transfer_to_warehouse", record)
    assert ordered == [
        OrdersStock(1, Decimal(-25)),
        OrdersStock(2, Decimal(-4)),
    ]  # never more than was to come
    assert isinstance(entry, Opens)
    assert (entry.code, entry.to, entry.names_as) == ("WH-02", "role:warehouse_keeper", "receipt")
    assert entry.answers["handed_by"] == BUYER
    assert entry.answers["arrived_at"] == NOW
    assert entry.answers["lines"] == [
        {"item": BOLT, "quantity": Decimal(30), "unit": "件", "batch": "B1、B2"},
        {"item": PIPE, "quantity": Decimal(4), "unit": "件", "batch": ""},
    ]


def test_what_failed_opens_a_return() -> None:
    answers = transferred(bad=3)
    record = filed(GoodsReceipt, answers, id=answers["receipt"].id)
    back = list(GoodsReceipt.effects("transfer_to_warehouse", record))[-1]
    assert isinstance(back, Opens)
    assert (back.code, back.answers["return_stage"], back.answers["inspection"]) == (
        "PU-07",
        "inspection",
        answers["inspection"],
    )
    assert back.answers["lines"] == [
        {"item": BOLT, "quantity": Decimal(3), "batch": "B1、B2", "reason": "锈蚀"}
    ]


def test_when_all_failed_the_return_opens_without_a_transfer() -> None:
    order = kept_order((BOLT, 30))
    receipt = kept_receipt(order, (BOLT, 30))
    sheet = kept_inspection(receipt, (BOLT, 0, 30))
    answers = {**opening(order, line(BOLT, 30)), "inspection": sheet, "inspection_verdict": "fail"}
    ordered, back = GoodsReceipt.effects(
        "inspection_result", filed(GoodsReceipt, answers, id=receipt.id or 0)
    )
    assert ordered == OrdersStock(1, Decimal(-30))
    assert isinstance(back, Opens)
    assert back.answers["lines"][0]["quantity"] == 30
    passed = filed(GoodsReceipt, {**answers, "inspection_verdict": "pass"}, id=receipt.id or 0)
    assert list(GoodsReceipt.effects("inspection_result", passed)) == []


def test_promised_replacements_are_expected_again() -> None:
    order = kept_order((BOLT, 30))
    kept_receipt(order, (BOLT, 30), state="finished")
    assert goods.outstanding(order.id or 0)[BOLT.id or 0] == 0
    rows = [{"item": stored(BOLT), "quantity": "3"}]
    answers = {"order": stored(order), "claim": "replacement", "lines": rows}
    kept("PU-07", answers, state="running", stages={"supplier_sign": {}})
    assert goods.outstanding(order.id or 0)[BOLT.id or 0] == 3
