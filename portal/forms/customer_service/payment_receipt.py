"""CR-06 回款记录."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, PostsReceivable, after
from portal.domain.signoff import Close, Route, Step, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, LongText, Money, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, Customer, Person, RecordLink
from portal.lib.i18n import _l, both
from portal.queries import customers, goods, orders, receivables, settlement

CENT = Decimal("0.01")
WAYS = {
    "cash": _l("现金"),
    "transfer": _l("转账"),
    "cheque": _l("支票"),
    "bill": _l("承兑汇票"),
    "electronic": _l("电子支付"),
}
TOO_MUCH = _l("超过未付总额 %(open)s，请核对金额；多付的部分请退回客户或记入其他合同（订单）")


class FinanceConfirm(Stage):
    """What has come to the company's account."""

    received_on = Day(_l("到账日期"))
    received_amount = Money(_l("到账金额"), low=CENT)

    def proposal(self) -> dict[str, Any]:
        """The payment as it was entered."""
        return {"received_on": self.context.get("paid_on"), "received_amount": self.context.get("amount")}

    def check(self) -> None:
        """Money arrives after it is sent, by today, and not more than is owed."""
        paid_on, received_on = self.context.get("paid_on"), self.received_on.data
        if received_on and received_on > self.today:
            self.refuse("received_on", _l("到账日期不能晚于今天"))
        if received_on and paid_on and received_on < paid_on:
            self.refuse("received_on", _l("到账日期不能早于回款时间 %(day)s"), day=paid_on)
        of = self.context.get("contract_or_order")
        owed = _total(_open(of.id, self.itself)) if of and of.id else None
        if owed is not None and self.received_amount.data and self.received_amount.data > owed:
            self.refuse("received_amount", TOO_MUCH, open=owed)
        elif of and of.id and owed is not None:
            _refuse_reminded(self, "received_amount", of.id, owed)


class PaymentReceipt(CompanyForm):
    """Records a customer's payment on a contract or order; it counts once finance has seen the money."""

    code = "CR-06"
    name = _l("回款记录")
    slug = "payment-receipts"
    section = "crm"
    procedure = "CR-P-01#payments"
    opened_by = ("salesperson", "finance_supervisor")
    columns = (
        *("number", "customer", "contract_or_order", "payment_way", "paid_on", "amount", "handler"),
        *("received_on", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    contract_or_order = RecordLink(_l("合同或订单"), "CS-34", "CR-17", "CS-73", "CS-75")
    open_rows = LongText(
        _l("未付款项"),
        computed=True,
        required=False,
        help=_l("款项、应付日期和未付金额，由系统从应收台帐查出"),
    )
    payment_way = Choice(_l("回款方式"), WAYS)
    paid_on = Day(_l("回款时间"))
    amount = Money(_l("回款金额"), low=CENT)
    handler = Person(_l("经手人"))
    account = Text(_l("账号信息"))
    plan_row = Text(
        _l("对应付款计划"), required=False, help=_l("填写未付款项中的一项；留空时先还最早到期的款项")
    )
    voucher = Attachments(_l("凭证"), required=False)
    delivery_status = Choice(
        _l("交付情况"),
        {"not_delivered": _l("未交付"), "partly_delivered": _l("部分交付"), "delivered": _l("已交付")},
        computed=True,
        required=False,
    )
    remark = LongText(_l("备注"), required=False)

    signoff = Route(
        Step(
            "finance_confirm",
            _l("财务确认到账"),
            role("finance_supervisor"),
            meaning="confirmed",
            within=working_days(1),
            fills=FinanceConfirm,
            on_refusal=Close(),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """A payment of today, that comes in through whoever enters it."""
        return {"paid_on": self.today, "handler": Ref(self.person.id, self.person.person.label)}

    def compute(self) -> None:
        """Whose the contract or order is, what is open on it, how far it is delivered, the only row there may be."""
        super().compute()
        of = self.contract_or_order.data
        found = _open(of.id, self.itself) if of and of.id else []
        debtor = goods.named(of.id, "customer") if of and of.id else None
        if self.customer.blank and not self.customer.text and debtor:
            customer = customers.find(debtor)
            self.customer.data = Ref(customer.id, customer.label) if customer else None
        self.open_rows.data = "\n".join(_said(one) for one in found)
        if not self.plan_row.data and len(found) == 1:
            self.plan_row.data = found[0].row
        delivered = of and of.id and orders.lines(of.id)
        self.delivery_status.data = orders.delivery_status(of.id) if delivered else None

    def check(self) -> None:
        """The payment is the customer's, of the past, for something open, and not more than is owed."""
        if self.paid_on.data and self.paid_on.data > self.today:
            self.refuse("paid_on", _l("回款时间不能晚于今天"))
        of = self.contract_or_order.data
        if of is None:
            return
        if self.customer.data and of.id and goods.named(of.id, "customer") != self.customer.data.id:
            self.refuse("contract_or_order", _l("该合同（订单）不是这个客户的，请重新选择"))
        found = _open(of.id, self.itself) if of.id else []
        if not found:
            self.refuse(
                "contract_or_order", _l("该合同（订单）没有未付的款项；合同下的订单，请选择合同登记回款")
            )
            return
        names = [one.row for one in found if one.row]
        if self.plan_row.data and self.plan_row.data not in names:
            self.refuse(
                "plan_row",
                _l("未付款项中没有“%(row)s”，可填写：%(names)s；也可留空"),
                row=self.plan_row.data,
                names="、".join(names) or "—",
            )
        if self.amount.data and self.amount.data > _total(found):
            self.refuse("amount", TOO_MUCH, open=_total(found))
        elif of.id:
            _refuse_reminded(self, "amount", of.id, _total(found))

    @staticmethod
    @after("finance_confirm", _l("登记应收及回款台帐，客户欠款随之减少"))
    def post(record: Filed) -> Iterator[Effect]:
        """What has arrived is taken off the customer's debt."""
        of, row = _claimed_on(record["contract_or_order"].id)
        yield PostsReceivable(
            record["customer"].id,
            of,
            -record["received_amount"],
            row=row or record["plan_row"] or "",
            paid_on=record["received_on"],
            way=both(WAYS[record["payment_way"]])["zh"],
            account=record["account"],
            handler=record["handler"].text,
        )


def _refuse_reminded(sheet: Sheet, field: str, of: int, owed: Decimal) -> None:
    """Says no to what a reminder of a site (EN-27) has asked for: finance confirms it there, and it is booked once."""
    amount, found = sheet[field].data, settlement.reminders_on(of)
    asked = {one.number: Decimal(one.answers.get("amount_due") or 0) for one in found}
    if amount and (amount in asked.values() or amount > owed - sum(asked.values())):
        names = "、".join(asked)
        sheet.refuse(
            field, _l("这笔工程款已由 %(number)s 催缴，请在该单中确认到账，不再登记回款"), number=names
        )


def _claimed_on(record_id: int) -> tuple[int, str | None]:
    """Where a claim stands: that of a supplement (CS-75) on its main contract, in a row of its own."""
    main = goods.named(record_id, "main_contract")
    return (main, goods.opening_answers(record_id)["supplement_no"]) if main else (record_id, None)


def _open(record_id: int, but: Collection[int]) -> list[receivables.Instalment]:
    """The claims of a contract, order or supplement that are not paid in full."""
    of, row = _claimed_on(record_id)
    found = receivables.instalments(of=of, but=but)
    return [one for one in found if one.open > 0 and row in (None, one.row)]


def _said(one: receivables.Instalment) -> str:
    """A claim on one line."""
    parts = (one.row, str(one.due_on or ""), f"¥{one.open:,.2f}")
    return " ".join(filter(None, parts))


def _total(found: list[receivables.Instalment]) -> Decimal:
    return sum((one.open for one in found), Decimal(0)).quantize(CENT)
