"""Rows that two may want to add at the same moment: one adds, the other takes what is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from portal.extensions import db

Row = TypeVar("Row")


def add(row: Row, find: Callable[[], Row | None]) -> Row:
    """Adds a row with a unique key; where somebody has just added it, gives theirs instead.

    Raises:
        IntegrityError: the row breaks another rule than that of its key.
    """
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        found = find()
        if found is None:
            raise
        return found
    return row
