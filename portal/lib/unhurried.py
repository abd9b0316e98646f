"""Long work that nobody waits for leaves the machine to those who do."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

NICE = 10  # of processes that nobody waits for
SHORT = 0.05  # seconds that nobody minds
REST = 19  # times as long as a longer piece has taken: of a hundred pages not five meet one
LONGEST = 10.0  # seconds of rest, so that something that waited for others does not then wait for minutes


def give_way() -> None:
    """Lets all others on this machine go first, those of other sessions as well.

    Linux shares the processors out among sessions (autogroup), and looks at nice values only within one. So a process
    that leads its session, as a service does, gives that the value, too; a command in a terminal leaves its session alone.
    """
    if not hasattr(os, "setpriority"):
        return
    with suppress(OSError):  # not every system lets it, or shares out so
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
        if os.getsid(0) == os.getpid():
            Path("/proc/self/autogroup").write_text(str(NICE))


def in_pieces(piece: Callable[[], bool], *, within: float = math.inf, rest: float = REST) -> None:
    """Does pieces as long as each says that there is more, and rests `rest` times as long after every longer one.

    After `within` seconds what is left is left to whoever calls next.
    """
    first = time.monotonic()
    while (begun := time.monotonic()) - first < within and piece():
        took = time.monotonic() - begun
        if took > SHORT:
            time.sleep(min(took * rest, LONGEST))
