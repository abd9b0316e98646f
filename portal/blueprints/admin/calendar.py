"""The working calendar: the public one, and the company's own days over it."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.domain.refusal import NotFound
from portal.lib.clock import now, today
from portal.lib.i18n import _
from portal.queries import calendar, company_days
from portal.services import settings
from portal.web import meanwhile
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.sheets import DaySheet
from portal.web.transaction import writes
from portal.web.year import months, weekdays


@bp.get("/calendar")
@open_to("administrators")
def show_calendar() -> str:
    """A year month by month, with the days that the company has set."""
    return _page(DaySheet(person=actor()))


@bp.post("/calendar")
@open_to("administrators")
@writes
def set_day() -> Answer:
    """Makes a day a working day or a day off."""
    form, by = DaySheet(request.form, person=actor()), actor()

    def act() -> None:
        _refuse_changed(form.day.data)
        settings.set_day(form.day.data, form.working.data == "yes", form.note.data, by=by, now=now())

    good, _none = attempt(form, act)
    if not good:
        return _page(form), 422
    flash(_("%(day)s 已设置。", day=form.day.data), "success")
    return redirect(url_for("admin.show_calendar", year=form.day.data.year), 303)


@bp.post("/calendar/<day>/remove")
@open_to("administrators")
@writes
def remove_day(day: str) -> Answer:
    """Lets the public calendar count for a day again."""
    try:
        named = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    _refuse_changed(named)
    settings.remove_day(named, by=actor(), now=now())
    flash(_("%(day)s 恢复为公共日历。", day=day), "success")
    return redirect(url_for("admin.show_calendar", year=named.year), 303)


def _refuse_changed(day: date) -> None:
    """Says no where somebody has set the day since the page was drawn."""
    kinds = ("calendar_day_set", "calendar_day_removed")
    meanwhile.refuse(settings.STREAM, *kinds, day=day.isoformat())


def _page(form: DaySheet) -> str:
    seen = meanwhile.seen(settings.STREAM)
    year = min(max(request.args.get("year", today().year, type=int), 2000), 2100)
    known = calendar.current()
    return render_template(
        "admin/calendar.html",
        year=year,
        weekdays=weekdays(),
        months=months(year, known, today()),
        days=company_days.of_year(year),
        confirmed=known.confirmed(year),
        form=form,
        seen=seen,
        errors=errors(form) if form.errors or form.form_errors else [],
    )
