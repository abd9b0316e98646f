"""What waits in a browser without a connection (static/js/outbox.js): sent later, in nobody else's name, and told when
the portal has answered it.
"""

from __future__ import annotations

from urllib.parse import unquote

from flask import Flask, request, session
from werkzeug.wrappers import Response

from portal.domain.refusal import Refusal
from portal.lib.i18n import _l
from portal.web.guard import maybe_actor

PERSON, LOCATION = "Outbox-Person", "Outbox-Location"
SENT = "_sent"  # the name that the browser gives to one sending of a form


class AnotherPerson(Refusal):
    """What waits in the browser belongs to somebody else than the one who is signed in."""

    status = 401
    text = _l("这是另一位用户没有发送完的内容，没有写入。")


def check() -> None:
    """Before a request: what somebody left in the browser is not sent in the name of the next person there.

    Raises:
        AnotherPerson: somebody else is signed in.
    """
    person, by = request.headers.get(PERSON), maybe_actor() if PERSON in request.headers else None
    if person is not None and by is not None and unquote(person) != by.login:
        raise AnotherPerson


def answered() -> str:
    """The sending that this page answers, for the browser to forget it; nothing for most pages."""
    if request.method == "POST":
        return request.form.get(SENT, "")[:80]
    kept: str = session.pop(SENT, "")
    return kept


def tell(response: Response) -> Response:
    """After a request: a script learns where its sending has led; of a page's own, the next page tells."""
    if response.status_code != 303 or request.method != "POST":
        return response
    if PERSON in request.headers:
        response.headers[LOCATION] = response.headers.pop("Location")
        response.status_code = 204
        response.set_data(b"")
    elif SENT in request.form:
        session[SENT] = request.form[SENT][:80]
    return response


def init_app(app: Flask) -> None:
    """Puts itself before and after every request; after the guard, so that strangers are asked to sign in first."""
    app.before_request(check)
    app.after_request(tell)
    app.jinja_env.globals["answered_sending"] = answered
