"""EN-12 开工前必备手续办理清单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import ChangesProject, Effect, SetsStage, Tells, after
from portal.domain.projects import PASSED
from portal.domain.signoff import Back, Route, Step, every, outside, project_person, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist, Done
from portal.forms.engineering import site_parts
from portal.forms.engineering.start_of_work_stages import PropertyCustody, StartReport
from portal.forms.fields import Money, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, Project
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import projects, works


class StartOfWork(CompanyForm):
    """Sees to what must be there before work starts, takes the customer's things into custody, and lets it start."""

    code = "EN-12"
    name = _l("开工前必备手续办理清单")
    slug = "starts-of-work"
    section = "construction"
    procedure = "EN-P-01#formalities"
    opened_by = ("foreman",)
    covers = ("客户财物清点保管清单", "开工报告")
    columns = (
        "number", "project", "customer", "property_company", "civilised_site_ready", "utilities_checked",
        "deposit_amount", "actual_start", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    customer = Customer(_l("客户"))
    property_company = Text(_l("物业管理部门"))
    formalities = Checklist(
        _l("必备手续"),
        (
            _l("装修申请及审批"),
            _l("装修押金"),
            _l("施工人员出入证"),
            _l("垃圾清运费"),
            _l("用水用电手续"),
            _l("消防报备"),
            _l("施工时间约定"),
        ),
        row=Done,
        help=_l("协助客户与物业管理部门办理；不需要办的选“否”并在说明中写明"),
    )
    deposit_amount = Money(_l("押金金额"), required=False)
    permit_scan = Attachments(_l("装修许可扫描"), required=False)
    civilised_site_ready = YesNo(_l("现场按文明施工规定布置"))
    utilities_checked = YesNo(_l("水电气原状已检查"))

    signoff = Route(
        Step(
            "property_custody",
            _l("客户财物清点保管"),
            every(project_person("project", "foreman"), outside("customer")),
            meaning="confirmed",
            within=working_days(2),
            fills=PropertyCustody,
            clause="EN-P-01#property-custody",
        ),
        Step(
            "start_report",
            _l("开工报告"),
            project_person("project", "foreman"),
            meaning="filled",
            within=working_days(1),
            fills=StartReport,
            clause="EN-P-01#start-report",
        ),
        Step(
            "supervisor_sign",
            _l("监理签字"),
            project_person("project", "site_supervisor"),
            meaning="checked",
            within=working_days(1),
            on_refusal=Back("start_report"),
            clause="EN-P-01#start-report",
        ),
        Step(
            "manager_approval",
            _l("工程部经理批准开工"),
            role("engineering_manager"),
            within=working_days(1),
            on_refusal=Back("start_report"),
            clause="EN-P-01#start-report",
        ),
    )

    def compute(self) -> None:
        """The customer of the project."""
        super().compute()
        site_parts.fill_customer(self)

    def check(self) -> None:
        """A project starts once, with its formalities explained and its site made ready."""
        site_parts.refuse_over(self, held=True)
        site_parts.refuse_second(self, self.code)
        site_parts.refuse_stranger(self)
        project = self.project.data
        if project and not self.itself and projects.passed(project.id, "start"):
            self.refuse("project", _l("该工程已经开工"))
        for row in self.formalities.rows:
            moments.refuse_future(row, "done_on")
            if row.done.data is False and row.remark.blank:
                row.refuse("remark", _l("没有办理的手续须说明为什么不需要"))
        for name in ("civilised_site_ready", "utilities_checked"):
            if self[name].data is False:
                self.refuse(name, _l("完成后才能办理开工"))

    @staticmethod
    @after("manager_approval", _l("工程开工：状态为进行中，开始每周电话联系和安全文明检查"))
    def start(record: Filed) -> Iterator[Effect]:
        """From now on the project is under way; a correction does not wake one that has gone on since."""
        project, started = record["project"].id, record["actual_start"]
        found = projects.project(project)
        values: dict[str, Any] = {"state": "running"} if not found or found.state == "preparing" else {}
        facts = {"actual_start": started.isoformat()}
        if not record["@corrects"]:
            facts["going_since"] = day(record.now).isoformat()
        if found and found.state == "held":  # meanwhile: it has started all the same, and goes on so
            facts["held_from"] = "running"
        yield ChangesProject(project, values, facts)
        yield SetsStage(project, "start", {"state": PASSED, "passed_on": started})
        text = _l(
            "%(number)s：%(project)s已批准开工，从本周起每周电话联系客户，并做安全文明施工检查",
            number=record.number,
            project=record["project"].text,
        )
        yield Tells(works.holder(project, "foreman"), text)
        yield Tells(works.holder(project, "site_supervisor"), text)
