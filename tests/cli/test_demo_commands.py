"""`flask demo`."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from portal.extensions import db
from tests.conftest import make_app


def test_fills_an_empty_database(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    answer = app.test_cli_runner().invoke(args=["demo", "load", "--records", "1"])
    assert answer.exit_code == 0, answer.output
    assert "demo-2026" in answer.output
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_refuses_where_people_are(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["demo", "load"])
    assert answer.exit_code == 1
    assert "empty" in answer.output


@pytest.mark.proves("S11")
def test_refuses_in_production(tmp_path: Path) -> None:
    key = "kS82bVxY69qRw3Zt7uLm4Np1Hd5Gf0Ja"
    app = make_app(tmp_path, portal_mode="production", secret_key=key, trusted_hosts="portal.example")
    answer = app.test_cli_runner().invoke(args=["demo", "load"])
    assert answer.exit_code == 1
    assert "never loaded in production" in answer.output
    with app.app_context():
        db.engine.dispose()
