"""A print that is bound to fail again is not tried again and again, and those who wait for it are told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as worker
from portal.lib.clock import now
from portal.models import OutboxRow, Record
from portal.pdf import process
from portal.pdf.process import ALONE, PrintFailed, PrintTooLarge
from portal.services import outbox, printing
from tests.conftest import both_databases
from tests.documents.conftest import Browser
from tests.walk import Walker

SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture
def waiting(context: Flask) -> OutboxRow:
    """The row of a print that is asked for."""
    record = db.session.scalars(sa.select(Record).where(Record.state == "finished")).first()
    assert record is not None
    with transaction():
        return outbox.add("print", now=now(), record=record.id)


def fails(problem: Exception) -> Callable[..., bytes]:
    """What cannot print."""

    def render(*_given: object) -> bytes:
        raise problem

    return render


def tried(row: OutboxRow, most: int = 20) -> int:
    """How often the worker tries, until it does not any more."""
    for _time in range(most):
        worker.drain()
        db.session.refresh(row)
        if row.stopped_at is not None:
            return row.attempts
        with transaction():
            db.session.execute(sa.update(OutboxRow).values(next_try_at=now()))
    return most


@pytest.mark.proves("F15")
@both_databases
@pytest.mark.parametrize(
    ("problem", "times"),
    [(PrintTooLarge("it takes too long"), 1), (PrintFailed("the printing process ended"), 3)],
)
def test_what_is_bound_to_fail_is_not_tried_fourteen_times(
    waiting: OutboxRow, monkeypatch: pytest.MonkeyPatch, problem: Exception, times: int
) -> None:
    monkeypatch.setattr(printing.printer, "render", fails(problem))
    assert tried(waiting) == times
    assert waiting.error == f"{type(problem).__name__}: {problem}"


@pytest.mark.proves("F15")
def test_those_who_wait_are_told_and_administrators_may_try_again(
    context: Flask, waiting: OutboxRow, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn
) -> None:
    record = db.session.get_one(Record, waiting.facts["record"])
    path = f"{Walker.address(printing.FORMS[record.form_code])}{record.number}/prints"
    login, number = record.applicant.login, record.number
    monkeypatch.setattr(printing.printer, "render", fails(PrintTooLarge("it takes too long")))
    assert tried(waiting) == 1
    reader, administrator = (
        sign_in(Browser(context, context.response_class, use_cookies=True), one)
        for one in (login, "administrator")
    )
    page = reader.get(path).text
    assert "有一份 PDF 没有做成，不再自动重试" in page
    assert "every 2s" not in page, "nothing comes by itself any more"
    listed = administrator.get("/admin/outbox").text
    assert number in listed
    assert "记录太大，超出了打印的时间或内存，不再自动重试" in listed
    monkeypatch.undo()
    assert administrator.post(f"/admin/outbox/{waiting.id}/retry").status_code == 303
    assert worker.drain() == 1
    assert "没有做成" not in reader.get(path).text


@pytest.mark.proves("F15")
def test_nobody_else_takes_a_print_up_while_it_may_still_be_made(waiting: OutboxRow) -> None:
    with transaction():
        outbox.lease(began := now())
    db.session.refresh(waiting)
    assert (waiting.next_try_at - began).total_seconds() > ALONE + process.SECONDS


@pytest.mark.proves("F15")
def test_an_original_may_take_its_time_and_what_somebody_waits_for_may_not(
    waiting: OutboxRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def render(_printout: object, seconds: float | None = None) -> bytes:
        given.append(seconds)
        return b"%PDF-1.7"

    monkeypatch.setattr(printing.printer, "render", render)
    record = db.session.get_one(Record, waiting.facts["record"])
    printing.make(record, "zh", now=now(), code="ABCD")
    printing.make(record, "zh", now=now())
    assert given == [ALONE, None]
