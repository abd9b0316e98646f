"""The stages of DS-02: the review of the plan, and the schedule with its four phases."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.design.websites import person_of
from portal.forms.fields import Choice, Day, LongText, Rows, YesNo
from portal.forms.kinds import Ref
from portal.forms.references import Person
from portal.lib.i18n import _l
from portal.queries import goods

PHASES = {
    "phase_a_design": _l("A设计阶段"),
    "phase_b_implementation": _l("B实施阶段"),
    "phase_c_test_content_deployment": _l("C内部测试+资料添加+项目部署"),
    "phase_d_confirmation": _l("D项目经理确认+客户确认"),
}
STAGES = {
    "phase_a_design": ("design", "designer"),
    "phase_b_implementation": ("program", "programmer"),
    "phase_c_test_content_deployment": ("test", "programmer"),
    "phase_d_confirmation": ("acceptance", "project_manager"),
}
"""The stage of the project that each phase plans, and the role that mostly sees to it."""
CONTENT = "phase_c_test_content_deployment"  # when the customer's material is put in


class PlanningReview(Stage):
    """Whether the plan is what the customer needs and can be built; a no sends it back."""

    fits_customer_need = YesNo(_l("符合客户需求的合理性"))
    technically_feasible = YesNo(_l("技术可行性"))
    review_opinion = LongText(_l("审查意见"), help=_l("有一项选“否”时，签署后退回设计师修改方案"))


class Phase(Sheet):
    """One phase: from when until when, and who sees to it."""

    phase = Choice(_l("阶段"), PHASES)
    start = Day(_l("开始"))
    finish = Day(_l("完成"))
    owner = Person(_l("负责人"))

    def check(self) -> None:
        """It ends after it begins, and not before today."""
        text = _l("完成日期不能早于开始日期")
        moments.refuse_earlier(self, "finish", self.start.data, text)
        moments.refuse_past(self, "finish", _l("完成日期不能早于今天"))


class ScheduleAllocation(Stage):
    """R50: the four phases in their order."""

    phases = Rows(_l("项目进度"), Phase, most=len(PHASES))

    def proposal(self) -> dict[str, Any]:
        """The four phases with those who mostly see to them."""
        rows = []
        for phase, (_stage, role) in STAGES.items():
            person = person_of(self.context.get("project"), role)
            owner = Ref(person, goods.person_label(person)) if person else None
            rows.append({"phase": phase, "owner": owner})
        return {"phases": rows}

    def check(self) -> None:
        """Each stands there once, and begins when the one before it ends, or later."""
        given = [row["phase"] for row in self.phases.data]
        if all(given) and given != list(PHASES):
            self.refuse("phases", _l("A、B、C、D 四个阶段须按顺序各填一行"))
        before: date | None = None
        for row in self.phases.rows:
            text = _l("不能早于上一阶段的完成日期")
            moments.refuse_earlier(row, "start", before, text)
            before = row.finish.data or before
