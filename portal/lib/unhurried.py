"""Work that nobody waits for leaves the machine to those who do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SHORT = 0.05  # seconds that nobody minds
REST = 19  # times as long as a longer piece has taken: of a hundred pages not five meet one
LONGEST = 10.0  # seconds of rest, so that something that waited for others does not then wait for minutes


@contextmanager
def unhurried() -> Iterator[None]:
    """Rests after a piece of work several times as long as the piece has taken, unless it was a short one."""
    begun = time.monotonic()
    yield
    took = time.monotonic() - begun
    if took > SHORT:
        time.sleep(min(took * REST, LONGEST))
