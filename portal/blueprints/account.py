"""A person's own settings: language, colours, substitutes, phrases, sessions."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.forms.kinds import Ref
from portal.lib.clock import now, today
from portal.lib.i18n import LANGUAGES, _
from portal.lib.text import clean
from portal.queries import account, people, rights
from portal.services import account as own
from portal.services import sessions, substitutions
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, maybe_actor, open_to, safe_target
from portal.web.sheets import SubstituteForSheet, SubstituteSheet
from portal.web.transaction import writes

bp = Blueprint("account", __name__, url_prefix="/account")

Answer = Response | str | tuple[str, int]
THEMES = frozenset({"auto", "light", "dark"})
YEAR = 365 * 24 * 3600


@bp.post("/language")
@open_to("everyone")
@writes
def language() -> Response:
    """Chooses Chinese or English; strangers too, for the sign-in page."""
    return _prefer("language", LANGUAGES)


@bp.post("/theme")
@open_to("everyone")
@writes
def theme() -> Response:
    """Chooses light, dark or what the system has."""
    return _prefer("theme", THEMES)


@bp.get("/substitutes")
@open_to("signed_in")
def substitutes() -> str:
    """Who acts for the person, and for whom the person acts."""
    return _substitutes_page(_substitute_sheet())


@bp.post("/substitutes")
@open_to("writers")
@writes
def appoint() -> Answer:
    """Names a substitute for a leave of one's own, or of somebody of one's department."""
    form, by = _substitute_sheet(), actor()

    def act() -> object:
        named = form["person_"].data if "person_" in form else None
        person = people.person(named.id) if named is not None else by.person
        substitute = people.person(form.substitute.data.id)
        days = form.starts_on.data, form.ends_on.data
        return substitutions.appoint(
            person, substitute, *days, form.forms.data or (), by=by, reason=form.reason.data, now=now()
        )

    good, _made = attempt(form, act)
    if not good:
        return _substitutes_page(form), 422
    flash(_("代理已设置，双方都会收到通知。"), "success")
    return redirect(url_for("account.substitutes"), 303)


@bp.post("/substitutes/<int:id>/end")
@open_to("writers")
@writes
def end_substitution(id: int) -> Response:
    """Ends a substitution at once."""
    substitutions.end(rights.substitution(id), by=actor(), now=now())
    flash(_("代理已结束。"), "success")
    return redirect(url_for("account.substitutes"), 303)


@bp.get("/phrases")
@open_to("writers")
def own_phrases() -> str:
    """The person's own stock phrases."""
    return render_template("account/phrases.html", phrases=account.phrases(actor()))


@bp.post("/phrases")
@open_to("writers")
@writes
def add_phrase() -> Response:
    """Keeps a phrase."""
    own.add_phrase(clean(request.form.get("text", "")), by=actor())
    return redirect(url_for("account.own_phrases"), 303)


@bp.post("/phrases/<int:id>/delete")
@open_to("writers")
@writes
def delete_phrase(id: int) -> Response:
    """Throws a phrase away."""
    own.delete_phrase(id, by=actor())
    return redirect(url_for("account.own_phrases"), 303)


@bp.get("/sessions")
@open_to("signed_in")
def own_sessions() -> str:
    """Where the person is signed in."""
    hours = current_app.config["SETTINGS"].session_hours
    found = account.sessions(now(), hours, person_id=actor().id)
    return render_template("account/sessions.html", sessions=found, here=current_user.row.id)


@bp.post("/sessions/<int:id>/end")
@open_to("signed_in")
@writes
def end_session(id: int) -> Response:
    """Signs another browser of one's own out."""
    sessions.end(account.session(id, person_id=actor().id), now=now(), by=actor().id)
    flash(_("已退出该设备。"), "success")
    return redirect(url_for("account.own_sessions"), 303)


@bp.post("/sessions/end-others")
@open_to("signed_in")
@writes
def end_other_sessions() -> Response:
    """Signs every other browser of one's own out."""
    sessions.end_all(actor().id, now=now(), by=actor().id, but=current_user.row.id)
    flash(_("其他设备上的登录已退出。"), "success")
    return redirect(url_for("account.own_sessions"), 303)


def _prefer(name: str, allowed: Collection[str]) -> Response:
    """Keeps the choice with the person and in a cookie, and leads back."""
    value, person = request.form.get(name, ""), maybe_actor()
    answer = redirect(safe_target(request.form.get("next")), 303)
    if value in allowed:
        if person is not None:
            own.prefer(person.person, name, value, now=now())
        secure = current_app.config["SETTINGS"].secure_cookies
        answer.set_cookie(name, value, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    return answer


def _substitute_sheet() -> SubstituteSheet:
    by = actor()
    sheet = SubstituteForSheet if by.headed else SubstituteSheet
    posted = request.form if request.method == "POST" else None
    return sheet(posted, answers={"starts_on": today(), "person": Ref(by.id, by.person.label)}, person=by)


def _substitutes_page(form: SubstituteSheet) -> str:
    by = actor()
    found = rights.substitutions(today(), either=by.id, department_ids=by.headed)
    return render_template(
        "account/substitutes.html",
        form=form,
        errors=errors(form) if form.errors or form.form_errors else [],
        substitutions=found,
        manages={one.id for one in found if substitutions.may_manage(one.person, by)},
        today=today(),
    )
