"""`flask directory check` says what works, and what is wrong with the settings or with somebody's account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.models import Person
from tests import slapd
from tests.slapd import HOST, Slapd

GOOD = "Berge und Seen, 41"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    with slapd.served(tmp_path_factory.mktemp("slapd"), {"buyer": GOOD, "stranger": GOOD}) as found:
        yield found


def check(app: Flask, *arguments: str, typed: str = "", **settings: Any) -> Result:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=settings)
    return app.test_cli_runner().invoke(args=["directory", "check", *arguments], input=typed)


def leave(app: Flask, login: str) -> None:
    with app.app_context(), transaction():
        db.session.execute(
            sa.update(Person).where(Person.login == login).values(of_directory=True, password_hash="")
        )


def test_all_is_well(app: Flask, server: Slapd) -> None:
    leave(app, "buyer")
    said = check(app, "Buyer", "--password", typed=f"{GOOD}\n", **server.settings())
    assert said.exit_code == 0, said.output
    assert f"buyer is uid=buyer,{slapd.BASE}" in said.output
    assert "It takes this password." in said.output
    assert GOOD not in said.output


@pytest.mark.parametrize(
    ("login", "typed", "changed", "why"),
    [
        ("buyer", "", {"ldap_url": ""}, "LDAP_URL is empty"),
        ("buyer", "", {"ldap_url": f"ldaps://{HOST}:1"}, "Connection refused"),
        ("buyer", "", {"ldap_ca": ""}, "CERTIFICATE_VERIFY_FAILED"),
        ("buyer", "", {"ldap_password": "another"}, "does not take the portal's own account"),
        ("buyer", "", {"ldap_base": "dc=nowhere"}, "does not search below dc=nowhere"),
        ("nobody", "", {}, "does not know exactly one entry with the login nobody"),
        ("*", "", {}, "does not know exactly one entry with the login *"),
        ("buyer", "not it\n", {}, "does not take this password"),
        ("buyer", "", {}, "this person has a password of the portal"),
        ("stranger", "", {}, "nobody at work has this login in the portal"),
    ],
)
def test_what_is_wrong_is_said(
    app: Flask, server: Slapd, login: str, typed: str, changed: dict[str, str], why: str
) -> None:
    flags = ["--password"] if typed else []
    said = check(app, login, *flags, typed=typed, **server.settings(**changed))
    assert said.exit_code == 1
    assert why in said.output
