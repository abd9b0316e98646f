"""PL-19 项目总评图或设计方案."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import until, weeks, working_days
from portal.domain.effects import Effect, Opens, Tells, after
from portal.domain.signoff import Back, Route, Step, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.definition import fields
from portal.forms.design import permits, project_papers
from portal.forms.design.design_scheme_stages import BookletHandover, SchemeDelivery, version
from portal.forms.design.planning_indices import Index
from portal.forms.fields import Day, Rows, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.kinds import Ref, load
from portal.forms.references import Project, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import goods, works
from portal.queries import project_papers as papers

STAGE = "scheme"
TO_DESIGN_UNIT = Back("design_unit_delivery")
KEPT = (
    "project",
    "design_unit",
    "design_qualification",
    "conditions",
    "indices",
    "drawings",
)  # by a next version


class Drawing(Sheet):
    """A drawing of the scheme."""

    no = Text(_l("图号"), max=60)
    name_ = Text(_l("图名"))
    version = Text(_l("版本"), max=40)


class DesignScheme(permits.Preparation, CompanyForm):
    """Has the master plan or the scheme designed, takes its booklets and files over, and accepts it (R36)."""

    code = "PL-19"
    name = _l("项目总评图或设计方案")
    slug = "design-schemes"
    section = "planning_permits"
    procedure = "PL-P-01#scheme"
    opened_by = ("planning_officer",)
    readers = (*permits.READERS, "customer_service_supervisor")  # who looks for known problems (PL-21)
    covers = ("项目总评(平)图或设计方案", "方案册及电子版移交单")
    columns = (
        "number", "project", "design_unit", "design_qualification", "scheme_version", "conditions", "finish_by",
        "delivered_on", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    design_unit = Text(_l("设计单位"))
    design_qualification = Text(_l("设计单位资质"))
    scheme_version = Text(_l("方案版本"), computed=True, help=_l("设计单位每提交一次为一个版本"))
    conditions = RecordLink(_l("规划设计条件"), "PL-05")
    indices = Rows(_l("主要指标"), Index)
    drawings = Rows(_l("图纸目录"), Drawing)
    customer_service_input = RecordLink(_l("客户服务案例输入"), "CS-11", required=False)
    finish_by = Day(_l("要求完成日期"))

    signoff = Route(
        Step(
            "design_unit_delivery",
            _l("设计单位提交"),
            outside("external_unit"),
            meaning="delivered",
            within=until("finish_by"),
            fills=SchemeDelivery,
        ),
        Step(
            "booklet_handover",
            _l("方案册及电子版移交"),
            role("planning_officer"),
            meaning="received",
            within=working_days(1),
            fills=BookletHandover,
            on_refusal=TO_DESIGN_UNIT,
            clause="PL-P-01#booklet",
        ),
        Step(
            "planning_acceptance",
            _l("规划设计部审核"),
            role("planning_manager"),
            meaning="accepted",
            within=weeks(1),
            on_refusal=TO_DESIGN_UNIT,
        ),
        Step(
            "development_acceptance",
            _l("地产开发部确认"),
            role("land_development_manager"),
            meaning="accepted",
            within=working_days(3),
            on_refusal=TO_DESIGN_UNIT,
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self)

    def compute(self) -> None:
        """The version that is to be delivered."""
        super().compute()
        self.scheme_version.data = version(self.project.data.id) if self.project.data else None

    def check(self) -> None:
        """The conditions are known; each index and each drawing stands there once; there is time left."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        project_papers.refuse_foreign(self, "customer_service_input")
        moments.refuse_past(self, "finish_by", _l("要求完成日期不能早于提交日期"))
        seen: set[Any] = set()
        for row in (*self.indices.rows, *self.drawings.rows):
            field = row.item if isinstance(row, Index) else row.no
            if field.data and field.data in seen:
                row.refuse(field.short_name, _l("填写了两行，请合并"))
            seen.add(field.data)

    @staticmethod
    @after("development_acceptance", _l("手续进度记为已通过，生成方案送审单和审核意见表草稿"))
    def release(record: Filed) -> Iterator[Effect]:
        """The scheme may be handed in; its review is prepared where the project has one."""
        version = record["delivered_version"]
        yield from permits.passed(record, STAGE, passed_on=day(record.now), paper_no=version)
        yield from review(record)


def review(record: Filed) -> Iterator[Effect]:
    """Drafts of the review of an accepted scheme; a submission that is still under way goes on with it."""
    project = record["project"]
    if not project_papers.applies(project.id, "scheme_review"):
        return
    officer = works.holder(project.id, permits.PLANNING)
    yield Opens("PL-21", {"project": project}, to=officer, names_as="scheme")
    earlier = papers.under_way(project.id, "PL-20")
    if earlier is None:
        yield Opens("PL-20", {"project": project}, to=officer, names_as="scheme")
    else:
        text = _l(
            "%(number)s：新版方案%(scheme)s已通过内部审核，请据此更正送审单",
            number=earlier.number,
            scheme=record.number,
        )
        yield Tells(f"person:{earlier.applicant_id}", text)


def anew(scheme: Ref) -> Iterator[Effect]:
    """A draft of the next version of a scheme that must be revised, unless there is one already."""
    told = load(fields(DesignScheme()), goods.opening_answers(scheme.id)) if scheme.id else {}
    if (
        not told
        or papers.under_way(told["project"].id, "PL-19")
        or papers.drafted(told["project"].id, "PL-19")
    ):
        return
    answers = {name: told[name] for name in KEPT if told.get(name) is not None}
    yield Opens("PL-19", answers, to=works.holder(told["project"].id, permits.PLANNING))
