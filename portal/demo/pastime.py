"""What people do besides their turns: comment, copy others in, urge, go on leave, leave drafts lying."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from portal.demo import phrases
from portal.demo.cast import Cast
from portal.demo.world import DemoWorld
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.models import Record, RecordReader
from portal.services import conversation, corrections, substitutions


class Pastime:
    """Small acts, drawn by chance."""

    def __init__(self, world: DemoWorld, cast: Cast, share: float) -> None:
        self.world, self.cast = world, cast
        self.share = share  # how much of it, 1 for a demo of full size

    def day(self) -> None:
        """A day's small acts."""
        rng = self.world.rng
        if rng.random() < 0.05:
            self._leave()
        if rng.random() > self.share:
            return
        open = list(
            db.session.scalars(sa.select(Record).where(Record.state == "running").order_by(Record.id))
        )
        for record in rng.sample(open, min(len(open), 2)):
            act = rng.choice((self._comment, self._comment, self._copy, self._urge))
            try:
                with db.session.begin_nested():
                    act(record)
            except Refusal:
                continue

    def withdraw(self, record: Record) -> None:
        """The applicant takes the record back."""
        by = self.cast.actor(record.applicant_id)
        corrections.withdraw(
            record.id, by, reason=self.world.rng.choice(phrases.WITHDRAWALS), now=self.world.now
        )

    def _leave(self) -> None:
        """Somebody goes on leave for a few days, and a colleague stands in."""
        rng, world = self.world.rng, self.world
        person = rng.choice(
            [one for one in world.people.values() if one.login not in ("auditor", "administrator")]
        )
        near = [one for one in world.people.values() if one.department_id == person.department_id]
        near = [one for one in near if one.login not in (person.login, "auditor", "administrator")]
        starts = world.today + timedelta(days=1)
        try:
            with db.session.begin_nested():
                substitutions.appoint(
                    person, rng.choice(near), starts, starts + timedelta(days=rng.randint(2, 9)), (),
                    by=self.cast.actor(person.id), reason=rng.choice(phrases.LEAVES), now=world.now,
                )  # fmt: skip
        except Refusal:
            return
        self.cast.refresh()

    def _reader(self, record: Record) -> int:
        keys = db.session.scalars(sa.select(RecordReader.key).where(RecordReader.record_id == record.id))
        people = sorted(int(key.partition(":")[2]) for key in keys if key.startswith("person:"))
        return self.world.rng.choice(people)

    def _comment(self, record: Record) -> None:
        by = self.cast.actor(self._reader(record))
        self.world.sees(by.person)
        files = [self.world.photo("现场照片.jpg")] if self.world.rng.random() < 0.3 else []
        conversation.comment(record, by, self.world.rng.choice(phrases.COMMENTS), files, now=self.world.now)

    def _copy(self, record: Record) -> None:
        by = self.cast.actor(record.applicant_id)
        other = self.world.person("department_head").id or 0
        conversation.copy_to(record, by, [other], now=self.world.now)

    def _urge(self, record: Record) -> None:
        conversation.urge(record, self.cast.actor(record.applicant_id), now=self.world.now)
