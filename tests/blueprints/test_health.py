"""The health page says whether the database answers and nothing else."""

import pytest
import sqlalchemy.exc
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db


def test_well(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json is not None
    assert set(answer.json) == {"status", "database", "version"}
    assert answer.json["status"] == "ok"


@pytest.mark.proves("S44")
def test_the_database_is_gone(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        raise sqlalchemy.exc.OperationalError("SELECT 1", {}, Exception("secret host name"))

    monkeypatch.setattr(db.session, "execute", fail)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert "secret" not in answer.text
