"""The state in which the demo is found in the evening of its last day."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

import sqlalchemy as sa

from portal.demo import books, carried_over, phrases, readers
from portal.demo.cast import Cast
from portal.demo.editions import Editions
from portal.demo.pastime import Pastime
from portal.demo.progress import Progress
from portal.demo.stories import STORIES
from portal.demo.world import DemoWorld
from portal.domain.notices import GROUPS
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.models import Notice, NoticeChoice, OutboxRow, Phrase, Task
from portal.services import drafts

FRESH, PRINT_EVERY = timedelta(days=2), timedelta(seconds=20)
FILES = ("print", "redline", "publication")  # what the outbox makes, while nothing is sent
LEFT_OPEN = 5  # records just returned, and as many withdrawn
DRAFTS = 24
READERS = ("general_manager", "purchasing_manager", "quality_manager", "engineering_manager")


class Evening:
    """What is done last: customers' last orders, returns, drafts lying about, old notices read, prints made bit by bit."""

    def __init__(
        self, world: DemoWorld, cast: Cast, progress: Progress, pastime: Pastime, editions: Editions
    ) -> None:
        self.world, self.cast, self.progress, self.pastime = world, cast, progress, pastime
        self.editions = editions

    def close(self) -> None:
        """Does it all, at the world's `now`."""
        books.keep_up(self.world.now)
        carried_over.plan(self.world.today)
        readers.read(self.world)
        readers.read_documents(self.world)
        self._leave_open()
        self._drafts()
        self._phrases()
        self._notices()
        self._choices()
        self._outbox()

    def _leave_open(self) -> None:
        """Some records have just been returned or withdrawn."""
        query = sa.select(Task).where(Task.kind == "sign", Task.state == "open", Task.outside == "")
        waiting = (task for task in db.session.scalars(query.order_by(Task.id.desc())) if self._is_free(task))
        for place, task in enumerate(list(islice(waiting, LEFT_OPEN * 2))):
            try:
                with db.session.begin_nested():
                    if place % 2 and task.record is not None:
                        self.pastime.withdraw(task.record)
                    elif (by := self.progress.whose_turn(task)) is not None:
                        self.progress.send_back(task, by)
            except Refusal:
                continue

    def _is_free(self, task: Task) -> bool:
        """Whether it is left to chance what becomes of a task."""
        return not self.editions.leads(task)

    def _drafts(self) -> None:
        """Half-written sheets of the last days."""
        rng, end = self.world.rng, self.world.now
        codes = [code for code in FORMS if code in STORIES]
        for place in range(DRAFTS):
            code = rng.choice(codes)
            self.world.now = end - timedelta(minutes=rng.randint(30, 12_000))
            by = self.cast.actor(self.world.person(rng.choice(FORMS[code].opened_by)).id or 0)
            self.world.sees(by.person)
            sheet = FORMS[code](answers=STORIES[code].opening(self.world), person=by)
            answers = [(name, value) for name, value in sheet.dump().items() if value is not None]
            some = dict(answers[: max(1, len(answers) * 2 // 3)])
            drafts.start(code, by, f"demo-draft-{place}", some, title=sheet.heading(), now=self.world.now)
        self.world.now = end

    def _phrases(self) -> None:
        """Some have stock phrases of their own."""
        for person in self.world.people.values():
            if person.login in READERS:
                db.session.add_all(Phrase(person_id=person.id, text=text) for text in phrases.STOCK_PHRASES)

    def _notices(self) -> None:
        """All but the newest have been read."""
        old = Notice.at < self.world.now - FRESH
        db.session.execute(sa.update(Notice).where(old).values(read_at=Notice.at))

    def _choices(self) -> None:
        """Heads have one mail a day instead of many; one of them wants none at all."""
        for person in self.world.people.values():
            if person.login in READERS:
                way = "off" if person.login == READERS[0] else "digest"
                db.session.add_all(
                    NoticeChoice(person_id=person.id, group=group.key, mail=way, robot=group.robot)
                    for group in GROUPS
                )

    def _outbox(self) -> None:
        """The history of the documents is written first, prints one by one, the newest first; nothing else is sent."""
        db.session.execute(sa.delete(OutboxRow).where(OutboxRow.kind.not_in(FILES)))
        late = OutboxRow.kind != "publication"
        waiting = sa.select(OutboxRow).order_by(late, OutboxRow.id.desc())
        for place, row in enumerate(db.session.scalars(waiting).all()):
            row.next_try_at = self.world.now + place * PRINT_EVERY
