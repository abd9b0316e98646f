"""Roles and substitutions: who holds what, from when to when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.domain.refusal import NotFound
from portal.domain.roles import GRANTABLE
from portal.extensions import db
from portal.models import Department, Person, RoleGrant, Substitution


def one_at_a_time() -> None:
    """Lets changes of people, rights and settings come one after the other, so that their checks hold.

    What was read before is read anew: whoever went first may have changed it.
    """
    db.session.execute(sa.select(Department.id).order_by(Department.id).with_for_update())
    db.session.expire_all()


def grant(id: int) -> RoleGrant:
    """The grant with this id.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(RoleGrant, id) if id < 2**31 else None
    if found is None:
        raise NotFound
    return found


def roles_without_holder(today: date) -> list[str]:
    """Keys of the roles that nobody at work holds today."""
    query = (
        sa.select(RoleGrant.role)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.active, *in_force(today))
    )
    held = set(db.session.scalars(query.distinct()))
    return [role.key for role in GRANTABLE if role.key not in held]


def roles_held_alone(person: Person, today: date) -> list[str]:
    """Keys of the roles that nobody but this person holds today."""
    found = []
    for role in {grant.role for grant in person.grants if grant.holds(today)}:
        others = sa.select(RoleGrant.id).join(Person, Person.id == RoleGrant.person_id)
        others = others.where(Person.active, Person.id != person.id, RoleGrant.role == role, *in_force(today))
        if db.session.scalar(others.limit(1)) is None:
            found.append(role)
    return sorted(found)


def holds(person_id: int, roles: Collection[str], today: date) -> bool:
    """Whether the person holds one of these roles today."""
    query = sa.select(RoleGrant.id).where(
        RoleGrant.person_id == person_id, RoleGrant.role.in_(roles), *in_force(today)
    )
    return db.session.scalar(query.limit(1)) is not None


def holders(role: str, today: date) -> list[Person]:
    """The people at work who hold a role today, by number."""
    granted = sa.select(RoleGrant.person_id).where(RoleGrant.role == role, *in_force(today))
    query = sa.select(Person).where(Person.active, Person.id.in_(granted)).order_by(Person.number)
    return list(db.session.scalars(query).unique())


def administrator_exists(today: date) -> bool:
    """Whether anybody at work administers the portal today."""
    query = sa.select(RoleGrant.id).join(Person, Person.id == RoleGrant.person_id)
    query = query.where(RoleGrant.role == "administrator", Person.active, *in_force(today))
    return db.session.scalar(query.limit(1)) is not None


def substitutions(
    today: date, *, either: int | None = None, department_ids: tuple[int, ...] = ()
) -> list[Substitution]:
    """Substitutions not yet over: everybody's, or those in which a person has a part, or of some departments."""
    query = sa.select(Substitution).where(Substitution.ended_at.is_(None), Substitution.ends_on >= today)
    if either is not None:
        parts = [Substitution.person_id == either, Substitution.substitute_id == either]
        if department_ids:
            theirs = sa.select(Person.id).where(Person.department_id.in_(department_ids))
            parts.append(Substitution.person_id.in_(theirs))
        query = query.where(sa.or_(*parts))
    return list(db.session.scalars(query.order_by(Substitution.starts_on, Substitution.id)).unique())


def substitution(id: int) -> Substitution:
    """The substitution with this id.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Substitution, id) if id < 2**31 else None
    if found is None:
        raise NotFound
    return found


def in_force(today: date) -> list[Any]:
    """Conditions under which a grant is in force."""
    return [RoleGrant.starts_on <= today, sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today)]


def substituting(today: date) -> list[Any]:
    """Conditions under which a substitution is in force."""
    return [Substitution.ended_at.is_(None), Substitution.starts_on <= today, Substitution.ends_on >= today]
