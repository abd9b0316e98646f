"""DS-07 设计稿确认单."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, SetsStage, after
from portal.domain.projects import PASSED
from portal.domain.signoff import Back, Route, Step, applicant
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.checklists import Checklist
from portal.forms.design.websites import (
    TEAM,
    Confirmation,
    approvals,
    customer_confirmation,
    failed,
    next_phase,
    next_version,
    refuse_before,
    refuse_early,
    refuse_foreign,
)
from portal.forms.fields import Day, Integer, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import projects

STAGE = "design"  # phase A


class DraftPage(Sheet):
    """One page of the draft."""

    page = Text(_l("页面"))
    file = Attachments(_l("设计稿"))
    note = Text(_l("说明"), required=False)


class SelfCheck(Stage):
    """The designer's own check before anybody else sees the draft."""

    self_check_points = Checklist(
        _l("自检内容"),
        (_l("导航及栏目"), _l("色彩与LOGO"), _l("行距列距统一"), _l("字体字号")),
        help=_l("有不合格项时，签署后退回填报人修改"),
    )


class CustomerConfirmation(Confirmation):
    """The customer's word on the draft."""

    customer_remarks = LongText(_l("客户意见"), required=False)


class DesignDraftSignOff(CompanyForm):
    """Takes a web design draft past designer, department, project manager and customer, in this order (R48).

    Whoever refuses sends it back to the designer; what comes again is the next version and starts anew.
    """

    code = "DS-07"
    name = _l("设计稿确认单")
    slug = "design-draft-sign-offs"
    section = "web_design"
    procedure = "WD-P-01#draft"
    opened_by = ("designer",)
    readers = TEAM
    columns = (
        "number", "project", "draft_version", "planned_on", "finished_on", "acceptance_checklist",
        "preview_link", "confirmed_on", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "web")
    draft_version = Integer(_l("稿件版本"), computed=True)
    pages = Rows(_l("页面"), DraftPage)
    design_notes = LongText(_l("设计说明"))
    changes_since_last = LongText(_l("与上一稿的修改"), required=False)
    acceptance_checklist = RecordLink(_l("网站验收检查表"), "DS-19", required=False)
    planned_on = Day(_l("计划完成日期"))
    finished_on = Day(_l("完成日期"))
    preview_link = Text(_l("预览地址"), required=False)

    signoff = Route(
        Step(
            "self_check",
            _l("设计师自检"),
            applicant(),
            meaning="inspected",
            within=working_days(1),
            fills=SelfCheck,
            outcomes=(Back(when=failed("self_check_points")),),
        ),
        *approvals(),
        customer_confirmation(CustomerConfirmation),
    )

    def compute(self) -> None:
        """R48: each draft that was refused makes a next version, and so does one after the last confirmed."""
        super().compute()
        self.draft_version.data = next_version(self, "draft_version")

    def check(self) -> None:
        """R50: the scheme is confirmed before anything is drawn; what is finished is finished by today."""
        refuse_early(self, STAGE)
        refuse_foreign(self, "acceptance_checklist", self.project.data)
        moments.refuse_future(self, "finished_on")
        refuse_before(self, "finished_on")

    @staticmethod
    @after("customer_confirm", _l("设计阶段完成，生成程序实施确认单草稿"))
    def finish_design_phase(record: Filed) -> Iterator[Effect]:
        """Phase A is over; the programmer of the project may start."""
        project = projects.project(record["project"].id)
        if project is None:
            return
        yield SetsStage(project.id, STAGE, {"state": PASSED, "passed_on": record["confirmed_on"]})
        if not projects.passed(project.id, "program"):
            yield from next_phase(record, project, "program", names_as="design_draft")
