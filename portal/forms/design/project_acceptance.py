"""DS-14 项目验收确认单."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import filled
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Asks, ChangesProject, Effect, SetsStage, Tells, after
from portal.domain.permissions import person_key
from portal.domain.projects import PASSED, TO_BE_CORRECTED
from portal.domain.signoff import Back, Route, Step, outside
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.design.internal_test import program_anew
from portal.forms.design.project_acceptance_stages import (
    CustomerAcceptance,
    Delivery,
    ManagerConfirmation,
    OperationTraining,
    Receipt,
    RightsHandover,
)
from portal.forms.design.site_access import withdrawn
from portal.forms.design.websites import (
    PROGRAMMER,
    PROJECT_MANAGER,
    TEAM,
    customer_confirmation,
    customer_of,
    over_again,
    refuse_early,
    refuse_foreign,
)
from portal.forms.fields import Day, LongText, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Customer, Person, Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import projects, websites

STAGE, LAST = "acceptance", "delivery"  # phase D, and what follows it


class OpenPoint(Sheet):
    """Something that is left to do after the acceptance."""

    point = Text(_l("问题"))
    owner = Person(_l("负责人"))
    due = Day(_l("期限"))

    def check(self) -> None:
        """It can still be done in time."""
        moments.refuse_past(self, "due", _l("期限不能早于今天"))


class ProjectAcceptance(CompanyForm):
    """Has a site accepted by the project manager and the customer, then hands it over with all that belongs to it."""

    code = "DS-14"
    name = _l("项目验收确认单")
    slug = "project-acceptances"
    section = "web_design"
    procedure = "WD-P-01#acceptance"
    opened_by = ("designer", "project_manager")
    readers = TEAM
    covers = ("项目交付清单(移交签收)", "客户操作培训记录", "后台管理权限移交单")
    columns = (
        *("number", "project", "customer", "acceptance_checklist", "site_address", "accepted_version"),
        *("functions_all_done", "trained_on", "received_on", "current_step", "due_at", "status"),
    )

    project = Project(_l("项目"), "web")
    customer = Customer(_l("客户"), computed=True)
    acceptance_checklist = RecordLink(_l("网站验收检查表"), "DS-19")
    site_address = Text(_l("网站地址"))
    accepted_version = Text(_l("验收版本"), max=40)
    functions_all_done = YesNo(_l("功能需求全部完成"))
    open_points = Rows(_l("遗留问题"), OpenPoint, required=False, help=_l("客户验收后列入负责人的待办"))
    planned_on = Day(_l("计划验收日期"))
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "project_manager_confirm",
            _l("项目经理确认"),
            PROJECT_MANAGER,  # who may have opened it: nobody's work is judged here
            meaning="confirmed",
            within=working_days(1),
            fills=ManagerConfirmation,
            outcomes=(Back(when=filled("back_to_phase")),),
        ),
        customer_confirmation(CustomerAcceptance, back="project_manager_confirm"),
        Step(
            "rights_handover",
            _l("后台管理权限移交"),
            PROGRAMMER,
            meaning="delivered",
            within=working_days(2),
            fills=RightsHandover,
            clause="WD-P-01#rights",
        ),
        Step(
            "operation_training",
            _l("操作培训"),
            PROJECT_MANAGER,
            meaning="done",
            within=weeks(1),
            fills=OperationTraining,
            clause="WD-P-01#training",
        ),
        Step(
            "delivery",
            _l("项目交付"),
            PROJECT_MANAGER,
            meaning="delivered",
            within=working_days(2),
            fills=Delivery,
            clause="WD-P-01#delivery",
        ),
        Step(
            "customer_receipt",
            _l("客户签收"),
            outside("customer"),
            meaning="received",
            within=working_days(3),
            fills=Receipt,
            on_refusal=Back("delivery"),
            clause="WD-P-01#receipt",
        ),
    )

    def compute(self) -> None:
        """For whom the project is made."""
        super().compute()
        self.customer.data = customer_of(self.project.data)

    def check(self) -> None:
        """Everything works, the checklist is the project's own, and what is accepted is what was put on the host."""
        refuse_early(self, STAGE)
        refuse_foreign(self, "acceptance_checklist", self.project.data)
        if self.functions_all_done.data is False:
            self.refuse("functions_all_done", _l("功能需求全部完成后才能验收"))
        named = self.project.data
        if not (named and named.id):
            return
        if other := websites.under_way(named.id, self.code, self.itself):
            self.refuse("project", _l("这个项目已有验收确认单：%(label)s"), label=other.label)
        deployed = websites.newest(named.id, "DS-11")
        version = deployed.answers.get("deployed_version") if deployed else None
        if version and self.accepted_version.data and self.accepted_version.data != version:
            self.refuse("accepted_version", _l("最近部署的是 %(version)s 版"), version=version)

    @staticmethod
    @after("project_manager_confirm", _l("退回 B 或 C 阶段时：该阶段重新办理，生成草稿并告知程序负责人"))
    def do_over(record: Filed) -> Iterator[Effect]:
        """A phase is done once more; this record waits for it."""
        project, phase = projects.project(record["project"].id), record["back_to_phase"]
        if project is None or not phase:
            return
        if phase == "program":
            yield SetsStage(project.id, "test", {"state": TO_BE_CORRECTED, "passed_on": None})
            yield from program_anew(record, project)
        else:
            version = {"program_version": record["accepted_version"]}
            yield from over_again(record, project, "test", version)
        text = _l("%(number)s：%(project)s验收退回，须重新办理", number=record.number, project=project.label)
        yield Tells(projects.holder(project, "programmer"), text)

    @staticmethod
    @after("customer_confirm", _l("客户验收：D 阶段完成，遗留问题列入负责人的待办"))
    def accept(record: Filed) -> Iterator[Effect]:
        """The customer has accepted; what is left has its owner and its day."""
        project = record["project"].id
        if project:
            passed = {"state": PASSED, "passed_on": record["accepted_on"]}
            yield SetsStage(project, STAGE, passed)
        for row in record["open_points"] or ():
            title = _l("处理网站验收遗留问题：%(point)s", point=row["point"])
            yield Asks(title, person_key(row["owner"].id), row["due"])

    @staticmethod
    @after(
        "customer_receipt", _l("交付完成：项目状态改为已交付，开始逐月跟踪检查，撤销本公司人员在该网站的权限")
    )
    def deliver(record: Filed) -> Iterator[Effect]:
        """The site is the customer's; our people have nothing more to do in it."""
        project = projects.project(record["project"].id)
        if project is None:
            return
        received = record["received_on"]
        yield SetsStage(project.id, LAST, {"state": PASSED, "passed_on": received})
        values = {"state": "delivered", "finished_on": received}
        yield ChangesProject(project.id, values, {"site_address": record["site_address"]})
        yield from withdrawn(record, project)
