"""Two writes that the database could not let happen at once: it has undone one of them, which may be tried again."""

from __future__ import annotations

import time
from secrets import SystemRandom

# "Serialization failure" and "deadlock detected", in the words of the SQL standard and of PostgreSQL.
STATES = frozenset({"40001", "40P01"})
TRIES = 8
FIRST, LONGEST = 0.02, 1.0  # seconds that a pause lasts at most
_chance = SystemRandom()


def is_conflict(error: BaseException) -> bool:
    """Whether the database has undone a write because of another one; nothing of it is left."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) in STATES


def pause(tries: int) -> None:
    """Waits after so many tries: by chance, so that those who met do not meet again, and longer each time."""
    time.sleep(_chance.uniform(0, min(LONGEST, FIRST * 2**tries)))
