"""What may be sent twice at the same moment: it comes one after the other, and a row is added once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Person

Row = TypeVar("Row")
SAME_CLICK = timedelta(minutes=1)  # so long the same act of the same person is the same one


def take_turn(person_id: int) -> None:
    """Lets what one person sends twice at once come one after the other, until the write ends."""
    db.session.execute(_TURN, {"id": person_id})


_TURN = sa.select(Person.id).where(Person.id == sa.bindparam("id")).with_for_update(key_share=True)


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
