"""The employee survey: a page to answer without a name, and the ballot box that the human resources manager keeps.

What is typed here is never kept half-written, neither on the server nor in the browser.
"""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from portal.blueprints.quality.room import bp
from portal.database import transaction
from portal.domain.anonymity import LEAST
from portal.domain.refusal import AnswersWrong, Refusal
from portal.forms.base import Sheet
from portal.forms.fields import Day
from portal.forms.kinds import Ref
from portal.forms.quality.employee_satisfaction_survey import BY_PORTAL, EmployeeSatisfactionSurvey
from portal.forms.titles import register_path
from portal.lib.clock import now, today
from portal.lib.i18n import _, _l
from portal.models import BallotBox
from portal.queries import ballots as known
from portal.services import ballots
from portal.web import identity, own_key, posted
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to

Answer = str | Response | tuple[str, int]


class LastDay(Sheet):
    """Until when ballots may be cast."""

    closes_on = Day(_l("填写截止日期"))


@bp.get("/employee-survey")
@open_to("signed_in")
def employee_survey(department: str) -> str:
    """The ballot to fill in, or why there is none; for its keeper the box as well."""
    return _page()


@bp.post("/employee-survey")
@open_to("writers")
def cast_ballot(department: str) -> Answer:
    """Casts a ballot; one that is not good comes back as it was typed, and is not kept."""
    box, by, at = known.open_box(), actor(), now()
    if box is None:
        return _page(problem=str(ballots.CLOSED)), 422
    typed = MultiDict(
        (name, value) for name, value in request.form.items(multi=True) if name not in posted.CONTROLS
    )
    for name in BY_PORTAL:
        typed.poplist(name)
    typed.add("year", str(box.year))
    sheet = EmployeeSatisfactionSurvey(typed, context={"@now": at}, person=by)
    if not sheet.validate():
        return _page(sheet), AnswersWrong.status
    ballot = {name: value for name, value in sheet.dump().items() if name != "year"}
    try:
        with transaction():
            ballots.cast(ballot, by=by, now=at)
    except Refusal as refusal:
        return _page(sheet, problem=str(refusal)), refusal.status
    flash(_("已收到您的答卷，谢谢。"), "success")
    return redirect(url_for("quality.employee_survey"), 303)


@bp.post("/employee-survey/box")
@open_to("writers")
def open_ballot_box(department: str) -> Answer:
    """Opens this year's box."""
    return _keep("open")


@bp.post("/employee-survey/box/last-day")
@open_to("writers")
def extend_ballot_box(department: str) -> Answer:
    """Gives the open box another last day."""
    return _keep("extend")


@bp.post("/employee-survey/box/closing")
@open_to("writers")
def close_ballot_box(department: str) -> Answer:
    """Closes the box and receives its ballots, which is a signature: it asks who is there."""
    by, at = actor(), now()
    ballots.must_keep(by)
    confirmed = identity.confirm()
    try:
        with transaction():
            if not confirmed:
                raise identity.problem()
            many = ballots.close(by=by, now=at, key=own_key.at_hand())
    except Refusal as refusal:
        return _page(problem=str(refusal)), refusal.status
    flash(_("调查已结束，收到 %(many)s 份答卷。", many=many), "success")
    return redirect(url_for("quality.employee_survey"), 303)


def _keep(act: str) -> Answer:
    sheet, by, at = LastDay(request.form), actor(), now()
    ballots.must_keep(by)
    good = sheet.validate()
    day: date = sheet.closes_on.data
    try:
        with transaction():
            if not good:
                raise AnswersWrong(" ".join(sheet.closes_on.errors))
            if act == "open":
                ballots.open_box(day, by=by, now=at)
            else:
                ballots.extend(day, by=by, now=at)
    except Refusal as refusal:
        return _page(problem=str(refusal)), refusal.status
    flash(_("截止日期：%(day)s。", day=day), "success")
    return redirect(url_for("quality.employee_survey"), 303)


def _page(sheet: EmployeeSatisfactionSurvey | None = None, *, problem: str = "") -> str:
    by, box = actor(), known.open_box()
    if sheet is None:
        own = by.person.department
        sheet = EmployeeSatisfactionSurvey(answers={"department": Ref(own.id, own.name)}, person=by)
    keeps = ballots.KEEPER in by.roles
    return render_template(
        "quality/employee_survey.html",
        box=box,
        may_answer=box is not None and today() <= box.closes_on and not by.is_auditor,
        answered=box is not None and known.has_voted(box, by.id),
        form=sheet,
        by_portal=BY_PORTAL,
        problem=problem,
        errors=errors(sheet) if sheet.errors else [],
        keeps=keeps,
        least=LEAST,
        voters=known.voters(box) if box is not None else 0,
        asked=known.asked(today()),
        openable=box is None and known.of_year(today().year) is None,
        today=today(),
        confirmed=identity.is_fresh(),
        past=[_told(one) for one in known.boxes() if one.closed_at is not None],
        register=register_path("QA-16") if keeps else "",
    )


def _told(box: BallotBox) -> dict[str, object]:
    """A closed box as the page shows it."""
    share = round(100 * (box.cast or 0) / box.asked) if box.asked else 0
    return {
        "year": box.year,
        "closed_at": box.closed_at,
        "cast": box.cast,
        "asked": box.asked,
        "share": share,
    }
