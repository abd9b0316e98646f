"""PU-05 采购收货单."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.conditions import differs
from portal.domain.deadlines import working_days
from portal.domain.effects import REFUSED, Effect, Opens, OrdersStock, after
from portal.domain.signoff import Close, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, LongText, Moment, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, RecordLink, StockItem, Supplier
from portal.lib.i18n import _l
from portal.queries import goods
from portal.queries.corrected import standing_one


class DeliveredLine(Sheet):
    """One item as it came from the supplier."""

    item = StockItem(_l("库存品"))
    ordered = Number(_l("订货数量"), computed=True)
    delivered = Number(_l("到货数量"), low=Decimal("0.001"))
    batch = Text(_l("批号"), required=False)
    packing = YesNo(_l("包装完好"))


class TransferredLine(Sheet):
    """One item that passed and goes to the warehouse."""

    item = StockItem(_l("库存品"))
    quantity = Number(_l("合格数量"), low=Decimal("0.001"))


class InspectionResult(Stage):
    """The sheet on which the inspectors wrote what they found."""

    inspection = RecordLink(_l("进货检验单"), "PU-06")
    inspection_verdict = Choice(
        _l("检验结论"),
        {"pass": _l("合格"), "partly": _l("部分合格"), "concession": _l("让步接收"), "fail": _l("不合格")},
        computed=True,
    )

    def proposal(self) -> dict[str, Any]:
        """The finished sheet that names this note."""
        record = self.context.get("@record_id")
        found = goods.inspection_of(record) if record else None
        return {"inspection": Ref(found, goods.label(found))} if found else {}

    def compute(self) -> None:
        """The verdict is read from the sheet."""
        if self.inspection.data and self.inspection.data.id:
            self.inspection_verdict.data = goods.inspection(self.inspection.data.id).outcome

    def check(self) -> None:
        """The sheet must be about this delivery and decided."""
        if not (self.inspection.data and self.inspection.data.id):
            return
        found = goods.inspection(self.inspection.data.id)
        if found.receipt not in goods.same(self.context.get("@record_id")):
            self.refuse("inspection", _l("该进货检验单检验的不是本次到货"))
        elif other := goods.corrected_by(self.inspection.data.id):
            text = _l("该进货检验单已由 %(number)s 更正，请选择更正后的检验单")
            self.refuse("inspection", text, number=other)
        elif not _all_inspected(found, self.context.get("lines")):
            self.refuse("inspection", _l("该进货检验单的到货数量与本单不一致，请先更正检验单"))
        elif not found.finished:
            self.refuse("inspection", _l("该进货检验单还没有审核完"))
        elif found.disposal == "sorting":
            self.refuse("inspection", _l("该批货物须挑选后重新检验，请选择挑选后的进货检验单"))


class TransferToWarehouse(Stage):
    """The goods that passed change hands."""

    transferred_at = Moment(_l("送库时间"))
    transferred_lines = Rows(_l("送库明细"), TransferredLine)

    def proposal(self) -> dict[str, Any]:
        """Everything that passed."""
        passed = self._passed() or {}
        rows = [
            {"item": Ref(item.id, item.label), "quantity": passed[item.id]}
            for item in goods.items(passed).values()
        ]
        return {"transferred_lines": rows}

    def check(self) -> None:
        """R55: exactly what passed goes to the warehouse."""
        moments.refuse_future(self, "transferred_at")
        received = self.context.get("received_at")
        moments.refuse_earlier(self, "transferred_at", received, _l("送库时间不能早于到货时间"))
        passed = self._passed()
        if passed is not None and goods.totals(self.transferred_lines.data, "quantity") != passed:
            self.refuse("transferred_lines", _l("送库数量须与进货检验单的合格数量一致"))

    def _passed(self) -> dict[int, Decimal] | None:
        inspection = self.context.get("inspection")
        return goods.inspection(inspection.id).accepted if inspection and inspection.id else None


class GoodsReceipt(CompanyForm):
    """Takes in what a supplier delivers, has it inspected and brings what passed to the warehouse."""

    code = "PU-05"
    name = _l("采购收货单")
    slug = "goods-receipts"
    section = "goods"
    procedure = "PU-P-01#arrival"
    opened_by = ("buyer",)
    covers = ("货物送库交接单",)
    columns = (
        "number",
        "supplier",
        "order",
        "delivery_note_no",
        "received_at",
        "short_or_over",
        "carrier",
        "current_step",
        "due_at",
        "status",
    )

    supplier = Supplier(_l("供应商"))
    order = RecordLink(_l("采购订货单"), "PU-04")
    delivery_note_no = Text(_l("供方收货单编号"), max=60)
    received_at = Moment(_l("到货时间"))
    lines = Rows(_l("到货明细"), DeliveredLine)
    carrier = Text(_l("承运单位"), required=False)
    note_scan = Attachments(_l("采购收货单扫描"))
    short_or_over = Choice(_l("数量差异"), {"agrees": _l("相符"), "short": _l("短少"), "over": _l("超出")})
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "purchasing_sign",
            _l("采购部签收"),
            role("purchasing_manager"),
            meaning="received",
            within=working_days(1),
            on_refusal=Close(),
        ),
        Step(
            "inspection_result",
            _l("检验结果"),
            role("quality_inspector"),
            meaning="inspected",
            within=working_days(1),
            fills=InspectionResult,
            clause="PU-P-01#inspection",
        ),
        Step(
            "transfer_to_warehouse",
            _l("合格货物送交库房"),
            role("buyer"),
            meaning="delivered",
            within=working_days(1),
            when=differs("inspection_verdict", "fail"),
            fills=TransferToWarehouse,
            clause="PU-P-01#handover",
        ),
    )

    def compute(self) -> None:
        """The ordered quantities are those of the order."""
        super().compute()
        if self.order.data and self.order.data.id:
            ordered = goods.ordered(standing_one(self.order.data.id))
            for line in self.lines.rows:
                if line.item.data:
                    line.ordered.data = ordered.get(line.item.data.id, Decimal(0))

    def check(self) -> None:
        """The order is one that its supplier has accepted; the difference is the one that the lines show."""
        moments.refuse_future(self, "received_at")
        if not (self.order.data and self.order.data.id):
            return
        order = standing_one(self.order.data.id)
        if goods.state(order) != "finished":
            self.refuse("order", _l("该采购订货单还没有得到供应商确认"))
        if self.supplier.data and self.supplier.data.id != goods.named(order, "supplier"):
            self.refuse("supplier", _l("供应商与采购订货单上的供应商不一致"))
        expected = goods.outstanding(order, but=self.itself)
        delivered = goods.totals(self.lines.data, "delivered")
        over = any(quantity > expected.get(item, 0) for item, quantity in delivered.items())
        short = any(quantity < expected.get(item, 0) for item, quantity in delivered.items())
        right = _differences(over, short)
        if any(quantity for item, quantity in expected.items() if item not in delivered):
            right.add("short")  # of what has not come at all; a delivery in parts may agree all the same
        if self.short_or_over.data and self.short_or_over.data not in right:
            self.refuse("short_or_over", _l("数量差异与到货明细和订单未交数量不一致"))

    @staticmethod
    @after("purchasing_sign", _l("生成进货检验单草稿，交检验人员"))
    def open_inspection(record: Filed) -> Iterator[Effect]:
        """R55: the first of the two checks; the sheet of the note that this one corrects is that of this one, too."""
        if goods.inspected_by(record.id):
            return
        lines = [{"item": line["item"], "delivered": line["delivered"]} for line in record["lines"]]
        answers = {"supplier": record["supplier"], "lines": lines}
        yield Opens("PU-06", answers, to="role:quality_inspector", names_as="receipt")

    @staticmethod
    @after(REFUSED, _l("不是本公司订的货：生成退货单草稿"))
    def return_unordered(record: Filed) -> Iterator[Effect]:
        """What the purchasing department does not take goes back at once."""
        lines = [
            {"item": line["item"], "quantity": line["delivered"], "batch": line["batch"]}
            for line in record["lines"]
        ]
        yield _return(record, "receipt", lines)

    @staticmethod
    @after("inspection_result", _l("全部不合格时：生成退货单草稿，冲减在途数量"))
    def return_all(record: Filed) -> Iterator[Effect]:
        """Nothing passed: the record ends here."""
        if record["inspection_verdict"] == "fail":
            yield from _settle_order(record)
            yield from _return_failed(record)

    @staticmethod
    @after("transfer_to_warehouse", _l("生成入库审核单草稿；不合格货物生成退货单草稿；冲减在途数量"))
    def hand_over(record: Filed) -> Iterator[Effect]:
        """The keeper's check of what passed, and the way back of what did not."""
        yield from _settle_order(record)
        lines = _to_enter(record)
        answers = {
            "inspection": record["inspection"],
            "supplier": record["supplier"],
            "lines": lines,
            "arrived_at": record["transferred_at"],
            "handed_by": Ref(record.signer_id, goods.person_label(record.signer_id)),
        }
        if lines:
            yield Opens("WH-02", answers, to="role:warehouse_keeper", names_as="receipt")
        yield from _return_failed(record)


def _all_inspected(sheet: goods.Inspection, lines: list[dict[str, Any]] | None) -> bool:
    """Whether the sheet is about just what the note says was delivered."""
    return lines is None or goods.totals(sheet.lines, "delivered") == goods.totals(lines, "delivered")


def _to_enter(record: Filed) -> list[dict[str, Any]]:
    """What was brought to the warehouse and no entry check has taken in yet."""
    batches = goods.batches_of(record["lines"])
    known = goods.items(line["item"].id for line in record["transferred_lines"])
    inspection = record["inspection"].id
    entered = goods.entered(inspection) if inspection else {}
    lines = []
    for line in record["transferred_lines"]:
        item = line["item"].id
        before = min(entered.get(item, Decimal(0)), line["quantity"])
        entered[item] = entered.get(item, Decimal(0)) - before
        if line["quantity"] > before:
            lines.append(
                {
                    "item": line["item"],
                    "quantity": line["quantity"] - before,
                    "unit": known[item].unit if item in known else "",
                    "batch": batches.get(item, ""),
                }
            )
    return lines


def _differences(over: bool, short: bool) -> set[str]:
    """What may be said of a delivery of which some lines are over and some short."""
    return {word for word, true in (("over", over), ("short", short)) if true} or {"agrees"}


def _settle_order(record: Filed) -> Iterator[Effect]:
    """Takes what came off the quantity on order, at most what was still to come."""
    if not record["order"].id:
        return
    expected = goods.outstanding(record["order"].id, but=record.itself, states=goods.DONE)
    for item, quantity in goods.totals(record["lines"], "delivered").items():
        come = min(quantity, expected.get(item, Decimal(0)))
        if come:
            yield OrdersStock(item, -come)


def _return_failed(record: Filed) -> Iterator[Effect]:
    """What the inspectors failed goes back to the supplier, unless it does already."""
    inspection = record["inspection"].id
    failed = goods.inspection(inspection).failed if inspection else []
    batches = goods.batches_of(record["lines"])
    if inspection and any(goods.returned("inspection", "inspection", inspection).values()):
        return
    lines = [
        {
            "item": Ref(line["item"]["id"], line["item"]["text"]),
            "quantity": Decimal(line["bad"]),
            "batch": batches.get(line["item"]["id"], ""),
            "reason": line["reason"],
        }
        for line in failed
    ]
    if lines:
        yield _return(record, "inspection", lines)


def _return(record: Filed, stage: str, lines: list[dict[str, Any]]) -> Opens:
    answers = {
        "supplier": record["supplier"],
        "order": record["order"],
        "return_stage": stage,
        "lines": lines,
    }
    if stage == "inspection":
        answers["inspection"] = record["inspection"]
    return Opens("PU-07", answers, to=f"person:{record.applicant_id}")
