"""The stages of IS-13: what each department says to its findings, and who decides when it does not agree."""

from __future__ import annotations

from portal.domain.conditions import differs, equals
from portal.domain.permissions import head_key
from portal.forms.base import Stage
from portal.forms.fields import Day, LongText, YesNo
from portal.lib.i18n import _l
from portal.queries import security

MAJOR, OBSERVATION = "major", "observation"
GRADES = {MAJOR: _l("严重不符合"), "minor": _l("一般不符合"), OBSERVATION: _l("观察项")}
DISPUTES = equals("finding_disputed", True)
AGREES = differs("finding_disputed", True)
STEP = "departments_answer"


class DepartmentAnswer(Stage):
    """The answer of the head of an audited department."""

    finding_disputed = YesNo(_l("对审核发现有异议"), help=_l("有异议时写明理由，由审核员和管理者代表裁定"))
    dispute_reason = LongText(_l("异议理由"), when=DISPUTES)
    cause = LongText(_l("原因"), required=False, when=AGREES)
    corrective_measure = LongText(_l("纠正措施"), required=False, when=AGREES)
    measure_due = Day(_l("完成期限"), required=False, when=AGREES)
    any_disputed = YesNo(_l("有部门提出异议"), computed=True)

    def compute(self) -> None:
        """Whether this department, or one that answered before in this round, does not agree."""
        super().compute()
        before = security.answered(self.context.get("@record_id"), STEP, self.context.get("@round"))
        self.any_disputed.data = bool(self.finding_disputed.data) or any(
            one.answers.get("finding_disputed") for one in before
        )

    def check(self) -> None:
        """A department with a nonconformity says why it came about, what it does, and until when."""
        if self.measure_due.data and self.measure_due.data < self.today:
            self.refuse("measure_due", _l("完成期限不能早于今天"))
        given = [name for name in ("cause", "corrective_measure", "measure_due") if not self[name].blank]
        if self.finding_disputed.data is False and (given or self._has_to_answer()):
            for name in ("cause", "corrective_measure", "measure_due"):
                if self[name].blank:
                    self.refuse(name, _l("有不符合项的部门须写明原因、纠正措施和完成期限"))

    def _has_to_answer(self) -> bool:
        """Whether one of the person's departments has a nonconformity; of whoever stands in from elsewhere, any one."""
        found = self.context.get("findings") or ()
        failing = {row["department"].id for row in found if row["grade"] != OBSERVATION}
        keys: tuple[str, ...] = self.person.keys if self.person is not None else ()
        audited = {row["department"].id for row in self.context.get("audited_departments") or ()}
        mine = {id for id in audited if head_key(id) in keys}
        return bool(failing & mine) if mine else bool(failing)


class AuditorOpinion(Stage):
    """What the auditor says to those who do not agree."""

    auditor_opinion = LongText(_l("审核员意见"))


class DisputeDecision(Stage):
    """Whether the findings stand."""

    finding_upheld = YesNo(
        _l("维持审核发现"), help=_l("维持的，退回部门补充措施；不维持的，退回审核员修改报告")
    )
    decision_reason = LongText(_l("裁定理由"))
