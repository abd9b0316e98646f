"""Areas that an application gives, held against the schedule of areas (PL-26) that it names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.forms.base import Sheet
from portal.lib.i18n import _l
from portal.queries import works


def total(schedule: Any, column: str) -> Decimal | None:
    """The sum of a column of a schedule's buildings; None for a schedule on paper."""
    rows = works.fact(schedule.id, "buildings") if schedule else None
    return sum((Decimal(row[column]) for row in rows if row.get(column)), Decimal()) if rows else None


def refuse_other(sheet: Sheet, name: str, schedule: Any, column: str) -> None:
    """Says no beside an area that differs from what the schedule comes to."""
    given, known = _area(sheet, name), total(schedule, column)
    if given is not None and known is not None and given != known:
        sheet.refuse(name, _l("与明细表的合计 %(total)s 不一致，请核对", total=f"{known.normalize():f}"))


def refuse_more(sheet: Sheet, name: str, schedule: Any) -> None:
    """Says no beside an area above ground that is larger than all that the schedule comes to."""
    given, known = _area(sheet, name), total(schedule, "total_area")
    if given is not None and known is not None and given > known:
        text = _l("不能大于明细表的总建筑面积 %(total)s，请核对", total=f"{known.normalize():f}")
        sheet.refuse(name, text)


def _area(sheet: Sheet, name: str) -> Decimal | None:
    found: Decimal | None = next(field.data for field in sheet if field.short_name == name)
    return found
