"""A year of the demo, in small."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.company import NotEmpty
from portal.demo.load import load
from portal.demo.readers import MOST
from portal.extensions import alembic, db
from portal.lib.clock import day
from portal.models import (
    AuditEvent,
    DocumentRevision,
    Draft,
    Notice,
    NumberSeries,
    OutboxRow,
    Record,
    Signature,
    StockBalance,
    StockEntry,
    StoredFile,
    Task,
)
from portal.queries import calendar, document_copies, history, readings, revisions
from portal.services import audit, notices, tasks
from portal.storage import files
from tests.conftest import _named, make_app

NOW = datetime(2026, 5, 11, 7, 0, tzinfo=UTC)
RECORDS = 60
SPAN = timedelta(days=60)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A portal with a small year in it."""
    app = make_app(tmp_path_factory.mktemp("year"))
    with app.app_context():
        alembic.upgrade()
        before = (notices.people_with, tasks.able, history.limits, calendar.current)
        seen: list[tuple[int, int]] = []
        summary = load(NOW, records=RECORDS, span=SPAN, report=lambda done, total: seen.append((done, total)))
        after = (notices.people_with, tasks.able, history.limits, calendar.current)
        db.session.remove()
    yield app, summary, seen, before == after
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def loaded(year: Any) -> Any:
    with year[0].app_context():
        yield year[0]
        db.session.remove()


def test_makes_about_as_many_records_as_asked(year: Any, loaded: Flask) -> None:
    made = db.session.scalar(sa.select(sa.func.count()).where(Record.submitted_at > NOW - SPAN))
    assert year[1].records == made
    assert RECORDS * 0.8 <= made <= RECORDS * 1.1
    assert year[2][-1] == (RECORDS, RECORDS)
    assert year[3], "the services work as before"


def test_the_trail_holds_and_time_runs_forward(loaded: Flask) -> None:
    assert audit.verify()[1] is None
    submitted = db.session.scalars(sa.select(Record.submitted_at).order_by(Record.id)).all()
    assert submitted == sorted(submitted)
    assert max(db.session.scalars(sa.select(AuditEvent.at))) <= NOW
    assert all(at.utcoffset() == timedelta(0) for at in submitted)


def test_books_equal_their_journal(loaded: Flask) -> None:
    sums = sa.select(StockEntry.item_id, StockEntry.place, sa.func.sum(StockEntry.quantity))
    journal = {
        (item, place): total
        for item, place, total in db.session.execute(sums.group_by(StockEntry.item_id, StockEntry.place))
    }
    for balance in db.session.scalars(sa.select(StockBalance)):
        assert balance.quantity == journal.get((balance.item_id, balance.place), 0)


def test_numbers_have_no_gaps(loaded: Flask) -> None:
    for series in db.session.scalars(sa.select(NumberSeries)):
        prefix = f"{series.form_code}-{series.year}-"
        numbers = set(db.session.scalars(sa.select(Record.number).where(Record.number.startswith(prefix))))
        assert numbers == {f"{prefix}{place:04d}" for place in range(1, series.last + 1)}


def test_nobody_judged_their_own_work(loaded: Flask) -> None:
    for signature in db.session.scalars(sa.select(Signature)):
        task = db.session.get(Task, signature.task_id) if signature.task_id else None
        if task is not None and not task.outside:
            assert signature.person_id not in {one.person_id for one in task.exclusions}


def test_files_are_there_and_shared(loaded: Flask) -> None:
    rows = db.session.scalars(sa.select(StoredFile)).all()
    hashes = {row.sha256 for row in rows}
    assert rows
    assert len(hashes) < 30
    for sha256 in hashes:
        assert files.get(sha256)[:4] in (b"%PDF", b"\xff\xd8\xff\xe0", b"\x89PNG")


def test_looks_lived_in(loaded: Flask) -> None:
    states = set(db.session.scalars(sa.select(Record.state)))
    assert {"finished", "running"} <= states
    assert db.session.scalar(
        sa.select(sa.func.count()).select_from(Draft).where(Draft.person_id.is_not(None))
    )
    old = sa.select(sa.func.count()).where(Notice.at < NOW - timedelta(days=3), Notice.read_at.is_(None))
    assert db.session.scalar(old) == 0
    kept = {"print", "publication", "redline"}  # what the portal makes for itself; nothing goes out
    assert set(db.session.scalars(sa.select(OutboxRow.kind))) <= kept


def test_is_not_loaded_twice(loaded: Flask) -> None:
    with pytest.raises(NotEmpty):
        load(NOW, records=1)


def told(folder: Path, url: str = "") -> list[tuple[Any, ...]]:
    """What a few days come to."""
    app = make_app(folder, url)
    with app.app_context():
        alembic.upgrade()
        load(NOW, records=8, seed=7, span=timedelta(days=8))
        rows = db.session.execute(sa.select(Record.number, Record.title, Record.state, Record.submitted_at))
        found = sorted(tuple(row) for row in rows)
        assert audit.verify()[1] is None
        db.session.remove()
        db.engine.dispose()
    return found


def test_the_same_seed_tells_the_same_year(tmp_path: Path) -> None:
    assert told(tmp_path / "one") == told(tmp_path / "two")


@pytest.mark.postgres
def test_postgresql_holds_it_too(tmp_path: Path, postgres: str) -> None:
    admin = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE year"))
    assert len(told(tmp_path, _named(postgres, "year"))) > 8
    with admin.connect() as connection:
        connection.execute(sa.text("DROP DATABASE year WITH (FORCE)"))
    admin.dispose()


def test_documents_are_revised_read_and_withdrawn(loaded: Flask) -> None:
    every = list(db.session.scalars(sa.select(DocumentRevision)))
    states = revisions.states(every, day(NOW))
    second = [one for one in every if one.number != "1.0" and one.request_id is not None]
    assert {states[one.id] for one in second} == {"effective", "superseded", "to_come", "in_review", "draft"}
    assert "obsolete" in states.values()
    for one in second:
        former = revisions.former(one)
        assert former is not None
        assert former.text != one.text, f"{one.label} says something else"
        assert not one.sha256 or one.sha256 == revisions.fingerprint(one)
    assert document_copies.to_recall()
    owed = Counter[int]()
    for one in db.session.scalars(revisions.in_force(day(NOW))):
        waiting = [reader for reader in readings.audience(one, day(NOW)) if reader.read_at is None]
        owed.update(reader.id for reader in waiting)
        assert all(reader.reminded_at is not None for reader in waiting)
    assert owed
    assert max(owed.values()) <= MOST
