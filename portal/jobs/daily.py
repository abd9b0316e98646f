"""Once a night."""

from __future__ import annotations

from portal.database import transaction
from portal.lib.clock import now
from portal.services import customers, outbox, readings


def tidy() -> int:
    """Removes what the outbox has done long ago."""
    with transaction():
        return outbox.forget(now())


def settle_customers() -> int:
    """Says of every customer whether orders still come; returns how many have changed."""
    with transaction():
        return customers.settle(now())


def remind_readers() -> int:
    """Reminds those who have not read what is in force, every few days; returns how many."""
    with transaction():
        return readings.remind_all(now=now())
