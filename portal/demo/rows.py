"""New rows of master data, numbered as the services number them."""

from __future__ import annotations

from typing import Any

from portal.extensions import db
from portal.services import master, projects


def add(table: str, **values: Any) -> Any:
    """A row of this kind; `sort` stands for its own kind."""
    row = master.create(table, **{name: value for name, value in values.items() if name != "sort"})
    if "sort" in values:
        row.kind = values["sort"]
        db.session.flush()
    if table == "project":
        projects.begin(row)
    return row
