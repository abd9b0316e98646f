"""Roles granted from-to and heads of departments: always by another person, always with a reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.domain.permissions import person_key
from portal.domain.refusal import NotAllowed, ReasonMissing, Refusal
from portal.domain.roles import GRANTABLE, ROLE
from portal.extensions import db
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.lib.text import clean, fold
from portal.models import Department, Person, RoleGrant
from portal.queries import people, rights
from portal.queries.actors import Actor
from portal.services import audit, notices

KEYS = frozenset(role.key for role in GRANTABLE)
STREAM = "people"


class OwnRights(NotAllowed):
    """Nobody changes their own rights."""

    text = _l("不能变更自己的权限，请由另一位管理员办理。")


def grant(
    person: Person, role: str, starts_on: date, ends_on: date | None, *, by: Actor, reason: str, now: datetime
) -> RoleGrant:
    """Grants a role from a day to a day, or until further notice.

    Raises:
        OwnRights: it would be to oneself.
        Refusal: the role is none that people hold, the days do not fit, or the person holds it already.
    """
    rights.one_at_a_time()
    if person.id == by.id:
        raise OwnRights
    if not reason:
        raise ReasonMissing
    if role not in KEYS:
        raise Refusal(_l("这个角色不能授予。"))
    if not person.active:
        raise Refusal(_l("%(name)s的账号已经停用。"), name=person.name)
    if person.ends_on is not None and role != "auditor":
        raise Refusal(_l("%(name)s的账号有截止日期，请先取消截止日期再授予其他角色。"), name=person.name)
    if ends_on is not None and ends_on < max(starts_on, _today(now)):
        raise Refusal(_l("结束日期不能早于开始日期，也不能早于今天。"))
    if any(_overlap(other, role, starts_on, ends_on) for other in person.grants):
        raise Refusal(_l("%(name)s在这段时间已经担任%(role)s。"), name=person.name, role=ROLE[role].title)
    granted = add(person, role, starts_on, ends_on, by=by.id, reason=reason, now=now)
    tell_of_change(person, by, now=now)
    return granted


def add(
    person: Person,
    role: str,
    starts_on: date,
    ends_on: date | None,
    *,
    by: int | None,
    reason: str,
    now: datetime,
) -> RoleGrant:
    """Writes a grant that has been checked."""
    granted = RoleGrant(role=role, starts_on=starts_on, ends_on=ends_on, granted_by_id=by, reason=reason)
    person.grants.append(granted)
    db.session.flush()
    audit.note(
        "role_granted", at=now, by=by, stream=STREAM, person=person.id, role=role, starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat() if ends_on else None, reason=reason,
    )  # fmt: skip
    return granted


def end(granted: RoleGrant, *, by: Actor, reason: str, now: datetime) -> None:
    """Takes a role away at once.

    Raises:
        OwnRights: it is one's own.
    """
    rights.one_at_a_time()
    if granted.person_id == by.id:
        raise OwnRights
    if not reason:
        raise ReasonMissing
    if not cut_short(granted, by=by.id, reason=reason, now=now):
        raise Refusal(_l("这项授权已经结束。"))
    tell_of_change(granted.person, by, now=now)


def cut_short(granted: RoleGrant, *, by: int | None, reason: str, now: datetime) -> bool:
    """Lets yesterday be the grant's last day; whether it was still in force or to come."""
    yesterday = _today(now) - timedelta(days=1)
    if granted.ends_on is not None and granted.ends_on <= yesterday:
        return False
    before = granted.ends_on.isoformat() if granted.ends_on else None
    granted.ends_on = yesterday
    audit.note(
        "role_ended", at=now, by=by, stream=STREAM, person=granted.person_id, role=granted.role, before=before,
        reason=reason,
    )  # fmt: skip
    return True


def change_department(
    department: Department, head: Person | None, name_en: str, aliases: list[str], *, by: Actor, reason: str, now: datetime
) -> None:  # fmt: skip
    """Appoints the head of a department; changes its English name and the names that it also goes by.

    Raises:
        OwnRights: one would appoint or dismiss oneself.
        Refusal: the head is not at work, or another department goes by one of the names.
    """
    rights.one_at_a_time()
    head_id = head.id if head else None
    if head_id != department.head_id and by.id in (head_id, department.head_id):
        raise OwnRights
    if not reason:
        raise ReasonMissing
    if head is not None and (not head.active or head.ends_on is not None):
        raise Refusal(_l("请选择在职人员。"))
    names = list(dict.fromkeys(filter(None, map(clean, aliases))))
    _names_are_free(department, [name_en, *names])
    new = {"head_id": head_id, "name_en": name_en, "aliases": names}
    changed = {
        name: [getattr(department, name), value]
        for name, value in new.items()
        if getattr(department, name) != value
    }
    if not changed:
        return
    for name, (_old, value) in changed.items():
        setattr(department, name, value)
    audit.note(
        "department_changed", at=now, by=by.id, stream=STREAM, department=department.key, changed=changed,
        reason=reason,
    )  # fmt: skip
    if head is not None and "head_id" in changed:
        tell_of_change(head, by, now=now)


def tell_of_change(person: Person, by: Actor, *, now: datetime) -> None:
    """Lets the person know that their rights are others from now on."""
    text = both(_l("%(by)s变更了您的角色或权限。", by=by.name))
    notices.tell([person_key(person.id)], "told", now=now, text=text)


def _overlap(other: RoleGrant, role: str, starts_on: date, ends_on: date | None) -> bool:
    before = ends_on is not None and ends_on < other.starts_on
    after = other.ends_on is not None and other.ends_on < starts_on
    empty = other.ends_on is not None and other.ends_on < other.starts_on
    return other.role == role and not (before or after or empty)


def _names_are_free(department: Department, names: list[str]) -> None:
    taken = {
        name: other.name
        for other in people.departments()
        if other.id != department.id
        for name in people.names_of(other)
    }
    for name in names:
        if fold(name) in taken:
            raise Refusal(_l("“%(name)s”已是%(other)s的名称。"), name=name, other=taken[fold(name)])


def _today(now: datetime) -> date:
    return day(now)
