"""The last step of each way in: a session is opened, its cookie set; a second factor is asked for in between."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, session
from flask_login import current_user, login_user

from portal.blueprints.auth.room import address
from portal.lib.clock import now
from portal.lib.hashing import sha256
from portal.models import Person
from portal.queries import people
from portal.services import guessing, second_factors, sessions
from portal.services.own_keys import OpenKey
from portal.services.sessions import PROVIDER, Proof
from portal.web import own_key
from portal.web.guard import SignedIn
from portal.web.transaction import writes

HALF, HALF_SECONDS = "half", 300


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody who has shown the first factor and owes the second; the browser's signed cookie says so for some minutes."""

    person: Person
    way: str


def owe_code(proof: Proof, way: str) -> None:
    """Remembers in the browser that the first factor was shown; a password that changes meanwhile undoes it."""
    mark = sha256((proof.newer_hash or proof.password_hash).encode())
    session[HALF] = [proof.person_id, way, mark, int(now().timestamp())]


def half() -> Half | None:
    """Who owes a code at this browser, if the first factor is not too long ago."""
    person_id, way, mark, at = session.get(HALF) or (0, "", "", 0)
    if now().timestamp() - at > HALF_SECONDS:
        return None
    person = people.person(person_id)
    return Half(person, way) if sha256(person.password_hash.encode()) == mark else None


@writes
def with_code(owing: Half, typed: str) -> tuple[SignedIn | None, str]:
    """The new session and what was taken, a code or a recovery code; none, and a failure noted, if it was wrong."""
    person = sessions.held(owing.person.id, now=now())
    taken = second_factors.take(person, typed, recovery=True, now=now()) if person is not None else ""
    if person is None or not taken:
        guessing.note_wrong_code(owing.person.login, address(), now=now())
        return None, ""
    _end_former()
    return _start(person, owing.way, taken), taken


@writes
def by_provider(proof: Proof) -> SignedIn | None:
    """The new session for somebody whom the provider vouches for."""
    person = sessions.still(proof, now=now())
    if person is None:
        return None
    _end_former()
    return _start(person, PROVIDER, "")


@writes
def renewed(proof: Proof) -> bool:
    """Keeps a newer hash of a proven password; whether it is still the person's."""
    return sessions.still(proof, now=now()) is not None


@writes
def by_password(
    proof: Proof | None, login: str, opened: OpenKey | None
) -> tuple[SignedIn | None, str | None]:
    """The new session, with what opens the person's own key in it; none, and a failure noted, if the password did not
    fit."""
    token = sessions.admit(proof, address=address(), agent=_agent(), now=now()) if proof else None
    entered = _found(token) if token else None
    if entered is None:
        guessing.note_failure(login, address(), now=now())
        return None, None
    _end_former()
    return entered, own_key.open_window(entered.row, opened)


def remember(entered: SignedIn) -> None:
    """A fresh cookie that holds nothing of the time before; the database is not asked again, as the session stands in it."""
    session.clear()
    session.permanent = True
    login_user(entered)


def _start(person: Person, way: str, factor: str) -> SignedIn | None:
    return _found(
        sessions.start(person, address=address(), agent=_agent(), now=now(), way=way, factor=factor)
    )


def _found(token: str) -> SignedIn | None:
    row = sessions.find(token, now=now(), hours=_hours())
    return SignedIn(token, row) if row is not None else None


def _end_former() -> None:
    if current_user.is_authenticated:
        sessions.end(current_user.row, now=now(), by=current_user.row.person_id)


def _agent() -> str:
    return request.headers.get("User-Agent", "")


def _hours() -> int:
    hours: int = current_app.config["SETTINGS"].session_hours
    return hours
