"""Facts of the audit trail as sentences."""

from __future__ import annotations

from portal.models import AuditEvent


def sentence(event: AuditEvent) -> str:
    """What happened, in the reader's language."""
    return event.kind
