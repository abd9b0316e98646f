"""DS-11 内部测试、资料添加及项目部署记录."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import ChangesProject, Effect, SetsStage, after
from portal.domain.projects import PASSED, TO_BE_CORRECTED
from portal.domain.signoff import Back, Route, Step
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.design.acceptance_drafts import next_draft
from portal.forms.design.internal_test_stages import ContentEntry, Deployment
from portal.forms.design.websites import (
    DESIGNER,
    PASS,
    PROGRAMMER,
    TEAM,
    over_again,
    refuse_before,
    refuse_early,
)
from portal.forms.fields import Choice, Day, Integer, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Person, Project
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import projects, websites

STAGE = "test"  # phase C
FAIL = equals("result", "fail")


class TriedItem(Sheet):
    """One thing that was tried."""

    item = Text(_l("测试项"))
    browser = Text(_l("浏览器"), max=60)
    result = Choice(_l("结果"), {"pass": _l("通过"), "fail": _l("不通过")})
    defect = Text(_l("缺陷"), required=False, required_when=FAIL)
    fixed = YesNo(_l("已修复"), required=False, required_when=FAIL)

    def open(self) -> bool:
        """Whether it has failed and is not put right."""
        return self.result.data == "fail" and self.fixed.data is not True


class InternalTest(CompanyForm):
    """Tests a program in the house, enters the customer's content and puts the site on its host (phase C)."""

    code = "DS-11"
    name = _l("内部测试、资料添加及项目部署记录")
    slug = "internal-tests"
    section = "web_design"
    procedure = "WD-P-01#test"
    opened_by = ("programmer", "designer")
    readers = TEAM
    covers = ("内部测试记录", "资料添加记录", "项目部署记录")
    columns = (
        *("number", "project", "program_version", "tester", "test_from", "test_to", "open_defects"),
        *("online_checked", "current_step", "due_at", "status"),
    )

    project = Project(_l("项目"), "web")
    program_version = Text(_l("程序版本"), max=40)
    tester = Person(_l("测试人"))
    test_from = Day(_l("测试开始"))
    test_to = Day(_l("测试结束"))
    test_cases = Rows(_l("测试记录"), TriedItem)
    open_defects = Integer(_l("未关闭缺陷数"), computed=True)
    test_conclusion = Choice(
        _l("测试结论"),
        {"pass": _l("通过"), "fail": _l("不通过")},
        help=_l("“不通过”的由第一负责人确认后办结，程序退回实施阶段，另出新版本"),
    )

    signoff = Route(
        Step(
            "content_entry",
            _l("资料添加"),
            DESIGNER,
            meaning="done",
            within=working_days(3),
            when=PASS,
            fills=ContentEntry,
            clause="WD-P-01#content",
        ),
        Step(
            "deployment",
            _l("项目部署"),
            PROGRAMMER,
            meaning="done",
            within=working_days(1),
            when=PASS,
            fills=Deployment,
            outcomes=(Back(when=equals("online_checked", False)),),
            clause="WD-P-01#deployment",
        ),
        Step(
            "first_responsible_sign",
            _l("第一负责人确认"),
            DESIGNER,
            meaning="confirmed",
            within=working_days(1),
        ),
    )

    def compute(self) -> None:
        """How many defects are open."""
        super().compute()
        self.open_defects.data = sum(row.open() for row in self.test_cases.rows)

    def check(self) -> None:
        """A program passes without open defects; what is tested is a version whose source is backed up."""
        refuse_early(self, STAGE)
        moments.refuse_future(self, "test_from", "test_to")
        refuse_before(self, "test_from")
        text = _l("测试结束不能早于测试开始")
        moments.refuse_earlier(self, "test_to", self.test_from.data, text)
        if self.test_conclusion.data == "pass" and self.open_defects.data:
            self.refuse("test_conclusion", _l("还有未修复的缺陷，结论只能是“不通过”"))
        if self.test_conclusion.data == "fail" and not any(FAIL.holds(row) for row in self.test_cases.data):
            self.refuse("test_conclusion", _l("各项均通过，结论不能是“不通过”"))
        project = self.project.data
        backed_up = websites.newest(project.id, "DS-08") if project and project.id else None
        version = backed_up.answers.get("program_version") if backed_up else None
        if version and self.program_version.data and self.program_version.data != version:
            self.refuse("program_version", _l("最近完成源码备份的是 %(version)s 版"), version=version)

    @staticmethod
    @after("first_responsible_sign", _l("测试通过：C 阶段完成，生成验收检查或验收确认单草稿"))
    def finish_test_phase(record: Filed) -> Iterator[Effect]:
        """The site stands; what is left before the customer accepts it comes next."""
        project = projects.project(record["project"].id)
        if project is None or record["test_conclusion"] != "pass":
            return
        yield SetsStage(project.id, STAGE, {"state": PASSED, "passed_on": day(record.now)})
        yield ChangesProject(project.id, facts={"site_address": record["domain"]})
        yield from next_draft(record, project, tested=True)

    @staticmethod
    @after("first_responsible_sign", _l("测试不通过：退回 B 阶段，生成新版本的程序实施确认单草稿"))
    def back_to_program(record: Filed) -> Iterator[Effect]:
        """What is defective is programmed anew; the tests wait for that."""
        project = projects.project(record["project"].id)
        if project is not None and record["test_conclusion"] == "fail":
            yield SetsStage(project.id, STAGE, {"state": TO_BE_CORRECTED, "passed_on": None})
            yield from program_anew(record, project)


def program_anew(record: Filed, project: Any) -> Iterator[Effect]:
    """Opens phase B once more: the stage, and the draft for the next version of the program."""
    draft = websites.newest(project.id, "DS-07")
    known = {"design_draft": Ref(draft.id, draft.label)} if draft else {}
    yield from over_again(record, project, "program", known)
