"""Once a night."""

from __future__ import annotations

from portal.database import transaction
from portal.lib.clock import now
from portal.services import outbox


def tidy() -> int:
    """Removes what the outbox has done long ago."""
    with transaction():
        return outbox.forget(now())
