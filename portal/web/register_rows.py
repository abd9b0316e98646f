"""Rows of a form's register, for the page and for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from portal.forms.base import CompanyForm
from portal.forms.columns import Column
from portal.forms.titles import record_path, step_title
from portal.forms.words import STATES
from portal.lib.clock import minute
from portal.queries import registers
from portal.web import export
from portal.web.guard import actor
from portal.web.tables import Cell
from portal.web.times import due


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the register: the record's address and its cells, each with the class of its look."""

    href: str
    late: bool
    cells: list[Cell]


def line(row: Any, code: str, shapes: list[tuple[Column, Markup]], spoken: str, at: datetime) -> Line:
    """A record's row."""
    running = row.state == "running"
    cells = [(shape, *_cell(column, row, code, spoken, at)) for column, shape in shapes]
    return Line(record_path(code, row.number), bool(running and row.due_at and row.due_at < at), cells)


def _cell(column: Column, row: Any, code: str, spoken: str, at: datetime) -> tuple[str, str]:
    match column.name:
        case "number":
            return row.number, "link"
        case "status":
            return str(STATES.get(row.state, row.state)), f"chip chip-{row.state}"
        case "current_step":
            return step_title(code, row.step, spoken) if row.step else "", ""
        case "due_at":
            limit = due(row.due_at, at) if row.state == "running" else None
            return (limit.text, f"chip chip-{limit.state}" if limit.state else "") if limit else ("", "")
        case "applicant":
            return row.applicant, ""
        case "created_at":
            return minute(row.submitted_at), ""
        case "closed_at":
            return minute(row.closed_at), ""
    value = row.cells.get(column.name, "")
    return (value[spoken] if isinstance(value, dict) else str(value)), ""


def cells(
    form: type[CompanyForm], wanted: registers.Wanted, shown: tuple[Column, ...], spoken: str
) -> Iterator[list[Any]]:
    """The rows for a spreadsheet: numbers as numbers, days as days, moments as moments."""
    for row in registers.every(form.code, actor(), wanted, export.MOST):
        yield [_value(column, row, form.code, spoken) for column in shown]


def _value(column: Column, row: Any, code: str, spoken: str) -> Any:
    if column.name in ("due_at", "closed_at", "created_at"):
        at = row.submitted_at if column.name == "created_at" else getattr(row, column.name)
        return Column(column.name, "", "datetime").cell(at, spoken)
    if f"{column.name}=" in row.cells:
        return column.cell(row.cells[f"{column.name}="], spoken)
    text = _cell(column, row, code, spoken, row.submitted_at)[0]
    try:
        return _SHOWN[column.kind](text) if column.kind in _SHOWN else text
    except ValueError:  # not answered, or answered when the field was of another kind
        return text


_SHOWN: dict[str, Callable[[str], date]] = {"date": date.fromisoformat, "datetime": datetime.fromisoformat}
