"""PU-04 采购订货单."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from portal.domain.conditions import above, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, OrdersStock, after
from portal.domain.signoff import Back, Route, Step, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Day, LongText, Money, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, RecordLink, StockItem, Supplier
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import buying, deliveries, goods


class OrderLine(Sheet):
    """One item ordered."""

    item = StockItem(_l("库存品"))
    name_ = Text(_l("名称规格"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    unit = Text(_l("单位"), max=20)
    unit_price = Money(_l("单价"))
    amount = Money(_l("金额"), computed=True)
    shortage = Number(_l("缺口"), computed=True)

    def compute(self) -> None:
        """Quantity times price."""
        if self.quantity.data is not None and self.unit_price.data is not None:
            self.amount.data = (self.quantity.data * self.unit_price.data).quantize(
                Decimal("0.01"), ROUND_HALF_UP
            )

    def check_shortage(self, above: Decimal) -> None:
        """R54: without a reason no more is ordered than is short; `above` is what the rows before this one take of it."""
        short, quantity = self.shortage.data, self.quantity.data
        if short == 0:
            text = _l("没有缺口，或缺口已由该请购单的其他订货单订足；仍要采购须在请购单中写明理由")
            self.refuse("shortage", text)
        elif short is not None and quantity and quantity + above > short:
            text = _l(
                "订货数量（与前面同一库存品的行合计）超过缺口 %(short)s：须在请购单中写明仍要采购的理由"
            )
            self.refuse("quantity", text, short=f"{short.normalize():f}")


class SupplierAnswer(Stage):
    """What the supplier answers to the order."""

    supplier_accepts = YesNo(_l("供应商接受"))
    promised_date = Day(_l("供应商承诺交期"), when=equals("supplier_accepts", True))
    supplier_note = LongText(_l("说明"), required=False)

    def check(self) -> None:
        """Nobody promises a day before the order, nor one that is never looked for."""
        moments.refuse_past(self, "promised_date", _l("承诺交期不能早于下单日期"))
        if self.promised_date.data and self.promised_date.data > day(self.now) + deliveries.FURTHEST:
            self.refuse("promised_date", _l("承诺交期不能晚于两年以后，请核对年份"))


class PurchaseOrder(CompanyForm):
    """Orders goods from an approved supplier when the stock does not cover the demand."""

    code = "PU-04"
    name = _l("采购订货单")
    slug = "purchase-orders"
    section = "goods"
    procedure = "PU-P-01#order"
    opened_by = ("buyer",)
    columns = (
        "number",
        "supplier",
        "requisition",
        "total_amount",
        "delivery_date",
        "delivery_place",
        "payment_terms",
        "supplier_accepts",
        "promised_date",
        "current_step",
        "due_at",
        "status",
    )

    supplier = Supplier(_l("供应商"))
    requisition = RecordLink(_l("请购单"), "PU-03")
    lines = Rows(_l("订货明细"), OrderLine)
    total_amount = Money(_l("订单金额"), computed=True)
    delivery_date = Day(_l("要求交货日期"))
    delivery_place = Text(_l("交货地点"))
    payment_terms = Text(_l("付款条件"))
    quality_terms = LongText(_l("质量及验收要求"))
    quotation_file = Attachments(_l("报价附件"), required=False)
    price_compared = YesNo(_l("已比价"))

    signoff = Route(
        Step(
            "purchasing_approval",
            _l("采购部经理审批"),
            role("purchasing_manager"),
            within=working_days(1),
            bulk=True,
        ),
        Step(
            "gm_approval",
            _l("总经理审批"),
            role("general_manager"),
            within=working_days(2),
            when=above("total_amount", "@purchase_order_limit"),
            clause="AD-S-01#orders",
        ),
        Step(
            "supplier_answer",
            _l("交送供应商及答复"),
            outside("supplier"),
            meaning="confirmed",
            within=working_days(2),
            fills=SupplierAnswer,
            outcomes=(Back(when=equals("supplier_accepts", False)),),
            clause="PU-P-01#to-supplier",
        ),
    )

    def compute(self) -> None:
        """Amounts of the lines and their sum; shortages as the requisition found them."""
        super().compute()
        if self.requisition.data and self.requisition.data.id:
            lines = [line for line in self.lines.rows if line.item.data]
            found = self._short(self.requisition.data.id, {line.item.data.id for line in lines})
            for line in lines:
                line.shortage.data = found.get(line.item.data.id, Decimal(0))
        amounts = [line.amount.data for line in self.lines.rows if line.amount.data is not None]
        self.total_amount.data = sum(amounts, Decimal("0.00"))

    def _short(self, requisition: int, wanted: set[int]) -> dict[int, Decimal]:
        """What is short of these items and not taken by another order of the requisition, by item id."""
        named = goods.requisition_shortages(requisition)
        unnamed = goods.shortages(wanted - named.keys(), but=self.itself)
        taken = buying.taken(requisition, but=self.itself) if named else {}
        waiting = buying.not_yet_on_order(requisition, but=self.itself) if unnamed else {}
        left = {item: short - taken.get(item, Decimal(0)) for item, short in named.items()}
        left |= {item: short - waiting.get(item, Decimal(0)) for item, short in unnamed.items()}
        return {item: max(short, Decimal(0)) for item, short in left.items()}

    def check(self) -> None:
        """R54: by an approved requisition, from an approved supplier; what is not short only for a written reason."""
        moments.refuse_past(self, "delivery_date", _l("要求交货日期不能早于下单日期"))
        requisition = self.requisition.data.id if self.requisition.data else None
        if requisition and goods.state(requisition) != "finished":
            self.refuse("requisition", _l("该请购单还没有办完，不能订货"))
        if self.supplier.data and not goods.may_order_from(self.supplier.data.id):
            self.refuse("supplier", _l("该供应商不在合格供应商名录中，不能订货"))
        self._check_delivered()
        if not goods.requisition_reason(requisition):
            above: dict[int, Decimal] = {}
            for line in self.lines.rows:
                if line.item.data:
                    before = above.get(line.item.data.id, Decimal(0))
                    line.check_shortage(before)
                    above[line.item.data.id] = before + (line.quantity.data or Decimal(0))

    def _check_delivered(self) -> None:
        """What a corrected order has brought already stays ordered."""
        corrects = self.context.get("@corrects")
        if not corrects:
            return
        before, wanted = goods.ordered(corrects), goods.totals(self.lines.data, "quantity")
        for item, came in buying.delivered(corrects).items():
            least = min(came, before.get(item, Decimal(0)))
            if wanted.get(item, Decimal(0)) < least:
                text = _l("原订货单已有 %(came)s 到货，更正后的订货数量不能少于它：%(item)s")
                named = goods.items({item})[item].name
                self.refuse("lines", text, came=f"{least.normalize():f}", item=named)

    @staticmethod
    @after("supplier_answer", _l("订货数量计入在途；过了承诺交期未收货时提醒采购员"))
    def put_on_order(record: Filed) -> Iterator[Effect]:
        """Adds each line to the quantity on order, once the supplier has accepted."""
        if not record["supplier_accepts"]:
            return
        for line in record["lines"]:
            yield OrdersStock(line["item"].id, line["quantity"])
