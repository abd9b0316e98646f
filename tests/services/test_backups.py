"""A backup holds everything, comes back whole into an empty portal, and is refused when touched."""

from __future__ import annotations

import hashlib
import json
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.extensions import alembic, db
from portal.lib.clock import now
from portal.models import AuditEvent, Person, StoredFile, Task
from portal.models.base import Base
from portal.services import audit, backups, restoring, tasks, uploads
from portal.services.restoring import NotEmpty
from portal.storage import files
from portal.storage.archive import ArchiveBroken, Reader, open_archive
from tests.conftest import _named, both_databases, make_app


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, but for what the restoring itself notes."""
    db.session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        rows = db.session.execute(sa.select(table).order_by(*table.primary_key.columns))
        found[table.name] = [tuple(map(plain, row)) for row in rows]
    return found


def plain(value: object) -> str:
    """A value so that it compares, whichever database it comes from."""
    return repr(value.normalize() if isinstance(value, Decimal) else value)


@pytest.fixture
def backup(context: Flask, tmp_path: Path) -> Path:
    """A backup of the small company with a file, and a task that waits for a later one."""
    with transaction():
        uploads.keep("照片.txt", b"words", "text/plain", by=1, now=now())
        first = tasks.make("ask", ["role:buyer"], form_code="PU-04", now=now())
        db.session.flush()
        second = tasks.make("ask", ["role:buyer"], form_code="PU-04", now=now())
        db.session.flush()
        first.waits_for_id, first.state = second.id, "waiting"
    return backups.make(tmp_path, now=now()).path


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes another portal without rows."""
    made: list[Flask] = []

    def make(url: str = "") -> Flask:
        app = make_app(tmp_path / "other", url)
        with app.app_context():
            alembic.upgrade()
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def restore(app: Flask, path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with app.app_context():
        with transaction():
            restoring.restore(path, now=now())
        found = snapshot()
        db.session.remove()
    return found


@pytest.mark.proves("R14", "F10")
@both_databases
def test_round_trip_equals(backup: Path, empty: Callable[..., Flask]) -> None:
    before = snapshot()
    app = empty()
    after = restore(app, backup)
    for name in ("audit_events", "audit_streams"):  # the restoring is noted
        assert len(after[name]) == len(before[name]) + 1
        after[name] = [row for row in after[name] if "settings" not in str(row)]
    assert after == before
    with app.app_context():
        assert audit.verify()[1] is None
        assert files.get(hashlib.sha256(b"words").hexdigest()) == b"words"
        waiting = db.session.scalars(sa.select(Task).where(Task.state == "waiting")).one()
        assert waiting.waits_for_id is not None
        assert waiting.waits_for_id > waiting.id
        noted = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "restored")).one()
        assert noted.facts["archive"]
        db.session.remove()


@pytest.mark.proves("R14")
@pytest.mark.postgres
def test_from_sqlite_to_postgresql(backup: Path, empty: Callable[..., Flask], postgres: str) -> None:
    admin = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE moved"))
    app = empty(_named(postgres, "moved"))
    before, after = snapshot(), restore(app, backup)
    assert {name: len(rows) for name, rows in before.items() if not name.startswith("audit")} == {
        name: len(rows) for name, rows in after.items() if not name.startswith("audit")
    }
    with app.app_context(), transaction():
        assert audit.verify()[1] is None
        last = db.session.scalar(sa.select(sa.func.max(Task.id)))
        task = tasks.make("ask", ["role:buyer"], form_code="PU-04", now=now())
        db.session.flush()
        assert task.id == last + 1, "ids go on where they were"
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    with admin.connect() as connection:
        connection.execute(sa.text("DROP DATABASE moved WITH (FORCE)"))
    admin.dispose()


@pytest.mark.proves("F10")
def test_it_is_one_state_though_people_write_meanwhile(app: Flask, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with app.app_context(), transaction():
                audit.note("exported", at=now(), by=None, stream="settings")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with app.app_context():
            made = [backups.make(tmp_path / f"{place}.zip", now=now()) for place in range(3)]
    finally:
        stop.set()
        writer.join()
    for one in made:
        with zipfile.ZipFile(one.path) as archive:
            events = [json.loads(line) for line in archive.read("tables/audit_events.jsonl").splitlines()]
            heads = [json.loads(line) for line in archive.read("tables/audit_streams.jsonl").splitlines()]
        last = {event["stream"]: event["seq"] for event in events}
        assert {head["name"]: head["seq"] for head in heads} == last


def test_it_is_private_and_overwrites_nothing(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        backups.make(backup, now=now())
    assert list(backup.parent.glob("*.part")) == []


def test_a_backup_that_was_killed_is_no_hindrance(context: Flask, tmp_path: Path) -> None:
    (tmp_path / "b.zip.part").write_bytes(b"half of it")
    backups.make(tmp_path / "b.zip", now=now())
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


def test_tables_that_are_newer_than_the_program_are_not_left_half_behind(
    context: Flask, tmp_path: Path
) -> None:
    db.session.execute(sa.text("ALTER TABLE people ADD COLUMN hobby TEXT"))
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    with pytest.raises(backups.OtherTables, match="9999"):
        backups.make(tmp_path, now=now())
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_gone_is_named(context: Flask, tmp_path: Path, empty: Callable[..., Flask]) -> None:
    with transaction():
        db.session.add(
            StoredFile(
                sha256="0" * 64, name="x", type="text/plain", size=1, uploaded_by_id=1, uploaded_at=now()
            )
        )
    made = backups.make(tmp_path / "b.zip", now=now())
    assert made.missing == ("0" * 64,)
    restore(empty(), made.path)


def test_only_an_empty_portal_is_filled(backup: Path) -> None:
    with pytest.raises(NotEmpty), transaction():
        restoring.restore(backup, now=now())


def test_any_bit_that_was_turned_is_harmless_or_refused_in_a_sentence(backup: Path) -> None:
    whole, chance = backup.read_bytes(), Random(7)
    wanted = sorted(entry.header_offset + 40 for entry in zipfile.ZipFile(backup).infolist())
    begin = len(whole) - 6000  # the directory of the archive, with the flags and kinds of its members
    places = [*wanted, *(chance.randrange(len(whole)) for _ in range(60)), *range(begin, len(whole), 37)]
    for place in places:
        backup.write_bytes(
            whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :]
        )
        with suppress(ArchiveBroken), open_archive(backup) as zip:
            Reader(zip).verify()
    for length in (0, 10, len(whole) // 2, len(whole) - 30):
        backup.write_bytes(whole[:length])
        with pytest.raises(ArchiveBroken), open_archive(backup) as zip:
            Reader(zip).verify()


def rewrite(path: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> None:
    """Writes the archive anew with members changed, left out (None) or added."""
    with zipfile.ZipFile(path) as old:
        members = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in {**members, **more}.items():
            if data is not None:
                new.writestr(name, data)


def forge(path: Path, table: str, change: Callable[[bytes], bytes]) -> None:
    """Changes a table and its hash in the manifest, as somebody would who knows the format."""
    name = f"tables/{table}.jsonl"
    with zipfile.ZipFile(path) as old:
        data, manifest = change(old.read(name)), json.loads(old.read("manifest.json"))
    manifest["tables"][table] = {"rows": data.count(b"\n"), "sha256": hashlib.sha256(data).hexdigest()}
    text = json.dumps(manifest).encode()
    rewrite(path, lambda one, was: {name: data, "manifest.json": text}.get(one, was))


TAMPERED: dict[str, Callable[[Path], None]] = {
    "a row": lambda path: rewrite(
        path,
        lambda name, data: (
            data.replace("赵敏".encode(), "赵明".encode()) if name.endswith("people.jsonl") else data
        ),
    ),
    "a file": lambda path: rewrite(path, lambda name, data: b"other" if name.startswith("files/") else data),
    "a table left out": lambda path: rewrite(path, lambda name, data: None if "phrases" in name else data),
    "a member added": lambda path: rewrite(path, lambda name, data: data, extra=b"x"),
    "no manifest": lambda path: rewrite(path, lambda name, data: None if name == "manifest.json" else data),
    "no archive": lambda path: path.write_bytes(b"not a ZIP") and None,
    "a forged event": lambda path: forge(
        path, "audit_events", lambda data: data.replace(b"record_submitted", b"record_withdrawn")
    ),
    "a cut trail": lambda path: forge(
        path, "audit_events", lambda data: b"".join(data.splitlines(keepends=True)[:-1])
    ),
    "another revision": lambda path: rewrite(
        path,
        lambda name, data: (
            data.replace(b'"revision": "', b'"revision": "9') if name == "manifest.json" else data
        ),
    ),
}


@pytest.mark.proves("R11")
@pytest.mark.parametrize("tampered", TAMPERED)
def test_a_tampered_backup_is_refused(backup: Path, empty: Callable[..., Flask], tampered: str) -> None:
    TAMPERED[tampered](backup)
    app = empty()
    with pytest.raises(ArchiveBroken):
        restore(app, backup)
    with app.app_context():
        db.session.rollback()
        assert db.session.scalar(sa.select(Person.id).limit(1)) is None, "nothing was kept"
        db.session.remove()
