"""What of the customer's property a site has taken into custody before its start (EN-12)."""

from __future__ import annotations

from portal.queries import alterations, goods

START, CUSTODY = "EN-12", "property_custody"


def keys_received(project_id: int | None) -> int | None:
    """How many keys the customer has handed over; None while nothing is known of them."""
    found = alterations.papers(project_id, (START,), ("finished",)) if project_id else []
    known = [goods.stage_answers(one.id, CUSTODY).get("keys_received") for one in found]
    return next((keys for keys in reversed(known) if keys is not None), None)
