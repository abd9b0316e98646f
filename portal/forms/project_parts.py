"""How a project's page is divided: which forms belong together, for whom it is, who may adjust its stages."""

from __future__ import annotations

from typing import Any

from portal.domain import projects as kinds
from portal.forms.customer_parts import Part
from portal.lib.i18n import _l, _lp
from portal.models import Project

PARTS = {
    "works": (
        Part(
            "start", _l("开工准备"), "clipboard-check", ("EN-01", "EN-05", "EN-18", "EN-12", "EN-09", "EN-10")
        ),
        Part(
            "acceptances",
            _lp("several", "验收"),
            "certificate",
            ("EN-20", "EN-21", "EN-22", "EN-23", "EN-24"),
        ),
        Part("problems", _l("质量、安全和整改"), "alert-triangle", ("EN-25", "EN-26", "EN-30")),
        Part("changes", _l("变更和增减项目"), "pencil", ("EN-14", "EN-15", "EN-17")),
        Part("payments", _l("工程款"), "table", ("EN-27",)),
        Part("contact", _l("客户联系"), "message", ("EN-29", "CS-50", "CS-51")),
    ),
    "product": (
        Part("planning", _l("策划"), "clipboard-check", ("RD-03", "RD-04", "RD-05")),
        Part("reviews", _l("评审、试验和试产"), "certificate", ("RD-16", "RD-20", "RD-25")),
        Part(
            "papers",
            _l("技术文件"),
            "files",
            ("RD-10", "RD-11", "RD-12", "RD-13", "RD-14", "RD-15", "RD-23"),
        ),
        Part("changes", _l("修改"), "pencil", ("RD-21", "RD-22")),
    ),
    "web": (
        Part("scheme", _l("方案"), "clipboard-check", ("DS-01", "DS-02", "DS-03")),
        Part("work", _l("设计和实施"), "pencil", ("DS-07", "DS-08", "DS-11")),
        Part("delivery", _l("验收和交付"), "certificate", ("DS-19", "DS-14")),
        Part("upkeep", _l("工作记录和维护"), "settings", ("DS-18", "DS-17")),
    ),
    "permit": (
        Part("tracker", _l("进度台帐"), "table", ("PL-01",)),
        Part(
            "land",
            _l("用地和立项"),
            "clipboard-check",
            ("PL-02", "PL-04", "PL-05", "PL-08", "PL-11", "PL-13", "PL-15", "PL-17"),
        ),
        Part(
            "scheme",
            _l("方案和专项"),
            "files",
            ("PL-19", "PL-20", "PL-21", "PL-24", "PL-25", "PL-26", "PL-29", "PL-30", "PL-33"),
        ),
        Part("permits", _l("许可和审图"), "certificate", ("PL-35", "PL-37", "CS-12")),
    ),
}
OTHER = Part("other", _l("其他记录"), "file-text", ())
READERS = {
    "works": ("engineering", "customer_service"),
    "product": ("engineering", "quality", "purchasing"),
    "web": ("design", "customer_service"),
    "permit": ("design", "engineering"),
}
LOOKS = {
    "preparing": "soon",
    "running": "running",
    "held": "overdue",
    "completed": "finished",
    "delivered": "finished",
    "ended": "voided",
}
"""The look of the chip that says how a project stands."""


def kinds_for(actor: Any) -> list[str]:
    """The kinds whose projects the person sees, all of them; of others they see those that name them."""
    return [key for key in kinds.KINDS if actor.sees_books_of(*READERS[key])]


def may_see(actor: Any, project: Project) -> bool:
    """Whether a project's page is for the person: of its departments, of management, an auditor, or in its team."""
    return bool(actor.sees_books_of(*READERS[project.kind])) or actor.id in project.people.values()


def may_see_money(actor: Any, project: Project) -> bool:
    """Whether the person may know what the project costs its customer."""
    named = actor.id in project.people.values()
    return bool(named or actor.sees_books_of("customer_service") or actor.roles & {"engineering_manager"})


def may_adjust(actor: Any, project: Project) -> bool:
    """Whether the person decides which stages apply and what they wait for."""
    manager = kinds.KINDS[project.kind].manager
    officer = project.people.get("planning_officer") if project.kind == "permit" else None
    return not actor.is_auditor and (manager in actor.roles or actor.id == officer)
