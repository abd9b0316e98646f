"""Template filters about people: titles, times, browsers, numbers, as people read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.domain.roles import ROLE
from portal.lib.clock import ZONE, minute, today
from portal.lib.exif import caption
from portal.lib.i18n import _
from portal.models import Person
from portal.web.sheets import department_name

BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def local_time(at: datetime) -> str:
    """A moment on the company's clock, to the second."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def browser(agent: str) -> str:
    """A browser and its system, as people call them."""
    names = (next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, names)) or _("未知浏览器")


def role_title(key: str) -> str:
    """A role's title."""
    return str(ROLE[key].title) if key in ROLE else key


def roles_held(person: Person) -> list[str]:
    """The titles of the roles that a person holds today."""
    return [role_title(grant.role) for grant in person.grants if grant.holds(today())]


def plain_number(value: Decimal | str) -> str:
    """A number with thousands marked and no needless zeros."""
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


FILTERS: dict[str, Callable[[Any], Any]] = {
    "local_time": local_time,
    "local_minute": minute,
    "photo_caption": caption,
    "browser": browser,
    "role_title": role_title,
    "roles_held": roles_held,
    "plain_number": plain_number,
    "department_name": department_name,
}
