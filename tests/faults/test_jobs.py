"""A job that fails at one statement is taken up again, and what it does is done once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.extensions import db
from portal.jobs import outbox, prints, reminding, witnesses
from portal.models import OutboxRow
from portal.models.base import Base
from portal.services import audit, printing
from tests.faults.breaks import breaking
from tests.kept import Kept
from tests.post_office import MailServer
from tests.walk import Walker

TRIES = 10  # places at which a job is made to fail, spread over it
JOBS: dict[str, tuple[Callable[[], int], timedelta]] = {
    "drain": (outbox.drain, timedelta()),
    "remind": (reminding.remind, timedelta(days=9)),
    "look_again": (reminding.look_again, timedelta()),
    "keep_obligations": (reminding.keep_obligations, timedelta(days=40)),
    "keep_tree": (witnesses.keep_tree, timedelta()),
    "ask_letters": (witnesses.ask_letters, timedelta()),
}


@pytest.fixture
def office(app: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A portal with a finished complaint to print, an order that waits, mails to send."""
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=post.settings())
    monkeypatch.setattr(printing, "make", lambda *_given, **_more: b"%PDF-1.7")
    monkeypatch.setattr(prints, "_sealed", lambda data, *_given: (data, None))
    walker = Walker(app)
    walker.walk("CS-51")
    with app.app_context():
        witnesses.keep_tree()
    walker.open("PU-04")
    few = {key: reminding.OBLIGATIONS[key] for key in ("O68", "O83", "OS-02", "OS-04")}
    monkeypatch.setattr(reminding, "OBLIGATIONS", few)
    Kept(app).keep()
    return app


def rows() -> dict[str, int]:
    """How many rows there are of everything, and how much work is left."""
    left = sa.select(sa.func.count()).where(OutboxRow.done_at.is_(None), OutboxRow.stopped_at.is_(None))
    found = {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
    found["left"] = db.session.scalar(left) or 0
    assert audit.verify()[1] is None
    db.session.rollback()
    return found


@pytest.mark.proves("F16", "F21")
@pytest.mark.parametrize("name", JOBS)
def test_a_job_that_fails_anywhere_is_done_once_by_the_next_run(
    office: Flask, name: str, post: MailServer
) -> None:
    job, later = JOBS[name]
    at = datetime.now(UTC).replace(hour=4) + timedelta(days=1) + later  # about noon in China

    def run(fails_at: int = 0) -> tuple[int, dict[str, int]]:
        Kept(office).reset()
        with office.app_context():
            with (
                time_machine.travel(at, tick=False),
                breaking(office, fails_at) as broken,
                suppress(Exception),
            ):
                job()
            if fails_at:
                with time_machine.travel(at + timedelta(minutes=10), tick=False):
                    job()
            assert bool(broken.struck) == bool(fails_at)
            found = rows()
            db.session.remove()
        return broken.seen, found

    untouched = _rows_of(office)
    seen, expected = run()
    assert expected != untouched or name == "look_again"
    for fails_at in range(1, seen + 1, max(1, seen // TRIES)):
        assert run(fails_at)[1] == expected, fails_at
    names = {str(letter["Message-ID"]) for letter in post.letters}
    assert len(names) == len({(letter["To"], letter["Subject"]) for letter in post.letters})


def _rows_of(app: Flask) -> dict[str, int]:
    with app.app_context():
        return rows()
