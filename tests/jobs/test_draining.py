"""The outbox is worked off: once, also after a kill, and a failure keeps nobody else from their turn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as worker
from portal.lib.clock import now
from portal.models import CompanySetting, OutboxRow
from portal.services import outbox
from tests.conftest import both_databases

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from portal.jobs import outbox
from tests.conftest import make_app

def die(facts, now):
    os.kill(os.getpid(), signal.SIGKILL)

outbox.HANDLERS["note"] = die
with make_app(Path(sys.argv[1])).app_context():
    outbox.drain()
"""


def ask(**facts: Any) -> int:
    with transaction():
        row = outbox.add("note", now=now(), **facts)
        db.session.flush()
        return row.id


def row(id: int) -> OutboxRow:
    db.session.rollback()
    return db.session.get_one(OutboxRow, id, populate_existing=True)


def wake(id: int) -> None:
    """Lets its next try be now."""
    with transaction():
        db.session.get_one(OutboxRow, id).next_try_at = now() - timedelta(seconds=1)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys made by the handler, which fails for facts that say so."""
    found: list[str] = []

    def note(facts: Mapping[str, Any], now: datetime) -> Any:
        if facts.get("fails"):
            raise RuntimeError("out of ink")

        def keep() -> None:
            if facts.get("breaks"):
                db.session.add(CompanySetting(key=facts["key"], value="half", changed_at=now))
                db.session.flush()
                raise RuntimeError("half-way")
            db.session.add(CompanySetting(key=facts["key"], value="x", changed_at=now))
            found.append(facts["key"])

        return keep

    monkeypatch.setitem(worker.HANDLERS, "note", note)
    return found


@pytest.mark.proves("R35")
@both_databases
def test_each_row_is_done_once_with_its_result(context: Flask, made: list[str]) -> None:
    ids = [ask(key=f"k{place}") for place in range(7)]
    assert worker.drain() == 7
    assert worker.drain() == 0
    assert sorted(made) == [f"k{place}" for place in range(7)]
    assert all(row(id).done_at for id in ids)
    assert db.session.get(CompanySetting, "k3") is not None


def test_one_that_fails_stays_and_the_others_go_on(context: Flask, made: list[str]) -> None:
    bad, good = ask(key="bad", fails=True), ask(key="good")
    assert worker.drain() == 1
    assert made == ["good"]
    assert row(bad).error == "RuntimeError: out of ink"
    assert row(bad).done_at is None
    assert row(good).done_at is not None
    assert worker.drain() == 0, "not before its pause is over"
    wake(bad)
    worker.drain()
    assert row(bad).attempts == 2


def test_a_half_result_is_undone_with_its_row(context: Flask, made: list[str]) -> None:
    id = ask(key="half", breaks=True)
    assert worker.drain() == 0
    assert db.session.get(CompanySetting, "half") is None
    assert row(id).done_at is None


def test_what_comes_late_in_its_lease_is_left_for_the_next_one(
    context: Flask, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [ask(key=f"k{place}") for place in range(3)]
    slow = worker.HANDLERS["note"]
    with time_machine.travel(now(), tick=False) as clock:

        def take_long(facts: Mapping[str, Any], at: datetime) -> Any:
            clock.shift(outbox.LEASE * 0.3)
            return slow(facts, at)

        monkeypatch.setitem(worker.HANDLERS, "note", take_long)
        assert worker.drain() == 2, "another worker may soon take the third"
        assert row(ids[2]).done_at is None
        clock.shift(outbox.LEASE)
        assert worker.drain() == 1
    assert sorted(made) == ["k0", "k1", "k2"]


def test_an_unknown_kind_is_noted(context: Flask) -> None:
    with transaction():
        asked = outbox.add("fax", now=now())
        db.session.flush()
        id = asked.id
    assert worker.drain() == 0
    assert "fax" in row(id).error


@pytest.mark.proves("R35", "F1", "F21")
def test_a_killed_worker_loses_nothing(app: Flask, tmp_path: Path, made: list[str]) -> None:
    with app.app_context():
        id = ask(key="alive")
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(app.config["SETTINGS"].portal_data)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,
    )
    assert run.returncode == -signal.SIGKILL
    with app.app_context():
        assert (row(id).attempts, row(id).done_at) == (1, None)
        assert worker.drain() == 0, "its lease still runs"
        wake(id)
        assert worker.drain() == 1
        assert made == ["alive"]
