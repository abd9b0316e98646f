"""WH-02 入库审核单."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.conditions import differs, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, PostsEntry, PostsStock, after
from portal.domain.signoff import Back, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, LongText, Moment, Money, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Person, Place, RecordLink, StockItem, Supplier
from portal.lib.i18n import _l
from portal.queries import goods
from portal.queries.corrected import standing_one

KEEPER_IS_INSPECTOR = _l("入库审核人不能是该批货物的检验人员")


class ArrivedLine(Sheet):
    """One item brought to the warehouse."""

    item = StockItem(_l("库存品"))
    quantity = Number(_l("送库数量"), low=Decimal("0.001"))
    unit = Text(_l("单位"), max=20)
    batch = Text(_l("批号"), required=False)


class CheckedLine(Sheet):
    """What the keeper found of one item."""

    item = StockItem(_l("库存品"))
    good = Number(_l("合格数量"))
    bad = Number(_l("不合格数量"))
    reason = Text(_l("原因"), required=False)

    def check(self) -> None:
        """A bad quantity needs its reason."""
        if self.bad.data and self.reason.blank:
            self.refuse("reason", _l("有不合格数量时请填写原因"))


class CostLine(Sheet):
    """The price at which one item enters the books."""

    item = StockItem(_l("库存品"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    cost = Money(_l("单价"))


class KeeperCheck(Stage):
    """The keeper's check of the goods."""

    checked_lines = Rows(_l("审核结果"), CheckedLine)
    keeper_verdict = Choice(
        _l("审核结论"), {"pass": _l("合格"), "partly": _l("部分合格"), "fail": _l("不合格")}
    )

    def proposal(self) -> dict[str, Any]:
        """The items brought, to be judged."""
        return {"checked_lines": [{"item": line["item"]} for line in self.context.get("lines") or ()]}

    def check(self) -> None:
        """R55: a second pair of eyes; good and bad add up to what was brought, and the verdict says so."""
        inspection = self.context.get("inspection")
        inspectors = goods.inspection(inspection.id).people if inspection and inspection.id else ()
        if self.person is not None and self.person.id in inspectors:
            self.refuse("keeper_verdict", KEEPER_IS_INSPECTOR)
        brought = goods.totals(self.context["lines"], "quantity")
        if goods.totals(self.checked_lines.data, "good", "bad") != brought:
            self.refuse("checked_lines", _l("各库存品的合格与不合格数量之和须等于送库数量"))
        if self.keeper_verdict.data and self.keeper_verdict.data != goods.verdict(self.checked_lines.data):
            self.refuse("keeper_verdict", _l("审核结论与明细中的合格、不合格数量不一致"))


class SupervisorReview(Stage):
    """The supervisor's word on goods that failed."""

    reject_confirmed = YesNo(_l("确认退回供应商"))
    supervisor_opinion = LongText(_l("审核意见"))


class PostingToBooks(Stage):
    """Entry into the journal and the ledger."""

    posted_on = Day(_l("入库日期"))
    unit_costs = Rows(_l("入库单价"), CostLine)

    def proposal(self) -> dict[str, Any]:
        """What passed, at the prices of the order."""
        receipt = self.context.get("receipt")
        order = goods.order_of(receipt.id) if receipt and receipt.id else None
        prices = goods.order_prices(order) if order else {}
        lines = [line for line in self.context.get("checked_lines") or () if line["good"]]
        rows = [
            {"item": line["item"], "quantity": line["good"], "cost": prices.get(line["item"].id)}
            for line in lines
        ]
        return {"unit_costs": rows}

    def check(self) -> None:
        """R57: exactly what passed is posted, after it came and not in days to come."""
        moments.refuse_future(self, "posted_on")
        text = _l("入库日期不能早于送库的那一天")
        moments.refuse_earlier(self, "posted_on", self.context.get("arrived_at"), text)
        passed = {k: v for k, v in goods.totals(self.context["checked_lines"], "good").items() if v}
        if goods.totals(self.unit_costs.data, "quantity") != passed:
            self.refuse("unit_costs", _l("入库数量须与审核合格数量一致"))


class EntryCheck(CompanyForm):
    """Checks goods that passed inspection before they enter the warehouse's books."""

    code = "WH-02"
    name = _l("入库审核单")
    slug = "entry-checks"
    section = "stock"
    procedure = "PU-P-01#second-check"
    opened_by = ("warehouse_keeper",)
    covers = ("不合格货物主管审核单",)
    columns = (
        "number",
        "receipt",
        "inspection",
        "supplier",
        "arrived_at",
        "handed_by",
        "storage_place",
        "reject_confirmed",
        "posted_on",
        "current_step",
        "due_at",
        "status",
    )

    receipt = RecordLink(_l("采购收货单"), "PU-05")
    inspection = RecordLink(_l("进货检验单"), "PU-06")
    supplier = Supplier(_l("供应商"))
    lines = Rows(_l("送库货物"), ArrivedLine)
    arrived_at = Moment(_l("送库时间"))
    handed_by = Person(_l("送库人"))
    storage_place = Place(_l("库位"))
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "keeper_check",
            _l("库房管理员审核"),
            role("warehouse_keeper"),
            meaning="inspected",
            within=working_days(1),
            fills=KeeperCheck,
        ),
        Step(
            "supervisor_review",
            _l("不合格货物主管审核"),
            role("warehouse_supervisor"),
            within=working_days(1),
            when=differs("keeper_verdict", "pass"),
            fills=SupervisorReview,
            on_refusal=Back("keeper_check"),
            outcomes=(Back("keeper_check", when=equals("reject_confirmed", False)),),
            clause="PU-P-01#keeper-refusal",
        ),
        Step(
            "posting",
            _l("登记流水帐和库存帐目"),
            role("warehouse_keeper"),
            meaning="posted",
            within=working_days(1),
            when=differs("keeper_verdict", "fail"),
            fills=PostingToBooks,
            clause="PU-P-01#posting",
        ),
    )

    def check(self) -> None:
        """R55: opens only for goods that passed inspection, once, and not by their inspector."""
        moments.refuse_future(self, "arrived_at")
        inspection, receipt = self.inspection.data, self.receipt.data
        if not (inspection and inspection.id):
            return
        found = goods.inspection(standing_one(inspection.id))
        if receipt and receipt.id and found.receipt not in goods.same(receipt.id):
            self.refuse("inspection", _l("该进货检验单检验的不是这张采购收货单的货物"))
        elif not found.finished:
            self.refuse("inspection", _l("该进货检验单还没有审核完"))
        elif receipt and receipt.id:
            self._check_handed_over(receipt.id, inspection.id)
        if self.person is not None and self.person.id in found.people:
            self.refuse("inspection", KEEPER_IS_INSPECTOR)
        entered = goods.entered(inspection.id, but=self.itself)
        for item, wanted in goods.totals(self.lines.data, "quantity").items():
            if wanted + entered.get(item, Decimal(0)) > found.accepted.get(item, Decimal(0)):
                self.refuse("lines", _l("送库数量不能超过进货检验的合格数量（含其他入库审核单已收的数量）"))
                break

    def _check_handed_over(self, receipt: int, inspection: int) -> None:
        """What comes in is what purchasing brought, by the sheet that its note names."""
        handed_over = goods.handed_over(receipt)
        if handed_over is None:
            self.refuse("receipt", _l("该采购收货单的合格货物还没有送交库房"))
        elif handed_over != standing_one(inspection):
            self.refuse("inspection", _l("该批货物是按另一张进货检验单送库的"))
        supplier = goods.named(standing_one(receipt), "supplier")
        if self.supplier.data and self.supplier.data.id != supplier:
            self.refuse("supplier", _l("供应商与采购收货单上的供应商不一致"))

    @staticmethod
    @after("supervisor_review", _l("退回供应商：生成退货单草稿"))
    def open_return(record: Filed) -> Iterator[Effect]:
        """R56: what the keeper refused goes back to the supplier."""
        bad = [line for line in record["checked_lines"] if line["bad"]]
        if not (record["reject_confirmed"] and bad):
            return
        batches = goods.batches_of(record["lines"])
        lines = [
            {
                "item": line["item"],
                "quantity": line["bad"],
                "batch": batches.get(line["item"].id, ""),
                "reason": line["reason"],
            }
            for line in bad
        ]
        answers: dict[str, Any] = {
            "supplier": record["supplier"],
            "return_stage": "warehouse",
            "inspection": record["inspection"],
            "lines": lines,
        }
        receipt = record["receipt"]
        order = goods.order_of(receipt.id) if receipt and receipt.id else None
        if order:
            answers["order"] = Ref(order, goods.label(order))
        yield Opens("PU-07", answers, names_as="warehouse_review")

    @staticmethod
    @after("posting", _l("同时登记流水帐、库存台帐和入库台帐"))
    def post(record: Filed) -> Iterator[Effect]:
        """R57: both books in one write."""
        batches = goods.batches_of(record["lines"])
        for line in record["unit_costs"]:
            item = line["item"].id
            yield PostsStock(
                "in", item, record["storage_place"], line["quantity"], line["cost"], batches.get(item, "")
            )
            yield PostsEntry(
                "entry_ledger",
                {
                    "date": record["posted_on"].isoformat(),
                    "slip_no": record.number,
                    "item": line["item"].text,
                    "quantity": str(line["quantity"]),
                    "price": str(line["cost"]),
                    "supplier": record["supplier"].text,
                },
            )
