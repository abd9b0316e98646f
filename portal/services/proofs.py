"""The proof that a record's last event stands in the tree, as a file that is checked without the portal."""

from __future__ import annotations

import json
from typing import Any

from portal.lib import merkle
from portal.lib.hashing import GENESIS
from portal.queries import audit_tree
from portal.services import audit


class NotYetUnder(Exception):
    """The record has no event, or its last one is not in the tree yet."""


def of_record(number: str) -> dict[str, Any]:
    """The last event of a record, its place in the tree, and the checkpoint above it.

    Raises:
        NotYetUnder: there is none yet.
    """
    event = audit_tree.last_event(number)
    leaf = audit_tree.leaf(event) if event else None
    last = audit_tree.last()
    if event is None or leaf is None or last is None:
        raise NotYetUnder(number)
    before = audit_tree.before(event)
    return {
        "record": number,
        "event": json.loads(audit.content(event)),
        "previous": before.hash if before else GENESIS,
        "hash": event.hash,
        "position": leaf.position,
        "path": [one.hex() for one in merkle.inclusion(audit_tree.node, leaf.position, last.size)],
        "checkpoint": last.note,
    }
