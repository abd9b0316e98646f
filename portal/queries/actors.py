"""Who acts: a person with today's roles and the authority keys they bring, own and lent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from portal.domain.permissions import READ_ALL, Authority, own_keys
from portal.domain.roles import ROLE, TOP
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
        return self.person.department.named(self.language)

    @property
    def language(self) -> str:
        """`zh` or `en`."""
        return self.person.language

    @property
    def theme(self) -> str:
        """`auto`, `light` or `dark`."""
        return self.person.theme

    def sees_books_of(self, *departments: str) -> bool:
        """Whether the person reads the books of one of these departments: of it, of the management, or an auditor."""
        return self.reads_all or not self._departments.isdisjoint({TOP, *departments})

    @cached_property
    def _departments(self) -> set[str]:
        """The departments that the person belongs to, by place or role."""
        return {self.person.department.key, *(ROLE[role].department for role in self.roles if role in ROLE)}

    def may_open(self, roles: tuple[str, ...]) -> bool:
        """Whether a form with these opening roles may be started."""
        if self.is_auditor:
            return False
        if "department_head" in roles and self.headed:
            return True
        return "employee" in roles or not self.roles.isdisjoint(roles)


def actor(person: Person, today: date) -> Actor:
    """The person with the roles and substitutions in force today."""
    roles, headed, leaves = _rights(person.id, today)
    authorities = [Authority(key) for key in own_keys(person.id, sorted(roles), headed)]
    for lent in substitutions_for(person.id, today) if leaves else ():
        lender_roles, lender_headed, _leaves = _rights(lent.person_id, today)
        for key in own_keys(lent.person_id, sorted(lender_roles - _NOT_LENT), lender_headed):
            authorities.append(Authority(key, lent.person_id, lent.id, frozenset(lent.forms)))
    return Actor(person, roles, headed, tuple(authorities))


def _rights(person_id: int, today: date) -> tuple[frozenset[str], tuple[int, ...], bool]:
    """A person's roles and the departments they head, in one look, and whether they act for somebody."""
    found: dict[str, list[Any]] = {"role": [], "head": [], "leave": []}
    for what, role, id in db.session.execute(_RIGHTS, {"me": person_id, "today": today}):
        found[what].append(role or id)
    return frozenset(found["role"]), tuple(sorted(found["head"])), bool(found["leave"])


_TODAY: Any = sa.bindparam("today", type_=sa.Date)
_NOT_LENT = frozenset({"administrator", "auditor"})
_PEOPLE, _GRANTS, _DEPARTMENTS, _LEAVES = (
    model.__table__.c for model in (Person, RoleGrant, Department, Substitution)
)


def _in_force(table: Any) -> sa.ColumnElement[bool]:
    """Whether a role is held today."""
    return sa.and_(table.starts_on <= _TODAY, sa.or_(table.ends_on.is_(None), table.ends_on >= _TODAY))


def _on_leave(table: Any) -> sa.ColumnElement[bool]:
    """Whether a substitution is in force today."""
    return sa.and_(table.ended_at.is_(None), table.starts_on <= _TODAY, table.ends_on >= _TODAY)


_RIGHTS = sa.union_all(
    sa.select(sa.literal("role"), _GRANTS.role, _GRANTS.id).where(
        _GRANTS.person_id == sa.bindparam("me"), _in_force(_GRANTS)
    ),
    sa.select(sa.literal("head"), sa.literal(""), _DEPARTMENTS.id).where(
        _DEPARTMENTS.head_id == sa.bindparam("me")
    ),
    sa.select(sa.literal("leave"), sa.literal(""), _LEAVES.id).where(
        _LEAVES.substitute_id == sa.bindparam("me"), _on_leave(_LEAVES)
    ),
)


def substitutions_for(person_id: int, today: date) -> list[Substitution]:
    """The leaves during which this person acts for somebody, today."""
    query = sa.select(Substitution).where(
        Substitution.substitute_id == person_id,
        Substitution.ended_at.is_(None),
        Substitution.starts_on <= today,
        Substitution.ends_on >= today,
    )
    return [lent for lent in db.session.scalars(query) if lent.person.active]


def people_with(keys: Iterable[str], today: date) -> set[int]:
    """Ids of the active people who hold one of these authority keys by themselves, today."""
    asked = _asked(keys)
    return set(db.session.scalars(_HOLDERS, {**asked, "today": today})) if any(asked.values()) else set()


def able(keys: Iterable[str], excluded: Iterable[int], today: date) -> set[int]:
    """Ids of those who can do what these keys hold: holders and their substitutes, auditors never."""
    asked = _asked(keys)
    if not any(asked.values()):
        return set()
    return set(db.session.scalars(_ABLE, {**asked, "excluded": sorted(excluded), "today": today}))


@dataclass(frozen=True, slots=True)
class Behind:
    """Somebody who acts for an authority key today: by themselves, or for a lender, who is on leave."""

    id: int
    name: str
    lender_id: int | None = None
    lender: str = ""


def behind(keys: Iterable[str], form_code: str, today: date) -> dict[str, list[Behind]]:
    """Who is behind keys today, for records of this form, by key: the active people who hold roles or head departments,
    and after each the substitutes, also of a person who is named; auditors never."""
    asked, found = _asked(keys), dict[str, list[Behind]]()
    if not any(asked.values()):
        return found
    for row in db.session.execute(_BEHIND, {**asked, "today": today}):
        rest = row.role or (row.department if row.kind == "head" else row.person)
        there = found.setdefault(f"{row.kind}:{rest}", [])
        holder = Behind(row.person, row.name)
        if row.kind != "person" and not row.audits and holder not in there:
            there.append(holder)
        if row.substitute is not None and (not row.forms or form_code in row.forms):
            there.append(Behind(row.substitute, row.substitute_name, row.person, row.name))
    return found


def _asked(keys: Iterable[str]) -> dict[str, list[Any]]:
    """The keys by their kind, as the statements take them."""
    held: dict[str, list[Any]] = {"person": [], "head": [], "role": []}
    for key in keys:
        kind, _colon, rest = key.partition(":")
        held[kind].append(rest if kind == "role" else int(rest))
    return held


_HOLDERS = sa.select(_PEOPLE.id).where(
    _PEOPLE.active,
    sa.or_(
        _PEOPLE.id.in_(sa.bindparam("person", expanding=True)),
        _PEOPLE.id.in_(
            sa.select(_DEPARTMENTS.head_id).where(
                _DEPARTMENTS.id.in_(sa.bindparam("head", expanding=True)), _DEPARTMENTS.head_id.is_not(None)
            )
        ),
        _PEOPLE.id.in_(
            sa.select(_GRANTS.person_id).where(
                _GRANTS.role.in_(sa.bindparam("role", expanding=True)), _in_force(_GRANTS)
            )
        ),
    ),
)
_AUDITORS = sa.select(_GRANTS.person_id).where(_GRANTS.role == "auditor", _in_force(_GRANTS))
_NO_AUDITOR = _PEOPLE.id.not_in(_AUDITORS)
_HELD = sa.union(  # each once, whose role was granted twice too
    sa.select(
        *(sa.literal("role").label("kind"), _GRANTS.role, sa.literal(0).label("department")),
        *(_PEOPLE.id.label("person"), _PEOPLE.name),
    )
    .join(RoleGrant, _GRANTS.person_id == _PEOPLE.id)
    .where(_PEOPLE.active, _GRANTS.role.in_(sa.bindparam("role", expanding=True)), _in_force(_GRANTS)),
    sa.select(sa.literal("head"), sa.literal(""), _DEPARTMENTS.id, _PEOPLE.id, _PEOPLE.name)
    .join(Department, _DEPARTMENTS.head_id == _PEOPLE.id)
    .where(_PEOPLE.active, _DEPARTMENTS.id.in_(sa.bindparam("head", expanding=True))),
    sa.select(sa.literal("person"), sa.literal(""), sa.literal(0), _PEOPLE.id, _PEOPLE.name).where(
        _PEOPLE.active, _PEOPLE.id.in_(sa.bindparam("person", expanding=True))
    ),
).cte("held")
_SUBSTITUTE = Person.__table__.alias("substitute")
_BEHIND = (
    sa.select(
        *(_HELD, _HELD.c.person.in_(_AUDITORS).label("audits"), _LEAVES.forms),
        *(_SUBSTITUTE.c.id.label("substitute"), _SUBSTITUTE.c.name.label("substitute_name")),
    )
    .select_from(
        _HELD.outerjoin(
            Substitution.__table__.join(_SUBSTITUTE, _SUBSTITUTE.c.id == _LEAVES.substitute_id),
            sa.and_(
                *(_LEAVES.person_id == _HELD.c.person, _on_leave(_LEAVES)),
                *(_SUBSTITUTE.c.active, _SUBSTITUTE.c.id.not_in(_AUDITORS)),
                _HELD.c.role.not_in(_NOT_LENT),
            ),
        )
    )
    .order_by(_HELD.c.person, _LEAVES.id)
)
_EXCLUDED: Any = sa.bindparam("excluded", expanding=True)
_OWN = _HOLDERS.where(_PEOPLE.id.not_in(_EXCLUDED)).cte("own")
_ABLE = sa.select(_PEOPLE.id).where(
    _PEOPLE.active,
    _PEOPLE.id.not_in(_EXCLUDED),
    _NO_AUDITOR,
    sa.or_(
        _PEOPLE.id.in_(sa.select(_OWN.c.id)),
        _PEOPLE.id.in_(
            sa.select(_LEAVES.substitute_id).where(
                _LEAVES.person_id.in_(sa.select(_OWN.c.id)), _on_leave(_LEAVES)
            )
        ),
    ),
)
