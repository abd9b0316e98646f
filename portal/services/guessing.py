"""Guessing of passwords and codes is slowed down, for all workers together, and told to the security officer."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.domain.permissions import role_key
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.i18n import _l, both
from portal.models import Person, SignInAttempt, SignInSession
from portal.queries.days import lately
from portal.services import audit, notices

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS, ANYWHERE = 8, 40, 60
ALARM = 5
SIGNING = "signing_failed"
FAMILIAR = timedelta(days=90)
CODE = "CODE:"  # a login, also one that a stranger types, is in small letters


class TooManyAttempts(Refusal):
    """Guessing is slowed down."""

    status = 429
    text = _l("尝试次数太多，请 15 分钟后再试。")


def slow_guessing(account: str, address: str, *, now: datetime) -> None:
    """Refuses further tries from an address at an account, or from an address at any.

    The owner is not locked out by strangers: failures count per account and address together. Where
    an account is tried from very many addresses, only those that its owner has used go on.

    Raises:
        TooManyAttempts: wait a quarter of an hour.
    """
    recent = sa.select(sa.func.count()).where(lately(SignInAttempt.at, WINDOW, now))
    here = recent.where(SignInAttempt.address == address)
    if (db.session.scalar(here.where(SignInAttempt.account == account)) or 0) >= PER_ACCOUNT:
        raise TooManyAttempts
    if (db.session.scalar(here) or 0) >= PER_ADDRESS:
        raise TooManyAttempts
    anywhere = db.session.scalar(recent.where(SignInAttempt.account == account)) or 0
    if anywhere >= ANYWHERE and not _familiar(account, address, now):
        raise TooManyAttempts


def slow_codes(account: str, *, now: datetime) -> None:
    """Refuses further codes for an account, from wherever: only who has the password already gets as far as that.

    Raises:
        TooManyAttempts: wait a quarter of an hour.
    """
    failed = sa.select(sa.func.count()).where(
        lately(SignInAttempt.at, WINDOW, now), SignInAttempt.account == CODE + account
    )
    if (db.session.scalar(failed) or 0) >= PER_ACCOUNT:
        raise TooManyAttempts


def note_wrong_code(account: str, address: str, *, now: datetime) -> None:
    """Counts a wrong code of a second factor, as `note_failure` does a password.

    Raises:
        TooManyAttempts: others at the same moment have used the last tries up; nothing is written.
    """
    audit.note("second_factor_failed", at=now, by=None, stream="access", address=address, account=account)
    text = _l("账号 %(account)s 在 %(address)s 密码正确，但连续 %(count)d 次动态验证码错误，请核实。")
    _count_factor(text, account, address, now)


def note_wrong_passkey(account: str, address: str, why: str, *, now: datetime) -> None:
    """Counts an answer of a passkey that does not count, together with wrong codes.

    Raises:
        TooManyAttempts: others at the same moment have used the last tries up; nothing is written.
    """
    audit.note("passkey_failed", at=now, by=None, stream="access", address=address, account=account, why=why)
    text = _l("账号 %(account)s 在 %(address)s 连续 %(count)d 次通行密钥验证未通过，请核实。")
    _count_factor(text, account, address, now)


def _count_factor(text: object, account: str, address: str, now: datetime) -> None:
    slow_codes(account, now=now)
    if _count(CODE + account, address, now) == ALARM:
        _warn(text, account, address, now)


def note_failure(account: str, address: str, *, now: datetime, kind: str = "sign_in_failed") -> None:
    """Counts a failed try, writes it into the trail, and warns the security officer of a row of them.

    Raises:
        TooManyAttempts: others at the same moment have used the last tries up; nothing is written.
    """
    account = account[:100]
    audit.note(kind, at=now, by=None, stream="access", address=address, account=account)
    slow_guessing(account, address, now=now)  # again, now that failures come one after the other
    failures = _count(account, address, now)
    if kind == SIGNING:  # somebody is signed in already, and signs as this person: told each time
        _warn(_l("有人以账号 %(account)s 签署，密码错误（%(address)s），请核实。"), account, address, now)
    elif failures == ALARM:
        text = _l("账号 %(account)s 在 %(address)s 连续 %(count)d 次密码错误，请核实。")
        _warn(text, account, address, now)


def _count(counted: str, address: str, now: datetime) -> int:
    """How many tries there were of late, with this one."""
    db.session.add(SignInAttempt(at=now, account=counted, address=address))
    db.session.execute(sa.delete(SignInAttempt).where(~lately(SignInAttempt.at, timedelta(days=1), now)))
    db.session.flush()
    count = sa.select(sa.func.count()).where(
        lately(SignInAttempt.at, WINDOW, now),
        SignInAttempt.account == counted,
        SignInAttempt.address == address,
    )
    return db.session.scalar(count) or 0


def _warn(alarm: object, account: str, address: str, now: datetime) -> None:
    facts = {"account": account, "address": address, "count": ALARM}
    text = {language: sentence % facts for language, sentence in both(alarm).items()}
    notices.tell([role_key("security_officer")], "told", now=now, text=text)


def _familiar(account: str, address: str, now: datetime) -> bool:
    """Whether the account's owner has signed in from this address of late."""
    query = sa.select(SignInSession.id).join(Person, Person.id == SignInSession.person_id)
    mine = query.where(
        Person.login == account, SignInSession.address == address, SignInSession.started_at > now - FAMILIAR
    )
    return db.session.scalar(mine.limit(1)) is not None
