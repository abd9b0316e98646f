"""The stages of CS-51 客户投诉登记表: from the first call to the close."""

from __future__ import annotations

from portal.domain.conditions import equals
from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, Day, Integer, LongText, Moment, Money, Rows, Text, YesNo
from portal.forms.references import Department, Person
from portal.lib.clock import day
from portal.lib.i18n import _l

BEFORE_RECEIVED = _l("不能早于接到投诉的时间")
NOT_VALID = equals("complaint_valid", False)
PARTIES = {
    "own_department": _l("本公司部门"),
    "supplier": _l("供应商"),
    "carrier": _l("运输"),
    "customer_use": _l("客户使用"),
    "other": _l("其他"),
}


class ComplaintStage(Stage):
    """A stage whose times lie after the complaint came in."""

    later: tuple[str, ...] = ()

    def check(self) -> None:
        """Nothing is answered before it is heard, or has been before it is."""
        moments.refuse_future(self, *self.later)
        for name in self.later:
            moments.refuse_earlier(self, name, self.context.get("received_at"), BEFORE_RECEIVED)


class CallBack(ComplaintStage):
    """The first call to the customer."""

    later = ("called_back_at",)

    called_back_at = Moment(_l("回访时间"))
    call_back_result = LongText(_l("安抚情况"))
    promised_answer_on = Day(_l("承诺答复日期"), required=False)


class CallTry(ComplaintStage):
    """A call that did not reach the customer."""

    later = ("tried_at",)

    tried_at = Moment(_l("拨打时间"))
    try_note = Text(_l("未接通情况"))


class Investigation(Stage):
    """What happened, and whose matter it is."""

    demand_understood = LongText(_l("确认的投诉要求"))
    confirmed_cause = LongText(_l("投诉原因"))
    investigation_result = LongText(_l("审核、调查情况"))
    responsible_party = Choice(
        _l("责任归属"),
        PARTIES,
    )
    responsible_department = Department(_l("责任部门"), when=equals("responsible_party", "own_department"))


class ValidityDecision(ComplaintStage):
    """Whether the complaint holds; if not, how the customer was told."""

    later = ("replied_at",)

    reason_sufficient = YesNo(_l("投诉理由是否充分"))
    demand_reasonable = YesNo(_l("投诉要求是否合理"))
    complaint_valid = YesNo(_l("投诉成立"))
    polite_reply = LongText(_l("委婉答复内容"), when=NOT_VALID)
    replied_at = Moment(_l("答复时间"), when=NOT_VALID)


class Assignment(Stage):
    """Who solves it, and until when."""

    handling_department = Department(_l("受理部门"))
    person_in_charge = Person(_l("受理负责人"))
    solve_by = Moment(_l("处理期限"))
    department_refuses = YesNo(
        _l("受理部门拒绝受理"), help=_l("拒绝后仍须由该部门受理的，选“是”，由总经理裁定")
    )

    def check(self) -> None:
        """A limit lies ahead."""
        if self.solve_by.data is not None and self.solve_by.data <= self.now:
            self.refuse("solve_by", _l("处理期限须晚于现在"))


class Ruling(Stage):
    """The general manager's word on a department that refuses."""

    ruling = Choice(_l("裁定"), {"upheld": _l("由该部门受理"), "reassign": _l("改派其他部门")})
    ruling_note = LongText(_l("裁定说明"))


class CauseAndSolution(Stage):
    """What the handling department found and does."""

    cause_analysis = LongText(_l("原因分析"))
    solution = LongText(_l("解决方案"))
    prevention = LongText(_l("预防措施"), required=False)
    solved_on = Day(_l("完成日期"), required=False)
    compensation_asked = YesNo(_l("是否需要补偿"))


class Compensation(Stage):
    """What the customer gets for the trouble."""

    compensation_kind = Choice(
        _l("补偿方式"),
        {
            "refund": _l("退款"),
            "replacement": _l("换货"),
            "repair": _l("维修"),
            "gift": _l("赠送"),
            "other": _l("其他"),
        },
    )
    compensation_amount = Money(_l("补偿金额"))


class OverdueLine(Sheet):
    """One day past the time limit."""

    date = Day(_l("日期"))
    days_late = Integer(_l("逾期天数"), computed=True)
    reason = Text(_l("逾期原因"))
    told_customer_at = Moment(_l("告知客户时间"))
    customer_answer = Text(_l("客户意见"), required=False)

    def compute(self) -> None:
        """Days since the limit."""
        solve_by = self.context.get("solve_by")
        if self.date.data and solve_by:
            self.days_late.data = (self.date.data - day(solve_by)).days

    def check(self) -> None:
        """R67: what is tracked is late by now."""
        moments.refuse_future(self, "date", "told_customer_at")
        given, solve_by = self.date.data, self.context.get("solve_by")
        if given and solve_by and (given < day(solve_by) or self.now <= solve_by) and not self.date.errors:
            self.refuse("date", _l("这一天还没有超过处理期限"))
        moments.refuse_earlier(self, "told_customer_at", self.context.get("received_at"), BEFORE_RECEIVED)


class OverdueTracking(Stage):
    """Why it takes longer, and that the customer was told."""

    overdue_entries = Rows(_l("逾期跟踪"), OverdueLine)


class ResultConfirmation(ComplaintStage):
    """What the customer says of the result."""

    later = ("result_told_at",)

    result_told_at = Moment(_l("沟通时间"))
    result_told = LongText(_l("处理结果"))
    satisfied = YesNo(_l("客户是否满意"))
    confirmed_way = Choice(
        _l("确认方式"),
        {"signed": _l("客户签字"), "telephone": _l("电话确认"), "written_reply": _l("书面回复")},
    )


class Closing(Stage):
    """What is learnt from the complaint."""

    report_needed = YesNo(_l("是否需要八项报告"))
    case_needed = YesNo(_l("是否转入案例库"))

    def check(self) -> None:
        """R66: closed only for a satisfied customer, or an answered complaint that does not hold."""
        valid, known = self.context.get("complaint_valid"), self.context
        if not (known.get("satisfied") if valid else valid is False and known.get("replied_at")):
            self.refuse("report_needed", _l("客户满意，或投诉不成立并已答复客户后，才能关闭"))
