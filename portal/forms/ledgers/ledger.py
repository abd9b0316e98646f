"""What a ledger is: a declared table of real postings, with its columns and readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from portal.forms.columns import LINK, Column
from portal.lib.i18n import _l, both
from portal.queries.ledgers import Source


@dataclass(frozen=True)
class Ledger:
    """A ledger (`kind` ledger, view or master) of a department; `readers` are departments that read it too.

    One that is not for a whole department names the roles that `only` may read it, besides auditors. `clause` is where a
    document asks for it.
    """

    key: str
    title: Any
    kind: str
    department: str
    columns: tuple[Column, ...]
    make: Callable[[], Source]
    readers: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    clause: str = ""

    @cached_property
    def source(self) -> Source:
        """Where its lines come from."""
        return self.make()

    @property
    def url(self) -> str:
        """Its page."""
        return f"/registers/{self.key}"

    def open_to(self, actor: Any) -> bool:
        """Whether the person may read it: of its departments, of management, or an auditor."""
        if self.only:
            return bool(actor.reads_all or not actor.roles.isdisjoint(self.only))
        return bool(actor.sees_books_of(self.department, *self.readers))

    def describe(self) -> dict[str, Any]:
        """The ledger as JSON."""
        return {
            "key": self.key,
            "title": both(self.title),
            "kind": self.kind,
            "department": self.department,
            "url": self.url,
            "clause": self.clause,
            "columns": [column.describe() for column in self.columns],
        }


RECORD = Column("record", _l("来源记录"), LINK)
REVERSED = Column("reversed_by", _l("冲销记录"), LINK)
POSTED = (Column("posted_at", _l("过帐时间"), "datetime"), RECORD, Column("posted_by", _l("过帐人")))
ENTERED = (*POSTED, REVERSED)  # of ledgers whose lines are taken back by the record that corrects theirs
