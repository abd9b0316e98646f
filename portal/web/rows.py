"""Acts on a table's rows while a form is being filled in: add, insert, remove, move, paste."""

from __future__ import annotations

from typing import Any

from portal.forms.base import Sheet
from portal.forms.fields import Rows
from portal.forms.references import Attachments
from portal.lib.text import parse_pasted_rows

ACTS = frozenset({"add", "insert", "remove", "up", "down", "paste", "remove-file"})


def is_row_act(op: str) -> bool:
    """Whether the button is one of a table's."""
    return op.partition(":")[0] in ACTS


def carry_out(form: Sheet, op: str, pasted: str = "") -> Any | None:
    """Does the act on the form and returns the table; None if the op names nothing of the form."""
    act, _colon, rest = op.partition(":")
    name, _colon, place = rest.rpartition(":") if act not in ("add", "paste") else (rest, "", "")
    field = next((field for field in form.every_field() if field.name == name), None)
    if field is None:
        return None
    if act == "remove-file":
        return _remove_file(field, place)
    if not isinstance(field, Rows):
        return None
    index = int(place) if place.isdecimal() and len(place) < 6 else len(field.entries)
    _ACTS[act](field, min(index, len(field.entries)), pasted)
    form.compute()
    return field


def _remove_file(field: Any, id: str) -> Attachments | None:
    """Takes one of a field's files out; None for a field that holds no list of them."""
    if not isinstance(field, Attachments) or not isinstance(field.data, list):
        return None
    field.data = [file for file in field.data if str(file["id"]) != id]
    return field


def _add(table: Rows, index: int, pasted: str) -> None:
    if len(table.entries) < table.most:
        table.append_entry()


def _insert(table: Rows, index: int, pasted: str) -> None:
    if len(table.entries) < table.most:
        table.insert_entry(index + 1)


def _remove(table: Rows, index: int, pasted: str) -> None:
    if preset(table) <= index < len(table.entries):
        table.pop_entry(index)


def _up(table: Rows, index: int, pasted: str) -> None:
    _swap(table, index - 1)


def _down(table: Rows, index: int, pasted: str) -> None:
    _swap(table, index)


def _swap(table: Rows, index: int) -> None:
    """Swaps the row at the index with the one after it."""
    if preset(table) <= index < len(table.entries) - 1:
        table.entries[index : index + 2] = reversed(table.entries[index : index + 2])
        table._compact_indices()


def _paste(table: Rows, index: int, pasted: str) -> None:
    """Appends pasted spreadsheet rows, cell by cell in the order of the columns that people fill in."""
    table.drop_empty()
    lines, room = parse_pasted_rows(pasted), table.most - len(table.entries)
    if len(lines) > room:
        table.errors = [table.too_many(len(lines) - room)]
    for cells in lines[:room]:
        row = table.append_entry().form
        fields = [field for field in row if not field.computed]
        for field, text in zip(fields, cells, strict=False):
            field.raw_data = [text]
            try:
                field.process_formdata([text])
            except ValueError as error:
                field.process_errors = [str(error)]
        row.post_process({})


def preset(table: Rows) -> int:
    """How many first rows the form itself gives: they stay where they are."""
    return len(getattr(table, "items", ()))


_ACTS = {"add": _add, "insert": _insert, "remove": _remove, "up": _up, "down": _down, "paste": _paste}
