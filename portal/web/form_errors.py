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
    for field in form:
        found += _of_table(field) if isinstance(field, FieldList) else _of_field(field, str(field.label.text))
    return found


def _of_field(field: Any, label: str) -> Iterator[FormError]:
    return ((field.id, label, str(message)) for message in field.errors)


def _of_table(table: Any) -> Iterator[FormError]:
    place = f"rows-{table.name}"
    yield from ((place, str(table.label.text), str(message)) for message in table.errors)
    for number, row in enumerate(table.rows, start=1):
        for cell in row:
            yield from _of_field(cell, _("第%(row)d行 %(label)s", row=number, label=cell.label.text))
        yield from ((place, _("第%(row)d行", row=number), str(message)) for message in row.form_errors)
