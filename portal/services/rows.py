"""Rows of tables as plain JSON and back, the same for every database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.models.base import Amount, Base, Moment


def tables() -> list[sa.Table]:
    """All tables but what is made from others, those that others point at first; a JSON null is a plain NULL in them."""
    copy, every = sa.MetaData(), Base.metadata.sorted_tables
    found = [table.to_metadata(copy) for table in every if not table.info.get("derived")]
    for table in found:
        for column in table.columns:
            if isinstance(column.type, sa.JSON):
                column.type = sa.JSON(none_as_null=True)
    return found


def revision(connection: sa.Connection) -> str:
    """The revision of the tables; nothing if there are none yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    version = sa.table("alembic_version", sa.column("version_num"))
    return ",".join(sorted(connection.scalars(sa.select(version.c.version_num))))


def as_json(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    """The rows of a table in the order of its primary key."""
    query = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=1000)
    for row in connection.execute(query).mappings():
        yield {name: _plain(value) for name, value in row.items()}


def typed(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for the database."""
    return {column.name: _typed(column.type, row[column.name]) for column in table.columns}


def own_reference(table: sa.Table) -> str | None:
    """The column that points at another row of the same table, if it has one."""
    return next((key.parent.name for key in table.foreign_keys if key.column.table is table), None)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _typed(type: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(type, Moment):
        return datetime.fromisoformat(value)
    if isinstance(type, Amount):
        return Decimal(value)
    return date.fromisoformat(value) if isinstance(type, sa.Date) else value
