"""CR-16 报价单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.domain.conditions import all_of, equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Effect, Opens, after
from portal.domain.signoff import Back, Close, Route, Step, outside, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.customer_service.quoted import CENT, reckon, refuse_discontinued, refuse_total
from portal.forms.fields import Day, Integer, LongText, Money, Number, Rows, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, Product, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import customers, goods, prices

VALID = timedelta(days=30)  # proposed for an offer
BELOW_LIST = equals("below_list", True)
NOT_ACCEPTED = equals("accepted", False)


class QuotedLine(Sheet):
    """One product with its uniform price and the price offered."""

    product = Product(_l("产品"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    list_price = Money(_l("统一定价"), computed=True)
    price = Money(_l("报价"), low=CENT)
    amount = Money(_l("金额"), computed=True)


class CustomerAnswer(Stage):
    """What the customer says to the offer."""

    accepted = YesNo(_l("客户接受"))
    answer_note = LongText(_l("答复说明"), required=False)
    requote = YesNo(
        _l("请重新报价"),
        when=NOT_ACCEPTED,
        help=_l("选“是”退回业务人员另报一版；选“否”本次报价结束，机会丢失"),
    )

    def check(self) -> None:
        """An offer that has run out is not accepted any more."""
        until = self.context.get("valid_until")
        if self.accepted.data and until and until < self.today:
            self.refuse(
                "accepted", _l("报价有效期至 %(day)s，已经过期；请选“否”，由业务人员重新报价"), day=until
            )


class Quotation(CompanyForm):
    """Offers products to a customer at the uniform price, or below it for a reason that the director approves."""

    code = "CR-16"
    name = _l("报价单")
    slug = "quotations"
    section = "crm"
    procedure = "CR-P-02#quotation"
    opened_by = ("salesperson",)
    readers = ("salesperson", "sales_manager", "customer_service_officer")
    columns = (
        *("number", "customer", "quotation_version", "total_amount", "valid_until", "lead", "below_list"),
        *("accepted", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    lead = RecordLink(_l("客户机会"), "CR-12", required=False)
    quotation_version = Integer(_l("版本"), computed=True)
    lines = Rows(_l("报价明细"), QuotedLine)
    total_amount = Money(_l("总金额"), computed=True)
    below_list = YesNo(
        _l("低于统一定价"), computed=True, help=_l("有一项报价低于统一定价时须写明理由，并由营销总监审批")
    )
    discount_reason = LongText(_l("低于统一定价的理由"), when=BELOW_LIST)
    valid_until = Day(_l("有效期至"))
    delivery_terms = LongText(_l("交货条件"))
    payment_terms = LongText(_l("付款条件"))
    quotation_file = Attachments(_l("报价文件"), required=False)

    signoff = Route(
        Step(
            "sales_approval",
            _l("销售部经理审核"),
            role("sales_manager"),
            meaning="checked",
            within=working_days(1),
            bulk=True,
        ),
        Step(
            "director_approval",
            _l("营销总监审批"),
            role("marketing_director"),
            within=working_days(1),
            when=BELOW_LIST,
        ),
        Step(
            "customer_answer",
            _l("客户答复"),
            outside("customer"),
            meaning="confirmed",
            within=weeks(2),
            fills=CustomerAnswer,
            outcomes=(
                Back(when=all_of(NOT_ACCEPTED, equals("requote", True))),
                Close(when=all_of(NOT_ACCEPTED, equals("requote", False))),
            ),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """An offer that holds for a month."""
        return {"valid_until": self.today + VALID}

    def compute(self) -> None:
        """The version, what the price list says today, the amounts."""
        super().compute()
        id = self.context.get("@record_id")
        answered = goods.times_signed(id, "customer_answer") if id else 0
        self.quotation_version.data = answered + 1
        for row in self.lines.rows:
            product = row.product.data
            found = prices.on(product.id, self.today) if product else None
            row.list_price.data = found.quantize(CENT) if found is not None else None
        self.total_amount.data = reckon(self.lines.rows)
        self.below_list.data = any(_below(row) for row in self.lines.rows)

    def check(self) -> None:
        """What is quoted is on sale at a uniform price; an offer holds from today; a lead is the customer's own."""
        refuse_discontinued(self.lines.rows)
        refuse_total(self, "lines", self.total_amount.data)
        for row in self.lines.rows:
            if row.product.data and row.list_price.data is None:
                row.refuse(
                    "product", _l("该产品今天没有统一定价，请先办理“产品目录及统一定价登记表”（CR-05）")
                )
        if self.valid_until.data and self.valid_until.data < self.today:
            self.refuse("valid_until", _l("有效期不能早于今天"))
        lead, customer = self.lead.data, self.customer.data
        about = customers.about({lead.id}) if lead and lead.id else None
        if about is not None and customer and about.id != customer.id:
            self.refuse("lead", _l("这条客户机会属于另一客户 %(customer)s，请重新选择"), customer=about.label)

    @staticmethod
    @after("customer_answer", _l("客户接受：生成客户订单草稿，带出报价明细"))
    def order(record: Filed) -> Iterator[Effect]:
        """What was accepted is ordered as it was offered."""
        if not record["accepted"]:
            return
        names = ("product", "quantity", "price")
        answers = {
            "customer": record["customer"],
            "order_date": day(record.now),
            "lines": [{name: line[name] for name in names} for line in record["lines"]],
        }
        yield Opens("CR-17", answers, to=f"person:{record.applicant_id}", names_as="quotation")


def _below(row: QuotedLine) -> bool:
    price, listed = row.price.data, row.list_price.data
    return price is not None and listed is not None and bool(price < listed)
