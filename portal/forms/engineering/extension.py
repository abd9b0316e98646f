"""EN-10 工程延期手续."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import ChangesProject, Effect, Opens, after
from portal.domain.signoff import Onward, Route, Step, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.engineering import site_parts
from portal.forms.fields import Choice, Day, Integer, LongText, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Customer, Project, RecordLink
from portal.lib.i18n import _, _l
from portal.queries import projects, sites, works

CAUSES = {
    "existing_building_defect": _l("原建筑质量问题"),
    "added_or_deducted_items": _l("增减项目"),
    "design_change": _l("设计变更"),
    "customer": _l("客户原因"),
    "late_payment": _l("付款延误"),
    "weather_or_force_majeure": _l("天气或不可抗力"),
    "own_company": _l("本公司原因"),
}
LONGEST = 730  # days


class CustomerSign(Stage):
    """The customer's word on it."""

    customer_agrees = YesNo(_l("客户同意"), help=_l("不同意的转工程部经理与客户协商"))


class ManagerApproval(Stage):
    """What the manager has agreed with a customer who did not want it at first."""

    negotiation_result = LongText(
        _l("与客户协商结果"), required=False, help=_l("客户没有同意的必填；协商不成的拒绝，退回发起人")
    )

    def check(self) -> None:
        """An extension that the customer has not agreed to is approved only after somebody has talked."""
        if not self.context.get("customer_agrees") and self.negotiation_result.blank:
            self.refuse("negotiation_result", _l("客户还没有同意，须写明协商结果"))


class Extension(CompanyForm):
    """Agrees with the customer that the works take longer; once approved, the project's last day moves."""

    code = "EN-10"
    name = _l("工程延期手续")
    slug = "extensions"
    section = "construction"
    procedure = "EN-P-01#extension"
    opened_by = ("site_supervisor", "foreman")
    columns = (
        "number", "project", "customer", "cause", "days", "old_finish", "new_finish", "customer_agrees",
        "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    customer = Customer(_l("客户"))
    cause = Choice(_l("延期原因"), CAUSES)
    source_record = RecordLink(_l("依据"), "EN-09", "EN-14", "EN-15", "EN-17", "EN-27", required=False)
    reason = LongText(_l("延期说明"))
    days = Integer(_l("延期天数"), low=1, high=LONGEST, help=_l("日历天数"))
    old_finish = Day(_l("原竣工日期"), help=_l("与客户约定的竣工日期；不填时取工程现在的"))
    new_finish = Day(_l("新竣工日期"), computed=True)
    negotiated_on = Day(_l("与客户协商日期"))
    negotiation_note = LongText(_l("协商情况"))

    signoff = Route(
        Step(
            "customer_sign",
            _l("客户签字"),
            outside("customer"),
            within=working_days(3),
            fills=CustomerSign,
            on_refusal=Onward("manager_approval"),
        ),
        Step(
            "manager_approval",
            _l("工程部经理审批"),
            role("engineering_manager"),
            within=working_days(2),
            fills=ManagerApproval,
        ),
    )

    def compute(self) -> None:
        """Customer and agreed last day of the project, and the day that the extension comes to."""
        super().compute()
        site_parts.fill_customer(self)
        if self.old_finish.data is None and not self.old_finish.process_errors:
            self.old_finish.data = sites.agreed_finish(site_parts.project_of(self))
        old, days = self.old_finish.data, self.days.data
        known = old and days and 1 <= days <= LONGEST
        self.new_finish.data = old + timedelta(days=days) if known else None

    def check(self) -> None:
        """It extends the project as it stands, one extension after the other."""
        site_parts.refuse_over(self)
        site_parts.refuse_second(self, self.code)
        site_parts.refuse_stranger(self)
        site_parts.refuse_foreign(self, "source_record")
        moments.refuse_future(self, "negotiated_on")
        project, old = self.project.data, self.old_finish.data
        standing = sites.finish_days(project.id, self.itself) if project else set()
        if old and standing and old not in standing:
            names = _("、").join(str(one) for one in sorted(standing))
            self.refuse("old_finish", _l("与客户约定的竣工日期现在是%(day)s"), day=names)

    @staticmethod
    @after("manager_approval", _l("工程的竣工日期改为新竣工日期；生成施工进度计划草稿，由工长调整"))
    def extend(record: Filed) -> Iterator[Effect]:
        """The project ends later, and its schedule is to be revised."""
        project, finish = record["project"].id, record["new_finish"]
        yield ChangesProject(project, {"finishes_on": finish}, {"agreed_finish": finish.isoformat()})
        found = projects.project(project)
        reason = f"{CAUSES[record['cause']]}：{record['reason']}"
        answers: dict[str, Any] = {
            "project": record["project"],
            "finish_on": finish,
            "revision_reason": reason,
        }
        if found and found.starts_on:
            answers["start_on"] = found.starts_on
        yield Opens("EN-05", answers, to=works.holder(project, "foreman"))
