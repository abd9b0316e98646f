"""Reminders, escalations and daily entries: each in a write of its own, as many as there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from portal.database import transaction
from portal.lib.clock import now
from portal.services import reminders, stuck


def remind() -> int:
    """Reminds those who are late and tells their heads; returns how many tasks it was."""
    return _all(reminders.remind) + _all(reminders.escalate)


def look_again() -> int:
    """Stops turns that nobody can do any more, opens those that somebody can; returns how many."""
    with transaction():
        return stuck.look_again(now())


def ask_entries() -> int:
    """Makes the tasks of daily side entries; returns how many."""
    with transaction():
        return reminders.ask_entries(now())


def _all(act: Callable[[datetime], int]) -> int:
    """Does it in batches until nothing is left."""
    total = 0
    while True:
        with transaction():
            done = act(now())
        total += done
        if done == 0:
            return total
