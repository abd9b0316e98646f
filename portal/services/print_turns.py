"""Whose turn it is to print at once: prints made while somebody waits never take more than a few of the server's threads.

What can wait is made by a job instead; see `portal.services.record_prints`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from portal.domain.prints import PrintsBusy, TooLargeToPrint
from portal.pdf.process import PrintTooLarge

AT_ONCE = 3  # prints of this process, one made and the others waiting
_printing: set[int] = set()
_lock = Lock()


@contextmanager
def turn(person_id: int) -> Iterator[None]:
    """Lets one person make one print at a time, and few people at once.

    Raises:
        PrintsBusy: the last one is still being made, or too many others wait.
        TooLargeToPrint: it takes more time or memory than a print may.
    """
    with _lock:
        if person_id in _printing or len(_printing) >= AT_ONCE:
            raise PrintsBusy
        _printing.add(person_id)
    try:
        yield
    except PrintTooLarge:
        raise TooLargeToPrint from None
    finally:
        with _lock:
            _printing.discard(person_id)
