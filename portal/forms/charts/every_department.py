"""Charts that every department has: what is open and late by form."""

from __future__ import annotations

from portal.forms.charts.chart import STACKED, Asked, Bar, Chart
from portal.forms.titles import form_title
from portal.lib.i18n import _l
from portal.queries import chart_figures
from portal.queries.chart_figures import Source


def _open_records(asked: Asked) -> Source:
    return chart_figures.open_records(asked.codes, asked.now)


def _by_form(asked: Asked) -> list[Bar]:
    found: dict[str, dict[str, int]] = {}
    for row in chart_figures.counts(_open_records(asked), asked.seen_by):
        found.setdefault(row.part, {})[row.series] = row.n
    return [
        Bar(
            code,
            f"{code} {form_title(code, asked.language)}",
            (found[code].get("in_time", 0), found[code].get("late", 0)),
        )
        for code in sorted(found)
    ]


EVERY_DEPARTMENT = (
    Chart(
        "open",
        _l("办理中的记录"),
        _by_form,
        (_l("未逾期"), _l("已逾期")),
        shape=STACKED,
        source=_open_records,
        periodic=False,
    ),
)
