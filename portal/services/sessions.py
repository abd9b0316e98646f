"""Signing in and out: server-side sessions, slowed guessing, confirmed identity."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.domain.password_rules import LONGEST
from portal.domain.permissions import role_key
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.i18n import _l, both
from portal.lib.text import clean
from portal.models import Person, SignInAttempt, SignInSession
from portal.services import audit, notices

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = HASHER.hash(secrets.token_hex(16))
WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS, ANYWHERE = 8, 40, 60
ALARM = 5
FAMILIAR = timedelta(days=90)


class TooManyAttempts(Refusal):
    """Guessing is slowed down."""

    status = 429
    text = _l("尝试次数太多，请 15 分钟后再试。")


@dataclass(frozen=True, slots=True)
class Proof:
    """A password that fitted: whose, the hash it was held against, and a newer hash if one is due."""

    person_id: int
    password_hash: str
    newer_hash: str | None


def plain_login(typed: str) -> str:
    """A login as it is stored: without blanks and invisible characters, small letters."""
    return clean(typed).casefold()[:100]


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


def prove(login: str, password: str) -> Proof | None:
    """Holds a password against its login; slow, and as slow for an unknown one. Call it before the write."""
    person = db.session.scalar(sa.select(Person).where(Person.login == login))
    stored = person.password_hash if person is not None else ""
    good = matches(stored, password)
    if person is None or not good or not person.active:
        return None
    return Proof(person.id, stored, hashed(password) if HASHER.check_needs_rehash(stored) else None)


def matches(stored: str, password: str) -> bool:
    """Whether the password fits its stored hash; takes as long when there is none."""
    try:
        fits = HASHER.verify(stored or NOBODY, _composed(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored) and fits and len(password) <= LONGEST


def hashed(password: str) -> str:
    """The hash to store for a password; slow, so make it before the write."""
    return HASHER.hash(_composed(password))


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
    if db.session.scalar(count) == ALARM:
        text = both(_l("账号 %(account)s 在 %(address)s 连续 %(count)d 次密码错误，请核实。", account=account, address=address, count=ALARM))  # fmt: skip
        notices.tell([role_key("security_officer")], "told", now=now, text=text)


def admit(proof: Proof, *, address: str, agent: str, now: datetime) -> str | None:
    """Opens a session for a proven password; None if password or person have changed meanwhile."""
    person = db.session.get(Person, proof.person_id, with_for_update=True, populate_existing=True)
    if person is None or not person.active or person.password_hash != proof.password_hash:
        return None
    if proof.newer_hash is not None:
        person.password_hash = proof.newer_hash
    return start(person, address=address, agent=agent, now=now)


def start(person: Person, *, address: str, agent: str, now: datetime) -> str:
    """Opens a session and returns its token, which only the browser keeps."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignInSession(
            token_hash=_digest(token),
            person_id=person.id,
            started_at=now,
            confirmed_at=now,
            address=address,
            agent=clean(agent)[:200],
        )
    )
    audit.note("signed_in", at=now, by=person.id, stream="access", address=address)
    return token


def find(token: str, *, now: datetime, hours: int) -> SignInSession | None:
    """The open session of a token, of an active person, not older than `hours`."""
    query = sa.select(SignInSession).where(
        SignInSession.token_hash == _digest(token),
        SignInSession.ended_at.is_(None),
        SignInSession.started_at > now - timedelta(hours=hours),
    )
    found = db.session.scalar(query)
    return found if found is not None and found.person.active else None


def end(session: SignInSession, *, now: datetime, by: int | None) -> None:
    """Ends a session at once: signed out by its owner, or ended by somebody."""
    if session.ended_at is not None:
        return
    session.ended_at = now
    kind = "signed_out" if by == session.person_id else "session_ended"
    audit.note(kind, at=now, by=by, stream="access", session=session.id, person=session.person_id)


def end_all(person_id: int, *, now: datetime, by: int | None, but: int | None = None) -> None:
    """Ends every session of a person, except one."""
    query = sa.select(SignInSession).where(
        SignInSession.person_id == person_id, SignInSession.ended_at.is_(None)
    )
    for session in db.session.scalars(query).all():
        if session.id != but:
            end(session, now=now, by=by)


def confirm(session: SignInSession, *, now: datetime) -> None:
    """The password was given again: signatures of the next minutes need not ask."""
    session.confirmed_at = now


def is_confirmed(session: SignInSession, *, now: datetime, minutes: int) -> bool:
    """Whether the password was given within the signing window.

    The sign-in itself counts, as the first signing of a session needs login and password.
    """
    return now - session.confirmed_at < timedelta(minutes=minutes)


def _familiar(account: str, address: str, now: datetime) -> bool:
    """Whether the account's owner has signed in from this address of late."""
    query = sa.select(SignInSession.id).join(Person, Person.id == SignInSession.person_id)
    mine = query.where(
        Person.login == account, SignInSession.address == address, SignInSession.started_at > now - FAMILIAR
    )
    return db.session.scalar(mine.limit(1)) is not None


def _composed(password: str) -> str:
    """The same characters whatever the keyboard composed them from."""
    return unicodedata.normalize("NFKC", password)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
