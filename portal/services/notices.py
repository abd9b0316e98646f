"""Telling people: a notice in the portal for everyone who holds a key, and what is sent of it, in one write."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from portal.domain.notices import kind_of
from portal.extensions import db
from portal.lib.clock import day
from portal.models import Notice, OutboxRow
from portal.queries import notices
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
    """Writes one notice to each person behind the keys, except `but`, and asks for what they wish to be sent.

    Without `repeat` nobody gets it again who has not read it yet. The fact `page` is the address that a notice
    leads to which speaks of no record.
    """
    people = people_with(keys, day(now)) - {but}
    if not repeat:
        unread = {"people": people, "kind": kind, "record": record_id}
        people -= {id for id, said in db.session.execute(_UNREAD, unread) if said == facts}
    if not people:
        return
    settings = current_app.config["SETTINGS"]
    wishes = {}
    if settings.sends_mail or settings.sends_to_robots:
        group, channels = kind_of(kind).group, (settings.sends_mail, settings.sends_to_robots)
        wishes = notices.wishes(people, group, mail=channels[0], robots=channels[1])
    notice = {"kind": kind, "record_id": record_id, "facts": facts, "at": now}
    rows: list[dict[str, Any]] = [
        {**notice, "person_id": id, "for_digest": wishes.get(id, _NOTHING)[0] == "digest"}
        for id in sorted(people)
    ]
    if not any("once" in wish for wish in wishes.values()):
        db.session.connection().execute(_NOTICES, rows)
        return
    ids = list(db.session.connection().execute(_NUMBERED, rows).scalars())
    sent = [
        {"kind": channel, "facts": {"notice": id, "person": row["person_id"], "record": record_id}}
        for id, row in zip(ids, rows, strict=True)
        for channel, wish in zip(("mail", "robot"), wishes.get(row["person_id"], _NOTHING), strict=True)
        if wish == "once"
    ]
    times = {"created_at": now, "next_try_at": now}
    db.session.connection().execute(_ASKED, [{**row, **times} for row in sent])


_NOTHING = ("off", "off")
_UNREAD = sa.select(Notice.person_id, Notice.facts).where(
    Notice.person_id.in_(sa.bindparam("people", expanding=True)),
    Notice.read_at.is_(None),
    Notice.kind == sa.bindparam("kind"),
    Notice.record_id.is_not_distinct_from(sa.bindparam("record")),
)
_NOTICES = sa.insert(Notice)
_NUMBERED = _NOTICES.returning(Notice.id, sort_by_parameter_order=True)
_ASKED = sa.insert(OutboxRow)
