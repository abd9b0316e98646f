"""The stages of EN-27 工程款催缴通知及结算单: the customer has got it, and has paid or not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals
from portal.forms import moments
from portal.forms.base import Stage
from portal.forms.fields import Day, Money, YesNo
from portal.lib.i18n import _l
from portal.queries import projects, settlement

PAID, UNPAID = equals("paid", True), equals("paid", False)


class CustomerReceipt(Stage):
    """When the customer got the reminder."""

    received_on = Day(_l("签收日期"))

    def check(self) -> None:
        """It has been received."""
        moments.refuse_future(self, "received_on")


class FinanceConfirm(Stage):
    """R30: whether the money has come; while it has not, the works wait."""

    paid = YesNo(_l("款项已到账"), help=_l("过了付款期限仍未付清的选“否”：工程暂停，付清后恢复"))
    paid_on = Day(_l("实付日期"), when=PAID)
    paid_amount = Money(_l("实付金额"), when=PAID)
    new_pay_by = Day(_l("新的付款期限"), when=UNPAID)

    def proposal(self) -> dict[str, Any]:
        """What was asked for."""
        return {"paid_amount": self.context.get("amount_due")}

    def check(self) -> None:
        """All of it has come, and not more than is owed; nobody is late before the day is over."""
        if self.paid.data:
            moments.refuse_future(self, "paid_on")
            self._check_amount()
        elif self.paid.data is False:
            days = filter(None, (self.context.get("new_pay_by"), self.context.get("pay_by")))
            last = max(days, default=None)  # returned and asked for anew, the later day counts
            if last and self.today <= last:
                self.refuse("paid", _l("付款期限 %(day)s 还没有过"), day=last)
            if self.new_pay_by.data and self.new_pay_by.data <= self.today:
                self.refuse("new_pay_by", _l("新的付款期限须晚于今天"))

    def _check_amount(self) -> None:
        amount, due, project = (
            self.paid_amount.data,
            self.context.get("amount_due"),
            self.context.get("project"),
        )
        if amount is None or due is None:
            return
        found = projects.project(project.id) if project else None
        price = self.context.get("contract_price")
        books = settlement.of(found, self.itself) if found is not None else None
        left = price + books.besides - books.paid if books is not None and price is not None else None
        if left is not None and left < due:
            text = _l("账上未付余额只有 %(left)s，少于本次应付，请退回重新核算")
            self.refuse("paid_amount", text, left=f"{max(left, Decimal(0)):,.2f}")
        elif amount < due:
            self.refuse(
                "paid_amount", _l("少于本次应付 %(due)s；分次到账的，到齐后再确认"), due=f"{due:,.2f}"
            )
        elif left is not None and amount > left:
            self.refuse("paid_amount", _l("超过未付的余额 %(left)s，请核对"), left=f"{left:,.2f}")
        elif found is not None and (other := settlement.receipt_of(found.id, amount)):
            text = _l("回款记录 %(number)s 已登记同样金额，尚待财务确认；同一笔款只能登记一次，请先处理")
            self.refuse("paid_amount", text, number=other)
