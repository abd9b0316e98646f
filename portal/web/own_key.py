"""The key of the person at the keyboard, while it is open: by the password of this request, or by the one of minutes ago.

The session's row holds the key shut; what opens it stands in the cookie alone. Neither is of use without the other.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, current_app, g, session
from flask_login import current_user

from portal.lib.clock import now
from portal.models import SignInSession
from portal.services import own_keys, sessions
from portal.services.own_keys import OpenKey

WINDOW, UNTIL = "window", "window_until"


def confirm(row: SignInSession, opened: OpenKey | None) -> str | None:
    """Begins the signing window of a session, within a write: all that the person must give was given just now; gives
    what only the browser may keep."""
    sessions.confirm(row, now=now())
    return open_window(row, opened)


def after_password(row: SignInSession, opened: OpenKey | None) -> None:
    """Opens the key of a session, within a write: the password was given just now, which for those without a second
    factor begins the signing window too."""
    if not row.person.has_second_factor:
        sessions.confirm(row, now=now())
    hold(opened, open_window(row, opened))


def hold(opened: OpenKey | None, window: str | None) -> None:
    """Keeps the key open in this request, and as long as the password counts."""
    keep(window)
    g.open_key = opened


def open_window(row: SignInSession, opened: OpenKey | None) -> str | None:
    """Holds the key with the session as long as the password counts; gives what only the browser may keep."""
    minutes = current_app.config["SETTINGS"].signing_window_minutes
    if opened is None or not minutes:
        row.held_key = row.held_until = None
        return None
    return own_keys.hold(row, opened, until=now() + timedelta(minutes=minutes))


def keep(window: str | None) -> None:
    """Puts what opens the key into the cookie, or takes it away."""
    if window is None:
        session.pop(WINDOW, None)
        session.pop(UNTIL, None)
        return
    minutes = current_app.config["SETTINGS"].signing_window_minutes
    session[WINDOW], session[UNTIL] = window, int((now() + timedelta(minutes=minutes)).timestamp())


def at_hand() -> OpenKey | None:
    """The person's key if it is open in this request."""
    if g.get("open_key") is None:
        window = session.get(WINDOW)
        g.open_key = own_keys.held(current_user.row, str(window), now=now()) if window else None
    found: OpenKey | None = g.open_key
    return found


def is_shut() -> bool:
    """Whether the person signs with a key that is not open now."""
    return current_user.row.person.own_key_id is not None and at_hand() is None


def forget() -> None:
    """Takes what opened a key out of the cookie, once its time is over."""
    if WINDOW in session and session.get(UNTIL, 0) <= now().timestamp():
        keep(None)


def init_app(app: Flask) -> None:
    """Looks at the cookie before every request."""
    app.before_request(forget)
