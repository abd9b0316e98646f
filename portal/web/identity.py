"""Whether the person at the keyboard is who signed in: by the password given now, or minutes ago."""

from __future__ import annotations

from flask import current_app, g, request
from flask_login import current_user

from portal.database import transaction
from portal.domain.refusal import IdentityNotConfirmed, Refusal
from portal.extensions import db
from portal.lib.clock import now
from portal.services import guessing, own_keys, sessions
from portal.services.own_keys import KeyBroken, KeyLocked
from portal.web import own_key
from portal.web.guard import actor


def is_fresh() -> bool:
    """Whether a password given before still counts, so that none need be asked for; for a key of one's own it must be open."""
    return _is_confirmed() and not own_key.is_shut()


def confirm() -> bool:
    """Takes the password of this request, in a write of its own, before the slow part of the act begins.

    Raises:
        TooManyAttempts: guessing is slowed down.
    """
    password = request.form.get("_password", "")
    if not password:
        return is_fresh()
    person, address = actor().person, request.remote_addr or ""
    guessing.slow_guessing(person.login, address, now=now())
    good = sessions.matches(person.password_hash, password)
    opened = own_keys.unlock(person, password) if good else None
    if good and opened is None and person.own_key_id is not None:
        g.key_is_broken = True
        return False
    with transaction(aside=True):
        if good:
            own_key.confirm(db.session.merge(current_user.row), opened)
        else:
            guessing.note_failure(person.login, address, now=now(), kind=guessing.SIGNING)
    return good


def problem() -> Refusal:
    """Why `confirm` has said no: the password was wrong, or is needed to open the own key, or does not open it."""
    if g.get("key_is_broken"):
        return KeyBroken()
    wrong = request.form.get("_password", "") or not _is_confirmed()
    return IdentityNotConfirmed() if wrong else KeyLocked()


def _is_confirmed() -> bool:
    minutes = current_app.config["SETTINGS"].signing_window_minutes
    return sessions.is_confirmed(current_user.row, now=now(), minutes=minutes)
