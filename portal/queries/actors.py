"""Who acts: a person with today's roles and the authority keys they bring, own and lent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from portal.domain.permissions import READ_ALL, Authority, own_keys
from portal.extensions import db
from portal.models import Department, Person, RoleGrant, Substitution


@dataclass(frozen=True)
class Actor:
    """A signed-in person as the rules see them."""

    person: Person
    roles: frozenset[str]
    headed: tuple[int, ...]
    authorities: tuple[Authority, ...]

    @property
    def id(self) -> int:
        """The person's id."""
        return self.person.id

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """All authority keys, own and lent."""
        return tuple(dict.fromkeys(authority.key for authority in self.authorities))

    @cached_property
    def own(self) -> frozenset[str]:
        """The keys held by oneself."""
        return frozenset(authority.key for authority in self.authorities if authority.lender is None)

    @cached_property
    def scopes(self) -> dict[frozenset[str], tuple[str, ...]]:
        """The keys by the forms for which they count; no forms mean every form."""
        whole = frozenset[str]()
        found: dict[frozenset[str], tuple[str, ...]] = {whole: ()}
        for one in sorted(self.authorities, key=lambda one: len(one.forms)):
            if one.key not in found[whole]:
                found[one.forms] = (*found.get(one.forms, ()), one.key)
        return found

    def keys_for(self, form_code: str) -> tuple[str, ...]:
        """The authority keys that count for records of this form."""
        return tuple(dict.fromkeys(one.key for one in self.authorities if one.covers(form_code)))

    @property
    def reads_all(self) -> bool:
        """Whether the person may read every record: auditors."""
        return not READ_ALL.isdisjoint(self.own)

    @property
    def is_auditor(self) -> bool:
        """Auditors read everything and write nothing."""
        return "auditor" in self.roles

    @property
    def is_administrator(self) -> bool:
        """Administrators manage people and settings; they cannot sign for others."""
        return "administrator" in self.roles

    @property
    def name(self) -> str:
        """The person's name."""
        return self.person.name

    @property
    def login(self) -> str:
        """The person's login."""
        return self.person.login

    @property
    def department_name(self) -> str:
        """The name of the person's department in the language they read."""
        department = self.person.department
        return department.name_en if self.language == "en" and department.name_en else department.name

    @property
    def language(self) -> str:
        """`zh` or `en`."""
        return self.person.language

    @property
    def theme(self) -> str:
        """`auto`, `light` or `dark`."""
        return self.person.theme

    def may_open(self, roles: tuple[str, ...]) -> bool:
        """Whether a form with these opening roles may be started."""
        if self.is_auditor:
            return False
        if "department_head" in roles and self.headed:
            return True
        return "employee" in roles or not self.roles.isdisjoint(roles)


def actor(person: Person, today: date) -> Actor:
    """The person with the roles and substitutions in force today."""
    roles = frozenset(grant.role for grant in person.grants if grant.holds(today))
    headed = tuple(db.session.scalars(sa.select(Department.id).where(Department.head_id == person.id)))
    authorities = [Authority(key) for key in own_keys(person.id, sorted(roles), headed)]
    for lent in substitutions_for(person.id, today):
        lender_roles = [g.role for g in lent.person.grants if g.holds(today) and g.role not in _NOT_LENT]
        lender_headed = db.session.scalars(
            sa.select(Department.id).where(Department.head_id == lent.person_id)
        )
        for key in own_keys(lent.person_id, sorted(lender_roles), lender_headed):
            authorities.append(Authority(key, lent.person_id, lent.id, frozenset(lent.forms)))
    return Actor(person, roles, headed, tuple(authorities))


_NOT_LENT = frozenset({"administrator", "auditor"})


def substitutions_for(person_id: int, today: date) -> list[Substitution]:
    """The leaves during which this person acts for somebody, today."""
    query = sa.select(Substitution).where(
        Substitution.substitute_id == person_id,
        Substitution.ended_at.is_(None),
        Substitution.starts_on <= today,
        Substitution.ends_on >= today,
    )
    return [lent for lent in db.session.scalars(query) if lent.person.active]


def people_with_key(key: str, today: date) -> list[Person]:
    """The active people who hold an authority key by themselves, today."""
    kind, _colon, rest = key.partition(":")
    query = sa.select(Person).where(Person.active).options(lazyload(Person.grants))
    if kind == "person":
        query = query.where(Person.id == int(rest))
    elif kind == "head":
        query = query.join(Department, Department.head_id == Person.id).where(Department.id == int(rest))
    else:
        query = query.join(RoleGrant, RoleGrant.person_id == Person.id).where(
            RoleGrant.role == rest,
            RoleGrant.starts_on <= today,
            sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
        )
    return list(db.session.scalars(query.order_by(Person.id)).unique())
