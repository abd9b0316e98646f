"""Columns of registers and ledgers: a name, a label, and how their values are shown and written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.forms.kinds import KINDS, NUMBERS, Ref
from portal.lib.clock import ZONE
from portal.lib.i18n import both, english
from portal.lib.text import width

LINK = "record"  # kind of a column that holds a record's number
ITEM = "stock_item_code"  # kind of a column that holds the code of a stock item
DEPARTMENT = "department"  # kind of a column that holds a department's name
SAID = "said"  # kind of a column that holds words of the portal's own, as the books keep them: in Chinese
SHORT = frozenset(
    {LINK, ITEM, "date", "datetime", "time", "due", "state", "phone", "choice", "yes_no", "person"}
)

CENT = Decimal("0.01")
LONGEST_WORD = 14  # of the width of a Chinese character, that a cell keeps on one line


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` is a kind of answer, or `record`; `words` the labels of coded values."""

    name: str
    title: Any
    kind: str = "text"
    words: Mapping[str, Any] = field(default_factory=dict)
    ends: bool = False  # a date that is marked once it is past
    warns: bool = False  # a word that is marked wherever it stands

    @property
    def look(self) -> str:
        """How its values stand: `numeric` at the right, `nowrap` on one line, `wordy` with room, or as text."""
        if self.kind in NUMBERS:
            return "numeric"
        wordy = any(width(str(word)) > LONGEST_WORD for word in self.words.values())
        if wordy or self.kind == "long_text":
            return "wordy"
        return "nowrap" if self.kind in SHORT else ""

    def describe(self) -> dict[str, Any]:
        """The column as JSON."""
        return {
            "name": self.name,
            "label": both(self.title),
            "type": "text" if self.kind == SAID else self.kind,
        }

    def typed(self, raw: Any) -> Any:
        """The value behind a stored one; a text that does not fit its kind stays a text."""
        if raw is None or raw == "":
            return None
        if not isinstance(raw, str) or self.kind in (LINK, ITEM, DEPARTMENT, SAID):
            return raw
        try:
            return KINDS[self.kind].load(raw)
        except (ValueError, ArithmeticError):
            return raw

    def text(self, raw: Any, language: str) -> str:
        """The value as people read it."""
        value = self.typed(raw)
        if value is None:
            return ""
        if self.kind == DEPARTMENT:
            return KINDS[DEPARTMENT].show(Ref(None, str(value)), {}, language)
        if self.kind == SAID:
            return str(value) if language == "zh" else ", ".join(map(_said, str(value).split("、")))
        if self.kind == "choice":
            return str(self.words.get(value, value))
        if isinstance(value, str):
            return value
        return KINDS[self.kind].show(value, {}, language)

    def cell(self, raw: Any, language: str) -> Any:
        """The value for a spreadsheet: numbers and dates as such, money to the cent at least, the rest as text."""
        value = self.typed(raw)
        if isinstance(value, Decimal) and self.kind == "money":
            return value.quantize(min(CENT, Decimal(1).scaleb(int(value.as_tuple().exponent))))
        if isinstance(value, datetime):
            return value.astimezone(ZONE).replace(tzinfo=None)
        if isinstance(value, (int, float, Decimal, date)) and not isinstance(value, bool):
            return value
        return self.text(raw, language)


def _said(words: str) -> str:
    """In English where the catalogue knows them; what stands behind them, a part or a number, stays."""
    name, blank, more = words.partition(" ")
    return english().gettext(name) + blank + more if name else words


def as_column(defined: Mapping[str, Any], language: str) -> Column:
    """A field of a form's definition as a column, in a language."""
    words = {one["value"]: one[language] for one in defined.get("choices") or ()}
    return Column(defined["name"], defined["label"][language], defined["type"], words)
