"""Before the portal serves: tables up to date, the old ones copied, an empty demo filled once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import alembic, db
from portal.jobs import start
from portal.models import Person, Record
from tests.conftest import make_app


def test_an_empty_demo_is_filled_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "RECORDS", 2)
    app = make_app(tmp_path)
    start.prepare(app)
    said = capsys.readouterr().out
    assert DEMO_PASSWORD in said
    assert "general_manager" in said
    start.prepare(app)
    assert DEMO_PASSWORD not in capsys.readouterr().out
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) > 80
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Record)) >= 7
        db.session.remove()
        db.engine.dispose()


@pytest.mark.proves("S11")
def test_production_starts_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = "kS82bVxY69qRw3Zt7uLm4Np1Hd5Gf0Ja"
    app = make_app(tmp_path, portal_mode="production", secret_key=key, trusted_hosts="portal.example")
    start.prepare(app)
    assert DEMO_PASSWORD not in capsys.readouterr().out
    with app.app_context():
        assert db.session.scalar(sa.select(Person.id).limit(1)) is None
        db.session.remove()
        db.engine.dispose()


def test_a_database_is_copied_before_its_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "RECORDS", 1)
    app = make_app(tmp_path)
    start.prepare(app)
    assert list(tmp_path.glob("*before-upgrade*")) == [], "there was nothing to copy"
    monkeypatch.setattr(alembic, "needs_upgrade", lambda: True)
    start.prepare(app)
    (copy,) = tmp_path.glob("*before-upgrade*")
    assert str(copy) in capsys.readouterr().out
    with sqlite3.connect(copy) as old:
        assert old.execute("SELECT count(*) FROM people").fetchone()[0] > 80
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
