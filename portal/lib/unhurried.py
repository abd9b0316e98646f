"""Long work that nobody waits for leaves the machine to those who do."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

SHORT = 0.05  # seconds that nobody minds
REST = 19  # times as long as a longer piece has taken: of a hundred pages not five meet one
LONGEST = 10.0  # seconds of rest, so that something that waited for others does not then wait for minutes


def in_pieces(piece: Callable[[], bool], *, within: float = math.inf, rest: float = REST) -> None:
    """Does pieces as long as each says that there is more, and rests `rest` times as long after every longer one.

    After `within` seconds what is left is left to whoever calls next.
    """
    first = time.monotonic()
    while (begun := time.monotonic()) - first < within and piece():
        took = time.monotonic() - begun
        if took > SHORT:
            time.sleep(min(took * rest, LONGEST))
