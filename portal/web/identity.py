"""Whether the person at the keyboard is who signed in: by what they give now, or gave minutes ago.

Everybody gives the password; those with a second factor a code besides. Whom a provider has let in, and who has a
second factor, gives the code alone, unless the password must open a key of their own.
"""

from __future__ import annotations

from flask import Flask, current_app, g, request
from flask_login import current_user

from portal.database import transaction
from portal.domain.refusal import IdentityNotConfirmed, Refusal
from portal.extensions import db
from portal.lib.clock import now
from portal.services import guessing, own_keys, second_factors, sessions
from portal.services.guessing import TooManyAttempts
from portal.services.own_keys import KeyBroken, KeyLocked
from portal.services.second_factors import CodeMissing, CodeWrong
from portal.web import own_key
from portal.web.guard import actor


def is_fresh() -> bool:
    """Whether what was given before still counts, so that none need be asked for; for a key of one's own it must be open."""
    return _is_confirmed() and not own_key.is_shut()


def asks_password() -> bool:
    """Whether the password is part of what this person must give."""
    person = actor().person
    by_code_alone = current_user.row.way == sessions.PROVIDER and person.second_factor_id is not None
    return not by_code_alone or person.own_key_id is not None


def asks_code() -> bool:
    """Whether a code is part of what this person must give."""
    return actor().person.second_factor_id is not None


def confirm() -> bool:
    """Takes the password and the code of this request, in a write of its own, before the slow part of the act begins.

    Raises:
        TooManyAttempts: guessing is slowed down.
    """
    password, code = request.form.get("_password", ""), request.form.get("_code", "")
    if not password and not code:
        return is_fresh()
    try:
        take(password, code, kind=guessing.SIGNING)
    except TooManyAttempts:
        raise
    except Refusal as refusal:
        g.identity_problem = refusal
        return False
    return True


def take(password: str, code: str, *, kind: str, recovery: bool = False) -> None:
    """Takes a password and a code and begins the signing window; with `recovery` a recovery code will do.

    Raises:
        TooManyAttempts: guessing is slowed down.
        IdentityNotConfirmed: the password is wrong, or missing; a wrong one is noted as an event of this kind.
        KeyBroken: the password fits, but does not open the person's own key.
        CodeMissing: the person has a second factor and gave no code.
        CodeWrong: the code is wrong, or was taken before.
    """
    person, address = actor().person, request.remote_addr or ""
    guessing.slow_guessing(person.login, address, now=now())
    opened = _prove_password(password, kind) if password or asks_password() else None
    if asks_code():
        if not code:
            raise CodeMissing
        guessing.slow_codes(person.login, now=now())
    with transaction(aside=True):
        good = not asks_code() or second_factors.take(person, code, recovery=recovery, now=now()) != ""
        if good:
            own_key.confirm(db.session.merge(current_user.row), opened)
        else:
            guessing.note_wrong_code(person.login, address, now=now())
    if not good:
        raise CodeWrong


def _prove_password(password: str, kind: str) -> own_keys.OpenKey | None:
    person = actor().person
    if not sessions.matches(person.password_hash, password):
        with transaction(aside=True):
            guessing.note_failure(person.login, request.remote_addr or "", now=now(), kind=kind)
        raise IdentityNotConfirmed
    opened = own_keys.unlock(person, password)
    if opened is None and person.own_key_id is not None:
        raise KeyBroken
    return opened


def problem() -> Refusal:
    """Why `confirm` has said no."""
    known: Refusal | None = g.get("identity_problem")
    if known is not None:
        return known
    if _is_confirmed():
        return KeyLocked()
    return IdentityNotConfirmed() if not asks_code() or asks_password() else CodeMissing()


def init_app(app: Flask) -> None:
    """Lets pages ask what is to be given."""
    app.jinja_env.globals.update(asks_password=asks_password, asks_code=asks_code)


def _is_confirmed() -> bool:
    minutes = current_app.config["SETTINGS"].signing_window_minutes
    return sessions.is_confirmed(current_user.row, now=now(), minutes=minutes)
