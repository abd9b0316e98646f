"""Kinds of answers: how each is stored as JSON, read back typed, and shown to people.

Money and quantities are Decimal, moments are aware UTC, references and files are `Ref` and
dictionaries with a frozen text, so that a record reads the same when its subject is renamed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from portal.lib.clock import minute
from portal.lib.i18n import english

GROUPED = 10_000  # whole numbers from here on are written with commas; a year is not


@dataclass(frozen=True, slots=True)
class Ref:
    """A person, customer, record ... that an answer names, with the text shown at that time."""

    id: int | None
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of answer: typed -> JSON, JSON -> typed, typed -> text in a language."""

    dump: Callable[[Any], Any]
    load: Callable[[Any], Any]
    show: Callable[[Any, Mapping[str, Any], str], str]


def _number(value: Decimal, field: Mapping[str, Any], language: str) -> str:
    shown = f"{value:,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _whole(value: int, field: Mapping[str, Any], language: str) -> str:
    return str(value) if abs(value) < GROUPED else f"{value:,}"


def _choice(value: str, field: Mapping[str, Any], language: str) -> str:
    for choice in field.get("choices") or ():
        if choice["value"] == value:
            return str(choice[language])
    return value


def _moment(value: datetime, field: Mapping[str, Any], language: str) -> str:
    return minute(value)


def _yes_no(value: bool, field: Mapping[str, Any], language: str) -> str:
    words = {"zh": ("是", "否"), "en": ("Yes", "No")}[language]
    return words[0] if value else words[1]


def _plain(value: Any, field: Mapping[str, Any], language: str) -> str:
    return str(value)


def _same(value: Any) -> Any:
    return value


def _department(ref: Ref, field: Mapping[str, Any], language: str) -> str:
    """The name as it was answered, in English where the catalogue knows it."""
    return ref.text if language == "zh" else english().gettext(ref.text)


_TEXT = Kind(str, _same, _plain)
_DECIMAL = Kind(lambda value: format(value, "f"), Decimal, _number)
_REF = Kind(lambda ref: {"id": ref.id, "text": ref.text}, lambda raw: Ref(raw["id"], raw["text"]), _plain)
_DEPARTMENT = Kind(_REF.dump, _REF.load, _department)
_FILES = Kind(_same, _same, lambda files, field, language: "、".join(f["name"] for f in files))

KINDS: dict[str, Kind] = {
    "text": _TEXT,
    "long_text": _TEXT,
    "phone": _TEXT,
    "email": _TEXT,
    "date": Kind(date.isoformat, date.fromisoformat, lambda value, field, language: value.isoformat()),
    "datetime": Kind(datetime.isoformat, datetime.fromisoformat, _moment),
    "time": Kind(
        lambda value: f"{value:%H:%M}", time.fromisoformat, lambda value, field, language: f"{value:%H:%M}"
    ),
    "integer": Kind(int, int, _whole),
    "decimal": _DECIMAL,
    "money": Kind(_DECIMAL.dump, Decimal, lambda value, field, language: f"¥{value:,.2f}"),
    "percent": Kind(
        _DECIMAL.dump, Decimal, lambda value, field, language: f"{_number(value, field, language)}%"
    ),
    "score": _DECIMAL,
    "choice": Kind(str, _same, _choice),
    "multi_choice": Kind(
        list, _same, lambda value, field, language: "、".join(_choice(one, field, language) for one in value)
    ),
    "checklist_item": Kind(str, _same, _choice),
    "yes_no": Kind(bool, bool, _yes_no),
    "person": _REF,
    "department": _DEPARTMENT,
    "customer": _REF,
    "supplier": _REF,
    "project": _REF,
    "product": _REF,
    "stock_item": _REF,
    "machine": _REF,
    "document": _REF,
    "asset": _REF,
    "revision": _REF,
    "place": Kind(str, _same, _plain),
    "record_link": _REF,
    "attachment": _FILES,
    "photo": _FILES,
    "signature": Kind(_same, _same, lambda value, field, language: str(value["name"])),
}
ROWS = frozenset({"line_items", "checklist"})
REFERENCES = frozenset(kind for kind, entry in KINDS.items() if entry in (_REF, _DEPARTMENT))
PICKED = REFERENCES | {"place"}  # found while somebody types
NUMBERS = frozenset({"integer", "decimal", "money", "percent", "score"})
FILES = frozenset({"attachment", "photo"})
SERVED: set[str] = set()  # codes of the forms that the portal serves; others are still on paper


def load(fields: list[dict[str, Any]], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The typed answers of stored ones, by the field definitions that they were given under."""
    return {field["name"]: load_one(field, raw[field["name"]]) for field in fields if field["name"] in raw}


def carried(old: list[dict[str, Any]], new: list[dict[str, Any]], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The stored answers of an older form version that fit a newer one: same name, same kind, computed ones left out."""
    former = {field["name"]: field for field in old}
    found: dict[str, Any] = {}
    for field in new:
        before, value = former.get(field["name"]), raw.get(field["name"])
        if before is None or value is None or before["type"] != field["type"] or field["computed"]:
            continue
        if field["type"] in ROWS:
            value = [carried(before["columns"], field["columns"], row) for row in value]
        found[field["name"]] = value
    return found


def load_one(field: Mapping[str, Any], raw: Any) -> Any:
    """One typed answer."""
    if raw is None:
        return None
    if field["type"] in ROWS:
        return [load(field["columns"], row) for row in raw]
    return KINDS[field["type"]].load(raw)


def show(field: Mapping[str, Any], value: Any, language: str) -> str:
    """One typed answer as text; nothing for an answer not given."""
    if value is None or value == [] or value == "":
        return ""
    if field["type"] in ROWS:
        return f"{len(value)} 行" if language == "zh" else f"{len(value)} rows"
    return KINDS[field["type"]].show(value, field, language)
