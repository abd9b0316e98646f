"""Keys that people sign with: made, renewed and ended, and open for a moment only while their owner is there.

The portal never keeps what opens one: it is the password, or for some minutes a key that only the browser has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib import own_keys as keys
from portal.lib.i18n import _l
from portal.models import OwnKey, Person, SignInSession
from portal.services import audit, sessions
from portal.services.sessions import Proof

STREAM = "people"


class KeyLocked(Refusal):
    """A signature needs the person's own key, which is shut."""

    status = 409
    text = _l("签署要用您的本人密钥，密钥现在没有打开，签署没有写入。请重新输入密码。")


class KeyBroken(Refusal):
    """The password fits, but the key does not open with it."""

    status = 409
    text = _l("密码正确，但本人密钥打不开，不能签署。请在“本人密钥”页停用它，再重新设置。")


class KeyChanged(Refusal):
    """The key or the password has changed since the page was drawn."""

    status = 409
    text = _l("您的密钥或密码刚刚在别处改动过，请重新打开页面再办理。")


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A person's key while it is open; it lives in one request's memory and nowhere else."""

    id: int
    public: str
    sha256: str
    private: keys.Key

    def sign(self, text: str) -> str:
        """Its signature over a text."""
        return keys.sign(self.private, text)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new private key, or one under a new password, made before the write as it takes a while."""

    public: str
    sha256: str
    locked: str
    private: keys.Key


def prepare(password: str) -> Prepared:
    """A new key under this password; slow, so call it before the write."""
    private = keys.make()
    return _locked(private, keys.public(private), password)


def set_up(prepared: Prepared, proof: Proof, *, seen: str, now: datetime) -> OpenKey:
    """Gives a person, who has just proven the password, a key; one that they have ends.

    `seen` is the fingerprint of the key that the page showed, so that what is sent twice makes one.

    Raises:
        KeyChanged: key or password are not those of the page any more.
    """
    person = _held(proof.person_id)
    before = current(person)
    if person.password_hash != proof.password_hash or seen != (before.sha256 if before else ""):
        raise KeyChanged
    if before is not None:
        _end(person, before, "renewed", now)
    made = OwnKey(
        person_id=person.id,
        public_key=prepared.public,
        sha256=prepared.sha256,
        locked=prepared.locked,
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    person.own_key_id = made.id
    facts: dict[str, Any] = {"person": person.id, "sha256": made.sha256}
    kind = "own_key_made"
    if before is not None:
        kind, facts["before"] = "own_key_renewed", before.sha256
    audit.note(kind, at=now, by=person.id, stream=STREAM, **facts)
    return OpenKey(made.id, made.public_key, made.sha256, prepared.private)


def withdraw(proof: Proof, *, seen: str, now: datetime) -> None:
    """Ends the key of a person, who has just proven the password.

    Raises:
        KeyChanged: it is not the key of the page any more.
    """
    person = _held(proof.person_id)
    key = current(person)
    if key is None or key.sha256 != seen or person.password_hash != proof.password_hash:
        raise KeyChanged
    end(person, "withdrawn", by=person.id, now=now)


def end(person: Person, why: str, *, by: int | None, now: datetime) -> None:
    """Ends the person's key, if there is one: nobody can sign with it any more, its public half stays."""
    key = current(person)
    if key is None:
        return
    _end(person, key, why, now)
    audit.note("own_key_ended", at=now, by=by, stream=STREAM, person=person.id, sha256=key.sha256, why=why)


def current(person: Person) -> OwnKey | None:
    """The key that the person signs with."""
    return db.session.get(OwnKey, person.own_key_id) if person.own_key_id is not None else None


def unlock(person: Person, password: str) -> OpenKey | None:
    """Opens the person's key; None if there is none, or it does not open. Slow, so call it before the write."""
    key = current(person)
    if key is None:
        return None
    try:
        private = keys.unlock(key.locked, sessions.composed(password), key.sha256)
    except keys.Locked:
        return None
    return OpenKey(key.id, key.public_key, key.sha256, private)


def relock(opened: OpenKey | None, password: str) -> Prepared | None:
    """An open key under a new password; slow, so call it before the write."""
    return _locked(opened.private, opened.public, password) if opened is not None else None


def follow_password(person: Person, relocked: Prepared | None, *, by: int | None, now: datetime) -> None:
    """Puts the key under the person's new password; it ends where that cannot be, as nobody could open it again."""
    key = current(person)
    if key is not None and relocked is not None and relocked.sha256 == key.sha256:
        key.locked = relocked.locked
    else:
        end(person, "password_changed" if by == person.id else "password_reset", by=by, now=now)


def hold(session: SignInSession, opened: OpenKey, *, until: datetime) -> str:
    """Keeps an open key with the session for some minutes; returns what opens it, which only the browser may keep."""
    window = keys.window()
    session.held_key = keys.hold(opened.private, window, _about(session, opened.sha256))
    session.held_until = until
    return window


def held(session: SignInSession, window: str, *, now: datetime) -> OpenKey | None:
    """The key that the session holds, opened by what the browser kept; None if it does not open, or the time is over."""
    if not session.held_key or session.held_until is None or session.held_until <= now:
        return None
    key = current(session.person)
    if key is None:
        return None
    try:
        private = keys.release(session.held_key, window, _about(session, key.sha256))
    except keys.Locked:
        return None
    return OpenKey(key.id, key.public_key, key.sha256, private)


def let_go_due(*, now: datetime) -> int:
    """Throws away the held keys whose time is over; returns how many there were."""
    over = SignInSession.held_until <= now
    if db.session.scalar(sa.select(SignInSession.id).where(over).limit(1)) is None:
        return 0
    gone = sa.update(SignInSession).where(over).values(held_key=None, held_until=None)
    return int(db.session.connection().execute(gone).rowcount)


def _end(person: Person, key: OwnKey, why: str, now: datetime) -> None:
    key.locked, key.ended_at, key.ended_by = "", now, why
    person.own_key_id = None
    holding = sa.update(SignInSession).where(
        SignInSession.person_id == person.id, SignInSession.held_key.is_not(None)
    )
    db.session.execute(holding.values(held_key=None, held_until=None))


def _held(person_id: int) -> Person:
    """The person, locked until the write ends."""
    lock = {"of": Person}  # not the department joined to it
    return db.session.get_one(Person, person_id, with_for_update=lock, populate_existing=True)


def _locked(private: keys.Key, public: str, password: str) -> Prepared:
    sha256 = keys.fingerprint(public)
    return Prepared(public, sha256, keys.lock(private, sessions.composed(password), sha256), private)


def _about(session: SignInSession, sha256: str) -> str:
    """What a held key is for: this key in this session."""
    return f"{session.token_hash} {sha256}"
