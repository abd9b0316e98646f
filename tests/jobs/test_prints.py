"""Prints of finished records."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as worker
from portal.jobs import prints
from portal.lib.clock import now
from portal.models import Record, RecordFile, StoredFile
from portal.services import audit, outbox, printing
from portal.storage import files

PDF = b"%PDF-1.7 made"


@pytest.fixture
def finished(context: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    """A finished record whose print is asked for; rendering is quick."""
    monkeypatch.setattr(printing, "make", lambda record, language, *, now: PDF)
    found = db.session.scalars(sa.select(Record).where(Record.state == "finished")).first()
    assert found is not None
    with transaction():
        outbox.add("print", now=now(), record=found.id)
    return found.id


def test_the_print_is_stored_once_and_stands_in_the_trail(finished: int) -> None:
    assert worker.drain() == 1
    record = db.session.get_one(Record, finished, populate_existing=True)
    assert record.pdf_id is not None
    file = db.session.get_one(StoredFile, record.pdf_id)
    assert (file.name, files.get(file.sha256)) == (f"{record.number}.pdf", PDF)
    assert db.session.get(RecordFile, (file.id, finished))
    assert audit.verify()[1] is None
    with transaction():
        outbox.add("print", now=now(), record=finished)
    assert worker.drain() == 1
    assert db.session.get_one(Record, finished, populate_existing=True).pdf_id == file.id


def test_two_that_render_at_once_store_one(finished: int) -> None:
    first, second = (prints.make({"record": finished}, now()) for _worker in range(2))
    assert first is not None
    assert second is not None
    with transaction():
        first()
    with transaction():
        second()
    query = sa.select(sa.func.count()).where(StoredFile.type == "application/pdf")
    assert db.session.scalar(query) == 1


def test_an_open_record_gets_none(finished: int) -> None:
    with transaction():
        db.session.get_one(Record, finished).state = "running"
    assert prints.make({"record": finished}, now()) is None
    assert prints.make({"record": 999_999}, now()) is None
