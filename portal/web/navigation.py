"""What every page knows: who is here, where they can go, how much waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request

from portal.domain.limits import LIMITS
from portal.domain.roles import DEPARTMENTS
from portal.lib.i18n import _l, language, pgettext
from portal.queries import inbox
from portal.queries.notices import MANY
from portal.services import settings
from portal.web.guard import maybe_actor

COMPLIANCE = "/compliance"
ICONS = {
    "customer_service": "headset",
    "engineering": "crane",
    "design": "palette",
    "purchasing": "shopping-cart",
    "warehouse": "building-warehouse",
    "quality": "certificate",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the main navigation."""

    href: str
    text: Any
    icon: str
    active: bool = False
    count: str = ""


def links(actor: Any, tasks: int) -> list[Link]:
    """The main navigation of this person, for whom so many tasks wait."""
    path = request.path
    found = [Link("/", _l("首页"), "home", active=path == "/", count=told(tasks))]
    for department in DEPARTMENTS:
        if department.key in ICONS:
            href = f"/{department.key.replace('_', '-')}/"
            found.append(Link(href, department.title, ICONS[department.key], active=path.startswith(href)))
    found.append(
        Link("/documents/", pgettext("several", "文件"), "files", active=path.startswith("/documents"))
    )
    found.append(Link("/obligations/", _l("义务"), "calendar", active=path.startswith("/obligations")))
    if actor.is_auditor or actor.is_administrator:
        found.append(
            Link("/trail", _l("审计追踪"), "history", active=path.startswith(("/trail", COMPLIANCE)))
        )
    elif "document_controller" in actor.roles:
        found.append(Link(COMPLIANCE, _l("合规"), "shield", active=path.startswith(COMPLIANCE)))
    if actor.is_administrator:
        found.append(Link("/admin/", _l("管理"), "settings", active=path.startswith("/admin")))
    elif any(settings.may_change(limit, actor) for limit in LIMITS):
        found.append(Link("/admin/limits", _l("审批权限表"), "settings", active=path.startswith("/admin")))
    return found


def told(count: int) -> str:
    """A number as the header shows it: nothing for none, 99+ for many."""
    return f"{MANY}+" if count > MANY else str(count or "")


def init_app(app: Flask) -> None:
    """Gives it to every template."""

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        actor = maybe_actor()
        tasks, unread = inbox.counts(actor) if actor else (0, 0)
        config = current_app.config["SETTINGS"]
        return {
            "actor": actor,
            "navigation": links(actor, tasks) if actor else [],
            "unread": told(unread),
            "language": language(),
            "theme": actor.theme if actor else request.cookies.get("theme", "auto"),
            "company": config.company,
            "demo": config.demo,
        }
