"""The stages of IC-06: sent, received by each department, read by the deputy general manager."""

from __future__ import annotations

from portal.domain.conditions import filled
from portal.domain.deadlines import hours
from portal.domain.permissions import head_key
from portal.forms.base import Stage
from portal.forms.fields import Day, LongText, Moment
from portal.lib.i18n import _l
from portal.queries import calendar

URGENCIES = {"one_hour": _l("特急(1小时)"), "same_day": _l("当日"), "normal": _l("一般")}


class IssuingSign(Stage):
    """From this signature on the departments have the time that the urgency gives them."""

    receipt_due = Moment(_l("签收期限"), computed=True)

    def compute(self) -> None:
        """An hour, the end of the day or a working day from now; earlier where an answer is asked for earlier."""
        super().compute()
        days, now = calendar.current(), self.now
        match self.context.get("urgency"):
            case "one_hour":
                due = hours(1).due(now, {}, days)
            case "same_day":
                due = days.end_of_day(now)
            case _:
                due = days.add_working_days(now, 1)
        asked = self.context.get("reply_by")
        self.receipt_due.data = min(due, asked) if due and asked and asked > now else due


class Receipt(Stage):
    """A department has it, and answers."""

    reply = LongText(
        _l("回复"), required=False, help=_l("要求回复的部门必须填写；认为信息不准确的，请拒绝并写明理由")
    )

    def check(self) -> None:
        """Whoever was asked to answer does."""
        held = {one.key for one in getattr(self.person, "authorities", ())}
        asked = [
            row["department"]
            for row in self.context.get("to_departments") or ()
            if row["reply_needed"] and row["department"] and head_key(row["department"].id) in held
        ]
        if asked and self.reply.blank:
            self.refuse("reply", _l("%(department)s须回复，请填写回复内容"), department=asked[0].text)


class DeputyRead(Stage):
    """What is to be done about a major change."""

    deputy_instruction = LongText(_l("指示"), required=False)
    act_by = Day(
        _l("落实期限"),
        required=False,
        when=filled("deputy_instruction"),
        required_when=filled("deputy_instruction"),
    )

    def check(self) -> None:
        """What is ordered lies ahead."""
        if self.act_by.data and self.act_by.data < self.today:
            self.refuse("act_by", _l("落实期限不能早于今天"))
