"""Whether this process can do its work: everything that it needs answers, and the tables are those of this release, or bear it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from portal.database import dialect
from portal.extensions import db
from portal.services import upgrades
from portal.storage import files
from portal.storage.store import StoreAway

WAIT = 2  # seconds for the broker
log = logging.getLogger("portal.readiness")


class NotReady(Exception):
    """What is needed is there, but not as it should be."""


def check() -> dict[str, bool]:
    """What is needed, and whether it is there; why not stands in the log."""
    database = _holds("database", _database)
    return {
        "database": database,
        "writing": database and _holds("writing", _writing),
        "migrations": database and _holds("migrations", _migrations),
        "store": _holds("store", files.look),
        "broker": _holds("broker", _broker),
    }


def shut_place() -> Path | None:
    """What there is of SQLite's database, or its folder, where the portal may not write; the store looks at its own."""
    if dialect() != "sqlite":
        return None
    file = Path(str(db.engine.url.database))
    places = [file.parent, *filter(Path.exists, [file])]
    return next((place for place in places if not os.access(place, os.W_OK)), None)


def _holds(name: str, look: Callable[[], None]) -> bool:
    try:
        look()
    except (SQLAlchemyError, StoreAway, OSError, NotReady) as problem:
        db.session.rollback()
        kind = type(problem.__cause__ or problem).__name__
        log.warning("not ready: %s (%s)", name, str(problem) if isinstance(problem, NotReady) else kind)
        return False
    return True


def _database() -> None:
    db.session.execute(sa.text("SELECT 1"))


def _migrations() -> None:
    if not upgrades.fit():
        raise NotReady(
            "the tables are not those of this program: flask db pending tells which revisions lack"
        )


def _writing() -> None:
    """Whether anything can be written: a standby or a shut folder only lets read, if that.

    Raises:
        NotReady: it cannot.
    """
    asked = sa.text("SELECT current_setting('transaction_read_only')")
    if dialect() == "postgresql" and db.session.scalar(asked) == "on":
        raise NotReady("the database can only be read: a standby, or default_transaction_read_only")
    if place := shut_place():
        raise NotReady(f"{place} can only be read, or is not there")


def _broker() -> None:
    """Nothing to ask where there is none."""
    url = current_app.config["SETTINGS"].broker_url
    if url:
        from redis import Redis, RedisError  # 6 MB, and many have no broker

        try:
            with Redis.from_url(url, socket_connect_timeout=WAIT, socket_timeout=WAIT) as client:
                client.ping()
        except RedisError as problem:
            raise NotReady(type(problem).__name__) from problem
