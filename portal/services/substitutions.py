"""Substitutes for a leave: with dates, scope and reason, never in a circle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.domain.permissions import person_key
from portal.domain.refusal import NotAllowed, NotFound, ReasonMissing, Refusal
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.models import Person, Substitution
from portal.queries import rights
from portal.queries.actors import Actor
from portal.services import audit, notices

STREAM = "people"
LONGEST = timedelta(days=366)


class Circle(Refusal):
    """The substitute would be stood in for by the very person, directly or through others."""

    text = _l("%(name)s在这段时间由%(by)s代理，不能互相代理，请选择其他人或调整日期。")


def appoint(
    person: Person,
    substitute: Person,
    starts_on: date,
    ends_on: date,
    forms: Iterable[str],
    *,
    by: Actor,
    reason: str,
    now: datetime,
) -> Substitution:
    """Lets somebody act for a person from a day to a day, for some forms or (none named) for all.

    Raises:
        NotAllowed: it is neither oneself nor somebody of one's department, or an administrator names themselves.
        Circle: two people would act for each other.
        Refusal: the days make no sense, somebody may not stand in, or the very same is set already.
    """
    rights.one_at_a_time()
    if substitute.id == person.id:
        raise Refusal(_l("请选择其他人。"))
    _may_set(person, substitute, by)
    if not reason:
        raise ReasonMissing
    _check_days(starts_on, ends_on, now)
    if not (substitute.active and person.active):
        raise Refusal(_l("请选择在职人员。"))
    if any(grant.role == "auditor" and grant.holds(starts_on) for grant in substitute.grants):
        raise Refusal(_l("审核员只读，不能代理他人办理。"))
    scope = frozenset(forms)
    if not scope <= FORMS.keys():
        raise Refusal(_l("代理范围里有不存在的表单。"))
    _refuse_circle(person, substitute, starts_on, ends_on, scope)
    _refuse_same(person, substitute, starts_on, ends_on, scope)
    made = Substitution(
        person=person,
        substitute=substitute,
        starts_on=starts_on,
        ends_on=ends_on,
        forms=sorted(scope),
        reason=reason,
        created_by_id=by.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.note(
        "substitution_set", at=now, by=by.id, stream=STREAM, person=person.id, substitute=substitute.id,
        starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat(), forms=sorted(scope), reason=reason,
    )  # fmt: skip
    _tell(made, _l("%(substitute)s自%(start)s至%(end)s代理%(person)s。", substitute=substitute.name, person=person.name, start=starts_on, end=ends_on), by, now)  # fmt: skip
    return made


def end(made: Substitution, *, by: Actor, now: datetime) -> None:
    """Ends a substitution at once.

    Raises:
        NotFound: it is not one's own, nor of one's department.
        Refusal: it has ended.
    """
    rights.one_at_a_time()
    if not may_manage(made.person, by):
        raise NotFound
    if made.ended_at is not None:
        raise Refusal(_l("这项代理已经结束。"))
    _end(made, by, now)
    _tell(
        made,
        _l("%(substitute)s不再代理%(person)s。", substitute=made.substitute.name, person=made.person.name),
        by,
        now,
    )


def end_all(person_id: int, *, by: Actor, now: datetime) -> None:
    """Ends every substitution in which the person has a part, on either side."""
    for made in rights.substitutions(day(now), either=person_id):
        _end(made, by, now)


def may_manage(person: Person, by: Actor) -> bool:
    """Whether one may set and end this person's substitutes: own, of one's department, or as administrator."""
    return person.id == by.id or person.department_id in by.headed or by.is_administrator


def _may_set(person: Person, substitute: Person, by: Actor) -> None:
    if not may_manage(person, by):
        raise NotAllowed(_l("只能为自己或本部门人员设置代理人。"))
    if substitute.id == by.id and person.department_id not in by.headed:
        raise NotAllowed(_l("管理员不能让自己代理他人。"))


def _check_days(starts_on: date, ends_on: date, now: datetime) -> None:
    if ends_on < starts_on:
        raise Refusal(_l("结束日期不能早于开始日期。"))
    if ends_on < day(now):
        raise Refusal(_l("结束日期不能早于今天。"))
    if ends_on - starts_on > LONGEST:
        raise Refusal(_l("一次代理不能超过一年。"))


def _refuse_circle(
    person: Person, substitute: Person, starts_on: date, ends_on: date, scope: frozenset[str]
) -> None:
    """Follows who stands in for the substitute, as long as days and forms still overlap."""
    query = sa.select(Substitution).where(
        Substitution.ended_at.is_(None), Substitution.starts_on <= ends_on, Substitution.ends_on >= starts_on
    )
    by_person: dict[int, list[Substitution]] = {}
    for one in db.session.scalars(query).unique():
        by_person.setdefault(one.person_id, []).append(one)
    waiting = [(substitute.id, starts_on, ends_on, scope)]
    seen = set()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        for one in by_person.get(at[0], ()):
            first, last = max(at[1], one.starts_on), min(at[2], one.ends_on)
            shared = _shared(at[3], frozenset(one.forms))
            if first > last or shared is None:
                continue
            if one.substitute_id == person.id:
                raise Circle(name=one.person.name, by=person.name)
            waiting.append((one.substitute_id, first, last, shared))


def _refuse_same(
    person: Person, substitute: Person, starts_on: date, ends_on: date, scope: frozenset[str]
) -> None:
    """Says no to what has just been sent from another tab, or a second time."""
    query = sa.select(Substitution).where(
        Substitution.ended_at.is_(None),
        *(Substitution.person_id == person.id, Substitution.substitute_id == substitute.id),
        *(Substitution.starts_on == starts_on, Substitution.ends_on == ends_on),
    )
    if any(frozenset(one.forms) == scope for one in db.session.scalars(query).unique()):
        raise Refusal(
            _l("%(name)s这段时间已由%(by)s代理，没有重复设置。"), name=person.name, by=substitute.name
        )


def _shared(one: frozenset[str], other: frozenset[str]) -> frozenset[str] | None:
    """The forms that both scopes cover (empty: all of them), None if there are none."""
    if not one or not other:
        return one or other
    return one & other or None


def _end(made: Substitution, by: Actor, now: datetime) -> None:
    made.ended_at = now
    audit.note(
        "substitution_ended",
        at=now,
        by=by.id,
        stream=STREAM,
        person=made.person_id,
        substitute=made.substitute_id,
    )


def _tell(made: Substitution, text: object, by: Actor, now: datetime) -> None:
    keys = [person_key(made.person_id), person_key(made.substitute_id)]
    notices.tell(keys, "told", now=now, but=by.id, text=both(text), page="/account/substitutes")
