"""Several job processes with a broker: woken by a commit, each thing done once, a killed one lets nothing lie."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakeredis import TcpFakeServer
from flask import Flask

from portal.config import SettingsError, read_settings
from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as jobs
from portal.jobs import schedule, worker
from portal.lib.clock import now
from portal.models import OutboxRow
from portal.services import outbox
from tests.conftest import make_app

PATIENCE = 60


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """A Redis server of the tests' own, on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = TcpFakeServer(("127.0.0.1", port), server_type="redis")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"redis://127.0.0.1:{port}/0"
    server.shutdown()
    server.server_close()


@pytest.fixture
def shared(app: Flask, broker: str) -> Flask:
    """The portal with a broker."""
    return make_app(app.config["SETTINGS"].portal_data, broker_url=broker)


def wait(what: object, done: object) -> None:
    """Waits until the condition holds."""
    until = time.monotonic() + PATIENCE
    while not done():  # type: ignore[operator]
        assert time.monotonic() < until, what
        time.sleep(0.1)


def left(app: Flask) -> int:
    with app.app_context():
        try:
            return db.session.scalar(
                sa.select(sa.func.count()).select_from(OutboxRow).where(OutboxRow.done_at.is_(None))
            ) or 0  # fmt: skip
        finally:
            db.session.remove()


def test_a_commit_wakes_a_worker(shared: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    monkeypatch.setitem(jobs.HANDLERS, "ring", lambda facts, now: rung.append(facts["n"]))
    monkeypatch.setattr(schedule, "TIMES", ())
    monkeypatch.setattr(schedule, "AT_START", ())
    consumers = [worker.start(shared), worker.start(shared)]
    try:
        for number in range(5):
            with shared.app_context(), transaction():
                outbox.add("ring", now=now(), n=number)
        wait("rung", lambda: len(rung) >= 5)
        time.sleep(0.5)
        assert sorted(rung) == [0, 1, 2, 3, 4], "each once, whoever was awake"
    finally:
        for consumer in consumers:
            worker.stop(consumer)


def test_what_is_taken_back_wakes_nobody(shared: Flask) -> None:
    def fail() -> None:
        outbox.add("ring", now=now())
        db.session.flush()
        raise RuntimeError("no")

    with shared.app_context():
        with pytest.raises(RuntimeError, match="no"), transaction():
            fail()
        with transaction():
            pass
        db.session.remove()
    assert shared.extensions["jobs"].pending_count() == 0


@pytest.mark.proves("R35")
def test_a_broker_that_is_away_stops_no_write(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    lonely = make_app(app.config["SETTINGS"].portal_data, broker_url="redis://127.0.0.1:1/0")
    with lonely.app_context(), transaction():
        outbox.add("ring", now=now())
    assert left(lonely) == 1
    assert "broker cannot be reached" in caplog.text


@pytest.mark.proves("R35")
def test_a_killed_process_lets_nothing_lie(shared: Flask, broker: str, tmp_path: Path) -> None:
    settings = shared.config["SETTINGS"]
    script = tmp_path / "job_process.py"
    script.write_text(_PROCESS)
    environment = {
        **os.environ, "PORTAL_DATA": str(settings.portal_data), "BROKER_URL": broker, "PORTAL_MODE": "demo",
        "PYTHONPATH": str(Path.cwd()), "MARK": str(tmp_path / "mark"),
    }  # fmt: skip
    with shared.app_context(), transaction():
        for number in range(3):
            outbox.add("mark", now=now(), n=number)
    first = _start(script, {**environment, "SLOW": "1"})
    wait("begun", lambda: (tmp_path / "mark").exists())
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert left(shared) == 3, "nothing that was only begun counts as done"
    with shared.app_context(), transaction():  # the lease of the dead runs out
        db.session.execute(sa.update(OutboxRow).values(next_try_at=now() - timedelta(seconds=1)))
    second = _start(script, environment)
    try:
        wait("done", lambda: left(shared) == 0)
    finally:
        second.terminate()
        assert second.wait(PATIENCE) == 0, "a polite stop is clean"
    done = (tmp_path / "mark").read_text().split()
    assert sorted(done) == ["begun", "done-0", "done-1", "done-2"]


def _start(script: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(script)], env=environment)


def test_an_odd_broker_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="BROKER_URL"):
        read_settings(broker_url="amqp://host", _env_file=None)


_PROCESS = """
import os, sys, time
from portal.factory import create_app
from portal.jobs import outbox, schedule
from flask.cli import ScriptInfo

def mark(facts, now):
    with open(os.environ["MARK"], "a") as file:
        if os.environ.get("SLOW"):
            file.write("begun ")
            file.flush()
            time.sleep(600)
        file.write(f"done-{facts['n']} ")

outbox.HANDLERS["mark"] = mark
schedule.TIMES = ()
schedule.AT_START = (outbox.drain,)
app = create_app()
app.cli.main(args=["jobs", "run"], obj=ScriptInfo(create_app=lambda: app))
"""
