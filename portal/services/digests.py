"""The daily mail: what has come up to the day's hour and is not read yet, one mail for each person."""

from __future__ import annotations

from datetime import datetime, time

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import ZONE
from portal.models import Digest, Notice, OutboxRow, Person

AT_ONCE = 200


def prepare(now: datetime, *, hour: int) -> int:
    """Asks for the daily mails of today, once its hour has come; returns how many.

    However often this runs, and however long nothing ran, each person gets one a day.
    """
    today = now.astimezone(ZONE).date()
    until = datetime.combine(today, time(hour), ZONE)
    if now < until:
        return 0
    given = {"until": until, "limit": AT_ONCE}
    people = list(db.session.scalars(_WAITING, given))
    made = set(db.session.scalars(_MADE, {"people": people, "day": today})) if people else set()
    for id in people:
        if id in made:  # somebody else has just made it; what is left waits for tomorrow's
            continue
        digest = Digest(person_id=id, day=today)
        db.session.add(digest)
        db.session.flush()
        db.session.execute(_TAKE, {"me": id, "before": until, "digest": digest.id})
        facts = {"digest": digest.id, "person": id, "day": today.isoformat()}
        db.session.add(OutboxRow(kind="digest", facts=facts, created_at=now, next_try_at=now))
    return len(set(people) - made)


def _moment(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=Notice.at.type)


_WAITING = (
    sa.select(Notice.person_id)
    .join(Person, Person.id == Notice.person_id)
    .where(Notice.for_digest, Notice.at < _moment("until"), Notice.read_at.is_(None), Person.active)
    .group_by(Notice.person_id)
    .order_by(Notice.person_id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_MADE = sa.select(Digest.person_id).where(
    Digest.person_id.in_(sa.bindparam("people", expanding=True)), Digest.day == sa.bindparam("day")
)
_TAKE = (
    sa.update(Notice)
    .where(Notice.person_id == sa.bindparam("me"), Notice.for_digest, Notice.at < _moment("before"))
    .values(for_digest=False, digest_id=sa.bindparam("digest"))
    .execution_options(synchronize_session=False)
)
