"""CR-17 客户订单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, PostsReceivable, Updates, after
from portal.domain.signoff import Back, Route, Step, outside, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.customer_service import silence
from portal.forms.customer_service.order_stages import NOT_RELEASED, CustomerConfirm, FinanceRelease
from portal.forms.customer_service.quoted import CENT, reckon, refuse_discontinued, refuse_total
from portal.forms.customer_service.trade import refuse_no_trade
from portal.forms.fields import Day, Money, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, Product, RecordLink
from portal.lib.i18n import _l
from portal.queries import contracts, credit, customers, goods, people, products, receivables


class OrderLine(Sheet):
    """One product that is ordered."""

    product = Product(_l("产品"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    price = Money(_l("单价"), low=CENT)
    amount = Money(_l("金额"), computed=True)
    wanted_by = Day(_l("要求交期"))


class CustomerOrder(CompanyForm):
    """Takes an order: within the customer's credit, confirmed by the customer, then delivered and paid."""

    code = "CR-17"
    name = _l("客户订单")
    slug = "customer-orders"
    section = "crm"
    procedure = "CR-P-02#orders"
    opened_by = ("salesperson", "customer_service_officer")
    readers = ("salesperson", "sales_manager", "customer_service_officer", "finance_supervisor")
    columns = (
        *("number", "customer", "order_date", "total_amount", "delivery_address", "credit_left"),
        *("overdue_amount", "confirmed_on", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    quotation = RecordLink(_l("报价单"), "CR-16", required=False)
    contract = RecordLink(
        _l("合同"), "CS-34", required=False, help=_l("合同下的订单在合同中收款，不另记应收")
    )
    order_date = Day(_l("订货日期"))
    lines = Rows(_l("订购产品"), OrderLine)
    total_amount = Money(_l("订单金额"), computed=True)
    delivery_address = Text(_l("送货地址"))
    credit_left = Money(_l("剩余信用额度"), computed=True, help=_l("信用额度减去欠款和其他尚未确认的订单"))
    overdue_amount = Money(_l("逾期欠款"), computed=True)
    release_needed = YesNo(_l("须财务放行"), computed=True, help=_l("订单金额超过剩余信用额度，或有逾期欠款"))
    customer_order_no = Text(_l("客户订单号"), max=60, required=False)

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
            "finance_release",
            _l("财务放行"),
            role("finance_supervisor"),
            within=working_days(1),
            when=equals("release_needed", True),
            fills=FinanceRelease,
            outcomes=(Back(when=NOT_RELEASED),),
        ),
        Step(
            "customer_confirm",
            _l("客户确认"),
            outside("customer"),
            meaning="confirmed",
            within=working_days(2),
            fills=CustomerConfirm,
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """An order of today."""
        return {"order_date": self.today}

    def compute(self) -> None:
        """The amounts, and whether the customer's credit bears them."""
        super().compute()
        total = self.total_amount.data = reckon(self.lines.rows)
        customer = self.customer.data
        left = credit.left(customer.id, self.itself) if customer else None
        late = receivables.overdue(customer.id, self.today, self.itself) if customer else None
        self.credit_left.data = None if left is None else left.quantize(CENT)
        self.overdue_amount.data = None if late is None else late.quantize(CENT)
        # what a contract claims is owed already, an order under it owes nothing more
        beyond = left is not None and not self.contract.data and total > left
        self.release_needed.data = None if late is None else beyond or late > 0

    def check(self) -> None:
        """R15 and R53: a customer with a file orders products on sale, by a paper of their own."""
        refuse_no_trade(self, "customer")
        refuse_discontinued(self.lines.rows)
        refuse_total(self, "lines", self.total_amount.data)
        ordered_on = self.order_date.data
        if ordered_on and ordered_on > self.today:
            self.refuse("order_date", _l("订货日期不能晚于今天"))
        for row in self.lines.rows:
            if row.wanted_by.data and ordered_on and row.wanted_by.data < ordered_on:
                row.refuse("wanted_by", _l("要求交期不能早于订货日期"))
        if self.customer.data:
            self._check_papers(self.customer.data.id)

    def _check_papers(self, customer_id: int) -> None:
        quotation, contract = self.quotation.data, self.contract.data
        if quotation and quotation.id:
            if goods.named(quotation.id, "customer") != customer_id:
                self.refuse("quotation", _l("该报价单不是这个客户的报价单，请重新选择"))
            elif goods.state(quotation.id) != "finished":
                self.refuse("quotation", _l("该报价单尚未被客户接受，接受后才能据此下订单"))
        if contract and contract.id:
            if customers.contract_customer(contract.id) != customer_id:
                self.refuse("contract", _l("该合同不是这个客户的合同，请重新选择"))
            elif not contracts.is_signed(contract.id):
                self.refuse("contract", _l("该合同客户尚未签署，签署后才能据此下订单"))
            elif not contracts.is_in_force(contract.id, self.order_date.data or self.today):
                self.refuse("contract", _l("该合同在订货日期不在有效期内，请核对合同的开始和终止日期"))

    @staticmethod
    @after("finance_release", _l("不放行：生成客户信用额度、账期更改申请单草稿"))
    def ask_for_credit(record: Filed) -> Iterator[Effect]:
        """What finance does not release may be let through by a greater limit."""
        if record["released"] is False:
            yield Opens("CS-38", {"customer": record["customer"]}, to=f"person:{record.applicant_id}")

    @staticmethod
    @after("customer_confirm", _l("更新客户最近订货日期和状态；没有合同的订单记入应收及回款台帐"))
    def enter(record: Filed) -> Iterator[Effect]:
        """The customer has ordered, and owes the order unless a contract claims it."""
        customer = customers.find(record["customer"].id)
        assert customer is not None
        last = max(filter(None, (customer.last_order_on, record["order_date"])))
        values = {"last_order_on": last}
        if customer.status != "blocked":
            values["status"] = "cooperating"
        yield Updates("customer", customer.id, values)
        if record["contract"] is None:
            credit = customers.standing(customer.id)
            due_on = record["order_date"] + timedelta(days=credit.days if credit else 0)
            yield PostsReceivable(customer.id, record.id, record["total_amount"], due_on=due_on)

    @staticmethod
    @after("customer_confirm", _l("客户已订货：结束尚未办完的未订货登记"))
    def end_silence(record: Filed) -> Iterator[Effect]:
        """R08: an order ends what was entered because there was none."""
        yield from silence.end_silence(record["customer"].id, record.number)

    @staticmethod
    @after("customer_confirm", _l("生成送货申请表草稿"))
    def deliver(record: Filed) -> Iterator[Effect]:
        """Everything that was ordered is to be delivered."""
        customer = customers.find(record["customer"].id)
        assert customer is not None
        known = products.by_id(line["product"].id for line in record["lines"])
        items = goods.items(one.item_id for one in known.values() if one.item_id)
        answers = {
            "customer": record["customer"],
            "delivery_address": record["delivery_address"],
            "site_contact": customer.contact or None,
            "site_phone": customer.phone or None,
            "goods": [_good(line, known[line["product"].id], items) for line in record["lines"]],
        }
        yield Opens("CS-31", answers, to=f"person:{record.applicant_id}", names_as="contract_or_order")

    @staticmethod
    @after("customer_confirm", _l("库存不足的产品：生成用户需求单草稿，带出缺少的数量"))
    def ask_for_goods(record: Filed) -> Iterator[Effect]:
        """What is kept in stock and is not there is to be bought or made."""
        known = products.by_id(line["product"].id for line in record["lines"])
        wanted: dict[int, Decimal] = {}
        by: dict[int, Any] = {}
        for line in record["lines"]:
            item = known[line["product"].id].item_id
            if item is not None:
                wanted[item] = wanted.get(item, Decimal(0)) + line["quantity"]
                by[item] = min(by.get(item, line["wanted_by"]), line["wanted_by"])
        supply, items = goods.supply(wanted), goods.items(wanted)
        short = {id: quantity - supply[id][0] for id, quantity in wanted.items() if quantity > supply[id][0]}
        if not short:
            return
        lines = [
            {
                "item": Ref(id, items[id].label),
                "name": items[id].name,
                "quantity": quantity,
                "unit": items[id].unit,
                "needed_by": by[id],
            }
            for id, quantity in short.items()
        ]
        department = people.department_name(record.department_id, "zh")
        answers = {
            "department": Ref(record.department_id, department),
            "category": "goods",
            "lines": lines,
            "urgency": "normal",
        }
        yield Opens("PU-03", answers, to=f"person:{record.applicant_id}", names_as="source_record")


def _good(line: dict[str, Any], product: Any, items: dict[int, Any]) -> dict[str, Any]:
    item = items.get(product.item_id)
    return {
        "product": line["product"],
        "item": Ref(item.id, item.label) if item else None,
        "quantity": line["quantity"],
        "unit": product.unit or (item.unit if item else None),
    }
