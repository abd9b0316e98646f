"""Reads a backup back into an empty portal, and proves what it has read before anything counts."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from portal.extensions import db
from portal.services import audit, indexing, rows
from portal.services.backups import Backup
from portal.storage import files
from portal.storage.archive import ArchiveBroken, Reader, open_archive

AT_ONCE = 500


class NotEmpty(Exception):
    """The database has rows already; the text names a table."""


def restore(path: Path, *, now: datetime) -> Backup:
    """Fills empty tables and the file store from an archive; the caller commits.

    Raises:
        ArchiveBroken: the archive was changed, is of another revision, or its audit trail does not hold.
        NotEmpty: there are rows already.
    """
    with open_archive(path) as zip:
        archive = Reader(zip)
        _check(archive)
        archive.verify()
        for sha256 in archive.manifest["files"]:
            files.put(archive.file(sha256))
        for table in rows.tables():
            _fill(table, archive)
        _prove(archive)
        for _rows in indexing.rebuild():
            pass
        held = archive.manifest
        count = sum(table["rows"] for table in held["tables"].values())
        audit.note(
            "restored", at=now, by=None, stream="settings", archive=archive.sha256, made_at=held["made_at"]
        )
        return Backup(path, archive.sha256, count, len(held["files"]), tuple(held["missing"]))


def _check(archive: Reader) -> None:
    """Whether the archive fits these tables, and these tables are empty."""
    if (here := rows.revision(db.session.connection())) != (there := archive.manifest["revision"]):
        raise ArchiveBroken(f"its tables are of revision {there}, those of this portal of {here}")
    for table in rows.tables():
        if table.name not in archive.manifest["tables"]:
            raise ArchiveBroken(f"table {table.name} is missing")
        if db.session.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise NotEmpty(table.name)


def _fill(table: sa.Table, archive: Reader) -> None:
    """Inserts the rows of a table; one that points at a later row of its own is pointed there afterwards."""
    connection, later = db.session.connection(), {}
    reference = rows.own_reference(table)
    lines = archive.rows(table.name)
    while batch := list(islice(lines, AT_ONCE)):
        found = [rows.typed(table, row) for row in batch]
        if reference is not None:
            for row in found:
                if row[reference] is not None and row[reference] > row["id"]:
                    later[row["id"]], row[reference] = row[reference], None
        connection.execute(sa.insert(table), found)
    for id, value in later.items():
        connection.execute(sa.update(table).where(table.c.id == id).values({str(reference): value}))
    _reset_sequence(table, connection)


def _reset_sequence(table: sa.Table, connection: sa.Connection) -> None:
    """PostgreSQL counts ids beside the rows; SQLite looks at the rows."""
    if connection.dialect.name != "postgresql" or "id" not in table.c:
        return
    last = connection.scalar(sa.select(sa.func.max(table.c.id)))
    if last is not None:
        name = sa.func.pg_get_serial_sequence(table.name, "id")
        connection.execute(sa.select(sa.func.setval(name, last)))


def _prove(archive: Reader) -> None:
    """Counts and chains are those of the archive."""
    connection = db.session.connection()
    for table in rows.tables():
        wanted = archive.manifest["tables"][table.name]["rows"]
        if connection.scalar(sa.select(sa.func.count()).select_from(table)) != wanted:
            raise ArchiveBroken(f"table {table.name} did not arrive whole")
    _count, bad, wrong = audit.verify()
    if bad is not None:
        raise ArchiveBroken(f"the audit trail does not hold: {bad.stream} {bad.seq} {wrong}")
