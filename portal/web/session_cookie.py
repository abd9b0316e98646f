"""The cookie of a session: prolonged by what people do, left alone by what their pages ask for by themselves."""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class SessionCookie(SecureCookieSessionInterface):
    """Sets the cookie anew when a page is opened or something is posted, and whenever its content has changed.

    A script's look at the server must not: its answer may come after a newer one, and would bring back what the cookie
    held before, so that a message or a choice gets lost.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether this answer carries the cookie."""
        acts = request.method == "POST" or request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        return session.modified or (acts and super().should_set_cookie(app, session))
