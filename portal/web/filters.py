"""Filters in the address of a register or ledger: read, said to the queries, and written back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from portal.forms.base import CompanyForm
from portal.forms.kinds import NUMBERS
from portal.forms.registers import choices, columns
from portal.lib.clock import midnight, typed_day
from portal.lib.i18n import language
from portal.lib.pinyin import needle
from portal.lib.text import clean
from portal.models.records import OPEN
from portal.queries import ledgers, registers

NAMES = ("q", "state", "applicant", "since", "until", "overdue", "item", "sort")
LONGEST = 80
STATES = ("running", "returned", "withdrawn", "stuck", "finished", "refused", "voided")


@dataclass(frozen=True)
class Filters:
    """The filters of an address: plain texts by name, those not set left out."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def active(self) -> int:
        """How many are set, the order not counted."""
        return len(self.values) - ("sort" in self.values)

    def query(self, **changes: str) -> str:
        """The query string with some changed; empty ones fall out."""
        return urlencode({name: value for name, value in {**self.values, **changes}.items() if value})

    def sorted_by(self, column: str) -> str:
        """`ascending`, `descending` or nothing."""
        if self["sort"].removeprefix("-") != column:
            return ""
        return "descending" if self["sort"].startswith("-") else "ascending"

    def sort_query(self, column: str) -> str:
        """The query string that sorts by the column, or turns its order round."""
        return self.query(sort=f"-{column}" if self.sorted_by(column) == "ascending" else column)


def read(args: MultiDict[str, str], more: tuple[str, ...] = ()) -> Filters:
    """The known filters of an address; `more` are names of columns with choices, written `f.<name>`."""
    names = (*NAMES, *(f"f.{name}" for name in more))
    given = {name: clean(args.get(name, ""))[:LONGEST] for name in names}
    return Filters({name: value for name, value in given.items() if value})


def of_form(form: type[CompanyForm], filters: Filters, now: datetime) -> registers.Wanted:
    """What the filters ask of a form's register; a filter that means nothing here is passed over."""
    sort = filters["sort"].removeprefix("-")
    column = next((one for one in columns(form.code, "zh") if one.name == sort), None)
    state = filters["state"]
    return registers.Wanted(
        words=tuple(filters["q"].split()[:6]),
        states=OPEN if state == "open" else (state,) if state in STATES else (),
        applicant=filters["applicant"] if needle(filters["applicant"]) else "",
        since=_start(filters["since"]),
        until=_start(filters["until"], 1),
        late_at=now if filters["overdue"] else None,
        answers=tuple(_answers(form, filters)),
        sort=sort if column else "",
        numeric=bool(column and column.kind in NUMBERS),
        descending=filters["sort"].startswith("-") if column else True,
        language=language(),
    )


def of_ledger(filters: Filters, source: ledgers.Source) -> ledgers.Wanted:
    """What the filters ask of a ledger."""
    return ledgers.Wanted(
        words=tuple(filters["q"].split()[:6]),
        item=needle(filters["item"]),
        since=_start(filters["since"]),
        until=_start(filters["until"], 1),
        picked=tuple((name, value) for name in source.picked if (value := filters[f"f.{name}"])),
    )


def chosen(form: type[CompanyForm]) -> tuple[str, ...]:
    """The columns of a register that are filtered by picking an answer."""
    return tuple(name for name in form.columns if choices(form.code, name))


def _answers(form: type[CompanyForm], filters: Filters) -> list[tuple[str, str]]:
    found = []
    for name in chosen(form):
        value, known = filters[f"f.{name}"], choices(form.code, name)
        if value == registers.ANY:
            found.append((name, value))
        elif value in known:
            found.append((name, known[value]["zh"]))
    return found


def _start(text: str, days: int = 0) -> datetime | None:
    """The first moment of a day, some days on."""
    day = typed_day(text)
    return midnight(day + timedelta(days=days)) if day else None
