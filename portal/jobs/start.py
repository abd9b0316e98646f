"""What happens before the portal serves: tables up to date, an empty demo filled."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import sqlalchemy as sa
from alembic.util import CommandError
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.demo.bar import load_visibly
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import alembic, db
from portal.lib.clock import now
from portal.models import Person
from portal.queries import durability
from portal.services import upgrades

NEWER = "The database is of another version of the portal ({}). Start that version, or restore a backup of this one's."
BROKEN_OFF = (
    "The tables could not be brought up to date: {}\n"
    "Nothing half done is left: mend the cause and start again, or start the version before with the database it had."
)
RECORDS = 1500  # of the demo that an empty database is filled with
LOGINS = ("general_manager", "purchasing_manager", "buyer", "warehouse_keeper", "auditor", "administrator")


class NotPrepared(Exception):
    """The database is not as this version needs it; the text says what to do, for whoever starts the portal."""


def prepare(app: Flask) -> None:
    """Brings the tables up to date, and fills a demo that has no people yet.

    Raises:
        NotPrepared: the database is not safe, or its tables could not be brought up to date.
    """
    try:
        durability.look(app.config["SETTINGS"])
    except durability.NotDurable as problem:
        raise NotPrepared(str(problem)) from problem
    with app.app_context():
        try:
            with upgrades.one_at_a_time():
                _upgrade()
        except CommandError as problem:
            raise NotPrepared(NEWER.format(problem)) from problem
        except SQLAlchemyError as problem:
            raise NotPrepared(BROKEN_OFF.format(problem)) from problem
        if app.config["SETTINGS"].demo and db.session.scalar(sa.select(Person.id).limit(1)) is None:
            _fill()


def _upgrade() -> None:
    """Upgrades the tables; a SQLite database that has some is copied first.

    A revision that breaks off leaves nothing of itself behind, and the next start goes on from there.
    """
    if not alembic.needs_upgrade():
        return
    if alembic.current() and db.engine.dialect.name == "sqlite":
        click.echo(f"Before the upgrade the database was copied to {_copy(now())}.")
    alembic.upgrade()


def _copy(at: datetime) -> Path:
    """A copy of the SQLite database beside it."""
    there = Path(str(db.engine.url.database))
    copy = there.with_name(f"{there.stem}-before-upgrade-{at:%Y%m%dT%H%M%S%f}{there.suffix}")
    connection = db.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(copy),))
    finally:
        connection.close()
    return copy


def _fill() -> None:
    """Loads the demo and says once how to sign in."""
    load_visibly(now(), records=RECORDS)
    click.echo(f"Sign in as {', '.join(LOGINS)} ... with the password {DEMO_PASSWORD}")
