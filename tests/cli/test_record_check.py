"""`flask audit verify` names versions and signatures of records that somebody who owns the database has touched."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from tests.conftest import both_databases
from tests.web.conftest import Desk, desk
from tests.web.test_acts import MANAGER, act

__all__ = ["desk"]
LAST = "(SELECT max(id) FROM {})"


def verify(app: Flask) -> tuple[int, str]:
    """How it ends, and what it says."""
    answer = app.test_cli_runner().invoke(args=["audit", "verify"])
    return answer.exit_code, answer.output


def unprotected(app: Flask, table: str, statement: str) -> None:
    """Somebody owns the whole database."""
    with app.app_context():
        with transaction():
            on = f" ON {table}" if db.engine.dialect.name == "postgresql" else ""
            for kind in ("update", "delete"):
                db.session.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_refuse_{kind}{on}"))
            db.session.execute(sa.text(f"{statement} WHERE id = {LAST.format(table)}"))
        db.session.remove()


@pytest.mark.proves("R8")
@both_databases
@pytest.mark.parametrize(
    ("table", "statement", "said"),
    [
        (
            "signatures",
            "UPDATE signatures SET opinion = 'no'",
            "step purchasing_approval: it is not what was written then.",
        ),
        (
            "signatures",
            "UPDATE signatures SET person_id = 1",
            "step purchasing_approval: it is not what was written then.",
        ),
        ("signatures", "DELETE FROM signatures", "step purchasing_approval: it was deleted."),
        ("contents", "UPDATE contents SET version = 7", "it is not what was written then."),
        ("contents", "DELETE FROM contents", "One of 1 versions of PU-04-"),
    ],
)
def test_what_was_touched_is_named(desk: Desk, table: str, statement: str, said: str) -> None:
    number = desk.walker.open("PU-04")
    signed = act(desk, MANAGER, number, "sign", desk.turn(MANAGER, number), price_level="high")
    assert signed.status_code == 303
    code, good = verify(desk.app)
    assert (code, "versions and signatures of records are as they were written." in good) == (0, True), good
    unprotected(desk.app, table, statement)
    code, bad = verify(desk.app)
    assert code == 1
    assert said in bad
    assert number in bad


@pytest.mark.proves("R8")
def test_a_signature_that_was_slipped_in_is_not_in_the_trail(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    act(desk, MANAGER, number, "sign", desk.turn(MANAGER, number), price_level="high")
    with desk.app.app_context():
        with transaction():
            db.session.execute(sa.text("DROP TRIGGER audit_events_refuse_update"))
            told = "UPDATE audit_events SET facts = '{}' WHERE kind = 'step_signed'"
            db.session.execute(sa.text(told))
        db.session.remove()
    code, bad = verify(desk.app)
    assert (code, f"of {number}, step purchasing_approval: the trail does not tell of it." in bad) == (
        1,
        True,
    ), bad
