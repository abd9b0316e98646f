"""When somebody was last at each browser that is signed in; written now and then, not with each request."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, current_app, g
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from portal.database import transaction
from portal.lib.clock import now
from portal.services import sessions
from portal.web import guard

EVERY = timedelta(minutes=5)


def note() -> None:
    """Notes it before what somebody does begins; that it cannot be written keeps nobody from going on."""
    if g.get("actor") is None or not guard.is_act():
        return
    row = current_user.row
    if now() - row.seen_at < EVERY:
        return
    try:
        with transaction(aside=True):
            sessions.see(row.id, now=now())
    except SQLAlchemyError as error:
        current_app.logger.warning("last seen was not noted: %s", error)


def init_app(app: Flask) -> None:
    """Looks at each request that the guard has let pass."""
    app.before_request(note)
