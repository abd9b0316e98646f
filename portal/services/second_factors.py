"""Second factors: an app's codes set up, taken once each, and ended; recovery codes for the day the app is lost."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from portal.domain.permissions import person_key
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib import totp, under_key
from portal.lib.hashing import sha256
from portal.lib.i18n import _l, both
from portal.lib.text import clean
from portal.models import Person, RecoveryCode, SecondFactor
from portal.queries import second_factors as known
from portal.services import audit, notices
from portal.services.passwords import ALPHABET

STREAM = "people"
ABOUT, BEGUN = "second factor", "second factor of"
BEGUN_WITHIN = timedelta(minutes=20)
RECOVERY_CODES = 10
CODE, RECOVERY = "code", "recovery"


class CodeWrong(Refusal):
    """The code is of another time, or was taken before."""

    status = 401
    text = _l("动态验证码不正确或已经用过，没有写入。请输入应用里显示的下一个。")


class CodeMissing(Refusal):
    """A person with a second factor has given the password alone."""

    status = 401
    text = _l("您设置了两步验证，请同时输入动态验证码，签署没有写入。")


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
    return _recovery_codes(factor.id)


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
    factor = _seen(held(person_id), seen)
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.factor_id == factor))
    audit.note("recovery_codes_renewed", at=now, by=person_id, stream=STREAM, person=person_id)
    return _recovery_codes(factor)


def withdraw(person_id: int, *, seen: int, now: datetime) -> None:
    """Ends the second factor of a person, who has just proven themselves.

    Raises:
        FactorChanged: it is not that of the page any more.
    """
    person = held(person_id)
    _seen(person, seen)
    end(person, "withdrawn", by=person.id, now=now)


def end(person: Person, why: str, *, by: int | None, now: datetime) -> None:
    """Ends the person's second factor, if there is one: its secret goes."""
    if person.second_factor_id is None:
        return
    wipe(person, why, now=now)
    audit.note("second_factor_ended", at=now, by=by, stream=STREAM, person=person.id, why=why)


def take(person: Person, typed: str, *, recovery: bool, now: datetime) -> str:
    """Takes a code, within a write: `code` or, where one may be given, `recovery`; nothing if it does not fit.

    A code is taken once, and none of a time step before it.

    Raises:
        FactorBroken: the secret does not open.
    """
    factor = db.session.get(
        SecondFactor, person.second_factor_id or 0, with_for_update=True, populate_existing=True
    )
    if factor is None or factor.ended_at is not None:
        return ""
    typed = plain(typed)
    try:
        secret = under_key.unlock(factor.secret, _keys(), ABOUT)
    except under_key.Locked:
        raise FactorBroken from None
    step = totp.matching_step(secret, typed, at=now, after=factor.last_step)
    if step is not None:
        factor.last_step = step
        factor.secret = under_key.lock(secret, _keys(), ABOUT)  # under the newest key
        return CODE
    return RECOVERY if recovery and _use_up(factor, typed, now) else ""


def plain(typed: str) -> str:
    """A code as it is compared: half-width, small letters, without blanks and hyphens."""
    folded = unicodedata.normalize("NFKC", clean(typed)).casefold()
    return "".join(one for one in folded if one.isalnum())[:40]


def _use_up(factor: SecondFactor, typed: str, now: datetime) -> bool:
    query = sa.select(RecoveryCode).where(
        RecoveryCode.factor_id == factor.id,
        RecoveryCode.sha256 == _hash(typed),
        RecoveryCode.used_at.is_(None),
    )
    found = db.session.scalar(query)
    if found is None:
        return False
    found.used_at = now
    db.session.flush()
    left = known.recovery_left(factor.id)
    audit.note(
        "recovery_code_used", at=now, by=factor.person_id, stream=STREAM, person=factor.person_id, left=left
    )
    text = both(_l("您的一个恢复码已被使用，还剩 %(left)d 个。不是您本人用的，请立即联系管理员。", left=left))
    notices.tell([person_key(factor.person_id)], "told", now=now, text=text, page="/account/second-factor")
    return True


def _recovery_codes(factor_id: int) -> list[str]:
    made = ["".join(secrets.choice(ALPHABET) for _place in range(12)) for _code in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(factor_id=factor_id, sha256=_hash(one)) for one in made)
    return ["-".join((one[:4], one[4:8], one[8:])) for one in made]


def _hash(typed: str) -> str:
    """Enough for what is drawn from 31 to the power of 12: nobody guesses it from its hash."""
    return sha256(typed.encode())


def wipe(person: Person, why: str, *, now: datetime) -> None:
    """Ends the second factor that the person has, and says nothing of it."""
    factor = db.session.get_one(SecondFactor, person.second_factor_id)
    factor.secret, factor.ended_at, factor.ended_by = "", now, why
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.factor_id == factor.id))
    person.second_factor_id = None


def _seen(person: Person, seen: int) -> int:
    if person.second_factor_id is None or person.second_factor_id != seen:
        raise FactorChanged
    return person.second_factor_id


def held(person_id: int) -> Person:
    """The person, locked until the write ends."""
    lock = {"of": Person}  # not the department joined to it
    return db.session.get_one(Person, person_id, with_for_update=lock, populate_existing=True)


def _keys() -> Sequence[str]:
    keys: Sequence[str] = current_app.config["SETTINGS"].keys()
    return keys
