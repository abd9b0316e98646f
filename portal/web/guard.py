"""Who may pass. Every view says so with `open_to`; a view that does not is shut to everyone."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from portal.domain.refusal import NotAllowed, NotFound
from portal.extensions import login
from portal.lib.clock import now, today
from portal.lib.i18n import _l
from portal.models import SignInSession
from portal.queries import actors
from portal.services import sessions
from portal.web import second_factor

View = TypeVar("View", bound=Callable[..., Any])
EVERYONE, SIGNED_IN, WRITERS, ADMINISTRATORS, AUDITORS = (
    "everyone", "signed_in", "writers", "administrators", "auditors",
)  # fmt: skip
SIGNED_OUT = _l("登录已过期，请重新登录。您填写的内容仍在本机。")
LONGEST_TARGET = 2000  # it goes into a cookie, which browsers do not keep if it is long
MAY_WAIT = second_factor.SETTING_UP | {"auth.password"}
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class SignedIn:
    """The session as Flask-Login knows it: its id is the session's token."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, row: SignInSession) -> None:
        self.token, self.row = token, row

    def get_id(self) -> str:
        """The token, kept in the signed cookie."""
        return self.token


@login.user_loader
def _load(token: str) -> SignedIn | None:
    settings = current_app.config["SETTINGS"]
    row = sessions.find(token, now=now(), hours=settings.session_hours)
    return SignedIn(token, row) if row is not None else None


def open_to(who: str) -> Callable[[View], View]:
    """Marks a view with who may pass: `everyone`, `signed_in`, `writers` (not auditors), `administrators`, `auditors`."""

    def mark(view: View) -> View:
        view.open_to = who  # type: ignore[attr-defined]
        return view

    return mark


def actor() -> actors.Actor:
    """Who acts in this request.

    Raises:
        NotAllowed: nobody is signed in.
    """
    found = maybe_actor()
    if found is None:
        raise NotAllowed
    return found


def maybe_actor() -> actors.Actor | None:
    """Who acts in this request, None for a stranger; the same object all through it."""
    if "actor" not in g:
        signed_in = current_user.is_authenticated
        g.actor = actors.actor(current_user.row.person, today()) if signed_in else None
    found: actors.Actor | None = g.actor
    return found


def ask_nobody() -> None:
    """Lets the rest of the request pass for a stranger's: the database that knows who asks is away."""
    g.actor = None
    g._login_user = login.anonymous_user()  # where Flask-Login keeps it


def check() -> Response | None:
    """Before each request: strangers go to the sign-in page, others pass as the view says."""
    if "\0" in request.path:  # PostgreSQL takes none, and no address of ours has one
        raise NotFound
    if request.endpoint is None or request.endpoint == "static":
        return None
    who = getattr(current_app.view_functions[request.endpoint], "open_to", None)
    if who is None:
        raise Forbidden
    _refuse_foreign_origin()
    _keep_demo_at_home()
    if who == EVERYONE:
        return None
    person = maybe_actor()
    if person is None:
        return sign_in_first()
    if person.person.must_change_password and request.endpoint not in ("auth.password", "auth.sign_out"):
        return redirect(url_for("auth.password"))
    if second_factor.is_missing(person) and request.endpoint not in MAY_WAIT:
        return redirect(url_for("auth.new_second_factor"))
    if who == WRITERS and person.is_auditor:
        raise NotAllowed
    if (who == ADMINISTRATORS and not person.is_administrator) or (who == AUDITORS and not person.is_auditor):
        raise NotFound
    return None


def is_signed_out() -> bool:
    """Whether this request is a stranger's at a door that is not open to everyone."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "open_to", EVERYONE) != EVERYONE and maybe_actor() is None


def sign_in_first() -> Response:
    """Leads to the sign-in page and from there back to where the person was.

    A fragment's answer must not be the sign-in page: the script is told to leave the whole page for it.
    """
    fragment = "HX-Request" in request.headers
    target = request.full_path if request.method == "GET" and not fragment else _page_before()
    address = url_for("auth.sign_in", next=target or None)
    if not fragment:
        return redirect(address)
    return Response(str(SIGNED_OUT), 401, {"HX-Redirect": address}, mimetype="text/plain")


def _page_before() -> str:
    """The page of ours that sent the request, to be opened again with what was typed there."""
    page = _parts(request.headers.get("HX-Current-URL") or request.referrer or "")
    query = f"?{page.query}" if page.query else ""
    return page.path + query if page.netloc == request.host else ""


def safe_target(target: str | None) -> str:
    """A path of our own to go on to; anything else leads home."""
    if not target or len(target) > LONGEST_TARGET or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return "/"
    if any(ord(c) < 33 for c in target) or "\\" in target:
        return "/"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else "/"


def _keep_demo_at_home() -> None:
    """The demo's password is known to everyone: it answers this machine only, whatever server runs it."""
    if current_app.config["SETTINGS"].demo and not ip_address(request.remote_addr or "127.0.0.1").is_loopback:
        raise Forbidden


def _refuse_foreign_origin() -> None:
    """A change that another site's page sends is refused, token or not."""
    if request.method not in CHANGING:
        return
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise Forbidden
    origin = request.headers.get("Origin")
    if origin and origin != "null" and _parts(origin).netloc != request.host:
        raise Forbidden


def _parts(address: str) -> SplitResult:
    """The parts of an address as a header gives it; none of what is no address."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def is_act() -> bool:
    """Whether this request is of something that somebody does, not of a page's script that looks by itself."""
    return request.method in CHANGING or request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def prolong() -> None:
    """Lets the session last on when a page is opened or something is posted, now and then.

    Not with every answer: that of a script's look at the server may come after a newer one, and would bring back what
    the cookie held before, so that a message or a choice gets lost. Nor do pages that look by themselves keep it alive.
    """
    if not session.permanent:
        session.permanent = True
    at = int(now().timestamp())
    if is_act() and at - session.get("seen", 0) > current_app.permanent_session_lifetime.total_seconds() / 10:
        session["seen"] = at


def init_app(app: Flask) -> None:
    """Puts the guard before every request."""
    app.before_request(check)
    app.before_request(prolong)
