"""The stages of CR-17: finance lets the order go ahead, the customer confirms it."""

from __future__ import annotations

from typing import Any

from portal.domain.conditions import equals
from portal.forms.base import Stage
from portal.forms.fields import Day, LongText, YesNo
from portal.lib.i18n import _l

NOT_RELEASED = equals("released", False)


class FinanceRelease(Stage):
    """Whether the order goes ahead although the credit does not cover it, or debts are overdue."""

    released = YesNo(_l("同意放行"), help=_l("不放行时退回业务人员，并生成信用额度、账期更改申请单草稿"))
    release_note = LongText(_l("不放行的原因"), when=NOT_RELEASED)


class CustomerConfirm(Stage):
    """The customer's word that this is the order."""

    confirmed_on = Day(_l("确认日期"))

    def proposal(self) -> dict[str, Any]:
        """Today."""
        return {"confirmed_on": self.today}

    def check(self) -> None:
        """What is ordered is confirmed between the day of the order and today."""
        ordered_on, given = self.context.get("order_date"), self.confirmed_on.data
        if given and given > self.today:
            self.refuse("confirmed_on", _l("确认日期不能晚于今天"))
        if given and ordered_on and given < ordered_on:
            self.refuse("confirmed_on", _l("确认日期不能早于订货日期 %(day)s"), day=ordered_on)
