"""`flask audit verify` holds signatures by own keys against the keys, and the keys against the trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.lib import own_keys as keys
from portal.models import OwnKey, Signature
from tests.conftest import both_databases
from tests.own_keys import Manager

Change = Callable[[Signature, OwnKey], None]


@pytest.fixture
def manager(app: Flask, client: FlaskClient, sign_in: Callable[[FlaskClient, str], FlaskClient]) -> Manager:
    """Somebody who has signed with a key, a day after it was made."""
    found = Manager(app, sign_in(client, "purchasing_manager"))
    found.set_up()
    tamper(app, lambda _one, key: _put(key, made_at=key.made_at - timedelta(days=1)))
    assert found.sign().status_code == 303
    return found


def verify(app: Flask) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["audit", "verify"])
    return answer.exit_code, answer.output


def tamper(app: Flask, change: Change) -> None:
    """Somebody owns the whole database."""
    with app.app_context():
        with transaction():
            on = " ON signatures" if db.engine.dialect.name == "postgresql" else ""
            db.session.execute(sa.text(f"DROP TRIGGER IF EXISTS signatures_refuse_update{on}"))
            key = db.session.scalars(sa.select(OwnKey).order_by(OwnKey.id.desc()).limit(1)).one()
            one = db.session.scalars(sa.select(Signature).order_by(Signature.id.desc()).limit(1)).one()
            change(one, key)
        db.session.remove()


def _put(row: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def forged(one: Signature, _key: OwnKey) -> None:
    """By a key of the forger's, put in the place of the signer's."""
    other = keys.make()
    _put(one, own_key=keys.public(other), own_signature=keys.sign(other, one.sha256))


def forged_whole(one: Signature, key: OwnKey) -> None:
    """The same, with all that names the key."""
    other = keys.make()
    forged_key = keys.public(other)
    _put(key, public_key=forged_key, sha256=keys.fingerprint(forged_key))
    _put(one, own_key=forged_key, own_signature=keys.sign(other, one.sha256))
    one.authority = {**one.authority, "own_key": keys.fingerprint(forged_key)}


def swapped(one: Signature, _key: OwnKey) -> None:
    """By another key, while the row names the signer's."""
    one.own_signature = keys.sign(keys.make(), one.sha256)


def stripped(one: Signature, _key: OwnKey) -> None:
    _put(one, own_key=None, own_signature=None)


def stripped_whole(one: Signature, _key: OwnKey) -> None:
    stripped(one, _key)
    one.authority = {name: value for name, value in one.authority.items() if name != "own_key"}


def moved(one: Signature, _key: OwnKey) -> None:
    one.person_id = 1 if one.person_id != 1 else 2


def said_otherwise(one: Signature, _key: OwnKey) -> None:
    one.opinion = "不同意"


def garbled(one: Signature, _key: OwnKey) -> None:
    _put(one, own_signature="✗")


def ended_before(_one: Signature, key: OwnKey) -> None:
    key.ended_at = key.made_at + timedelta(hours=1)


def another_public(_one: Signature, key: OwnKey) -> None:
    key.public_key = keys.public(keys.make())


@both_databases
def test_what_was_signed_with_a_key_holds(manager: Manager) -> None:
    code, said = verify(manager.app)
    assert (code, "Signatures by people's own keys: 1 verified." in said) == (0, True), said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (forged, "was not made by the key of its signer that it names"),
        (forged_whole, "no event of the trail says that its owner made it"),
        (swapped, "was not made by the key"),
        (garbled, "was not made by the key"),
        (stripped, "carries no signature by it"),
        (stripped_whole, "carries no signature by it"),
        (moved, "by a key that its signer did not have then"),
        (said_otherwise, "changed after it was made"),
        (ended_before, "by a key that its signer did not have then"),
        (another_public, "its public key is not that of its fingerprint"),
    ],
)
@both_databases
def test_what_was_tampered_with_is_named(manager: Manager, change: Change, says: str) -> None:
    number = manager.signature().id
    tamper(manager.app, change)
    code, said = verify(manager.app)
    assert (code, says in said) == (1, True), said
    assert f"Signature {number} of PU-04" in said or "Own key " in said


def test_signatures_before_and_after_a_key_need_none(manager: Manager) -> None:
    sent = {"password": "demo-2026", "seen": manager.key().sha256}
    assert manager.browser.post("/account/key/end", data=sent).status_code == 303
    assert manager.sign().status_code == 303
    assert verify(manager.app)[0] == 0
