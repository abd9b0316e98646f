"""One chart of a department: its numbers, the records behind them, and the numbers as a spreadsheet."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from portal.domain.refusal import NotFound
from portal.domain.roles import DEPARTMENT
from portal.forms import charts as declared
from portal.forms.charts import Chart
from portal.lib.clock import today
from portal.lib.i18n import language
from portal.queries import chart_figures
from portal.services import audit
from portal.web import charts, desk, export, posted
from portal.web.guard import actor, open_to
from portal.web.reading import reads
from portal.web.transaction import writes

SIZE = 50


@open_to("signed_in")
@reads
def chart(department: str, key: str) -> str:
    """The chart's page, narrowed to one part if the address names it."""
    one, by, days = _chart(department, key), actor(), charts.period()
    asked = charts.asked(by, department, days)
    bars, before, spoken = one.ask(asked), posted.asked_id("before"), language()
    part = next((bar for bar in bars if bar.key == posted.asked("part")), None)
    found = []
    if one.source and bars:
        chosen = part.key if part else ""
        found = chart_figures.behind(one.source(asked), chosen, by, limit=SIZE + 1, before=before)
    path = f"/{department.replace('_', '-')}/charts/{key}"
    return render_template(
        "departments/chart.html",
        drawn=charts.Drawn(one, bars, path),
        department=DEPARTMENT[department].title,
        room=f"/{department.replace('_', '-')}/",
        path=path,
        leads=one.leads(by),
        whole=asked.seen_by is None,
        periods=charts.PERIODS,
        period=days,
        part=part,
        records=[desk.record(row, spoken) for row in found[:SIZE]],
        before=before,
        following=found[SIZE - 1].id if len(found) > SIZE else None,
    )


@open_to("signed_in")
@writes
def export_chart(department: str, key: str) -> Response:
    """The chart's numbers as a spreadsheet; that they were taken stands in the audit trail."""
    one, by, days = _chart(department, key), actor(), charts.period()
    asked = charts.asked(by, department, days)
    bars = one.ask(asked)
    audit.note(
        "exported",
        at=asked.now,
        by=by.id,
        stream="access",
        address=request.remote_addr or "",
        register=f"chart:{department}/{key}",
        format="xlsx",
        rows=len(bars),
        filters={"period": days} if one.periodic else {},
    )
    headers = [str(one.title), *(str(name) for name in one.series)]
    rows = ([bar.label, *bar.values] for bar in bars)
    return export.answer(f"{one.title}-{today():%Y%m%d}", "xlsx", headers, rows)


def _chart(department: str, key: str) -> Chart:
    """The chart with this key.

    Raises:
        NotFound: the department has none.
    """
    found = next((one for one in declared.of_department(department) if one.key == key), None)
    if found is None:
        raise NotFound
    return found


def add_to(bp: Blueprint) -> None:
    """Adds the views to a department's blueprint."""
    bp.add_url_rule("/charts/<key>", "chart", chart)
    bp.add_url_rule("/charts/<key>/exports", "export_chart", export_chart, methods=["POST"])
