"""Whether this process can do its work: everything that it needs answers, and the tables are those of this release, or bear it."""

from __future__ import annotations

import logging
from collections.abc import Callable

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

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
        "migrations": database and _holds("migrations", _migrations),
        "store": _holds("store", files.look),
        "broker": _holds("broker", _broker),
    }


def _holds(name: str, look: Callable[[], None]) -> bool:
    try:
        look()
    except (SQLAlchemyError, StoreAway, OSError, NotReady) as problem:
        db.session.rollback()
        log.warning("not ready: %s (%s)", name, type(problem.__cause__ or problem).__name__)
        return False
    return True


def _database() -> None:
    db.session.execute(sa.text("SELECT 1"))


def _migrations() -> None:
    if not upgrades.fit():
        raise NotReady


def _broker() -> None:
    """Nothing to ask where there is none."""
    url = current_app.config["SETTINGS"].broker_url
    if url:
        from redis import Redis, RedisError  # 6 MB, and many have no broker

        try:
            with Redis.from_url(url, socket_connect_timeout=WAIT, socket_timeout=WAIT) as client:
                client.ping()
        except RedisError as problem:
            raise NotReady from problem
