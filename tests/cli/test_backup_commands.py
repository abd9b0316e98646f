"""`flask backup` and `flask restore`."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.lib.clock import now
from portal.models import Person, StoredFile
from portal.services import backups
from tests.conftest import make_app


def test_goes_out_and_comes_back(app: Flask, tmp_path: Path) -> None:
    answer = app.test_cli_runner().invoke(args=["backup", str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    (path,) = tmp_path.glob("portal-*.zip")
    assert "SHA-256" in answer.output
    other = make_app(tmp_path / "other")
    answer = other.test_cli_runner().invoke(args=["restore", str(path)])
    assert answer.exit_code == 0, answer.output
    assert "every chain of the audit trail holds" in answer.output
    with other.app_context():
        assert db.session.scalar(sa.select(Person.name).where(Person.login == "buyer"))
        db.session.remove()
    again = other.test_cli_runner().invoke(args=["restore", str(path)])
    assert again.exit_code == 1
    assert "Only an empty portal" in again.output
    with other.app_context():
        db.engine.dispose()


def test_refuses_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    (tmp_path / "there").write_text("x")
    assert "exists already" in runner.invoke(args=["backup", str(tmp_path / "there")]).output
    assert "cannot be written" in runner.invoke(args=["backup", str(tmp_path / "no" / "way")]).output
    assert "is refused" in runner.invoke(args=["restore", str(tmp_path / "there")]).output


def test_says_which_files_were_missing(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        file = StoredFile(
            sha256="a" * 64, name="x", type="text/plain", size=1, uploaded_by_id=1, uploaded_at=now()
        )
        db.session.add(file)
        db.session.commit()
    answer = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.zip")])
    assert answer.exit_code == 1
    assert "a" * 64 in answer.output


def test_a_backup_that_is_told_to_stop_leaves_nothing(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(
        backups.rows, "as_json", lambda *_given: os.kill(os.getpid(), signal.SIGTERM) or iter(())
    )
    try:
        answer = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.zip")])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (answer.exit_code, "there is no backup" in answer.output) == (1, True)
    assert not list(tmp_path.glob("b.zip*"))
