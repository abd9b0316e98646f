"""How the portal talks to its database: one write at a time on SQLite, never half of one anywhere.

SQLite runs in WAL mode with full synchronisation and foreign keys. A writing transaction begins
immediately, so that it waits for its turn instead of failing half-way; inside one process writers
queue in order of arrival, which SQLite's own sleeping lock does not promise.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite

from portal.extensions import db
from portal.lib.metrics import CONNECTIONS

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=15000",
    "cache_size=-4000",
)
# A server that is cut off says nothing: how many seconds (milliseconds) until it counts as gone.
CUT_OFF = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
# Statements are planned for what they ask. Once the driver prepares those that are asked often, PostgreSQL settles on one
# plan for all values, those of a word that stands everywhere and of one that stands nowhere.
PLANNED_ANEW = {"prepare_threshold": None}
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class FairLock:
    """A lock that is handed on in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self) -> None:
        """Waits for its turn."""
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._queue.append(turn)
        turn.acquire()

    def release(self) -> None:
        """Hands the lock to the one who waits longest."""
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._held = False


@contextmanager
def transaction(*, aside: bool = False) -> Iterator[None]:
    """One write: everything inside is committed together, or nothing is.

    `aside` is a write that is not what the request asks for, such as the note that a password was given.

    Raises:
        RuntimeError: a write has already begun here; the inner one would wait for the outer for ever.
    """
    if _writing.get():
        raise RuntimeError("a write within a write")
    db.session.rollback()  # ends the reading that came before
    token = _writing.set(True)
    try:
        yield
        _commit(aside)
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.reset(token)


def _commit(aside: bool) -> None:
    """Commits, and keeps in mind for the rest of the request that it has written: what fails after that must not say no."""
    db.session.flush()  # what fails so far has written nothing
    before, g.written = g.get("written", False), not aside
    try:
        db.session.commit()
    except BaseException as error:
        if not getattr(
            error, "connection_invalidated", False
        ):  # else nobody here can know whether it was written
            g.written = before
        raise
    g.written = g.written or before


def is_writing() -> bool:
    """Whether a write is under way here."""
    return _writing.get()


def one_moment() -> None:
    """Lets all that is read from now on be of one moment, until the reading ends; nothing may be written meanwhile."""
    db.session.rollback()
    if dialect() == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def dialect() -> str:
    """The kind of database: `sqlite` or `postgresql`."""
    return db.engine.dialect.name


def among(column: Any, values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """`column IN (...)` with values that stay as they are: SQLAlchemy need not spell them out at each execution."""
    found: sa.ColumnElement[bool] = column.in_([sa.literal(value) for value in values])
    return found


def insert(model: Any, dialect: str) -> Any:
    """An INSERT into the model's table that can say what to do with a row that is there already."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(model.__table__)


def engine_options(url: str, threads: int) -> dict[str, Any]:
    """Options of the engine for this address; what goes wrong is told in the log without what people have written.

    Each thread that answers may need a second connection for a moment, and the jobs theirs.
    """
    options: dict[str, Any] = {"hide_parameters": True, "max_overflow": max(20, 2 * threads)}
    if not url.startswith("sqlite"):
        return {
            **options,
            "pool_pre_ping": True,
            "pool_size": 10,
            "connect_args": CUT_OFF | PLANNED_ANEW,
        }
    # Statements are read once for each connection, not anew; the driver keeps 128 by itself.
    connect = {"timeout": 15, "check_same_thread": False, "cached_statements": 500}
    options |= {"connect_args": connect, "pool_size": 20}
    try:
        import pysqlite3.dbapi2 as newer_sqlite
    except ImportError:
        return options
    return {**options, "module": newer_sqlite}


def watch(app: Flask) -> None:
    """Counts connections; sets SQLite's connections and transactions up, PostgreSQL needs none of that."""
    with app.app_context():
        engine = db.engine
    _count_connections(engine)
    if engine.dialect.name != "sqlite":
        return
    lock = FairLock()

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if not _writing.get():
            connection.connection.execute("BEGIN")  # takes no lock yet, so cannot fail for one
            return
        lock.acquire()
        connection.info["holds_lock"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def checkin(_connection: Any, record: Any) -> None:
        if record.info.pop("holds_lock", False):
            lock.release()


def _count_connections(engine: sa.Engine) -> None:
    @event.listens_for(engine, "checkout")
    def taken(_connection: Any, record: Any, _proxy: Any) -> None:
        record.info["counted"] = True
        CONNECTIONS.inc()

    @event.listens_for(engine, "checkin")
    def given_back(_connection: Any, record: Any) -> None:
        if record.info.pop("counted", False):
            CONNECTIONS.dec()
