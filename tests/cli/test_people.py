"""The first administrator of a new installation."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.config import Settings
from portal.extensions import alembic, db
from portal.factory import create_app
from portal.models import AuditEvent, Person

COMMAND = ["people", "create-administrator", "jia.wei", "贾维"]


@pytest.fixture
def empty(tmp_path: Path) -> Flask:
    """A portal without anybody."""
    app = create_app(Settings(portal_data=tmp_path, _env_file=None))
    app.config.update(WTF_CSRF_ENABLED=False)
    with app.app_context():
        alembic.upgrade()
        db.session.remove()
    return app


@pytest.mark.proves("S11")
def test_made_once_with_a_password_that_must_be_changed(empty: Flask) -> None:
    made = empty.test_cli_runner().invoke(args=COMMAND)
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    client = empty.test_client()
    entered = client.post("/sign-in", data={"login": "jia.wei", "password": secret})
    assert entered.status_code == 303
    assert client.get("/admin/").location == "/account/password"
    client.post("/account/password", data={"old": secret, "new": "Kupferkanne 77", "again": "Kupferkanne 77"})
    assert client.get("/admin/").status_code == 200
    again = empty.test_cli_runner().invoke(args=["people", "create-administrator", "second", "第二人"])
    assert again.exit_code == 1
    with empty.app_context():
        assert db.session.scalars(sa.select(Person.login)).all() == ["jia.wei"]
        assert "administrator_created" in db.session.scalars(sa.select(AuditEvent.kind)).all()


@pytest.mark.parametrize("given", [["Jia Wei", "贾维"], ["jia.wei", " "], ["j", "贾维"]])
def test_strange_names_are_refused(empty: Flask, given: list[str]) -> None:
    made = empty.test_cli_runner().invoke(args=["people", "create-administrator", *given])
    assert made.exit_code == 1
    with empty.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 0


@pytest.mark.proves("S11")
def test_not_where_there_is_one(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=COMMAND).exit_code == 1
