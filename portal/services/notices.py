"""Telling people: a notice in the portal for everyone who holds a key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.kinds import ZONE
from portal.models import Notice
from portal.queries.actors import people_with


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
    notice = {"kind": kind, "record_id": record_id, "facts": facts, "at": now}
    rows = [{**notice, "person_id": id} for id in sorted(people_with(keys, today) - {but})]
    if rows:
        db.session.connection().execute(_NOTICES, rows)


_NOTICES = sa.insert(Notice)
