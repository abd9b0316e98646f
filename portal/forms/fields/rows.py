"""Tables whose rows are small forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import wtforms
from wtforms.utils import unset_value

from portal.forms.fields.answer import Answer
from portal.lib.i18n import _l


class Row(wtforms.FormField):
    """One row of a table; its answers are handed over as such, whatever its columns are called."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Fills the row."""
        if data is unset_value:
            data = self.default() if callable(self.default) else self.default
        self._obj = self.object_data = data
        self.form = self.form_class(
            formdata, answers=data, prefix=self.name + self.separator, meta={"_parent_form": self._form}
        )


class Rows(Answer, wtforms.FieldList):
    """A table whose rows are small forms: `Rows(label, RowForm)`."""

    kind = "line_items"
    entries: list[Any]
    ask = _l("“%(label)s”至少需要 %(count)d 行")

    def __init__(
        self,
        label: Any = "",
        row: type[Any] | None = None,
        *,
        at_least: int = 1,
        most: int = 1000,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, unbound_field=Row(row), max_entries=most, **kwargs)
        self.row: type[Any] = row  # type: ignore[assignment]
        self.at_least = at_least if self.required or self.required_when else 0
        self.most = most

    @property
    def rows(self) -> list[Any]:
        """The row forms."""
        return [entry.form for entry in self.entries]

    @property
    def data(self) -> list[dict[str, Any]]:
        """Typed answers row by row; rows left wholly empty do not count, those that were computed do."""
        return [row.answers() for row in self.rows if self.computed or not row.empty()]

    @data.setter
    def data(self, value: Any) -> None:
        pass

    def clear(self) -> None:
        """Forgets the rows."""
        self.entries = []

    def fill(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Puts these typed answers in place of the rows; a computed table gets its rows so in `compute`."""
        self.entries, self.last_index = [], -1
        for row in rows:
            self.append_entry(row)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Fills the rows, and remembers how many did not fit."""
        super().process(formdata, data, extra_filters)
        posted = set(self._extract_indices(self.name, formdata)) if formdata else ()
        self.beyond = max(0, len(posted) - self.most)
        if self.beyond:  # said before the rows that stayed are saved in the place of all
            self.errors = [self.too_many(self.beyond)]

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """Row numbers in posted names; nothing but plain digits, whatever somebody makes up."""
        start = len(prefix) + len(self._separator)
        for name in formdata:
            index = name[start:].partition(self._separator)[0] if name.startswith(prefix) else ""
            if index.isascii() and index.isdigit() and len(index) < 7:
                yield int(index)

    def drop_empty(self) -> None:
        """Takes out rows left wholly empty."""
        for index in reversed(range(0 if self.computed else len(self.entries))):
            if self.entries[index].form.empty():
                self.pop_entry(index)

    def validate(self, form: Any, extra_validators: Iterable[Any] = ()) -> bool:
        """Checks each row, then that there are enough of them; `errors` holds the table's own."""
        self.errors = []
        if not self.applies(form):
            self.clear()
            return True
        self.drop_empty()
        good = True
        known = form.known()
        for row in self.rows:
            row.context = known
            good = row.validate() and good
        if self.beyond:
            self.errors = [self.too_many(self.beyond)]
            return False
        if not self.entries and (self.computed or not self.demanded(form)):
            return good
        if len(self.entries) < self.at_least and not self.computed:
            self.errors = [str(self.ask) % {"label": self.label.text, "count": self.at_least}]
        return good and not self.errors

    def too_many(self, beyond: int) -> str:
        """What to say when rows do not fit."""
        text = _l("最多 %(most)d 行，还有 %(beyond)d 行放不下，请分成几张填写")
        return str(text) % {"most": self.most, "beyond": beyond}

    def dump(self) -> Any:
        """Rows as JSON."""
        return [row.dump() for row in self.rows if self.computed or not row.empty()] or None

    def describe(self) -> dict[str, Any]:
        """The columns."""
        return {"columns": list(self.row())}


class PairedRows(Rows):
    """A table with one row for each row of another: its stage gives them by `pair`, nobody adds or removes any.

    What stands in the computed columns says which row of the other table a row answers.
    """

    items: tuple[Any, ...] = ()  # the rows that stay in their places
    posted = False

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Fills the rows, and remembers whether they come from a page, where they stand in their order."""
        super().process(formdata, data, extra_filters)
        self.posted = bool(formdata) and next(self._extract_indices(self.name, formdata), None) is not None

    def pair(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Gives each of these rows its answers: by their order on a page, else by what they answer."""
        wanted = [dict(row) for row in rows]
        given = [row.answers() for row in self.rows]
        if not self.posted:
            self.fill([{**_answers_to(row, given), **row} for row in wanted])
        while len(self.entries) > len(wanted):
            self.pop_entry()
        while len(self.entries) < len(wanted):
            self.append_entry(wanted[len(self.entries)])
        for row, form in zip(wanted, self.rows, strict=True):
            for field in form:
                if field.short_name in row:
                    field.data = row[field.short_name]
        self.items, self.most = tuple(wanted), len(wanted)

    def drop_empty(self) -> None:
        """Rows stay, even unanswered."""


def _answers_to(row: Mapping[str, Any], given: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What was answered to this row before."""
    same = (one for one in given if all(one[name] == value for name, value in row.items()))
    return next(same, {})
