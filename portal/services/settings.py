"""What administrators may set: limits of the authority table, working days, the page for people from outside."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from portal.domain.limits import LIMITS, Limit
from portal.domain.public_requests import FORM
from portal.domain.refusal import NotAllowed, NotFound, ReasonMissing, Refusal
from portal.extensions import db
from portal.forms.kinds import SERVED
from portal.lib.i18n import _l
from portal.models import CalendarDay, CompanySetting
from portal.queries import calendar, history, public_requests, rights
from portal.queries.actors import Actor
from portal.services import audit

STREAM = "settings"
HIGHEST = Decimal(1_000_000_000)


def limit(key: str) -> Limit:
    """The limit with this key.

    Raises:
        NotFound: there is none.
    """
    for one in LIMITS:
        if one.key == key:
            return one
    raise NotFound


def may_change(one: Limit, by: Actor) -> bool:
    """Whether the person may set this limit."""
    return by.is_administrator or one.keeper in by.roles


def change_limit(one: Limit, value: Decimal, *, by: Actor, reason: str, now: datetime) -> None:
    """Sets a limit; the old value, the new one and the reason stay in the trail.

    Raises:
        NotAllowed: the limit is somebody else's to set.
        Refusal: no reason, the value it has already, or one that makes no sense.
    """
    if not may_change(one, by):
        raise NotAllowed
    rights.one_at_a_time()
    highest = Decimal(100) if one.unit == "%" else HIGHEST
    if not reason:
        raise ReasonMissing
    if not 0 <= value <= highest:
        raise Refusal(_l("应在 %(low)s 至 %(high)s 之间"), low=0, high=highest)
    row = db.session.get(CompanySetting, f"limit.{one.key}")
    known = history.limits()
    old = known[f"@{one.key}"]
    others = sum(
        (known[f"@{two.key}"] for two in LIMITS if two.group == one.group and two != one), Decimal(0)
    )
    if one.share and not 0 < value < one.share - others:
        raise Refusal(
            _l("须大于 0，且与其余各项（共 %(others)s）合计小于 %(share)s，余下的归最后一项。"),
            others=f"{others:f}",
            share=one.share,
        )
    if value == old:
        raise Refusal(_l("新值与原值相同。"))
    if row is None:
        row = CompanySetting(key=f"limit.{one.key}")
        db.session.add(row)
    new = f"{value.normalize():f}"
    row.value, row.reason, row.changed_at = new, reason, now
    audit.note(
        "limit_changed",
        at=now,
        by=by.id,
        stream=STREAM,
        key=one.key,
        old=f"{old:f}",
        new=new,
        reason=reason,
    )


def switch_public_page(on: bool, *, by: Actor, reason: str, now: datetime) -> None:
    """Opens the page on which people without an account may send something, or shuts it.

    Raises:
        NotAllowed: only administrators may.
        Refusal: no reason, it is so already, or nothing here takes up what comes in.
    """
    if not by.is_administrator:
        raise NotAllowed
    rights.one_at_a_time()
    if not reason:
        raise ReasonMissing
    if on == public_requests.is_open():
        raise Refusal(_l("对外受理页面已经打开。") if on else _l("对外受理页面已经关闭。"))
    if on and FORM not in SERVED:
        raise Refusal(_l("门户还没有 %(code)s，外部来信无人受理，不能打开。"), code=FORM)
    row = db.session.get(CompanySetting, public_requests.SETTING)
    if row is None:
        row = CompanySetting(key=public_requests.SETTING)
        db.session.add(row)
    row.value, row.reason, row.changed_at = public_requests.ON if on else "", reason, now
    audit.note("public_page_switched", at=now, by=by.id, stream=STREAM, on=on, reason=reason)


def set_day(day: date, working: bool, note: str, *, by: Actor, now: datetime) -> None:
    """Makes a day a working day, or a day off, whatever the public calendar says.

    Raises:
        Refusal: no explanation, or the day is that already.
    """
    if not note:
        raise ReasonMissing
    rights.one_at_a_time()
    row = db.session.get(CalendarDay, day)
    if row is None and calendar.current().is_working_day(day) == working:
        raise Refusal(_l("%(day)s本来就是工作日。") if working else _l("%(day)s本来就是休息日。"), day=day)
    if row is not None and (row.working, row.note) == (working, note):
        return  # sent twice
    old = row.working if row is not None else None
    if row is None:
        row = CalendarDay(day=day)
        db.session.add(row)
    row.working, row.note = working, note
    audit.note("calendar_day_set", at=now, by=by.id, stream=STREAM, day=day.isoformat(), working=working, old=old, reason=note)  # fmt: skip


def remove_day(day: date, *, by: Actor, now: datetime) -> None:
    """Lets the public calendar count for the day again.

    Raises:
        NotFound: the company has not set this day.
    """
    rights.one_at_a_time()
    row = db.session.get(CalendarDay, day)
    if row is None:
        raise NotFound
    audit.note("calendar_day_removed", at=now, by=by.id, stream=STREAM, day=day.isoformat(), working=row.working, note=row.note)  # fmt: skip
    db.session.delete(row)
