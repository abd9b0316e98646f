"""Once a night."""

from __future__ import annotations

from datetime import timedelta

from portal.jobs.pieces import piece
from portal.lib.clock import now, today
from portal.queries import audit_packages as kept
from portal.queries import revisions
from portal.services import (
    account_ends,
    allocations,
    audit_packages,
    customers,
    drafts,
    indexing,
    outbox,
    readings,
)
from portal.storage import package_store

UNUSED = timedelta(hours=1)  # a file that was written to since may be somebody's piece


def tidy() -> int:
    """Removes what the outbox has done long ago, and drafts of what was submitted; returns how many."""
    return piece(lambda: outbox.forget(now())) + piece(drafts.forget_submitted)


def drop_packages() -> int:
    """Removes the packages of auditors that were kept for their days, and files that nobody needs; returns how many."""
    at = now()
    count = piece(lambda: audit_packages.expire(at))
    package_store.sweep(kept.files(), at - UNUSED)
    return count


def end_accounts() -> int:
    """Ends the accounts whose last day is over; returns how many."""
    return piece(lambda: account_ends.end_due(now=now()))


def settle_customers() -> int:
    """Says of every customer whether orders still come, and hands over those whose allocation begins; returns how many."""
    return piece(lambda: customers.settle(now())) + piece(lambda: allocations.hand_over(now()))


def remind_readers() -> int:
    """Reminds those who have not read what is in force, every few days; returns how many."""
    return piece(lambda: readings.remind_all(now=now()))


def find_what_is_in_force() -> int:
    """Lets the search find the texts in force, also those whose day came while the portal stood still; returns how many."""
    return piece(lambda: indexing.add(revisions.documents_in_force(today())))
