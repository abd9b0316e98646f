"""Figures for Prometheus: at an address of their own, for this host or with the token, and they count what happened."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.config import SettingsError, read_settings
from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as jobs
from portal.jobs import witnesses, worker
from portal.jobs.told import told
from portal.lib.clock import now
from portal.models import OutboxRow
from portal.services import outbox
from tests.conftest import both_databases

TOKEN = "a-token-for-the-tests"


@pytest.fixture
def figures(app: Flask) -> Iterator[Callable[..., str]]:
    """Asks for the figures as Prometheus does."""
    settings = app.config["SETTINGS"].model_copy(
        update={"metrics_address": "127.0.0.1:0", "metrics_token": TOKEN}
    )
    app.config["SETTINGS"] = settings
    server = worker.tell_figures(app)
    assert server is not None
    yield lambda token=TOKEN, path="/metrics": ask(server.server_port, token, path)
    server.close()


def ask(port: int, token: str = "", path: str = "/metrics") -> str:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        text: str = answer.read().decode()
    return text


def value(text: str, name: str, **labels: str) -> float:
    """The value of a line; 0 where there is none."""
    for line in text.splitlines():
        found = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
        if found and dict(re.findall(r'(\w+)="([^"]*)"', found[1] or "")) == labels:
            return float(found[2])
    return 0


def test_requests_are_counted_by_what_they_are(
    app: Flask, client: FlaskClient, figures: Callable[..., str]
) -> None:
    def seen(text: str) -> list[float]:
        return [
            value(text, "portal_requests_total", endpoint="health.alive", method="GET", status="200"),
            value(text, "portal_requests_total", endpoint="none", method="GET", status="404"),
            value(text, "portal_requests_total", endpoint="none", method="other", status="405"),
            value(text, "portal_request_seconds_count", endpoint="health.alive", method="GET"),
        ]  # fmt: skip

    before = seen(figures())
    client.get("/alive")
    client.get("/no/such/page/of-somebody")
    client.open("/alive", method="BREW")
    after = seen(figures())
    assert [b - a for a, b in zip(before, after, strict=True)][:2] == [1, 1]
    assert after[3] - before[3] == 1
    assert "BREW" not in figures()
    assert "of-somebody" not in figures()


@both_databases
def test_the_outbox_and_the_checkpoint(
    app: Flask, figures: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_facts: object, _now: object) -> None:
        raise OSError("the printer's words about 某人")

    monkeypatch.setitem(jobs.HANDLERS, "print", away)
    monkeypatch.setitem(jobs.HANDLERS, "redline", lambda _facts, _now: None)
    assert value(figures(), "portal_outbox_rows", state="waiting") == 0
    tried = {kind: value(figures(), "portal_outbox_tries_total", kind=kind, outcome=how)
             for kind, how in (("print", "failed"), ("redline", "done"))}  # fmt: skip
    with app.app_context():
        with transaction():
            outbox.add("print", now=now(), record=1)
            outbox.add("redline", now=now(), record=1)
            stopped = outbox.add("print", now=now(), record=2)
            stopped.stopped_at = now()
            late = outbox.add("redline", now=now(), record=2)
            late.created_at, late.next_try_at = now() - timedelta(hours=2), now() + timedelta(hours=2)
        jobs.drain()
        witnesses.keep_tree()
        db.session.remove()
    text = figures()
    assert value(text, "portal_outbox_rows", state="waiting") == 2
    assert value(text, "portal_outbox_rows", state="failed") == 1
    assert value(text, "portal_outbox_rows", state="stopped") == 1
    assert 7200 <= value(text, "portal_outbox_oldest_seconds") < 7300
    assert value(text, "portal_outbox_tries_total", kind="print", outcome="failed") == tried["print"] + 1
    assert value(text, "portal_outbox_tries_total", kind="redline", outcome="done") == tried["redline"] + 1
    assert "portal_checkpoint_age_seconds" in text
    assert value(text, "portal_database_up") == 1
    assert "某人" not in text
    with app.app_context():
        db.session.execute(sa.delete(OutboxRow))
        db.session.commit()
        db.session.remove()


def test_connections_in_use_are_counted(app: Flask, figures: Callable[..., str]) -> None:
    before = value(figures(), "portal_database_connections_in_use")
    with app.app_context(), db.engine.connect(), db.engine.connect():
        assert value(figures(), "portal_database_connections_in_use") == before + 2
    assert value(figures(), "portal_database_connections_in_use") == before


def test_a_database_that_is_away(
    app: Flask, figures: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("secret host"))

    monkeypatch.setattr("portal.queries.outbox.figures", fail)
    text = figures()
    assert value(text, "portal_database_up") == 0
    assert "portal_database_up 0.0" in text
    assert "secret" not in text


def test_jobs_are_counted(app: Flask, figures: Callable[..., str]) -> None:
    done, failed = (
        value(figures(), "portal_jobs_total", job="sweep", outcome=how) for how in ("done", "failed")
    )
    with told("sweep") as job:
        job.done = 3
    with pytest.raises(ZeroDivisionError), told("sweep"):
        1 / 0  # noqa: B018
    assert value(figures(), "portal_jobs_total", job="sweep", outcome="done") == done + 1
    assert value(figures(), "portal_jobs_total", job="sweep", outcome="failed") == failed + 1


def test_only_who_knows_the_token_is_told(app: Flask, figures: Callable[..., str]) -> None:
    assert "portal_database_up" in figures()
    for token in ("", "wrong", f"{TOKEN}x"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            figures(token)
        assert refused.value.code == 401
        assert refused.value.read() == b""
        refused.value.close()
    with pytest.raises(urllib.error.HTTPError) as lost:
        figures(TOKEN, "/")
    assert lost.value.code == 404
    lost.value.close()


def test_nobody_answers_where_no_address_is_set(app: Flask) -> None:
    assert worker.tell_figures(app) is None
    assert app.test_client().get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"metrics_address": "9464"}, "METRICS_ADDRESS must be such as"),
        ({"metrics_address": "127.0.0.1:"}, "METRICS_ADDRESS must be such as"),
        ({"metrics_address": "127.0.0.1:99999"}, "METRICS_ADDRESS must be such as"),
        ({"metrics_address": "0.0.0.0:9464"}, "METRICS_TOKEN needs 16 characters"),
        ({"metrics_address": "[::]:9464", "metrics_token": "short"}, "METRICS_TOKEN needs 16 characters"),
        ({"log_format": "xml"}, "LOG_FORMAT:"),
    ],
)
def test_settings_that_do_not_fit(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    for fits in ({"metrics_address": "[::1]:9464"}, {"metrics_address": "0.0.0.0:1", "metrics_token": TOKEN}):
        read_settings(portal_data=tmp_path, _env_file=None, **fits)
    with pytest.raises(SettingsError) as stopped:
        read_settings(portal_data=tmp_path, _env_file=None, **changed)
    assert said in str(stopped.value)


def test_the_figures_of_several_processes_are_added_up(tmp_path: Path) -> None:
    """As under gunicorn: each process counts in the folder, and one that has ended is not forgotten."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    count = "from portal.lib import metrics; metrics.count_request('home.show', 'GET', 200, 0.1); metrics.CONNECTIONS.inc()"
    for _process in range(3):
        subprocess.run([sys.executable, "-c", count], env=environment, check=True)
    tell = (
        "from prometheus_client import generate_latest; from portal.web import metrics\n"
        "print(generate_latest(metrics.of_all_workers()).decode())"
    )
    text = subprocess.run(
        [sys.executable, "-c", tell], env=environment, check=True, capture_output=True, text=True
    ).stdout
    assert value(text, "portal_requests_total", endpoint="home.show", method="GET", status="200") == 3
