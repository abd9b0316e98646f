"""The stages of CS-39 客户回访记录: what becomes of a problem that the customer has raised."""

from __future__ import annotations

from portal.domain.conditions import equals
from portal.forms import moments
from portal.forms.base import Stage
from portal.forms.fields import LongText, Moment, YesNo
from portal.forms.references import Department, Person
from portal.lib.i18n import _l

BEFORE_VISIT = _l("不能早于回访时间")
DECIDES = equals("can_decide", True)
ASKS = equals("can_decide", False)
SOLVED = equals("department_solved", True)


class ReturnVisitStage(Stage):
    """A stage whose time lies after the visit, and not ahead."""

    when_done: str

    def check(self) -> None:
        """Nothing is solved before it is raised."""
        moments.refuse_future(self, self.when_done)
        moments.refuse_earlier(self, self.when_done, self.context.get("visited_at"), BEFORE_VISIT)


class IssueHandling(ReturnVisitStage):
    """The supervisor's decision on the spot, or the department whose help it takes."""

    when_done = "solved_at"

    can_decide = YesNo(_l("可当场拍板"))
    decision = LongText(_l("处理决定"), when=DECIDES)
    solved_at = Moment(_l("解决时间"), required=False, when=DECIDES)
    department_asked = Department(_l("需协调部门"), when=ASKS)


class CrossDepartment(ReturnVisitStage):
    """What was agreed with the department, and whether that has solved it."""

    when_done = "department_solved_at"

    agreed_measure = LongText(_l("协商措施"))
    department_solved = YesNo(_l("已解决"), help=_l("未解决的，上报主管副总经理"))
    department_solved_at = Moment(_l("部门解决时间"), required=False, when=SOLVED)


class Escalation(Stage):
    """The measure that the deputy general manager sets."""

    feasible_measure = LongText(_l("可行措施"))
    measure_owner = Person(_l("责任人"))
    measure_due = Moment(_l("完成期限"))

    def check(self) -> None:
        """A limit lies ahead."""
        due = self.measure_due.data
        if due is not None and due <= self.now:
            self.refuse("measure_due", _l("完成期限须晚于现在"))


class ResultToCustomer(ReturnVisitStage):
    """What the customer was told, and says to it."""

    when_done = "told_customer_at"

    told_customer_at = Moment(_l("告知时间"))
    customer_answer = LongText(_l("客户意见"))
