"""The proof that a record's last event stands in the log, as a file that is checked without the portal."""

from __future__ import annotations

import json
from typing import Any

from portal.lib import merkle
from portal.lib.hashing import GENESIS
from portal.queries import audit_log
from portal.services import audit


class NotLogged(Exception):
    """The record has no event, or its last one is not in the log yet."""


def of_record(number: str) -> dict[str, Any]:
    """The last event of a record, its place in the log, and the checkpoint above it.

    Raises:
        NotLogged: there is none yet.
    """
    event = audit_log.last_event(number)
    leaf = audit_log.leaf(event) if event else None
    last = audit_log.last()
    if event is None or leaf is None or last is None:
        raise NotLogged(number)
    before = audit_log.before(event)
    return {
        "record": number,
        "event": json.loads(audit.content(event)),
        "previous": before.hash if before else GENESIS,
        "hash": event.hash,
        "position": leaf.position,
        "path": [one.hex() for one in merkle.inclusion(audit_log.node, leaf.position, last.size)],
        "checkpoint": last.note,
    }
