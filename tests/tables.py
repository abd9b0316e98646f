"""What stands in the database, as one hash a table: whether a request has changed anything."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.models.base import Base


def hashes(app: Flask, but: Collection[str] = ()) -> dict[str, str]:
    """The hash of every table's rows in the order of their keys; `but` names tables to leave out."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: _hash(connection, table)
            for table in Base.metadata.sorted_tables
            if table.name not in but
        }


def _hash(connection: sa.Connection, table: sa.Table) -> str:
    digest = hashlib.sha256()
    for row in connection.execute(sa.select(table).order_by(*table.primary_key)):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables whose rows differ."""
    return [name for name in before if before[name] != after[name]]
