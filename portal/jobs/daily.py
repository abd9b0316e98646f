"""Once a night."""

from __future__ import annotations

from portal.database import transaction
from portal.services import outbox
from portal.web.clock import now


def tidy() -> int:
    """Removes what the outbox has done long ago."""
    with transaction():
        return outbox.forget(now())
