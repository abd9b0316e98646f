"""Signing windows that are over."""

from __future__ import annotations

from portal.jobs.pieces import piece
from portal.lib.clock import now
from portal.services import own_keys


def shut() -> int:
    """Throws away the people's keys that sessions held until now; returns how many."""
    return piece(lambda: own_keys.let_go_due(now=now()))
