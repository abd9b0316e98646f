"""All errors of a sheet in the order of its fields, for the summary above it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wtforms.fields import FieldList

from portal.lib.i18n import _

FormError = tuple[str, str, str]


def errors(form: Any) -> list[FormError]:
    """Each error as (id of the place, label, message); id and label are empty for one of the whole sheet."""
    found = [("", "", str(message)) for message in form.form_errors]
    several = sum(isinstance(field, FieldList) for field in form) > 1
    for field in form:
        label = str(field.label.text)
        if isinstance(field, FieldList):
            found += _of_table(field, f"{label} · " if several else "")
        else:
            found += _of_field(field, label)
    return found


def _of_field(field: Any, label: str) -> Iterator[FormError]:
    return ((field.id, label, str(message)) for message in field.errors)


def _of_table(table: Any, named: str) -> Iterator[FormError]:
    """What is wrong in a table; `named` says in which one, where the sheet has several."""
    place = f"rows-{table.name}"
    yield from ((place, str(table.label.text), str(message)) for message in table.errors)
    for number, row in enumerate(table.rows, start=1):
        for cell in row:
            label = _("第%(row)d行 %(label)s", row=number, label=cell.label.text)
            yield from _of_field(cell, f"{named}{label}")
        label = named + _("第%(row)d行", row=number)
        yield from ((place, label, str(message)) for message in row.form_errors)
