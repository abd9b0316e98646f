"""The registers of projects: construction, new products, websites, permits."""

from __future__ import annotations

from portal.domain.projects import PRODUCT, PROJECT_STATES, STAGE_STATES, WEB, WORKS
from portal.forms.columns import Column
from portal.forms.ledgers.ledger import RECORD, Ledger
from portal.forms.project_words import PEOPLE, ROUTES, SITE_KINDS
from portal.lib.i18n import _l
from portal.queries import project_books

CODE, NAME = Column("code", _l("项目编号")), Column("name", _l("项目"))
CUSTOMER = Column("customer", _l("客户"))
DATES = (
    Column("starts_on", _l("计划开始"), "date"),
    Column("finishes_on", _l("计划完成"), "date"),
    Column("finished_on", _l("完成日期"), "date"),
)
PROGRESS = Column("progress", _l("进度"))
STATE = Column("state", _l("状态"), "choice", PROJECT_STATES)
PHASES = ("design", "program", "test", "acceptance")
REVIEWS = (
    "initial_review",
    "product_finalisation_review",
    "first_sample_review",
    "batch_review",
    "mass_production",
)


def _people(*roles: str) -> tuple[Column, ...]:
    return tuple(Column(role, PEOPLE[role]) for role in roles)


def _stages(kind: str, keys: tuple[str, ...]) -> tuple[Column, ...]:
    titles = {stage.key: stage.title for one in (PRODUCT, WEB) if one.key == kind for stage in one.stages}
    return tuple(
        column
        for key in keys
        for column in (
            Column(f"{key}_planned", _l("%(stage)s（计划）", stage=titles[key]), "date"),
            Column(f"{key}_passed", _l("%(stage)s（通过）", stage=titles[key]), "date"),
        )
    )


_WORKS, _PRODUCT = ("foreman", "site_supervisor", "designer"), ("rd_engineer", "rd_manager")
_WEB = ("designer", "programmer", "project_manager")

PROJECTS = (
    Ledger(
        "works_projects",
        _l("工程项目台帐"),
        "master",
        "engineering",
        (CODE, NAME, CUSTOMER, *_people(*_WORKS), *DATES, PROGRESS, STATE, RECORD),
        lambda: project_books.of_kind(WORKS.key, _WORKS),
        ("customer_service",),
        clause="EN-P-01#works-register",
    ),
    Ledger(
        "product_projects",
        _l("新产品项目台帐"),
        "master",
        "engineering",
        (
            *(CODE, NAME, Column("route", _l("开发类别"), "choice", ROUTES), *_people(*_PRODUCT)),
            *(*_stages(PRODUCT.key, REVIEWS), PROGRESS, STATE, RECORD),
        ),
        lambda: project_books.of_kind(PRODUCT.key, _PRODUCT, REVIEWS, ("route",)),
        ("quality", "purchasing"),
        clause="RD-P-01#project-register",
    ),
    Ledger(
        "web_projects",
        _l("网站项目台帐"),
        "master",
        "design",
        (
            *(CODE, NAME, CUSTOMER, Column("site_kind", _l("网站类型"), "choice", SITE_KINDS)),
            *(*_people(*_WEB), *_stages(WEB.key, PHASES), PROGRESS, STATE, RECORD),
        ),
        lambda: project_books.of_kind(WEB.key, _WEB, PHASES, ("site_kind",)),
        ("customer_service",),
        clause="WD-P-01#project-register",
    ),
    Ledger(
        "permits",
        _l("项目前期手续进度台帐"),
        "ledger",
        "design",
        (
            Column("project", _l("项目")),
            Column("stage", _l("手续")),
            Column("applies", _l("是否办理"), "yes_no"),
            Column("prerequisites", _l("前置手续")),
            Column("authority", _l("审批机关")),
            Column("planned_on", _l("计划完成"), "date"),
            Column("submitted_on", _l("送件"), "date"),
            Column("accepted_on", _l("受理日期"), "date"),
            Column("passed_on", _l("取得"), "date"),
            Column("paper_no", _l("证照编号")),
            Column("days", _l("办理天数"), "integer"),
            Column("state", _l("状态"), "choice", STAGE_STATES),
            RECORD,
        ),
        project_books.permits,
        ("engineering",),
        clause="PL-P-01#progress-ledger",
    ),
)
