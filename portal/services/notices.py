"""Telling people: a notice in the portal for everyone who holds a key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import Notice
from portal.queries.actors import people_with


def tell(
    keys: Iterable[str],
    kind: str,
    *,
    now: datetime,
    record_id: int | None = None,
    but: int | None = None,
    repeat: bool = True,
    **facts: Any,
) -> None:
    """Writes one notice to each person behind the keys, except `but`.

    Without `repeat` nobody gets it again who has not read it yet.
    """
    people = people_with(keys, day(now)) - {but}
    if not repeat:
        unread = {"people": people, "kind": kind, "record": record_id}
        people -= {id for id, said in db.session.execute(_UNREAD, unread) if said == facts}
    notice = {"kind": kind, "record_id": record_id, "facts": facts, "at": now}
    rows = [{**notice, "person_id": id} for id in sorted(people)]
    if rows:
        db.session.connection().execute(_NOTICES, rows)


_UNREAD = sa.select(Notice.person_id, Notice.facts).where(
    Notice.person_id.in_(sa.bindparam("people", expanding=True)),
    Notice.read_at.is_(None),
    Notice.kind == sa.bindparam("kind"),
    Notice.record_id == sa.bindparam("record"),
)
_NOTICES = sa.insert(Notice)
