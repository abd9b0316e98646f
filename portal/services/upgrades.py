"""The revisions of the tables: those that only add, which the release before bears, and those that take away.

The id of one that takes away ends in `c` (for contract, as in expand and contract), so that also a program that is older
than a revision knows which kind it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile

from alembic.script import Script
from sqlalchemy import func, select, text

from portal.database import dialect
from portal.extensions import alembic, db

TURN = 4_157_044_002  # of the advisory lock: one at a time changes the tables
LOOK = 0.5  # seconds between two looks whether it is free


def takes_away(revision: str) -> bool:
    """Whether programs older than this revision cannot work after it."""
    return revision.endswith("c")


def pending() -> list[Script]:
    """What the database lacks, in the order in which it is run."""
    there = tuple(one.revision for one in alembic.current())
    missing = alembic.script_directory.iterate_revisions("heads", there or "base")
    return list(reversed(list(missing)))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Waits until no other process upgrades these tables; SQLite's writers queue by themselves."""
    if dialect() != "postgresql":
        yield
        return
    with db.engine.connect() as connection:
        while not connection.scalar(select(func.pg_try_advisory_xact_lock(TURN))):
            connection.rollback()
            time.sleep(LOOK)
        yield


def grow() -> Script | None:
    """Runs what is pending as long as it only adds, an empty database all; gives the first that takes away, which is left."""
    missing, is_empty = pending(), not alembic.current()
    adding = missing if is_empty else list(takewhile(lambda one: not takes_away(one.revision), missing))
    if adding:
        alembic.upgrade(adding[-1].revision)
    return missing[len(adding)] if len(adding) < len(missing) else None


def fit() -> bool:
    """Whether this program can work with the tables: they are its own, or newer ones that have only grown."""
    there = set(db.session.scalars(text("SELECT version_num FROM alembic_version")))
    if there == set(alembic.script_directory.get_heads()):
        return True
    return bool(there) and not any(map(known, there)) and not any(map(takes_away, there))


def known(revision: str) -> bool:
    """Whether this program, or a release before it, made the tables of this revision."""
    return revision in {one.revision for one in alembic.script_directory.walk_revisions()}
