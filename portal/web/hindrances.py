"""Tells from what went wrong what keeps the database from its work.

SQLite says so by numbers and, of what is missing, in words; PostgreSQL by the five signs of its states.
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, TimeoutError

from portal.extensions import db
from portal.lib.space import is_shut
from portal.services import readiness, upgrades

MISSING = ("no such table", "no such column", "has no column named")


class Hindrance(Enum):
    """What it is, in the words of the log."""

    BUSY = "the database is busy"
    READ_ONLY = "the data can only be read"
    OTHER_TABLES = "the database has not the tables of this program"
    AWAY = "the database cannot be used"


OF_SQLITE = {
    5: Hindrance.BUSY,
    6: Hindrance.BUSY,
    8: Hindrance.READ_ONLY,
    11: Hindrance.AWAY,
    26: Hindrance.AWAY,
}
OF_POSTGRESQL = {
    "25006": Hindrance.READ_ONLY,  # a standby, or set so
    "42703": Hindrance.OTHER_TABLES,  # no such column
    "42P01": Hindrance.OTHER_TABLES,  # no such table
    "53300": Hindrance.BUSY,  # it takes no more connections
    "55P03": Hindrance.BUSY,  # a lock was not to be had
    "57014": Hindrance.BUSY,  # it took longer than it may
    "57P03": Hindrance.BUSY,  # it is just starting
    "40001": Hindrance.BUSY,
    "40P01": Hindrance.BUSY,
}


def found(error: BaseException) -> Hindrance | None:
    """What keeps the database, or the folder of the data, from its work; None where something else went wrong.

    A table that is missing although the database has been upgraded is a fault of the program.
    """
    seems = said(error)
    if seems is Hindrance.AWAY and readiness.shut_place():  # a disk that was shut only says that it failed
        return Hindrance.READ_ONLY
    return None if seems is Hindrance.OTHER_TABLES and _fits() else seems


def said(error: BaseException) -> Hindrance | None:
    """What it is by the words of the error alone."""
    if isinstance(error, TimeoutError):  # no connection was free
        return Hindrance.BUSY
    if is_shut(error):
        return Hindrance.READ_ONLY
    if not isinstance(error, DBAPIError):
        return None
    orig = error.orig
    state, number = getattr(orig, "sqlstate", None), getattr(orig, "sqlite_errorcode", 0)
    known = OF_POSTGRESQL.get(state) if state else OF_SQLITE.get(number & 0xFF)
    if known is None and not state and any(words in str(orig) for words in MISSING):
        return Hindrance.OTHER_TABLES
    return known or (Hindrance.AWAY if isinstance(error, OperationalError) else None)


def _fits() -> bool:
    db.session.rollback()
    try:
        return upgrades.fit()
    except SQLAlchemyError:  # there is not even a table that tells
        db.session.rollback()
        return False
