"""Prints of finished records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as worker
from portal.jobs import prints
from portal.lib.clock import now
from portal.models import AuditEvent, OutboxRow, Record, RecordFile, StoredFile
from portal.pdf.render import render
from portal.services import audit, outbox, printing, sealing
from portal.storage import files
from tests.pdf.test_render import complaint


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """A print."""
    return render(complaint())


@pytest.fixture
def finished(context: Flask, pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    """A finished record whose print is asked for; rendering is quick."""
    monkeypatch.setattr(printing, "make", lambda record, language, *, now, code: pdf)
    found = db.session.scalars(sa.select(Record).where(Record.state == "finished")).first()
    assert found is not None
    with transaction():
        outbox.add("print", now=now(), record=found.id)
    return found.id


def stored(record: int) -> bytes:
    """The print that the record keeps."""
    id = db.session.get_one(Record, record, populate_existing=True).pdf_id
    assert id is not None
    return files.get(db.session.get_one(StoredFile, id).sha256)


def in_production(app: Flask) -> None:
    """The portal as a real company has it."""
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"portal_mode": "production"})


@pytest.mark.proves("R35")
def test_the_print_is_stored_once_and_stands_in_the_trail(finished: int, pdf: bytes) -> None:
    assert worker.drain() == 1
    record = db.session.get_one(Record, finished, populate_existing=True)
    assert record.pdf_id is not None
    file = db.session.get_one(StoredFile, record.pdf_id)
    assert file.name == f"{record.number}.pdf"
    assert files.get(file.sha256).startswith(pdf)
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


SEALED = "PDF 已加盖单位电子签章"


def page(client: FlaskClient, record: int) -> str:
    """The record's page."""
    number = db.session.get_one(Record, record).number
    return client.get(f"/records/{number}", follow_redirects=True).text


def told(record: int) -> list[object]:
    """What the trail says of the seal on the record's print."""
    query = sa.select(AuditEvent).where(AuditEvent.record_id == record, AuditEvent.kind == "print_stored")
    return [event.facts["seal"] for event in db.session.scalars(query)]


def test_the_demo_seals_with_a_certificate_that_it_makes_itself(
    app: Flask, finished: int, client: FlaskClient, sign_in: Callable[[FlaskClient, str], FlaskClient]
) -> None:
    sign_in(client, "auditor")
    assert SEALED not in page(client, finished)
    assert worker.drain() == 1
    (seal,) = PdfFileReader(BytesIO(stored(finished))).embedded_signatures
    by = sealing.identity(now())
    assert by is not None
    assert seal.signer_cert.serial_number == by.certificate.serial_number
    assert told(finished) == [seal.signer_cert.sha256.hex()]
    assert SEALED in page(client, finished)
    made = sa.select(sa.func.count()).where(AuditEvent.kind == "seal_made")
    assert db.session.scalar(made) == 1
    assert audit.verify()[1] is None
    assert b"PRIVATE KEY" not in stored(finished)


def test_a_company_without_a_certificate_stores_it_unsealed_and_administrators_are_told(
    app: Flask,
    finished: int,
    pdf: bytes,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, str], FlaskClient],
) -> None:
    sign_in(client, "administrator")
    assert "还没有单位证书" not in client.get("/admin/").text  # the demo makes its own
    in_production(app)
    assert "还没有单位证书" in client.get("/admin/").text
    assert worker.drain() == 1
    assert stored(finished) == pdf
    assert told(finished) == [None]
    assert not sealing.folder().exists()
    with transaction():
        sealing.make(now=now())
    assert "单位证书" not in client.get("/admin/").text
    with transaction():
        outbox.add("print", now=now(), record=finished)
    worker.drain()
    assert stored(finished) == pdf, "its bytes never change afterwards"


@pytest.mark.parametrize(
    ("age", "trouble", "said"),
    [(1064, "", ""), (1070, "soon", "到期，请在服务器上"), (1100, "expired", "等待换发证书")],
)
def test_prints_wait_for_a_certificate_that_has_ended(
    app: Flask, finished: int, client: FlaskClient, sign_in: Callable[[FlaskClient, str], FlaskClient],
    age: int, trouble: str, said: str,
) -> None:  # fmt: skip
    sign_in(client, "administrator")
    in_production(app)
    with transaction():
        sealing.make(now=now() - timedelta(days=age))
    sealed = trouble != "expired"
    assert worker.drain() == int(sealed)
    assert (db.session.get_one(Record, finished, populate_existing=True).pdf_id is not None) == sealed
    assert sealing.trouble(now())[0] == trouble
    overview = client.get("/admin/").text
    assert said in overview
    assert ("单位证书" in overview) == bool(said)
    if sealed:
        return
    row = db.session.scalars(
        sa.select(OutboxRow).where(OutboxRow.kind == "print", OutboxRow.done_at.is_(None))
    ).one()
    assert row.error == "Unfit: expired"
    id = row.id
    with transaction():
        sealing.renew(now=now())
        db.session.get_one(OutboxRow, id).next_try_at = now()
    assert worker.drain() == 1
    assert len(PdfFileReader(BytesIO(stored(finished))).embedded_signatures) == 1


def test_a_folder_that_cannot_be_read_keeps_the_print_waiting(app: Flask, finished: int) -> None:
    sealing.folder().mkdir()
    (sealing.folder() / "signer.pem").write_text("-----BEGIN nothing-----")
    assert worker.drain() == 0
    assert db.session.get_one(Record, finished, populate_existing=True).pdf_id is None
    assert sealing.trouble(now())[0] == "unreadable"
