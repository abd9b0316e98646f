"""Signing in and out: passwords proven, server-side sessions, confirmed identity."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.domain.password_rules import LONGEST
from portal.extensions import db
from portal.lib.clock import day
from portal.lib.text import clean
from portal.models import Person, SignInSession
from portal.services import audit, directory

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
PASSWORD, PROVIDER = "password", "provider"  # what lets people in
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NOBODY = HASHER.hash(secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Proof:
    """A password that fitted: whose, the hash it was held against, and a newer hash if one is due."""

    person_id: int
    password_hash: str
    newer_hash: str | None


def plain_login(typed: str) -> str:
    """A login as it is stored: without blanks and invisible characters, small letters."""
    return clean(typed).casefold()[:100]


def prove(login: str, password: str) -> Proof | None:
    """Holds a password against its login; slow, and as slow for an unknown one. Call it before the write.

    Raises:
        DirectoryAway: the directory would have to be asked, and cannot be.
    """
    person = db.session.scalar(sa.select(Person).where(Person.login == login))
    good = fits(person, login, password)
    if person is None or not good or not person.active:
        return None
    stored = person.password_hash
    renew = not person.of_directory and HASHER.check_needs_rehash(stored)
    return Proof(person.id, stored, hashed(password) if renew else None)


def fits(person: Person | None, login: str, password: str) -> bool:
    """Whether the password is that of the person with this login, as the directory or the portal itself knows it.

    Raises:
        DirectoryAway: the directory would have to be asked, and cannot be.
    """
    if directory.is_asked(person):
        return directory.fits(login, password)
    return matches(person.password_hash if person is not None else "", password)


def matches(stored: str, password: str) -> bool:
    """Whether the password fits its stored hash; takes as long when there is none."""
    try:
        fits = HASHER.verify(stored or NOBODY, composed(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored) and fits and len(password) <= LONGEST


def hashed(password: str) -> str:
    """The hash to store for a password; slow, so make it before the write."""
    return HASHER.hash(composed(password))


def admit(proof: Proof, *, address: str, agent: str, now: datetime, factor: str = "") -> str | None:
    """Opens a session for a proven password; None if password or person have changed meanwhile,
    or the account is over."""
    person = still(proof, now=now)
    return start(person, address=address, agent=agent, now=now, factor=factor) if person is not None else None


def still(proof: Proof, *, now: datetime) -> Person | None:
    """The person of a proven password, locked; None if password or person have changed meanwhile, or the account is over."""
    person = held(proof.person_id, now=now)
    if person is None or person.password_hash != proof.password_hash:
        return None
    if proof.newer_hash is not None:
        person.password_hash = proof.newer_hash
    return person


def held(person_id: int, *, now: datetime) -> Person | None:
    """The person, locked until the write ends; None if they may not be let in any more."""
    lock = {"of": Person}  # not the department joined to it
    person = db.session.get(Person, person_id, with_for_update=lock, populate_existing=True)
    return person if person is not None and person.active and not person.ended(day(now)) else None


def start(
    person: Person, *, address: str, agent: str, now: datetime, way: str = PASSWORD, factor: str = ""
) -> str:
    """Opens a session and returns its token, which only the browser keeps.

    One that was let in by a provider alone begins unconfirmed: nothing was given yet that the portal checks itself.
    """
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignInSession(
            token_hash=_digest(token),
            person_id=person.id,
            started_at=now,
            confirmed_at=now if way == PASSWORD or factor else NEVER,
            address=address,
            agent=clean(agent)[:200],
            way=way,
            factor=factor or None,
        )
    )
    facts: dict[str, Any] = {"way": way, "factor": factor} if way != PASSWORD or factor else {}
    audit.note("signed_in", at=now, by=person.id, stream="access", address=address, **facts)
    return token


def find(token: str, *, now: datetime, hours: int) -> SignInSession | None:
    """The open session of a token, of an active person whose account is not over, not older than `hours`."""
    given = {"token": _digest(token), "since": now - timedelta(hours=hours)}
    found: SignInSession | None = db.session.scalar(_OPEN, given)
    if found is None or not found.person.active or found.person.ended(day(now)):
        return None
    return found


_OPEN = sa.select(SignInSession).where(
    SignInSession.token_hash == sa.bindparam("token"),
    SignInSession.ended_at.is_(None),
    SignInSession.started_at > sa.bindparam("since"),
)


def end(session: SignInSession, *, now: datetime, by: int | None) -> None:
    """Ends a session at once: signed out by its owner, or ended by somebody."""
    db.session.refresh(session, ["ended_at"], with_for_update={"of": SignInSession})
    if session.ended_at is not None:
        return
    session.ended_at = now
    session.held_key = session.held_until = None
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


def see(session_id: int, *, now: datetime) -> None:
    """Somebody does something there."""
    db.session.execute(sa.update(SignInSession).where(SignInSession.id == session_id).values(last_seen=now))


def confirm(session: SignInSession, *, now: datetime) -> None:
    """The person has proven themselves again: signatures of the next minutes need not ask."""
    session.confirmed_at = now


def is_confirmed(session: SignInSession, *, now: datetime, minutes: int) -> bool:
    """Whether the password was given within the signing window.

    The sign-in itself counts, as the first signing of a session needs login and password.
    """
    return abs(now - session.confirmed_at) < timedelta(minutes=minutes)  # nor of a clock that ran ahead


def composed(password: str) -> str:
    """The same characters whatever the keyboard composed them from."""
    return unicodedata.normalize("NFKC", password)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
