"""Who of the demo has read its bulletins, notices and documents: most, some days after they were there."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.demo import hours
from portal.demo.world import DemoWorld
from portal.extensions import db
from portal.models import DocumentReading, Posting, ReadReceipt
from portal.queries import calendar, postings, readings, revisions

ASKED, UNASKED = 0.72, 0.2  # share of those who have read what asks for it, and what does not
FRESH = timedelta(days=45)  # how long a document is new
NEW, OLD, LAGGING = (
    0.6,
    0.96,
    0.35,
)  # shares who have read a document: a new one, an old one; how much less where they lag
BEHIND = ("engineering", "design")  # departments in which reading is put off
REMINDED = timedelta(days=3)  # how long ago those who have not were reminded, at most
MOST = 2  # documents that anybody still has to read


def read(world: DemoWorld) -> None:
    """Puts down who has read what, at some moment between its posting and the world's `now`."""
    for posting in db.session.scalars(sa.select(Posting).order_by(Posting.record_id)):
        share = ASKED if posting.confirm else UNASKED
        span = min(world.now - posting.posted_at, timedelta(days=4))
        for reader in postings.audience(posting, world.today):
            if reader.read_at is None and world.rng.random() < share:
                at = posting.posted_at + span * world.rng.random()
                db.session.add(ReadReceipt(record_id=posting.record_id, person_id=reader.id, read_at=at))
    db.session.flush()


def read_documents(world: DemoWorld) -> None:
    """Puts down who has read what is in force: nearly all the old documents, of the new ones many, fewer where they lag."""
    rng, owed, days = world.rng, Counter[int](), calendar.current()

    def after(since: datetime, until: timedelta) -> datetime:
        """Some moment of a working day, early rather than late in this time."""
        moment = since + min(world.now - since, until) * rng.random() ** 2
        return min(hours.working(moment, rng, days), world.now)

    found = list(db.session.scalars(revisions.in_force(world.today)))
    rng.shuffle(found)
    for one in sorted(found, key=lambda one: one.effective_on or world.today, reverse=True):
        assert one.effective_on is not None
        assert one.released_at is not None
        since = max(one.released_at, world.now - (world.today - one.effective_on))
        new = world.now - since < FRESH
        for reader in readings.audience(one, world.today):
            person = world.people[reader.id]
            share = (NEW if new else OLD) - (LAGGING if person.department.key in BEHIND else 0)
            reads = rng.random() < share or owed[reader.id] >= MOST
            row = DocumentReading(revision_id=one.id, person_id=reader.id)
            if reads:
                row.read_at = after(since, FRESH)
            else:
                owed[reader.id] += 1
                row.reminded_at = after(max(since, world.now - REMINDED), REMINDED)
            db.session.add(row)
    db.session.flush()
