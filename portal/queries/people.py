"""People and departments, looked up for administrators."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.lib.pinyin import needle
from portal.lib.text import fold
from portal.models import AuditEvent, Department, Person, RoleGrant, SignInSession, Substitution, Task
from portal.queries import account, rights


def person(id: int) -> Person:
    """The person with this id.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Person, id) if id < 2**31 else None
    if found is None:
        raise NotFound
    return found


def by_login(login: str) -> Person | None:
    """The person with this login, retired ones too."""
    return db.session.scalar(sa.select(Person).where(Person.login == login))


def page(
    *, text: str = "", department_id: int | None = None, role: str = "", active: bool = True, ended: bool = False,
    today: date, after: int = 0, size: int = 50,
) -> list[Person]:  # fmt: skip
    """People whose name, number or login fits, one page in the order of their ids."""
    query = sa.select(Person).where(Person.id > after, Person.active == active)
    query = query.options(selectinload(Person.grants))
    if ended:
        query = query.where(Person.ends_on < today)
    if wanted := needle(text):
        fits = [
            Person.search_key.contains(wanted, autoescape=True),
            Person.login.contains(fold(text.strip()), autoescape=True),
        ]
        query = query.where(sa.or_(*fits))
    if department_id is not None:
        query = query.where(Person.department_id == department_id)
    if role:
        query = query.where(Person.grants.any(sa.and_(RoleGrant.role == role, *rights.in_force(today))))
    return list(db.session.scalars(query.order_by(Person.id).limit(size)).unique())


def ended_unnoted(today: date) -> list[Person]:
    """People whose account has ended without the trail saying so yet."""
    event = AuditEvent.facts
    noted = sa.exists().where(
        AuditEvent.stream == "people",
        AuditEvent.kind == "account_ended",
        event["person"].as_integer() == Person.id,
        event["ends_on"].as_string() == sa.cast(Person.ends_on, sa.Text),
    )
    query = sa.select(Person).where(Person.active, Person.ends_on < today, ~noted).order_by(Person.id)
    return list(db.session.scalars(query).unique())


def counts(today: date, now: datetime, hours: int) -> dict[str, int]:
    """How many there are of what administrators look after."""
    queries = {
        "people": sa.select(sa.func.count(Person.id)).where(Person.active),
        "retired": sa.select(sa.func.count(Person.id)).where(~Person.active),
        "departments": sa.select(sa.func.count(Department.id)),
        "substitutions": sa.select(sa.func.count(Substitution.id)).where(*rights.substituting(today)),
        "stuck": sa.select(sa.func.count(Task.id)).where(Task.state == "stuck"),
        "sessions": sa.select(sa.func.count(SignInSession.id)).where(*account.signed_in(now, hours)),
    }
    return {name: db.session.scalar(query) or 0 for name, query in queries.items()}


def at_work() -> list[tuple[Department, list[Person]]]:
    """Everybody at work, department by department."""
    query = sa.select(Person).where(Person.active).order_by(Person.id).options(selectinload(Person.grants))
    by_department: dict[int, list[Person]] = {}
    for one in db.session.scalars(query).unique():
        by_department.setdefault(one.department_id, []).append(one)
    return [(one, by_department[one.id]) for one in departments() if one.id in by_department]


def departments() -> list[Department]:
    """All departments, with their heads."""
    query = sa.select(Department).order_by(Department.id).options(joinedload(Department.head))
    return list(db.session.scalars(query).unique())


def department(key: str) -> Department:
    """The department with this key.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Department).where(Department.key == key))
    if found is None:
        raise NotFound
    return found


def names_of(department: Department) -> set[str]:
    """Every name that the department goes by, folded for comparing."""
    return {
        fold(name)
        for name in (department.key, department.name, department.name_en, *department.aliases)
        if name
    }


def headed(person_id: int) -> list[Department]:
    """The departments that the person heads."""
    return list(db.session.scalars(sa.select(Department).where(Department.head_id == person_id)))


def in_use(logins: list[str], numbers: list[str]) -> tuple[set[str], set[str]]:
    """Those of these logins and numbers that somebody has, retired people too."""
    rows = db.session.execute(
        sa.select(Person.login, Person.number).where(
            sa.or_(Person.login.in_(logins), Person.number.in_(numbers))
        )
    ).all()
    return {row.login for row in rows} & set(logins), {row.number for row in rows} & set(numbers)


def name_of(id: int) -> str:
    """A person's name."""
    found = db.session.get(Person, id)
    return found.name if found is not None else ""


def names(ids: Iterable[int]) -> dict[int, str]:
    """The names of these people, by id."""
    query = sa.select(Person.id, Person.name).where(Person.id.in_(sorted(ids)))
    return {id: name for id, name in db.session.execute(query)}  # noqa: C416 -- rows are not pairs to mypy


def department_name(id: int, language: str) -> str:
    """A department's name in a language."""
    found = db.session.get(Department, id)
    return found.named(language) if found is not None else ""


def ids_named(text: str, *, most: int = 50) -> list[int]:
    """Ids of the people, retired ones too, whose number or login it is; else of those whose name fits."""
    word = text.strip().split(" ")[-1]
    exact = sa.select(Person.id).where(sa.or_(Person.number == word, Person.login == word.lower()))
    found = list(db.session.scalars(exact))
    wanted = needle(text)
    if found or not wanted:
        return found
    return list(
        db.session.scalars(
            sa.select(Person.id).where(Person.search_key.contains(wanted, autoescape=True)).limit(most)
        )
    )
