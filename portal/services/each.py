"""Work that runs by itself over many rows: what goes wrong with one is told in the log and does not hold up the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from portal.extensions import db
from portal.lib.conflicts import is_conflict

Row = TypeVar("Row")
log = logging.getLogger("portal.jobs")


def apart(what: str, rows: Iterable[Row], act: Callable[[Row], int]) -> int:
    """Does the act for each row by itself, wholly or not at all; returns the sum of what it gave."""
    total = 0
    for row in rows:
        id = getattr(row, "id", row)
        try:
            with db.session.begin_nested():
                total += act(row)
        except Exception as problem:
            if is_conflict(problem):  # the whole write is undone, and may be tried again
                raise
            log.exception("%s %s failed", what, id)
    return total
