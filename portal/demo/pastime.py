"""What people do besides their turns: comment, copy others in, urge, go on leave, leave drafts lying."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.demo import phrases
from portal.demo.cast import Cast
from portal.demo.stories import STORIES
from portal.demo.world import DemoWorld
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.models import Notice, OutboxRow, Phrase, Record, RecordReader
from portal.services import drafts, records, substitutions

FRESH, PRINT_EVERY = timedelta(days=2), timedelta(seconds=20)
DRAFTS = 24


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
        records.withdraw(record.id, by, reason=self.world.rng.choice(phrases.WITHDRAWALS), now=self.world.now)

    def tidy(self, now: datetime) -> None:
        """The state in which the demo is found: old notices read, drafts lying about, prints made bit by bit."""
        self._drafts(now)
        for login in ("general_manager", "purchasing_manager", "quality_manager", "engineering_manager"):
            person = next(one for one in self.world.people.values() if one.login == login)
            db.session.add_all(Phrase(person_id=person.id, text=text) for text in phrases.STOCK_PHRASES)
        read = sa.update(Notice).where(Notice.at < now - FRESH).values(read_at=Notice.at)
        db.session.execute(read)
        db.session.execute(sa.delete(OutboxRow).where(OutboxRow.kind != "print"))
        waiting = sa.select(OutboxRow).order_by(OutboxRow.id.desc())
        for place, row in enumerate(db.session.scalars(waiting).all()):
            row.next_try_at = now + place * PRINT_EVERY

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
        records.comment(record, by, self.world.rng.choice(phrases.COMMENTS), files, now=self.world.now)

    def _copy(self, record: Record) -> None:
        by = self.cast.actor(record.applicant_id)
        other = self.world.person("department_head").id or 0
        records.copy_to(record, by, [other], now=self.world.now)

    def _urge(self, record: Record) -> None:
        records.urge(record, self.cast.actor(record.applicant_id), now=self.world.now)

    def _drafts(self, now: datetime) -> None:
        """Half-written sheets of the last days."""
        rng = self.world.rng
        codes = [code for code in FORMS if code in STORIES]
        for place in range(DRAFTS):
            code = rng.choice(codes)
            self.world.now = now - timedelta(minutes=rng.randint(30, 12_000))
            by = self.cast.actor(self.world.person(rng.choice(FORMS[code].opened_by)).id or 0)
            self.world.sees(by.person)
            sheet = FORMS[code](answers=STORIES[code].opening(self.world), person=by)
            answers = [(name, value) for name, value in sheet.dump().items() if value is not None]
            some = dict(answers[: max(1, len(answers) * 2 // 3)])
            drafts.start(code, by, f"demo-draft-{place}", some, title=sheet.heading(), now=self.world.now)
