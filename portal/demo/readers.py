"""Who of the demo has read its bulletins and notices: most, some days after they were posted."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from portal.demo.world import DemoWorld
from portal.extensions import db
from portal.models import Posting, ReadReceipt
from portal.queries import postings

ASKED, UNASKED = 0.72, 0.2  # share of those who have read what asks for it, and what does not


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
