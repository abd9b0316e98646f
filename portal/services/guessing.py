"""Guessing of passwords is slowed down, for all workers together, and told to the security officer."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.domain.permissions import role_key
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.i18n import _l, both
from portal.models import Person, SignInAttempt, SignInSession
from portal.services import audit, notices

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS, ANYWHERE = 8, 40, 60
ALARM = 5
SIGNING = "signing_failed"
FAMILIAR = timedelta(days=90)


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
    recent = sa.select(sa.func.count()).where(SignInAttempt.at > now - WINDOW)
    here = recent.where(SignInAttempt.address == address)
    if (db.session.scalar(here.where(SignInAttempt.account == account)) or 0) >= PER_ACCOUNT:
        raise TooManyAttempts
    if (db.session.scalar(here) or 0) >= PER_ADDRESS:
        raise TooManyAttempts
    anywhere = db.session.scalar(recent.where(SignInAttempt.account == account)) or 0
    if anywhere >= ANYWHERE and not _familiar(account, address, now):
        raise TooManyAttempts


def note_failure(account: str, address: str, *, now: datetime, kind: str = "sign_in_failed") -> None:
    """Counts a failed try, writes it into the trail, and warns the security officer of a row of them.

    Raises:
        TooManyAttempts: others at the same moment have used the last tries up; nothing is written.
    """
    account = account[:100]
    audit.note(kind, at=now, by=None, stream="access", address=address, account=account)
    slow_guessing(account, address, now=now)  # again, now that failures come one after the other
    db.session.add(SignInAttempt(at=now, account=account, address=address))
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < now - timedelta(days=1)))
    db.session.flush()
    count = sa.select(sa.func.count()).where(
        SignInAttempt.at > now - WINDOW, SignInAttempt.account == account, SignInAttempt.address == address
    )
    if kind == SIGNING:  # somebody is signed in already, and signs as this person: told each time
        text = both(
            _l(
                "有人以账号 %(account)s 签署，密码错误（%(address)s），请核实。",
                account=account,
                address=address,
            )
        )
        notices.tell([role_key("security_officer")], "told", now=now, text=text)
    elif db.session.scalar(count) == ALARM:
        text = both(_l("账号 %(account)s 在 %(address)s 连续 %(count)d 次密码错误，请核实。", account=account, address=address, count=ALARM))  # fmt: skip
        notices.tell([role_key("security_officer")], "told", now=now, text=text)


def _familiar(account: str, address: str, now: datetime) -> bool:
    """Whether the account's owner has signed in from this address of late."""
    query = sa.select(SignInSession.id).join(Person, Person.id == SignInSession.person_id)
    mine = query.where(
        Person.login == account, SignInSession.address == address, SignInSession.started_at > now - FAMILIAR
    )
    return db.session.scalar(mine.limit(1)) is not None
