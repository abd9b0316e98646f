"""What keeps a command or the start from its work is said in one sentence; a trace is for faults of the program."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.cli.sentences import told
from portal.config import ROOT, SettingsError
from portal.extensions import alembic, db
from portal.jobs import worker
from portal.storage.store import StoreAway
from tests.conftest import SECRET, make_app

AWAY = "postgresql+psycopg://portal:geheim@127.0.0.1:1/portal"


def said(app: Flask, *words: str) -> str:
    """What the command that fails says, in one line."""
    with app.app_context():
        made = app.test_cli_runner().invoke(args=list(words))
        db.session.remove()
        db.engine.dispose()
    assert made.exit_code == 1, made.output
    assert isinstance(made.exception, SystemExit), made.exception
    (line,) = [one for one in made.output.splitlines() if one.startswith("Error: ")]
    assert "geheim" not in made.output
    return line


@pytest.mark.parametrize(
    "words",
    [
        "audit verify",
        "backup {}/b.zip",
        "procedures list",
        "search rebuild",
        "people create-administrator a.b 甲",
    ],
)
def test_an_empty_database_is_to_be_upgraded(tmp_path: Path, words: str) -> None:
    app = make_app(tmp_path / "data")
    assert "Run: flask db pending, then flask db upgrade" in said(app, *words.format(tmp_path).split())
    assert not list(tmp_path.glob("b.zip*")), "no half of a backup is left"


@pytest.mark.parametrize("words", ["audit checkpoint", "db upgrade", "files check"])
def test_a_database_that_is_away_is_named_without_its_password(tmp_path: Path, words: str) -> None:
    app = make_app(tmp_path, AWAY)
    assert "The database cannot be used (connection failed" in said(app, *words.split())


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "portal.db").write_bytes(b"no database " * 1000)
    assert "file is not a database" in said(make_app(tmp_path), "db", "pending")


def test_tables_of_another_release_are_named(tmp_path: Path) -> None:
    app = make_app(tmp_path / "data")
    with app.app_context():
        alembic.upgrade()
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.commit()
        db.session.remove()
    assert "'9999': this release does not know it" in said(app, "db", "upgrade")
    assert "'nothing': this release does not know it" in said(
        make_app(tmp_path / "other"), "db", "upgrade", "nothing"
    )


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (OSError(28, "No space left on device"), "There is no room left"),
        (PermissionError(13, "Permission denied", "audit-key"), "Nothing can be written"),
        (StoreAway("get: refused"), "The file store does not answer: get: refused"),
    ],
)
def test_disk_and_store_are_named(problem: Exception, words: str) -> None:
    with pytest.raises(click.ClickException, match=words), told():
        raise problem


def test_a_fault_of_the_program_keeps_its_trace() -> None:
    with pytest.raises(KeyError), told():
        raise KeyError("number")


@pytest.mark.parametrize("blocked", ["data", "data/files", "data/packages"])
def test_a_folder_that_cannot_be_used_stops_the_start(tmp_path: Path, blocked: str) -> None:
    (tmp_path / blocked).parent.mkdir(exist_ok=True)
    (tmp_path / blocked).write_text("in the way")
    with pytest.raises(SettingsError, match=r"The folder PORTAL_DATA=.*/data cannot be used"):
        make_app(tmp_path / "data")


def test_a_port_that_is_taken_stops_the_start(tmp_path: Path) -> None:
    production = {"PORTAL_MODE": "production", "SECRET_KEY": SECRET, "TRUSTED_HOSTS": "localhost"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        given = {**os.environ, **production, "PORTAL_DATA": str(tmp_path / "served"), "PORT": str(port)}
        command = [sys.executable, "-m", "portal"]
        ended = subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode == 1
        assert f"PORTAL_HOST=127.0.0.1, PORT={port}: Address already in use." in ended.stderr
        assert "Traceback" not in ended.stderr
        app = make_app(tmp_path / "figures", metrics_address=f"127.0.0.1:{port}")
        with pytest.raises(SettingsError, match=f"METRICS_ADDRESS=127.0.0.1:{port}: Address already in use"):
            worker.tell_figures(app)


def test_a_key_of_the_demo_that_was_never_written_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "demo-secret-key").touch()
    key = make_app(tmp_path).config["SECRET_KEY"]
    assert len(key) > 32
    assert make_app(tmp_path).config["SECRET_KEY"] == key
