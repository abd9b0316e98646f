"""Whether the person at the keyboard is who signed in: by the password given now, or minutes ago."""

from __future__ import annotations

from flask import current_app, request
from flask_login import current_user

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import now
from portal.services import guessing, sessions
from portal.web.guard import actor


def is_fresh() -> bool:
    """Whether a password given before still counts, so that none need be asked for."""
    minutes = current_app.config["SETTINGS"].signing_window_minutes
    return sessions.is_confirmed(current_user.row, now=now(), minutes=minutes)


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
    with transaction():
        if good:
            sessions.confirm(db.session.merge(current_user.row), now=now())
        else:
            guessing.note_failure(person.login, address, now=now(), kind="signing_failed")
    return good
