"""No room is left on the disk: the page says so, nothing is half done, reading goes on, and it works again by itself."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from obstore.exceptions import GenericError

from portal.extensions import db
from portal.lib import space
from portal.services import audit
from tests.faults.acts import ACTS, OFFICER, Act
from tests.faults.breaks import Watch, breaking
from tests.walk import problems
from tests.web.conftest import Desk

FULL = "存储空间已满"
SAID = "Generic LocalFileSystem error: Unable to copy data to file: No space left on device (os error 28)"


@contextmanager
def no_more_pages(desk: Desk) -> Iterator[None]:
    """The database has no page left and may not grow."""
    with desk.app.app_context():
        engine = db.engine
    raw = engine.raw_connection()
    raw.cursor().execute("VACUUM")
    pages = raw.cursor().execute("PRAGMA page_count").fetchone()[0]
    raw.close()

    def shut(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    engine.dispose()
    sa.event.listen(engine, "connect", shut)
    try:
        yield
    finally:
        sa.event.remove(engine, "connect", shut)
        engine.dispose()


def refused(act: Act, watch: Watch) -> None:
    """The act is not done for want of room, and the page says so."""
    answer = act.send()
    assert answer.status_code == 507, problems(answer)
    assert FULL in answer.text
    assert "os error" not in answer.text
    assert watch.changed() == []


def done(desk: Desk, act: Act, before: int) -> None:
    """Now the act is done, once."""
    answer = act.send()
    assert answer.status_code == act.status, problems(answer)
    assert desk.one(act.left) == before + act.once
    with desk.app.app_context():
        assert audit.verify()[1] is None
        db.session.remove()


@pytest.mark.proves("F4")
@pytest.mark.parametrize("name", ["submit", "sign", "release"])
def test_a_database_that_cannot_grow_refuses_and_lets_read(desk: Desk, name: str) -> None:
    act = ACTS[name](desk)
    before, watch = desk.one(act.left), Watch(desk.app)
    with no_more_pages(desk):
        refused(act, watch)
        assert desk.browser(OFFICER).get("/mine").status_code == 200
    done(desk, act, before)


@pytest.mark.proves("F4")
@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["submit", "sign", "upload"])
def test_a_server_of_the_database_without_room_is_told_apart_from_a_busy_one(desk: Desk, name: str) -> None:
    act = ACTS[name](desk)
    before, watch = desk.one(act.left), Watch(desk.app)
    words = 'could not extend file "base/1/2": No space left on device'
    with breaking(desk.app, 6, words=words) as broken:
        refused(act, watch)
    assert broken.struck
    done(desk, act, before)


@pytest.mark.proves("F4")
def test_a_folder_of_files_without_room_keeps_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    act = ACTS["upload"](desk)
    before, watch = desk.one(act.left), Watch(desk.app)
    folder = desk.app.config["SETTINGS"].portal_data / "files"
    there = set(folder.glob("*/*"))

    def sync(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", sync)
        refused(act, watch)
        assert set(folder.glob("*/*")) == there
    done(desk, act, before)


@pytest.mark.proves("F4")
def test_other_errors_are_not_taken_for_a_full_disk() -> None:
    assert space.is_full(GenericError(SAID))
    assert not space.is_full(None)
    assert not space.is_full(OSError(errno.EACCES, "Permission denied"))
    assert not space.is_full(RuntimeError("database is locked"))
    caused = RuntimeError("x")
    caused.__cause__ = OSError(errno.EDQUOT, "")
    assert space.is_full(caused)
