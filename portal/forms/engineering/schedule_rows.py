"""The tables of EN-05 施工进度计划: activities, acceptances and payments, each on its days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from portal.forms.base import Sheet
from portal.forms.fields import Choice, Day, Integer, Money, Text
from portal.lib.i18n import _l, _lp

STAGES = {
    "incoming_material": "material",
    "concealed_works": "concealed",
    "waterproofing": "waterproofing",
    "mid_term": "midterm",
    "completion": "completion",
}  # an acceptance, in the order of R29 -> the stage of the project
ACCEPTANCES = {
    "incoming_material": _l("材料进场验收"),
    "concealed_works": _l("隐蔽工程验收"),
    "waterproofing": _l("防水验收"),
    "mid_term": _l("中期验收"),
    "completion": _l("竣工验收"),
}
PAYMENTS = {"first": _l("首期款"), "mid_term": _l("中期款"), "final": _l("尾款")}


class Activity(Sheet):
    """One piece of work, from a day to a day."""

    no = Integer(_l("序号"), computed=True)
    activity = Text(_l("工序"), max=60)
    trade = Text(_l("工种"), max=30)
    start = Day(_l("开始"))
    finish = Day(_l("完成"))
    note = Text(_l("备注"), required=False)

    def check(self) -> None:
        """It ends after it begins, and both within the schedule."""
        if self.start.data and self.finish.data and self.finish.data < self.start.data:
            self.refuse("finish", _l("完成日期不能早于开始日期"))
        refuse_outside(self, "start", self.context)
        refuse_outside(self, "finish", self.context)


class Acceptance(Sheet):
    """One acceptance on its planned day."""

    acceptance = Choice(_lp("one", "验收"), ACCEPTANCES)
    planned_on = Day(_l("计划日期"))

    def check(self) -> None:
        """It is held while the works go on."""
        refuse_outside(self, "planned_on", self.context)


class Payment(Sheet):
    """One payment that is due at a point of the works."""

    kind = Choice(_l("款项"), PAYMENTS)
    planned_on = Day(_l("计划日期"))
    amount = Money(_l("金额"), low=Decimal("0.01"))


def refuse_outside(row: Sheet, name: str, schedule: Any) -> None:
    """Says no to a day before the start or after the finish of the schedule."""
    day = next(field.data for field in row if field.short_name == name)
    start, finish = schedule.get("start_on"), schedule.get("finish_on")
    if day and ((start and day < start) or (finish and day > finish)):
        row.refuse(name, _l("须在开工日期和竣工日期之间"))


def refuse_disorder(rows: Iterable[Any], name: str, order: Iterable[str], text: Any) -> None:
    """Says no beside a day that lies before that of a row which comes first, and beside what stands there twice."""
    by_kind: dict[str, Any] = {}
    for row in rows:
        kind = row[name].data
        if kind in by_kind:
            row.refuse(name, _l("同一项只列一行"))
        elif kind:
            by_kind[kind] = row
    latest: date | None = None
    for row in (by_kind[kind] for kind in order if kind in by_kind):
        day = row.planned_on.data
        if day and latest and day < latest:
            row.refuse("planned_on", text)
        latest = max(filter(None, (latest, day)), default=None)
