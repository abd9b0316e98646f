"""Lets PostgreSQL undo a transaction, as it does when two met: at one statement or commit, in the first tries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from psycopg.errors import DeadlockDetected, SerializationFailure

from portal.extensions import db
from tests.faults.breaks import CALLS

ANY = re.compile("")
KINDS = (SerializationFailure, DeadlockDetected)


@dataclass
class Meetings:
    """At which call of the driver the first tries meet somebody; a try begins after each meeting."""

    at: int
    times: int
    words: re.Pattern[str]
    seen: int = 0
    struck: list[str] = field(default_factory=list)  # the statements that failed, or the commit

    def due(self, what: str) -> bool:
        """Counts one call; whether it is to fail."""
        if not self.words.match(what):
            return False
        self.seen += 1
        if self.seen != self.at or len(self.struck) == self.times:
            return False
        self.struck.append(what)
        self.seen = 0
        return True


@contextmanager
def meeting(app: Flask, at: int, times: int, words: re.Pattern[str] = ANY) -> Iterator[Meetings]:
    """The `at`-th statement or commit (of those that begin so) fails inside, in each of so many tries."""
    with app.app_context():
        dialect = db.engine.dialect
    met = Meetings(at, times, words)

    def failing(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            if not met.due(name if name == "do_commit" else str(given[1])):
                return real(*given, **more)
            if name == "do_commit":
                given[0].rollback()  # as the server has done by then
            else:
                with suppress(Exception):
                    given[0].execute("SELECT 1/0")  # it refuses all that follows
            raise KINDS[len(met.struck) % 2]

        return call

    for name in CALLS:
        setattr(dialect, name, failing(name, getattr(dialect, name)))
    try:
        yield met
    finally:
        for name in CALLS:
            delattr(dialect, name)
