"""Once a night."""

from __future__ import annotations

from datetime import timedelta

from portal.database import transaction
from portal.lib.clock import now, today
from portal.queries import revisions
from portal.services import customers, indexing, outbox, readings

LATELY = timedelta(days=60)


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


def find_what_is_in_force() -> int:
    """Lets the search find the texts that have come into force of late, also while the portal stood still; returns how many."""
    with transaction():
        documents = revisions.come_into_force(today() - LATELY, today())
        indexing.add(documents)
    return len(documents)
