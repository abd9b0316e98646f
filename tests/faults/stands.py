"""How a PostgreSQL database stands: put back as it was, and told without what chance decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.models.base import Base

Rows = dict[str, list[str]]


class Stand:
    """The rows of a database as they were at a moment, kept in a schema of their own beside them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with self._alone() as connection:
            names = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            self.tables = connection.scalars(names).all()
            connection.execute(sa.text("CREATE SCHEMA kept"))
            for name in self.tables:
                connection.execute(sa.text(f"CREATE TABLE kept.{name} AS TABLE {name}"))

    def back(self) -> None:
        """Puts them back."""
        given = [f"DELETE FROM {name}; INSERT INTO {name} TABLE kept.{name}" for name in self.tables]
        with self._alone() as connection:
            connection.exec_driver_sql("; ".join(["SET LOCAL session_replication_role = replica", *given]))

    def rows(self) -> Rows:
        """What every column of every table holds, whatever the order of the rows."""
        with self._alone() as connection:
            return {
                name: sorted(map(repr, values))
                for table in Base.metadata.sorted_tables
                for name, values in _columns(table, connection.execute(sa.select(table)).all())
            }

    def skip(self) -> None:
        """Lets the numbers that the database itself draws jump, as writes that were undone do."""
        with self._alone() as connection:
            names = connection.scalars(sa.text("SELECT sequencename FROM pg_sequences"))
            for name in names.all():
                connection.execute(sa.text(f"SELECT nextval('{name}') FROM generate_series(1, 7)"))

    @contextmanager
    def _alone(self) -> Iterator[sa.Connection]:
        with self.app.app_context():
            db.session.remove()
            with db.engine.begin() as connection:
                yield connection


def _columns(table: sa.Table, rows: Sequence[Any]) -> Iterator[tuple[str, list[Any]]]:
    for place, column in enumerate(table.columns):
        yield f"{table.name}.{column.name}", [row[place] for row in rows]


def differing(one: Rows, other: Rows) -> set[str]:
    """The columns that do not hold the same."""
    return {name for name in one if one[name] != other[name]}


def lengths(rows: Rows) -> dict[str, int]:
    """How many rows each table has."""
    return {name: len(values) for name, values in rows.items()}
