"""An upgrade that breaks off: nothing half made is left, the portal says so in a sentence, the next start goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import __main__ as serving
from portal.config import ROOT, Settings
from portal.extensions import alembic, db
from portal.jobs import start, worker
from tests.conftest import make_app
from tests.faults.breaks import breaking
from tests.test_migrations import functions, tables, triggers

TRIES = 4  # places at which the upgrade is broken off, spread over it


def emptied(app: Flask) -> tuple[set[str], set[str]]:
    """Takes all tables away; gives what there was."""
    with app.app_context():
        before = tables(), triggers()
        alembic.downgrade("base")
        assert (tables(), triggers(), functions()) == (set(), set(), [])
    return before


def let_go(app: Flask) -> None:
    """Ends what a start has begun."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.proves("F20")
@pytest.mark.both_databases
def test_broken_off_anywhere_it_goes_on_at_the_next_start(
    app: Flask, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "_fill", lambda: None)
    before = emptied(app)
    with breaking(app, 0) as whole:
        start.prepare(app)
    for at in range(whole.seen // TRIES, whole.seen, whole.seen // TRIES):
        emptied(app)
        with (
            breaking(app, at) as broken,
            pytest.raises(start.NotPrepared, match="could not be brought up to date"),
        ):
            start.prepare(app)
        assert broken.struck
        with app.app_context():
            left, reached = tables(), alembic.current()
            assert bool(left) == bool(reached), "tables of a revision that is not there"
            if database == "postgresql":
                assert not left, "all of it, or nothing"
        start.prepare(app)
        with app.app_context():
            assert (tables(), triggers()) == before, broken.struck
            assert alembic.compare_metadata() == []
        let_go(app)


@pytest.mark.proves("F20")
def test_a_database_of_a_newer_portal_is_left_alone(app: Flask) -> None:
    with app.app_context():
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.commit()
        db.session.remove()
    with pytest.raises(start.NotPrepared, match=r"another version of the portal.*9999"):
        start.prepare(app)


@pytest.mark.proves("F20")
def test_the_server_does_not_begin_and_says_why_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_app: Flask) -> None:
        raise start.NotPrepared(start.NEWER.format("9999"))

    def begun(_app: Flask) -> None:
        raise AssertionError("the jobs have begun")

    monkeypatch.setattr(serving, "read_settings", lambda: Settings(portal_data=tmp_path, _env_file=None))
    monkeypatch.setattr(serving, "create_app", lambda settings: make_app(tmp_path))
    monkeypatch.setattr(serving, "prepare", broken)
    monkeypatch.setattr(worker, "start", begun)
    with pytest.raises(SystemExit, match=r"another version of the portal \(9999\)"):
        serving.main()


@pytest.mark.postgres(alone=True)
def test_two_upgrades_at_once_are_one_after_the_other(app: Flask, tmp_path: Path) -> None:
    emptied(app)
    let_go(app)
    given = {**os.environ, "DATABASE_URL": app.config["SETTINGS"].database_url, "PORTAL_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
    both = [
        subprocess.Popen(command, env=given, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _one in "12"
    ]
    said = [one.communicate()[1] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert sum("Running upgrade  -> 0001" in one for one in said) == 1
