"""The worker in the server's process: starts, looks at the outbox within seconds, stops, leaves signals alone."""

from __future__ import annotations

import signal
import threading
import time

import pytest
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as jobs
from portal.jobs import schedule, worker
from portal.lib.clock import now
from portal.services import outbox


def test_the_outbox_is_drained_soon_after_a_commit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setitem(jobs.HANDLERS, "ring", lambda facts, now: done.set())
    before = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    consumer = worker.start(app)
    try:
        assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)] == before
        for _round in range(2):  # at the start, and when it has looked already
            done.clear()
            with app.app_context(), transaction():
                outbox.add("ring", now=now())
            assert done.wait(15)
            time.sleep(0.1)
    finally:
        worker.stop(consumer)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("Worker", "Scheduler"))]


def test_a_failing_look_does_not_end_the_looking(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, twice = [], threading.Event()

    def fail() -> int:
        looks.append(1)
        if len(looks) > 1:
            twice.set()
        raise RuntimeError("the database is away")

    monkeypatch.setattr(jobs, "drain", fail)
    monkeypatch.setattr(schedule, "POLL", 0.1)
    consumer = worker.start(app)
    try:
        assert twice.wait(15)
    finally:
        worker.stop(consumer)


def test_every_job_runs_and_leaves_nothing_for_a_second_look(app: Flask) -> None:
    with app.app_context():
        for act, _when in schedule.TIMES:
            act()
        for act, _when in schedule.TIMES:
            assert act() == 0, act
        db.session.remove()
