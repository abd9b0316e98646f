"""Second factors by an app: its codes set up, taken once each, and ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app

from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.lib import totp, under_key
from portal.lib.i18n import _l
from portal.models import Person, SecondFactor
from portal.queries import second_factors as known
from portal.services import audit, recovery_codes
from portal.services.recovery_codes import plain

STREAM = "people"
ABOUT, BEGUN = "second factor", "second factor of"
BEGUN_WITHIN = timedelta(minutes=20)
CODE, RECOVERY, PASSKEY = "code", "recovery", "passkey"


class CodeWrong(Refusal):
    """The code is of another time, or was taken before."""

    status = 401
    text = _l("动态验证码不正确或已经用过，没有写入。请输入应用里显示的下一个。")


class CodeMissing(Refusal):
    """A person with a second factor has given the password alone."""

    status = 401
    text = _l("您设置了两步验证，请同时输入动态验证码，或用通行密钥确认，没有写入。")


class FactorBroken(Refusal):
    """The secret does not open: the portal's secret key was changed without keeping the one before."""

    status = 409
    text = _l("系统读不出您的两步验证，请联系管理员重置。")


class FactorChanged(Refusal):
    """The page is old, or the second factor has changed since it was drawn."""

    status = 409
    text = _l("页面已过期，或两步验证刚刚改动过，请重新打开页面再办理。")


def begin(person: Person) -> tuple[str, str]:
    """A new secret to show, and the same locked for the form that comes back with a code."""
    secret = totp.new_secret()
    return secret, under_key.lock(secret, _keys(), f"{BEGUN} {person.id}")


def begun(person: Person, locked: str) -> str:
    """The secret that the form was drawn with.

    Raises:
        FactorChanged: it is of another person, or drawn long ago.
    """
    try:
        return under_key.unlock(locked, _keys(), f"{BEGUN} {person.id}", within=BEGUN_WITHIN)
    except under_key.Locked:
        raise FactorChanged from None


def set_up(person_id: int, secret: str, typed: str, *, seen: int, now: datetime) -> list[str]:
    """Gives a person, who has just proven themselves, a second factor, in place of one that there is.

    Returns the recovery codes, which are shown this once. `seen` is the factor that the page showed, 0 for none.

    Raises:
        FactorChanged: there is another one by now.
        CodeWrong: the app shows another code.
    """
    person = held(person_id)
    if (person.second_factor_id or 0) != seen:
        raise FactorChanged
    step = first_step(secret, typed, now=now)
    before = person.second_factor_id
    if before is not None:
        wipe(person, "renewed", now=now)
    factor = SecondFactor(
        person_id=person.id, secret=under_key.lock(secret, _keys(), ABOUT), last_step=step, made_at=now
    )
    db.session.add(factor)
    db.session.flush()
    person.second_factor_id, person.second_factor_due = factor.id, False
    kind = "second_factor_set_up" if before is None else "second_factor_renewed"
    audit.note(kind, at=now, by=person.id, stream=STREAM, person=person.id)
    return recovery_codes.make(person.id)


def first_step(secret: str, typed: str, *, now: datetime) -> int:
    """The time step of the first code of a new app.

    Raises:
        CodeWrong: the app shows another code.
    """
    step = totp.matching_step(secret, plain(typed), at=now, after=-1)
    if step is None:
        raise CodeWrong
    return step


def renew_recovery_codes(person_id: int, *, seen: int, now: datetime) -> list[str]:
    """New recovery codes in place of those that there are; shown this once.

    Raises:
        FactorChanged: the factor is not that of the page any more.
    """
    person = held(person_id)
    if (person.second_factor_id or 0) != seen or not person.has_second_factor:
        raise FactorChanged
    audit.note("recovery_codes_renewed", at=now, by=person_id, stream=STREAM, person=person_id)
    return recovery_codes.make(person_id)


def refuse_last(person: Person, *, demanded: bool) -> None:
    """Says no where the app is all that there is of a second factor that the person must have.

    Raises:
        NotAllowed: so it is.
    """
    if demanded and not known.passkeys(person.id):
        raise NotAllowed(_l("您必须有两步验证，不能停用，只能换新。"))


def withdraw(person_id: int, *, seen: int, demanded: bool, now: datetime) -> None:
    """Ends the app of a person, who has just proven themselves; `demanded`: they must keep some second factor.

    Raises:
        FactorChanged: it is not that of the page any more.
        NotAllowed: it is the last one of somebody who must have one.
    """
    person = held(person_id)
    if person.second_factor_id is None or person.second_factor_id != seen:
        raise FactorChanged
    refuse_last(person, demanded=demanded)  # again, as a passkey may have gone meanwhile
    wipe(person, "withdrawn", now=now)
    recovery_codes.drop_idle(person)
    audit.note("second_factor_ended", at=now, by=person.id, stream=STREAM, person=person.id, why="withdrawn")


def take(person: Person, typed: str, *, recovery: bool, now: datetime) -> str:
    """Takes a code, within a write: `code` or, where one may be given, `recovery`; nothing if it does not fit.

    Raises:
        FactorBroken: the secret does not open.
    """
    if _take_code(person, plain(typed), now):
        return CODE
    return RECOVERY if recovery and recovery_codes.use_up(person.id, typed, now=now) else ""


def _take_code(person: Person, typed: str, now: datetime) -> bool:
    """A code is taken once, and none of a time step before it."""
    factor = db.session.get(
        SecondFactor, person.second_factor_id or 0, with_for_update=True, populate_existing=True
    )
    if factor is None or factor.ended_at is not None:
        return False
    try:
        secret = under_key.unlock(factor.secret, _keys(), ABOUT)
    except under_key.Locked:
        raise FactorBroken from None
    step = totp.matching_step(secret, typed, at=now, after=factor.last_step)
    if step is not None:
        factor.last_step = step
        factor.secret = under_key.lock(secret, _keys(), ABOUT)  # under the newest key
    return step is not None


def wipe(person: Person, why: str, *, now: datetime) -> None:
    """Ends the app that the person has, and says nothing of it: its secret goes."""
    factor = db.session.get_one(SecondFactor, person.second_factor_id)
    factor.secret, factor.ended_at, factor.ended_by = "", now, why
    person.second_factor_id = None


def held(person_id: int) -> Person:
    """The person, locked until the write ends."""
    lock = {"of": Person}  # not the department joined to it
    return db.session.get_one(Person, person_id, with_for_update=lock, populate_existing=True)


def _keys() -> Sequence[str]:
    keys: Sequence[str] = current_app.config["SETTINGS"].keys()
    return keys
