"""Stages of CS-23: the officer takes the customers over and learns all about them."""

from __future__ import annotations

from typing import Any

from portal.forms.base import Sheet, Stage
from portal.forms.fields import Day, LongText, Moment, Rows, Text, YesNo
from portal.forms.references import Customer, Person
from portal.lib.clock import day
from portal.lib.i18n import _l


class OfficerAccept(Stage):
    """The moment from which the week of the briefing counts."""

    accepted_at = Moment(_l("接收时间"), computed=True)

    def compute(self) -> None:
        """Now."""
        self.accepted_at.data = self.now


class LeaverClearance(Stage):
    """The word that somebody who leaves has handed everything over."""

    all_items_handed_over = YesNo(_l("客户、订单、欠款、承诺均已交接"))

    def check(self) -> None:
        """Nobody is released with open items."""
        if self.all_items_handed_over.data is False:
            self.refuse("all_items_handed_over", _l("还有未交接的事项，交接完成后才能放行"))


class BriefingRow(Sheet):
    """What the salespeople told of one customer."""

    customer = Customer(_l("客户"))
    sales_person = Person(_l("沟通营销人员"))
    talked_on = Day(_l("沟通日期"))
    details = LongText(_l("详细客户资料"))
    needs = LongText(_l("需求与习惯"))
    risk = Text(_l("风险"), required=False)


class BriefingRecord(Stage):
    """The talks with the salespeople about each customer."""

    briefings = Rows(_l("沟通备案"), BriefingRow)

    def proposal(self) -> dict[str, Any]:
        """A row for each customer."""
        return {"briefings": [{"customer": row["customer"]} for row in self.context.get("customers") or ()]}

    def check(self) -> None:
        """R07: every customer that was allocated is talked about, and no other."""
        wanted = {row["customer"].id: row["customer"].text for row in self.context.get("customers") or ()}
        seen: set[int] = set()
        for row in self.briefings.rows:
            customer, talked_on = row.customer.data, row.talked_on.data
            if customer and customer.id not in wanted:
                row.refuse("customer", _l("这个客户不在分配的客户中"))
            if talked_on and talked_on > self.today:
                row.refuse("talked_on", _l("沟通日期不能晚于今天"))
            seen |= {customer.id} if customer else set()
        if missing := [text for id, text in wanted.items() if id not in seen]:
            self.refuse("briefings", _l("还有客户没有沟通备案：%(names)s"), names="、".join(missing))


class SupervisorClose(Stage):
    """The supervisor's last word, once the allocation counts."""

    closing_note = LongText(_l("审核意见"), required=False)

    def check(self) -> None:
        """A sheet is not closed before the customers have changed hands."""
        effective = self.context.get("effective_date")
        if effective and effective > day(self.now):
            self.refuse("closing_note", _l("生效日期 %(day)s 未到，请在生效后审核"), day=effective)
