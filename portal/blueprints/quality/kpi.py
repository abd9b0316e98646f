"""The key performance indicators: all of them, and one with its trend and the records behind it."""

from __future__ import annotations

from flask import render_template

from portal.blueprints.quality.room import bp
from portal.domain.refusal import NotFound
from portal.forms.quality.kpi import KPI, SCOPES, may_see, of_scope
from portal.lib.clock import today
from portal.lib.i18n import language
from portal.queries import chart_figures
from portal.queries.actors import Actor
from portal.queries.months import Month, last_months
from portal.web import desk, posted
from portal.web import kpi as pages
from portal.web.guard import actor, open_to
from portal.web.reading import reads

SIZE = 50


@bp.get("/kpi")
@open_to("signed_in")
@reads
def indicators(department: str) -> str:
    """Every indicator, or those of one scope: this month against the target, and the trend of a year."""
    _reader()
    asked = posted.asked("scope")
    scope = asked if asked in SCOPES else ""
    wanted = [scope] if scope else list(SCOPES)
    return render_template(
        "quality/kpis.html",
        scopes=SCOPES,
        scope=scope,
        groups=[(SCOPES[one], pages.shown(of_scope(one), today())) for one in wanted],
    )


@bp.get("/kpi/<key>")
@open_to("signed_in")
@reads
def indicator(department: str, key: str) -> str:
    """One indicator with its months, and the records behind a month or all of them."""
    by, one = _reader(), KPI.get(key)
    if one is None:
        raise NotFound
    (drawn,) = pages.shown([one], today())
    asked = posted.asked("month")
    chosen = asked if asked in drawn.months else ""
    before, spoken = posted.asked_id("before"), language()
    months = last_months(Month.of(today()), len(drawn.points))
    found = chart_figures.behind(
        chart_figures.of_months(one.source(), months), chosen, by, limit=SIZE + 1, before=before
    )
    return render_template(
        "quality/kpi.html",
        drawn=drawn,
        kpi=one,
        path=f"/quality/kpi/{key}",
        scope=SCOPES[one.scope],
        month=chosen,
        records=[desk.record(row, spoken) for row in found[:SIZE]],
        before=before,
        following=found[SIZE - 1].id if len(found) > SIZE else None,
    )


def _reader() -> Actor:
    """Who reads the indicators.

    Raises:
        NotFound: they are not for this person.
    """
    by = actor()
    if not may_see(by):
        raise NotFound
    return by
