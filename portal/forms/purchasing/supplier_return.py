"""PU-07 退货单."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import VOIDED, Effect, OrdersStock, Updates, after
from portal.domain.signoff import Back, Route, Step, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, LongText, Number, Rows, Text
from portal.forms.filed import Filed
from portal.forms.references import Photos, RecordLink, StockItem, Supplier
from portal.lib.i18n import _l
from portal.queries import goods
from portal.queries.corrected import standing_one


class ReturnedLine(Sheet):
    """One item that goes back."""

    item = StockItem(_l("库存品"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    batch = Text(_l("批号"), required=False)
    reason = Text(_l("不合格原因"))


class SupplierTakesBack(Stage):
    """The supplier takes the goods and says what it will do."""

    taken_back_on = Day(_l("取回日期"))
    supplier_answer = LongText(_l("供应商处理意见"))

    def check(self) -> None:
        """They are not fetched in days to come."""
        moments.refuse_future(self, "taken_back_on")


class Settlement(Stage):
    """How the return came to its end."""

    settled_how = LongText(_l("处理结果"))


class SupplierReturn(CompanyForm):
    """Sends back to the supplier what failed an inspection, the warehouse's check, or was never ordered."""

    code = "PU-07"
    name = _l("退货单")
    slug = "supplier-returns"
    section = "goods"
    procedure = "PU-P-01#return"
    opened_by = ("buyer", "warehouse_keeper")
    columns = (
        "number",
        "supplier",
        "order",
        "return_stage",
        "claim",
        "wanted_by",
        "inspection",
        "taken_back_on",
        "current_step",
        "due_at",
        "status",
    )

    supplier = Supplier(_l("供应商"))
    order = RecordLink(_l("采购订货单"), "PU-04")
    return_stage = Choice(
        _l("退货环节"),
        {"inspection": _l("验货不合格"), "warehouse": _l("库房审核不合格"), "receipt": _l("收货不符")},
    )
    inspection = RecordLink(
        _l("进货检验单"), "PU-06", required=False, required_when=equals("return_stage", "inspection")
    )
    warehouse_review = RecordLink(
        _l("库房审核单"), "WH-02", required=False, required_when=equals("return_stage", "warehouse")
    )
    lines = Rows(_l("退货明细"), ReturnedLine)
    claim = Choice(
        _l("处理要求"), {"refund": _l("退款"), "replacement": _l("换货"), "supply_again": _l("补货")}
    )
    photos = Photos(_l("照片"), required=False)
    wanted_by = Day(_l("要求处理日期"))

    signoff = Route(
        Step(
            "purchasing_approval",
            _l("采购部经理审核"),
            role("purchasing_manager"),
            within=working_days(1),
            bulk=True,
        ),
        Step(
            "supplier_sign",
            _l("供应商签收"),
            outside("supplier"),
            meaning="received",
            within=weeks(1),
            fills=SupplierTakesBack,
            on_refusal=Back("purchasing_approval"),
        ),
        Step(
            "settled",
            _l("处理完成"),
            role("buyer"),
            meaning="done",
            within=weeks(1),
            fills=Settlement,
        ),
    )

    def check(self) -> None:
        """R56: each way back has its proof; no more goes back than was found bad."""
        moments.refuse_past(self, "wanted_by", _l("要求处理日期不能早于填单日期"))
        order, supplier = self.order.data, self.supplier.data
        if order and order.id and supplier and supplier.id != goods.named(standing_one(order.id), "supplier"):
            self.refuse("supplier", _l("供应商与采购订货单上的供应商不一致"))
        if self.return_stage.data == "warehouse":
            self._check_warehouse()
        elif self.return_stage.data == "inspection":
            self._check_inspection()

    def _check_warehouse(self) -> None:
        review = self.warehouse_review.data
        if not (review and review.id):
            return
        bad = goods.refused_in_warehouse(review.id)
        if bad is None:
            self.refuse("warehouse_review", _l("库房审核不合格的货物，须经仓库主管审核确认退回后才能退货"))
        else:
            self._check_quantities(bad, "warehouse_review", review.id)

    def _check_inspection(self) -> None:
        inspection = self.inspection.data
        if not (inspection and inspection.id):
            return
        found = goods.inspection(standing_one(inspection.id))
        if not found.finished:
            self.refuse("inspection", _l("该进货检验单还没有审核完"))
        elif found.verdict == "pass":
            self.refuse("inspection", _l("该进货检验单的结论是合格，不能按验货不合格退货"))
        elif found.disposal == "concession":
            self.refuse("inspection", _l("该批货物已让步接收，不能按验货不合格退货"))
        elif found.disposal == "sorting":
            self.refuse("inspection", _l("该批货物须挑选后重新检验，请选择挑选后的进货检验单"))
        else:
            self._check_quantities(goods.totals(found.lines, "bad"), "inspection", inspection.id)

    def _check_quantities(self, bad: dict[int, Decimal], proof: str, record: int) -> None:
        """No more goes back than was found bad, over all returns of the same goods."""
        stage = self.return_stage.data
        before = goods.returned(stage, proof, record, but=self.itself)
        for item, back in goods.totals(self.lines.data, "quantity").items():
            if back + before.get(item, Decimal(0)) > bad.get(item, Decimal(0)):
                self.refuse("lines", _l("退货数量不能超过查出的不合格数量（含其他退货单已退的数量）"))
                break
        supplier = self.supplier.data
        if (
            supplier
            and supplier.id != goods.named(standing_one(record), "supplier")
            and not self.supplier.errors
        ):
            self.refuse("supplier", _l("供应商与查出不合格的单据上的供应商不一致"))

    @staticmethod
    @after("supplier_sign", _l("退货计入供应商评分；换货或补货时增加在途数量"))
    def count_return(record: Filed) -> Iterator[Effect]:
        """One more return of this supplier; what it will send again is on order. Signed anew, it counts once, as it

        says then; what it corrects counts no longer.
        """
        before = goods.signed_as(record.id, "supplier_sign")[:-1]
        yield from _count(_counted_until(record, before), record["supplier"].id)
        again = record["lines"] if record["claim"] in ("replacement", "supply_again") else ()
        yield from _order_again(record.id, goods.totals(again, "quantity"))

    @staticmethod
    @after(VOIDED, _l("退货单作废时：不计入供应商评分，冲减换货或补货的在途数量"))
    def let_go(record: Filed) -> Iterator[Effect]:
        """A return that is given up has never been, though the supplier may have signed for it."""
        signed = goods.signed_as(record.id, "supplier_sign")
        if signed:
            yield from _count(_counted_until(record, signed), _counted_until(record, []))
            yield from _order_again(record.id, {})


def _counted_until(record: Filed, signed: list[dict[str, Any]]) -> int | None:
    """For which supplier the return counts by these signatures; by none of them, that of the record it corrects."""
    if signed:
        return int(signed[-1]["supplier"]["id"])
    return goods.named(record["@corrects"], "supplier") if record["@corrects"] else None


def _count(before: int | None, now: int | None) -> Iterator[Effect]:
    """The return counts for another supplier than before, or for none."""
    if before != now:
        for supplier, more in ((before, -1), (now, 1)):
            if supplier is not None:
                yield Updates("supplier", supplier, adds={"returns": more})


def _order_again(record_id: int, wanted: dict[int, Decimal]) -> Iterator[Effect]:
    """Brings what the return has put on order to what the supplier is to send again."""
    posted = goods.on_order_by({record_id})
    for item in {**wanted, **posted}:
        more = wanted.get(item, Decimal(0)) - posted.get(item, Decimal(0))
        if more:
            yield OrdersStock(item, more, put_back=more < 0)
