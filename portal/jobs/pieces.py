"""The writes that a job consists of."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from portal.database import transaction
from portal.lib import conflicts

Result = TypeVar("Result")
log = logging.getLogger("portal.jobs")


def piece(act: Callable[[], Result]) -> Result:
    """Does an act as one write, from its beginning again where others were at work on the same rows."""
    for before in range(1, conflicts.TRIES):
        try:
            with transaction():
                return act()
        except DBAPIError as problem:
            if not conflicts.is_conflict(problem):
                raise
        log.info("a job met others at work and does its piece again")
        conflicts.pause(before)
    with transaction():
        return act()
