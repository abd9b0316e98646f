"""The first administrator of a new installation; every other one is made by another administrator."""

from __future__ import annotations

from datetime import datetime

from portal.domain.refusal import Refusal
from portal.domain.roles import DEPARTMENTS, TOP
from portal.extensions import db
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.lib.text import clean
from portal.models import Department, Person
from portal.queries import people, rights
from portal.services import audit, roles
from portal.services.people import Identity
from portal.services.people import create as take_on

NUMBER = "ADMIN"


def create(login: str, name: str, password_hash: str, *, now: datetime) -> Person:
    """Takes the first administrator on, with the departments if there are none yet.

    Raises:
        Refusal: somebody administers the portal already, or the login is taken.
    """
    rights.one_at_a_time()
    today = day(now)
    if rights.administrator_exists(today):
        raise Refusal(_l("已有系统管理员；其他管理员由其在门户中授予。"))
    if not clean(name):
        raise Refusal(_l("请填写姓名。"))
    departments = people.departments() or _found_departments()
    department = next((one for one in departments if one.key == TOP), departments[0])
    identity = Identity(f"{NUMBER}-{login}"[:40], clean(name)[:60], department.id)
    person = take_on(login, identity, password_hash, by=None, now=now)
    roles.add(
        person, "administrator", today, None, by=None, reason="flask people create-administrator", now=now
    )
    audit.note("administrator_created", at=now, by=None, stream="people", person=person.id, login=login)
    return person


def _found_departments() -> list[Department]:
    """The departments that the procedures speak of."""
    made = []
    for kind in DEPARTMENTS:
        names = both(kind.title)
        english = names["en"] if names["en"] != names["zh"] else ""
        made.append(Department(key=kind.key, name=names["zh"], name_en=english, aliases=list(kind.aliases)))
    db.session.add_all(made)
    db.session.flush()
    return made
