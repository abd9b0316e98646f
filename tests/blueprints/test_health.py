"""Whether the portal is well, alive, and ready: what is missing is named by its kind, and nothing else is told."""

from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlalchemy.exc
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from tests.conftest import both_databases, make_app
from tests.object_store import free_port

PARTS = {"database", "writing", "migrations", "store", "broker"}


def test_well(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json is not None
    assert set(answer.json) == {"status", "database"}
    assert answer.json["status"] == "ok"


@pytest.mark.proves("S44")
def test_the_database_is_gone(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        raise sqlalchemy.exc.OperationalError("SELECT 1", {}, Exception("secret host name"))

    monkeypatch.setattr(db.session, "execute", fail)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert "secret" not in answer.text


def failing(app: Flask) -> set[str]:
    """What keeps the portal from being ready; the answer's number says the same."""
    answer = app.test_client().get("/ready")
    assert answer.json is not None
    assert set(answer.json) == {"status", *PARTS}
    found = {name for name in PARTS if answer.json[name] != "ok"}
    assert (answer.status_code, answer.json["status"]) == ((503, "failing") if found else (200, "ok"))
    return found


@both_databases
def test_ready(app: Flask) -> None:
    assert failing(app) == set()


@both_databases
def test_tables_of_another_release_are_not_ready(app: Flask) -> None:
    with app.app_context():
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
        db.session.remove()
    assert failing(app) == {"migrations"}


def test_without_tables_or_database_it_is_alive_and_not_ready(tmp_path: Path) -> None:
    empty = make_app(tmp_path / "empty")
    assert failing(empty) == {"migrations"}
    address = f"postgresql+psycopg://127.0.0.1:{free_port()}/portal"
    gone = make_app(tmp_path / "gone", address)
    assert failing(gone) == {"database", "writing", "migrations"}
    assert gone.test_client().get("/alive").status_code == 200
    assert gone.test_client().get("/health").status_code == 503


def test_store_and_broker_that_are_away(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    away = {"files_endpoint": f"http://127.0.0.1:{free_port()}", "files_url": "s3://files"}
    away |= {"files_key": "secret-key", "files_secret": "secret"}
    broker = f"redis://127.0.0.1:{free_port()}/0"
    assert failing(make_app(settings.portal_data, **away)) == {"store"}
    app.config["SETTINGS"] = settings.model_copy(update={"broker_url": broker})
    assert failing(app) == {"broker"}
    assert "secret" not in app.test_client().get("/ready").text
