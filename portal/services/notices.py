"""Telling people: a notice in the portal for everyone who holds a key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.extensions import db
from portal.forms.kinds import ZONE
from portal.models import Notice
from portal.queries.actors import people_with_key


def tell(
    keys: Iterable[str],
    kind: str,
    *,
    now: datetime,
    record_id: int | None = None,
    but: int | None = None,
    **facts: Any,
) -> None:
    """Writes one notice to each person behind the keys, except `but`."""
    today = now.astimezone(ZONE).date()
    people = {person.id for key in keys for person in people_with_key(key, today)}
    for person_id in sorted(people - {but}):
        db.session.add(Notice(person_id=person_id, kind=kind, record_id=record_id, facts=facts, at=now))
