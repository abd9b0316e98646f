"""Kinds of projects, and the stages that each goes through: what opens when, and what a stage waits for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.conditions import Condition, Group, equals
from portal.lib.i18n import _l

OPEN, PREPARING, SUBMITTED, TO_BE_CORRECTED, REFUSED, PASSED = (
    "open",
    "preparing",
    "submitted",
    "to_be_corrected",
    "refused",
    "passed",
)
STAGE_STATES = {
    OPEN: _l("未开始"),
    PREPARING: _l("进行中"),
    SUBMITTED: _l("已送件"),
    TO_BE_CORRECTED: _l("补正"),
    REFUSED: _l("未通过"),
    PASSED: _l("已通过"),
}
PROJECT_STATES = {
    "preparing": _l("准备中"),
    "running": _l("进行中"),
    "held": _l("暂停"),
    "completed": _l("已完成"),
    "delivered": _l("已交付"),
    "ended": _l("已终止"),
}
OVER = ("completed", "delivered", "ended")
PERMIT_KINDS = {
    "municipal_road": _l("市政道路项目"),
    "other_municipal": _l("其他市政项目"),
    "not_municipal": _l("非市政项目"),
}
AIR_DEFENCE_KINDS = {"on_site": _l("就地建设"), "off_site": _l("易地建设")}


@dataclass(frozen=True, slots=True)
class Wait:
    """A stage that must have passed before another may begin, `only` of projects whose facts fulfil the condition."""

    key: str
    only: Condition | None = None


@dataclass(frozen=True, slots=True)
class StageKind:
    """One stage: the forms that work on it (the first one opens it), what it waits for, and which projects have it.

    `role` is that of the project's people who sees to it; `authority` is who decides, where that is not the company.
    """

    key: str
    title: Any
    forms: tuple[str, ...]
    role: str
    after: tuple[Wait, ...] = ()
    only: Condition | None = None
    authority: Any = ""
    paper: Any = ""  # what the authority issues

    def applies(self, facts: Mapping[str, Any]) -> bool:
        """Whether a project with these facts goes through the stage."""
        return self.only is None or self.only.holds(facts)

    def waits_for(self, facts: Mapping[str, Any]) -> list[str]:
        """The keys of the stages that must have passed before, for a project with these facts."""
        return [wait.key for wait in self.after if wait.only is None or wait.only.holds(facts)]


@dataclass(frozen=True, slots=True)
class ProjectKind:
    """A kind of project, with the form that opens one, its stages in order, and the roles of its people."""

    key: str
    title: Any
    department: str
    form: str
    stages: tuple[StageKind, ...]
    people: tuple[str, ...]
    manager: str  # the role of the department that answers for it


def _after(*keys: str) -> tuple[Wait, ...]:
    return tuple(Wait(key) for key in keys)


_ROAD = equals("project_kind", "municipal_road")
_NOT_MUNICIPAL = equals("project_kind", "not_municipal")
_NO_PROPOSAL = equals("proposal", None)  # R41: an approved proposal (PL-15) stands for the report
_ON_SITE = Group("all", (_NOT_MUNICIPAL, equals("air_defence_kind", "on_site")))
_WATERPROOFED = equals("waterproofing", True)  # R29: chapter 1 counts four acceptances, chapter 2 five

WORKS = ProjectKind(
    "works",
    _l("工程项目"),
    "engineering",
    "EN-01",
    (
        StageKind("schedule", _l("施工进度计划"), ("EN-05",), "foreman"),
        StageKind("briefing", _l("技术交底"), ("EN-18",), "foreman"),
        StageKind("start", _l("开工"), ("EN-12",), "foreman", _after("schedule", "briefing")),
        StageKind("material", _l("材料进场验收"), ("EN-20",), "foreman", _after("start")),
        StageKind("concealed", _l("隐蔽工程验收"), ("EN-21",), "foreman", _after("material")),
        StageKind("waterproofing", _l("防水验收"), ("EN-22",), "foreman", _after("concealed"), _WATERPROOFED),
        StageKind("midterm", _l("中期验收"), ("EN-23",), "foreman", _after("concealed", "waterproofing")),
        StageKind("completion", _l("竣工验收"), ("EN-24",), "foreman", _after("midterm")),
    ),
    ("foreman", "site_supervisor", "designer", "engineering_manager", "salesperson"),
    "engineering_manager",
)
PRODUCT = ProjectKind(
    "product",
    _l("新产品项目"),
    "engineering",
    "RD-03",
    (
        StageKind("plan", _l("方案"), ("RD-03",), "rd_engineer"),
        StageKind("design", _l("设计"), ("RD-05",), "rd_engineer", _after("plan")),
        StageKind("initial_review", _l("初审"), ("RD-16",), "rd_engineer", _after("design")),
        StageKind("tooling", _l("开模"), ("RD-21",), "rd_engineer", _after("initial_review")),
        StageKind(
            "product_finalisation_review",
            _l("产品定型审"),
            ("RD-16",),
            "rd_engineer",
            _after("initial_review"),
        ),
        StageKind("samples", _l("样板"), ("RD-16",), "rd_engineer", _after("product_finalisation_review")),
        StageKind("function_test", _l("功能测试"), ("RD-20",), "rd_engineer", _after("plan")),
        StageKind(
            "first_sample_review",
            _l("首样审"),
            ("RD-16",),
            "rd_engineer",
            _after("product_finalisation_review", "function_test"),
        ),
        StageKind(
            "trial_production",
            _l("试产"),
            ("RD-25",),
            "rd_engineer",
            _after("first_sample_review"),
        ),
        StageKind(
            "batch_review",
            _l("批量审"),
            ("RD-16",),
            "rd_engineer",
            _after("first_sample_review", "trial_production"),
        ),
        StageKind(
            "output_documents",
            _l("资料输出"),
            ("RD-10", "RD-11", "RD-12", "RD-13", "RD-14", "RD-15", "RD-23"),
            "rd_engineer",
            _after("initial_review"),
        ),
        StageKind(
            "mass_production",
            _l("量产"),
            ("RD-16",),
            "rd_engineer",
            _after("batch_review", "output_documents"),
        ),
    ),
    ("rd_engineer", "production_engineer", "quality_inspector", "rd_manager"),
    "rd_manager",
)
WEB = ProjectKind(
    "web",
    _l("网站项目"),
    "design",
    "DS-01",
    (
        StageKind("topology", _l("拓扑图"), ("DS-03",), "designer"),
        StageKind("scheme", _l("项目方案确认"), ("DS-02",), "designer", _after("topology")),
        StageKind("design", _l("A 设计阶段"), ("DS-07",), "designer", _after("scheme")),
        StageKind("program", _l("B 实施阶段"), ("DS-08",), "programmer", _after("design")),
        StageKind("test", _l("C 内部测试、资料添加、项目部署"), ("DS-11",), "programmer", _after("program")),
        StageKind("checklist", _l("内部验收检查"), ("DS-19",), "designer", _after("design")),
        StageKind(
            "acceptance",
            _l("D 项目经理确认、客户确认"),
            ("DS-14",),
            "project_manager",
            _after("test", "checklist"),
        ),
        StageKind("delivery", _l("交付"), ("DS-14",), "project_manager", _after("acceptance")),
    ),
    ("designer", "programmer", "project_manager", "design_manager", "salesperson"),
    "design_manager",
)
PERMIT = ProjectKind(
    "permit",
    _l("报批项目"),
    "design",
    "PL-01",
    (
        StageKind(
            "land",
            _l("土地招拍挂手续或国土意见申请"),
            ("PL-02",),
            "planning_officer",
            authority=_l("国土局"),
            paper=_l("土地出让合同或国土意见"),
        ),
        StageKind(
            "report",
            _l("项目可行性研究报告或项目申请报告"),
            ("PL-04",),
            "planning_officer",
            authority=_l("可研编制单位"),
        ),
        StageKind(
            "conditions",
            _l("规划设计条件"),
            ("PL-05",),
            "planning_officer",
            authority=_l("规划局"),
            paper=_l("规划设计条件"),
        ),
        StageKind(
            "approval",
            _l("立项文件"),
            ("PL-08", "PL-11"),
            "planning_officer",
            _after("report", "conditions"),
            authority=_l("审批局"),
            paper=_l("立项文件"),
        ),
        StageKind(
            "site_opinion",
            _l("建设工程选址意见书"),
            ("PL-13",),
            "planning_officer",
            only=_ROAD,
            authority=_l("规划部门"),
            paper=_l("建设工程选址意见书"),
        ),
        StageKind(
            "land_permit",
            _l("建设工程用地规划许可证"),
            ("PL-17", "PL-15"),
            "planning_officer",
            (Wait("report", _NO_PROPOSAL), Wait("site_opinion", _ROAD)),
            authority=_l("规划局"),
            paper=_l("建设工程用地规划许可证"),
        ),
        StageKind(
            "scheme",
            _l("项目总评图或设计方案"),
            ("PL-19",),
            "planning_officer",
            _after("conditions"),
            authority=_l("设计单位"),
        ),
        StageKind(
            "scheme_review",
            _l("建设工程方案审核意见单"),
            ("PL-20", "PL-21"),
            "planning_officer",
            _after("scheme"),
            _NOT_MUNICIPAL,
            _l("规划局"),
            _l("方案审核意见单"),
        ),
        StageKind(
            "air_defence",
            _l("人防修建防空地下室方案意见书或易建意见书"),
            ("PL-25", "PL-24", "PL-26"),
            "planning_officer",
            (Wait("scheme_review"), Wait("approval", _ON_SITE)),
            _NOT_MUNICIPAL,
            _l("审批局(人防)"),
            _l("人防意见书"),
        ),
        StageKind(
            "seismic",
            _l("抗震设防要求审批意见书"),
            ("PL-30", "PL-29"),
            "planning_officer",
            _after("conditions", "approval", "land_permit"),
            _NOT_MUNICIPAL,
            _l("审批局"),
            _l("抗震设防要求审批意见书"),
        ),
        StageKind(
            "environment",
            _l("环评批复、环保要求"),
            ("PL-33",),
            "planning_officer",
            _after("approval"),
            authority=_l("审批局、环保局"),
            paper=_l("环评批复"),
        ),
        StageKind(
            "project_permit",
            _l("建设工程规划许可证"),
            ("PL-35", "PL-26"),
            "planning_officer",
            _after("land", "land_permit", "scheme_review", "air_defence", "seismic", "environment"),
            authority=_l("规划局"),
            paper=_l("建设工程规划许可证"),
        ),
        StageKind(
            "drawing_review",
            _l("施工图审查合格证书"),
            ("PL-37",),
            "planning_officer",
            _after("project_permit"),
            authority=_l("审图公司"),
            paper=_l("施工图审查合格证书"),
        ),
    ),
    ("planning_officer", "planning_manager", "land_development_manager"),
    "planning_manager",
)

KINDS = {kind.key: kind for kind in (WORKS, PRODUCT, WEB, PERMIT)}
STAGES = {(kind.key, stage.key): stage for kind in KINDS.values() for stage in kind.stages}


def waiting(after: Iterable[str], passed: Collection[str], applying: Collection[str]) -> list[str]:
    """Of the stages that must have passed before, those that apply and have not."""
    return [key for key in after if key in applying and key not in passed]
