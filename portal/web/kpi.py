"""Key performance indicators as their pages show them: this month against the target, and the trend of a year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.forms.quality.kpi import TREND, Kpi
from portal.queries import history, kpi
from portal.queries.months import Month, last_months

Value = Decimal | None


@dataclass(frozen=True, slots=True)
class Point:
    """The figure of a month, how many it was counted from, and whether it reached the target."""

    month: str
    value: Value
    many: int
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Shown:
    """An indicator with its target and its months, oldest first."""

    kpi: Kpi
    target: Decimal
    points: list[Point]

    @property
    def now(self) -> Point:
        """This month."""
        return self.points[-1]

    @property
    def before(self) -> Point:
        """Last month."""
        return self.points[-2]

    @property
    def months(self) -> list[str]:
        """The months, as addresses name them."""
        return [point.month for point in self.points]

    @property
    def labels(self) -> list[str]:
        """The months as a chart has room for them: 01 to 12."""
        return [month[-2:] for month in self.months]

    @property
    def values(self) -> list[float | None]:
        """The figures as a chart takes them."""
        return [None if point.value is None else float(point.value) for point in self.points]


def shown(indicators: Iterable[Kpi], today: date) -> list[Shown]:
    """These indicators as they stand on a day."""
    limits, months = history.limits(), last_months(Month.of(today), TREND)
    return [_shown(one, limits[one.limit], months) for one in indicators]


def _shown(one: Kpi, target: Decimal, months: list[Month]) -> Shown:
    points = []
    for month, count in kpi.by_month(one.source(), months).items():
        value = one.value(count)
        points.append(Point(month, value, count.many, one.reaches(value, target)))
    return Shown(one, target, points)
