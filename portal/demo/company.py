"""Founds the made-up group 华衡制造建设集团: departments, people, customers, goods and opening stock."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa

from portal.demo import books, staff
from portal.domain.demo import DEMO_PASSWORD
from portal.domain.roles import DEPARTMENTS, GRANTABLE, ROLE
from portal.extensions import db
from portal.lib.clock import day
from portal.lib.pinyin import spellings
from portal.models import Department, OutboxRow, Person, RoleGrant
from portal.services import audit, sessions

Cast = dict[str, Person]


class NotEmpty(Exception):
    """The database has people already."""


def seed_company(now: datetime) -> Cast:
    """The whole group as it stood at `now`: some 80 people, master data and opening stock.

    Returns:
        The people by login; the first holder of a role has the role's key as login.

    Raises:
        NotEmpty: there are people already.
    """
    cast = _found(now, {role: staff.MORE.get(role, ()) for role in staff.FIRST}, staff.PLAIN)
    books.fill(cast, now)
    return cast


def seed_small(now: datetime) -> Cast:
    """The same group in small: every department and role, three customers, five stock items.

    Roles held by two people have the second under `<role>_2`; `employee` holds none.

    Raises:
        NotEmpty: there are people already.
    """
    cast = _found(now, {role: staff.MORE[role][:1] for role in staff.SEVERAL}, staff.PLAIN[:1])
    books.fill_small(cast, now)
    db.session.execute(sa.delete(OutboxRow))  # nothing waits to be done
    return cast


@cache
def password_hash() -> str:
    """The hash of the password that everyone in the demo has, made once."""
    return sessions.hashed(DEMO_PASSWORD)


def _found(now: datetime, more: dict[str, tuple[str, ...]], plain: tuple[str, ...]) -> Cast:
    """Departments with their heads, people with their roles."""
    if db.session.scalar(sa.select(Person.id).limit(1)) is not None:
        raise NotEmpty
    departments = {
        one.key: Department(
            key=one.key, name=str(one.title), name_en=staff.ENGLISH[one.key], aliases=list(one.aliases)
        )
        for one in DEPARTMENTS
    }
    db.session.add_all(departments.values())
    db.session.flush()
    cast: Cast = {}
    for role in GRANTABLE:
        for place, name in enumerate((staff.FIRST[role.key], *more.get(role.key, ())), 1):
            login = role.key if place == 1 else f"{role.key}_{place}"
            cast[login] = _person(
                login, name, departments[_department(role.key)], len(cast) + 1, role.key, now
            )
    for place, name in enumerate(plain, 1):
        login = "employee" if place == 1 else f"employee_{place}"
        cast[login] = _person(login, name, departments["customer_service"], len(cast) + 1, None, now)
    db.session.add_all(cast.values())
    db.session.flush()
    for key, login in staff.HEADS.items():
        departments[key].head_id = cast[login].id
    audit.note("company_founded", at=now, by=None, stream="people", people=len(cast))
    db.session.flush()
    return cast


def _person(
    login: str, name: str, department: Department, place: int, role: str | None, now: datetime
) -> Person:
    number = f"E{place:03d}"
    person = Person(
        login=login,
        number=number,
        name=name,
        search_key=spellings(f"{name} {number}"),
        department=department,
        email=f"{login.replace('_', '.')}@huaheng.example",
        phone=f"1380000{place:04d}",
        password_hash=password_hash(),
        created_at=now,
    )
    if role is not None:
        since = day(now) - timedelta(days=800)
        person.grants = [RoleGrant(role=role, starts_on=since)]
    return person


def _department(role: str) -> str:
    """Where the holder of a role works; auditor and administrator belong to the management."""
    key = ROLE[role].department
    return "management" if key == "all" else key
