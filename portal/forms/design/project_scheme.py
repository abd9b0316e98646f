"""DS-02 项目方案确认单."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import any_of, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Asks, Effect, Opens, SetsStage, after
from portal.domain.permissions import person_key
from portal.domain.projects import PASSED
from portal.domain.signoff import Back, Route, Step
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.checklists import Checklist, Done
from portal.forms.design.project_scheme_stages import CONTENT, STAGES, PlanningReview, ScheduleAllocation
from portal.forms.design.websites import (
    DESIGN_MANAGER,
    DESIGNER,
    PROJECT_MANAGER,
    TEAM,
    Confirmation,
    customer_confirmation,
    customer_of,
    next_version,
    refuse_early,
    refuse_foreign,
    waits,
)
from portal.forms.fields import Day, Integer, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import projects, websites

STAGE = "scheme"
UNFIT = any_of(equals("fits_customer_need", False), equals("technically_feasible", False))


class Talk(Sheet):
    """A talk with the customer about what is wanted."""

    date = Day(_l("日期"))
    people = Text(_l("参加人"))
    requirement = LongText(_l("需求"))
    agreed = LongText(_l("结论"))

    def check(self) -> None:
        """It has been held."""
        moments.refuse_future(self, "date")


class ProjectScheme(CompanyForm):
    """Settles what a website is to be, with the customer's material and talks, and plans its four phases (R50)."""

    code = "DS-02"
    name = _l("项目方案确认单")
    slug = "project-schemes"
    section = "web_design"
    procedure = "WD-P-01#scheme"
    opened_by = ("designer",)
    readers = TEAM
    covers = ("客户资料收集清单", "项目进度分配表", "客户需求沟通记录", "网站策划方案审查表")
    columns = (
        *("number", "project", "customer", "site_map", "colour_tendency", "site_name"),
        *("technically_feasible", "confirmed_on", "current_step", "due_at", "status"),
    )

    project = Project(_l("项目"), "web")
    scheme_version = Integer(_l("方案版本"), computed=True)
    customer = Customer(_l("客户"), computed=True)
    site_map = RecordLink(_l("拓扑图"), "DS-03")
    overall_style = LongText(_l("整体风格"))
    colour_tendency = Text(_l("色彩倾向"))
    site_name = Text(_l("网站名称"))
    materials = Checklist(
        _l("资料清单"),
        (
            _l("网站名称"),
            _l("logo"),
            _l("栏目内容"),
            _l("图片视频"),
            _l("产品资料"),
            _l("域名及备案"),
            _l("空间服务器"),
        ),
        row=Done,
        help=_l("客户已提供的选“是”；缺少的在方案确认后由项目经理催收"),
    )
    requirement_talks = Rows(_l("需求沟通记录"), Talk, required=False)
    reference_sites = LongText(_l("参考网站"), required=False)
    scheme_file = Attachments(_l("方案文件"))

    signoff = Route(
        Step(
            "planning_review",
            _l("网站策划方案审查"),
            DESIGN_MANAGER,
            meaning="checked",
            within=working_days(1),
            fills=PlanningReview,
            outcomes=(Back(when=UNFIT),),
            clause="WD-P-01#planning-review",
        ),
        Step(
            "schedule_allocation",
            _l("分配项目进度"),
            DESIGNER,
            meaning="done",
            within=working_days(1),
            fills=ScheduleAllocation,
            clause="WD-P-01#phases",
        ),
        Step("project_manager_confirm", _l("项目经理确认"), PROJECT_MANAGER, within=working_days(1)),
        customer_confirmation(Confirmation),
    )

    def compute(self) -> None:
        """Whose project it is; each round that was sent back makes a version, and so does a later scheme."""
        super().compute()
        self.customer.data = customer_of(self.project.data)
        self.scheme_version.data = next_version(self, "scheme_version")

    def check(self) -> None:
        """The topology is confirmed, the project's own and the newest; material has come by today."""
        refuse_early(self, STAGE)
        refuse_foreign(self, "site_map", self.project.data)
        named, project = self.site_map.data, self.project.data
        if named and named.id and project:
            newest = websites.newest(project.id, "DS-03")
            if newest and newest.id != named.id:
                self.refuse("site_map", _l("已有更新的拓扑图：%(label)s"), label=newest.label)
        for row in self.materials.rows:
            moments.refuse_future(row, "done_on")
            if row.done.data is False and row.done_on.data:
                row.refuse("done_on", _l("尚未提供的资料不填日期"))

    @staticmethod
    @after("customer_confirm", _l("方案通过：四个阶段的日期和负责人写入项目进度，生成设计稿确认单草稿"))
    def plan_phases(record: Filed) -> Iterator[Effect]:
        """R50: the phases give the days by which their forms are due."""
        project = projects.project(record["project"].id)
        if project is None:
            return
        yield SetsStage(project.id, STAGE, {"state": PASSED, "passed_on": record["confirmed_on"]})
        for row in record["phases"]:
            days = {"starts_on": row["start"], "planned_on": row["finish"], "owner_id": row["owner"].id}
            yield SetsStage(project.id, STAGES[row["phase"]][0], days)
        first = record["phases"][0]
        if not (projects.passed(project.id, "design") or waits(record, project, "DS-07")):
            answers = {"project": record["project"], "planned_on": first["finish"]}
            yield Opens("DS-07", answers, to=person_key(first["owner"].id), due=first["finish"])

    @staticmethod
    @after("customer_confirm", _l("缺少的客户资料列入项目经理的待办"))
    def ask_for_material(record: Filed) -> Iterator[Effect]:
        """What is missing is needed when content is entered."""
        project = projects.project(record["project"].id)
        needed = next((row["start"] for row in record["phases"] if row["phase"] == CONTENT), None)
        if project is not None:
            for row in record["materials"]:
                if not row["done"]:
                    title = _l("催收客户资料：%(item)s", item=row["item"])
                    yield Asks(title, projects.holder(project, "project_manager"), needed)
