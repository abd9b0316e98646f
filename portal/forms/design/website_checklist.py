"""DS-19 设计部内部网站验收标准及关注重点."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import any_of
from portal.domain.deadlines import working_days
from portal.domain.effects import Asks, Effect, SetsStage, after
from portal.domain.projects import PASSED
from portal.domain.signoff import Back, Route, Step
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist
from portal.forms.design.acceptance_drafts import next_draft
from portal.forms.design.websites import DESIGN_MANAGER, PROJECT_MANAGER, TEAM, failed, refuse_early
from portal.forms.fields import LongText, Moment, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Project
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import projects

STAGE = "checklist"
PLANNING = (_l("方案对于客户需求的合理性及技术可行性"), _l("最大程度的避免一错俱错及返工修改现象"))
COMMUNICATION = (_l("积极和客户或项目经理沟通"), _l("准确摸清客户需求,高效达成客户设计需求"))
STRUCTURE = (
    _l("频道与栏目的内容或功能定位清晰"),
    _l("频道与栏目的设置能突出重点"),
    _l("频道与栏目分级合理,有明确的划分标准"),
    _l("频道与栏目名称设定准确、直观"),
    _l("频道、栏目及层级网页之间联通实用易用"),
    _l("各页面固定位置设置风格统一的导航栏"),
    _l("各层级及同级间的网页导航便捷"),
    _l("导航文字准确、直观、易识别"),
)
STYLE = (
    _l("表现形式有自身特色"),
    _l("体现行业特点、符合客户整体VI形象"),
    _l("突出客户核心竞争力和核心业务"),
    _l("从易用性和人性化的角度出发"),
    _l("统一的色彩风格和主色调"),
    _l("各层级页面均含协调一致的LOGO图案及文字"),
    _l("各模块行距、列距统一"),
    _l("标准字体,字号适当,可选字号"),
    _l("网页整齐,不变形,无表格错位、文字错行"),
    _l("切图文件不宜过大,尽量用css表现"),
)
PROGRAM = (
    _l("主流浏览器兼容"),
    _l("链接有效"),
    _l("表单提交正常"),
    _l("打开速度"),
    _l("标题及搜索描述"),
    _l("数据备份"),
    _l("安全检查"),
)
OWNERS = {
    "planning_checks": "designer",
    "communication_checks": "designer",
    "structure_checks": "designer",
    "style_checks": "designer",
    "program_checks": "programmer",
}
"""Whose matter the points of each part are."""
FAILED = any_of(*(failed(name) for name in OWNERS))


class WebsiteChecklist(CompanyForm):
    """Holds a site against the department's own standard of acceptance, point by point (Annex 02)."""

    code = "DS-19"
    name = _l("设计部内部网站验收标准及关注重点")
    slug = "website-checklists"
    section = "web_design"
    procedure = "WD-P-01#checklist"
    opened_by = ("designer", "programmer")
    readers = TEAM
    covers = ("网站验收检查表",)
    columns = (*("number", "project", "checked_version", "checked_at", "current_step", "due_at", "status"),)

    project = Project(_l("项目"), "web")
    checked_version = Text(_l("检查版本"), max=40)
    checked_at = Moment(_l("检查时间"))
    planning_checks = Checklist(_l("1.网站的策划组织及方案合理性"), PLANNING)
    communication_checks = Checklist(_l("2.设计阶段的客户沟通"), COMMUNICATION)
    structure_checks = Checklist(_l("3.网站结构设计"), STRUCTURE)
    style_checks = Checklist(_l("4.网站表现风格及静态实现"), STYLE)
    program_checks = Checklist(_l("5.程序及其他(补充)"), PROGRAM)
    failed_items = LongText(_l("不合格项说明"), required=False, required_when=FAILED)
    screenshots = Attachments(_l("截图"), required=False)

    signoff = Route(
        Step(
            "manager_check",
            _l("部门经理复核"),
            DESIGN_MANAGER,
            meaning="checked",
            within=working_days(1),
            outcomes=(Back(when=FAILED),),
        ),
        Step("project_manager_check", _l("项目经理确认"), PROJECT_MANAGER, within=working_days(1)),
    )

    def check(self) -> None:
        """The site is there, and was looked at by now."""
        refuse_early(self, STAGE)
        moments.refuse_future(self, "checked_at")

    @staticmethod
    @after("manager_check", _l("有不合格项时退回，每一项列入其负责人的待办"))
    def ask_for_repair(record: Filed) -> Iterator[Effect]:
        """What has failed is put right by the designer or by the programmer, then checked once more."""
        project = projects.project(record["project"].id)
        for table, role in OWNERS.items():
            for row in record[table] or ():
                if project is not None and row["result"] == "fail":
                    title = _l("整改网站验收不合格项：%(item)s", item=row["item"])
                    yield Asks(title, projects.holder(project, role))

    @staticmethod
    @after("project_manager_check", _l("全部合格：内部验收检查通过，测试也已通过的生成项目验收确认单草稿"))
    def settle(record: Filed) -> Iterator[Effect]:
        """One of the two conditions of the acceptance is fulfilled."""
        project = projects.project(record["project"].id)
        if project is not None:
            yield SetsStage(project.id, STAGE, {"state": PASSED, "passed_on": day(record.now)})
            yield from next_draft(record, project, checked=True)
