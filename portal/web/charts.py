"""Charts of a department as its pages show them: the period asked for, whose records count, bars with their links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request

from portal.domain.roles import ROLE
from portal.forms import charts
from portal.forms.charts import Asked, Bar, Chart
from portal.forms.sections import SECTIONS
from portal.lib.clock import now
from portal.lib.i18n import _l, language
from portal.queries.actors import Actor

PERIODS = {"30": _l("最近 30 天"), "90": _l("最近 90 天"), "365": _l("最近一年")}
USUAL = "90"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with its bars; `href` leads to its numbers and the records behind it."""

    chart: Chart
    bars: list[Bar]
    href: str

    @property
    def labels(self) -> list[str]:
        """What the bars are called."""
        return [bar.label for bar in self.bars]

    @property
    def series(self) -> list[tuple[str, list[Any]]]:
        """The values as the drawing takes them."""
        return [
            (str(name), [bar.values[at] for bar in self.bars]) for at, name in enumerate(self.chart.series)
        ]


def belongs(by: Actor, department: str) -> bool:
    """Whether the department's plain counts are for this person: its people, and auditors."""
    roles = {ROLE[role].department for role in by.roles if role in ROLE}
    return by.reads_all or by.person.department.key == department or department in roles


def period() -> str:
    """The period in the address, in days; the usual one for none, or one that there is not."""
    given = request.args.get("period", "")
    return given if given in PERIODS else USUAL


def asked(by: Actor, department: str, days: str) -> Asked:
    """What the person asks of the department's charts."""
    at = now()
    seen_by = None if belongs(by, department) else by
    return Asked(department, at - timedelta(days=int(days)), at, language(), seen_by)


def groups(department: str) -> dict[str, str]:
    """The groups of the department's charts and what they are called; none where all stand together."""
    return {key: str(SECTIONS[key]) for key in charts.groups(department) if key}


def group(department: str) -> str:
    """The group in the address; the first one for none, or one that there is not."""
    there = charts.groups(department)
    given = request.args.get("charts", "")
    return given if given in there else next(iter(there))


def every(wanted: Asked, days: str, group: str) -> list[Drawn]:
    """The charts of a group; those that have nothing to tell of have no bars."""
    room = f"/{wanted.department.replace('_', '-')}"
    return [
        Drawn(chart, chart.ask(wanted), f"{room}/charts/{chart.key}?period={days}")
        for chart in charts.groups(wanted.department)[group]
        if chart.is_served
    ]
