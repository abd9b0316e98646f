"""What has been reviewed of the audit trail, and what not yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.lib.clock import day
from portal.lib.spans import Span, uncovered
from portal.models import AuditEvent

KIND, STREAM = "trail_reviewed", "settings"
_ALL = (
    sa.select(AuditEvent)
    .where(AuditEvent.stream == STREAM, AuditEvent.kind == KIND)
    .options(joinedload(AuditEvent.person))
    .order_by(AuditEvent.seq.desc())
)


def reviews(*, size: int | None = None) -> list[AuditEvent]:
    """The reviews, newest first."""
    return list(db.session.scalars(_ALL.limit(size)).unique())


def of_page(key: str, person_id: int) -> AuditEvent | None:
    """The review that this person has sent from the page with this key."""
    query = _ALL.where(AuditEvent.person_id == person_id, AuditEvent.facts["key"].as_string() == key)
    return db.session.scalar(query)


def gaps(narrowed: Mapping[str, str], today: date) -> list[Span]:
    """The days, over by now, of which nobody has reviewed as much as this filter shows, oldest first.

    A review counts where it was as wide or wider: each thing that narrowed it narrows here too.
    """
    first = db.session.scalar(sa.select(sa.func.min(AuditEvent.at)))
    if first is None:
        return []
    wide = [one.facts for one in reviews() if one.facts["filter"].items() <= narrowed.items()]
    spans = [(date.fromisoformat(one["since"]), date.fromisoformat(one["until"])) for one in wide]
    return uncovered(day(first), today - timedelta(days=1), spans)
