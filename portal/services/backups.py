"""Backups: one state of database and files in one archive, made while the portal runs."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Ballot, StoredFile
from portal.services import rows, upgrades
from portal.storage import files
from portal.storage.archive import Writer


class OtherTables(Exception):
    """The tables are of a release that this program does not know, so it would leave out what is new; the text names it."""


@dataclass(frozen=True)
class Backup:
    """An archive: the hash of its manifest, how many rows and files it holds, files that were missing."""

    path: Path
    sha256: str
    rows: int
    files: int
    missing: tuple[str, ...] = ()


def make(target: Path, *, now: datetime) -> Backup:
    """Writes an archive of this moment to a file, or into a folder under the moment's name.

    Raises:
        FileExistsError: there is such a file.
        OtherTables: the tables have columns that this program does not know of.
    """
    path = target / f"portal-{now:%Y%m%dT%H%M%SZ}.zip" if target.is_dir() else target
    if path.exists():
        raise FileExistsError(path)
    half = path.with_name(f"{path.name}.part")
    half.unlink(missing_ok=True)  # of one that was killed
    half.touch(mode=0o600, exist_ok=False)
    with half.open("wb") as out:
        try:
            made = _write(out, path, now)
            out.flush()
            os.fsync(out.fileno())
        except BaseException:
            half.unlink()
            raise
    half.replace(path)
    return made


def _write(out: BinaryIO, path: Path, now: datetime) -> Backup:
    """Everything as one reading transaction sees it; files never change, so they are read after it."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zip:
        with db.engine.connect() as connection:
            writer, hashes = _tables(connection, zip, now)
        missing = []
        for sha256 in hashes:
            try:
                writer.file(sha256, files.get(sha256))
            except FileNotFoundError:
                missing.append(sha256)
        writer.manifest["missing"] = missing
        held = writer.manifest
        count = sum(table["rows"] for table in held["tables"].values())
        return Backup(path, writer.close(), count, len(held["files"]), tuple(missing))


def _tables(connection: sa.Connection, zip: zipfile.ZipFile, now: datetime) -> tuple[Writer, Sequence[str]]:
    """Writes the rows of one moment, and gives the hashes of the files that they name."""
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    ballots = _ballots(connection)
    revision = rows.revision(connection)
    if not upgrades.known(revision):
        raise OtherTables(revision)
    writer = Writer(zip, revision=revision, made_at=now.isoformat())
    for table in rows.tables():
        mine = ballots if table.name == Ballot.__tablename__ else rows.as_json(connection, table)
        writer.table(table.name, mine)
    hashes = sa.select(StoredFile.sha256).distinct().order_by(StoredFile.sha256)
    return writer, connection.scalars(hashes).all()


def _ballots(connection: sa.Connection) -> list[dict[str, Any]]:
    """The ballots, by the first look of all, with which the moment is chosen.

    Each casting writes them anew by a TRUNCATE, which empties them for looks that began before. So they are locked before
    that first look; the savepoint gives the lock back with it, or whoever votes would wait for the end of the backup.
    """
    table = next(one for one in rows.tables() if one.name == Ballot.__tablename__)
    savepoint = connection.begin_nested()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE ballots IN ACCESS SHARE MODE")
    found = list(rows.as_json(connection, table))
    savepoint.rollback()
    return found
