"""What a chart is: declared once beside its department, with what it counts, its words and the records behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.forms.catalogue import FORMS
from portal.forms.ledgers import LEDGERS
from portal.lib.clock import day
from portal.queries import chart_figures
from portal.queries.actors import Actor
from portal.queries.chart_figures import Source
from portal.queries.months import between

LEDGER = "/registers/"
BARS, STACKED, FUNNEL, LINE = "bars", "stacked", "funnel", "line"  # shapes
Value = int | float | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks of a chart: since when, until now, and whose records (None: all of them)."""

    department: str
    since: datetime
    now: datetime
    language: str
    seen_by: Actor | None = None

    @property
    def codes(self) -> list[str]:
        """The forms of the department."""
        return [form.code for form in FORMS.values() if form.department_key == self.department]


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a chart: its key, what it is called, a value for each series."""

    key: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Chart:
    """A chart of a department. `source` gives the records behind it; one without leads to `link` instead.

    `open_to` says who may open the page there; a ledger says so itself.

    `forms` are those that it counts: while none of them is served, the chart says that there is nothing yet.
    """

    key: str
    title: Any
    bars: Callable[[Asked], list[Bar]]
    series: tuple[Any, ...]
    shape: str = BARS
    source: Callable[[Asked], Source] | None = None
    link: str = ""
    open_to: Callable[[Actor], bool] | None = None
    forms: tuple[str, ...] = ()
    periodic: bool = True  # whether it tells of the period, or of this moment

    @property
    def is_served(self) -> bool:
        """Whether the portal has a form that the chart counts."""
        return not self.forms or any(code in FORMS for code in self.forms)

    def ask(self, asked: Asked) -> list[Bar]:
        """Its bars; those of nothing left out, none at all while its forms are not served.

        What is counted from a ledger or a page and not from records, of which one sees one's own, is for those who read it.
        """
        reader = asked.seen_by
        shut = self.source is None and reader is not None and not self.leads(reader)
        return self.bars(asked) if self.is_served and not shut else []

    def leads(self, reader: Actor) -> bool:
        """Whether it leads to something that the person may read."""
        _start, ledger, key = self.link.partition(LEDGER)
        open_to = LEDGERS[key].open_to if ledger else self.open_to
        return bool(self.link) and (open_to is None or open_to(reader))


def counted(source: Callable[[Asked], Source], words: Callable[[str], Any]) -> Callable[[Asked], list[Bar]]:
    """Bars of how many records each part has, the largest first."""

    def bars(asked: Asked) -> list[Bar]:
        rows = chart_figures.counts(source(asked), asked.seen_by)
        found = [Bar(str(row.part), str(words(str(row.part))), (row.n,)) for row in rows]
        return sorted(found, key=lambda bar: (-(bar.values[0] or 0), bar.key))

    return bars


def averaged(source: Callable[[Asked], Source], words: Mapping[str, Any]) -> Callable[[Asked], list[Bar]]:
    """Bars of the average value of each part, in the order of the words."""

    def bars(asked: Asked) -> list[Bar]:
        found = {row.part: row.n for row in chart_figures.averages(source(asked), asked.seen_by)}
        return [
            Bar(part, str(word), (round(float(found[part]), 1),))
            for part, word in words.items()
            if part in found
        ]

    return bars


def largest(bars: Iterable[Bar], many: int) -> list[Bar]:
    """The bars with the largest values, so that a chart stays readable."""
    return sorted(bars, key=lambda bar: (-sum(value or 0 for value in bar.values), bar.key))[:many]


def months(asked: Asked) -> list[str]:
    """The months of the period, `2026-05`, so that one in which nothing happened is told too."""
    return [month.key for month in between(day(asked.since), day(asked.now))]


def through(found: Iterable[str], asked: Asked) -> list[str]:
    """The months found and those between them and now, so that one in which nothing happened is told too."""
    known = sorted(found)
    return sorted({*known, *(month for month in months(asked) if known and month >= known[0])})


def begun(bars: list[Bar]) -> list[Bar]:
    """The bars from the first one that tells of something."""
    first = next((at for at, bar in enumerate(bars) if any(bar.values)), len(bars))
    return bars[first:]
