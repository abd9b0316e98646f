"""Lets the database fail: at one statement or commit of a request, or at all from there on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from portal.extensions import db
from tests import tables

CALLS = ("do_execute", "do_executemany", "do_execute_no_params", "do_commit")


@dataclass
class Break:
    """Which call of the driver fails, and what came of it."""

    at: int
    lasting: bool = False
    words: str = "disk I/O error"
    seen: int = 0
    struck: str = ""  # the statement that failed, or the commit

    def due(self, what: str) -> bool:
        """Counts one call; whether it is to fail."""
        self.seen += 1
        fails = self.seen == self.at or (self.lasting and self.seen > self.at)
        self.struck = self.struck or (what if fails else "")
        return fails


@contextmanager
def breaking(app: Flask, at: int, **how: Any) -> Iterator[Break]:
    """The `at`-th statement or commit inside fails as a driver's does; its transaction is of no use any more."""
    with app.app_context():
        dialect = db.engine.dialect
    one = Break(at, **how)

    def failing(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            if not one.due(name if name == "do_commit" else str(given[1])):
                return real(*given, **more)
            if name != "do_commit":
                with suppress(Exception):
                    given[0].execute("SELECT 1/0")  # PostgreSQL refuses all that follows
            raise dialect.dbapi.OperationalError(one.words)

        return call

    for name in CALLS:
        setattr(dialect, name, failing(name, getattr(dialect, name)))
    try:
        yield one
    finally:
        for name in CALLS:
            delattr(dialect, name)


@dataclass
class Watch:
    """Whether anything in the database has changed since."""

    app: Flask
    but: frozenset[str] = frozenset()
    before: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.before = tables.hashes(self.app, self.but)
        with self.app.app_context():
            sqlite = db.engine.dialect.name == "sqlite"
            self._look = sqlite3.connect(str(db.engine.url.database)) if sqlite else None
        self._version = self._now()

    def _now(self) -> int | None:
        """SQLite's own count of the commits of others; it is looked at first, as it costs nothing."""
        return self._look.execute("PRAGMA data_version").fetchone()[0] if self._look else None

    def changed(self) -> list[str]:
        """The tables whose rows differ."""
        if self._look is not None and self._now() == self._version:
            return []
        self._version = self._now()
        return tables.changed(self.before, tables.hashes(self.app, self.but))
