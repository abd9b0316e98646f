"""The last step of each way in: a session is opened, its cookie set; a second factor is asked for in between."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import current_app, request, session
from flask_login import current_user, login_user

from portal.blueprints.auth.room import address
from portal.lib.clock import now
from portal.lib.hashing import sha256
from portal.models import Person
from portal.queries import people
from portal.services import guessing, provider_ties, sessions
from portal.services.own_keys import OpenKey
from portal.services.provider_ties import Account
from portal.services.sessions import PROVIDER, Proof
from portal.web import factors, own_key
from portal.web.factors import Given
from portal.web.guard import SignedIn
from portal.web.transaction import writes

HALF, HALF_SECONDS, VOUCHED = "half", 300, "vouched"
SIGN_IN = "sign in"  # what a passkey is asked about


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody who has shown the first factor and owes the second; the browser's signed cookie says so for some minutes."""

    person: Person
    way: str
    holder: str  # what a question to a passkey is held by, as there is no session yet
    account: Account | None  # of the provider that has vouched


def owe_code(proof: Proof, way: str, account: Account | None = None) -> None:
    """Remembers in the browser that the first factor was shown; a password that changes meanwhile undoes it."""
    session[VOUCHED] = [proof.person_id, account.issuer, account.subject] if account else None
    mark = sha256((proof.newer_hash or proof.password_hash).encode())
    session[HALF] = [proof.person_id, way, mark, int(now().timestamp()), secrets.token_urlsafe(16)]


def half() -> Half | None:
    """Who owes a code at this browser, if the first factor is not too long ago."""
    person_id, way, mark, at, holder = session.get(HALF) or (0, "", "", 0, "")
    if now().timestamp() - at > HALF_SECONDS:
        return None
    person = people.person(person_id)
    if sha256(person.password_hash.encode()) != mark:
        return None
    vouched_for, *account = session.get(VOUCHED) or (0,)
    known = Account(*account) if way == PROVIDER and vouched_for == person.id else None
    return Half(person, way, f"half {holder}", known)


@writes
def with_factor(owing: Half, given: Given) -> tuple[SignedIn | None, str]:
    """The new session and what was taken: a code, a recovery code, or the answer of a passkey; none, and a failure noted,
    if it was wrong."""
    person = sessions.held(owing.person.id, now=now())
    if person is None:
        guessing.note_wrong_code(owing.person.login, address(), now=now())
        return None, ""
    taken = factors.take(person, given, SIGN_IN, holder=owing.holder, recovery=True)
    if not taken:
        return None, ""
    if owing.account is not None:
        provider_ties.tie(person.id, owing.account, now=now())
    _end_former()
    return _start(person, owing.way, taken), taken


@writes
def by_provider(proof: Proof, account: Account) -> SignedIn | None:
    """The new session for somebody whom the provider vouches for, by the account that is tied to them from now on."""
    person = sessions.still(proof, now=now())
    if person is None:
        return None
    provider_ties.tie(person.id, account, now=now())
    _end_former()
    return _start(person, PROVIDER, "")


@writes
def renewed(proof: Proof) -> bool:
    """Keeps a newer hash of a proven password; whether it is still the person's.

    Raises:
        TooManyAttempts: wrong ones at the same moment have used the tries up.
    """
    person = sessions.still(proof, now=now())
    if person is not None:
        guessing.slow_guessing(person.login, address(), now=now())
    return person is not None


@writes
def by_password(
    proof: Proof | None, login: str, opened: OpenKey | None
) -> tuple[SignedIn | None, str | None]:
    """The new session, with what opens the person's own key in it; none, and a failure noted, if the password did not
    fit.

    Raises:
        TooManyAttempts: wrong ones at the same moment have used the tries up; nothing is written.
    """
    token = sessions.admit(proof, address=address(), agent=_agent(), now=now()) if proof else None
    entered = _found(token) if token else None
    if entered is None:
        guessing.note_failure(login, address(), now=now())
        return None, None
    guessing.slow_guessing(login, address(), now=now())  # again, now that tries come one after the other
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
