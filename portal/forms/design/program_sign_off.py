"""DS-08 程序实施确认单."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import any_row
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, SetsStage, after
from portal.domain.projects import PASSED
from portal.domain.signoff import Back, Route, Step, applicant
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.design.program_sign_off_stages import FunctionsComplete, SelfCheck, SourceBackup
from portal.forms.design.websites import (
    DESIGNER,
    PROGRAMMER,
    TEAM,
    Confirmation,
    approvals,
    customer_confirmation,
    failed,
    next_phase,
    refuse_before,
    refuse_early,
    refuse_foreign,
)
from portal.forms.fields import Day, LongText, Text
from portal.forms.filed import Filed
from portal.forms.references import Project, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import projects, websites

STAGE = "program"  # phase B


class ProgramSignOff(CompanyForm):
    """Takes a program past its author, the designer, department, project manager and customer, then backs it up (R49)."""

    code = "DS-08"
    name = _l("程序实施确认单")
    slug = "program-sign-offs"
    section = "web_design"
    procedure = "WD-P-01#program"
    opened_by = ("programmer",)
    readers = TEAM
    covers = ("功能需求完成确认单", "源码备份记录")
    columns = (
        *("number", "project", "program_version", "design_draft", "environment", "test_address"),
        *("planned_on", "confirmed_on", "current_step", "due_at", "status"),
    )

    project = Project(_l("项目"), "web")
    program_version = Text(_l("程序版本"), max=40)
    design_draft = RecordLink(_l("设计稿确认单"), "DS-07")
    environment = Text(_l("运行环境"))
    functions_done = LongText(_l("已实现功能"))
    known_faults = LongText(_l("已知问题"), required=False)
    test_address = Text(_l("测试地址"))
    planned_on = Day(_l("计划完成日期"))
    finished_on = Day(_l("完成日期"))

    signoff = Route(
        Step(
            "self_check",
            _l("程序自检"),
            applicant(),
            meaning="inspected",
            within=working_days(1),
            fills=SelfCheck,
            outcomes=(Back(when=failed("self_check_points")),),
        ),
        Step(
            "functions_complete",
            _l("功能需求完成确认"),
            DESIGNER,
            meaning="checked",
            within=working_days(1),
            fills=FunctionsComplete,
            outcomes=(Back(when=any_row("function_results", "done", "equals", False)),),
            clause="WD-P-01#functions",
        ),
        *approvals(),
        customer_confirmation(Confirmation),
        Step(
            "source_backup",
            _l("源码备份"),
            PROGRAMMER,
            meaning="done",
            within=working_days(1),
            fills=SourceBackup,
            clause="WD-P-01#source-backup",
        ),
    )

    def check(self) -> None:
        """The draft is confirmed and the project's own; a version that was confirmed is not confirmed again."""
        refuse_early(self, STAGE)
        refuse_foreign(self, "design_draft", self.project.data)
        moments.refuse_future(self, "finished_on")
        refuse_before(self, "finished_on")
        project = self.project.data
        for one in websites.finished(project.id, self.code, self.itself) if project and project.id else ():
            if one.answers.get("program_version") == self.program_version.data:
                text = _l("这个版本已经确认过（%(label)s），请填写新的版本号")
                self.refuse("program_version", text, label=one.label)

    @staticmethod
    @after("source_backup", _l("实施阶段完成，生成内部测试、资料添加及项目部署记录草稿"))
    def finish_program_phase(record: Filed) -> Iterator[Effect]:
        """R49: with the source backed up the phase is over, and the tests begin."""
        project = projects.project(record["project"].id)
        if project is None:
            return
        passed = {"state": PASSED, "passed_on": day(record["backup_on"])}
        yield SetsStage(project.id, STAGE, passed)
        version, tested = record["program_version"], websites.newest(project.id, "DS-11")
        if not (tested and tested.answers.get("deployed_version") == version):
            yield from next_phase(record, project, "test", {"program_version": version})
