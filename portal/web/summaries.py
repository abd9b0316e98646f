"""What a register says of a record, told in a few words beside it in other lists."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from portal.forms.catalogue import FORMS
from portal.forms.registers import SYSTEM, columns

SHOWN = 4  # answers of a record


def summary(
    cells: Mapping[str, Any] | None, title: str, code: str, language: str, but: str = ""
) -> list[tuple[str, str]]:
    """The first answers that the register shows, with their titles; the record's title and `but` are known already."""
    found = []
    for name, label in _told(code, language):
        value = (cells or {}).get(name)
        text = value[language] if isinstance(value, dict) else str(value or "")
        if text and text not in (title, but):
            found.append((label, text))
    return found[:SHOWN]


@cache
def _told(code: str, language: str) -> list[tuple[str, str]]:
    """The register's own columns with their titles."""
    if code not in FORMS:
        return []
    return [(one.name, str(one.title)) for one in columns(code, language) if one.name not in SYSTEM]
