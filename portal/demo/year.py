"""A year of the made-up company: what happens next, in the order of time."""

from __future__ import annotations

import gc
import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import event

from portal.database import transaction
from portal.demo import filling, hours
from portal.demo.cast import Cast
from portal.demo.editions import Editions
from portal.demo.evening import Evening
from portal.demo.pastime import Pastime
from portal.demo.progress import Progress
from portal.demo.stories import STORIES
from portal.demo.world import DemoWorld
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.models import Record, Task
from portal.queries import calendar
from portal.services import obligations, reminders

AT_ONCE = 60  # acts in one write
TRIES = 3
LATELY = timedelta(days=18)  # since when obligations make work; what they did before is history
SURVEYED = timedelta(days=100)  # before the end of the year customers begin to be surveyed
FULL = 1500  # records of a demo of full size
WITHDRAWN = 0.03
OFTEN = {
    "CS-51": 3.0,
    "CS-30": 2.0,
    "PU-03": 2.0,
    "PU-04": 3.0,
    "PU-05": 2.5,
    "EN-25": 1.5,
    "CR-03": 1.5,
    "CR-06": 1.5,
    "CR-17": 1.5,
    "CS-34": 2.0,
    "IS-03": 2.5,
    "IC-01": 2.5,
    "IC-04": 1.2,
    "IC-08": 1.2,
    "IC-09": 1.6,
    "WH-14": 3.0,
    "PU-09": 1.5,
}
SELDOM = {
    "QA-10": 0.3,
    "QA-11": 0.3,
    "QA-12": 0.3,
    "QA-13": 0.001,
    "QA-16": 0.3,
    "QA-17": 0.05,
    "PU-06": 0.1,
    "WH-02": 0.1,
    "PU-07": 0.2,
    "WH-06": 0.5,
    "WH-17": 0.6,
    "CR-05": 0.3,
    "CS-100": 0.1,
    "CS-59": 0.2,
    "AD-01": 0.2,
    "CS-28": 0.5,
    "DC-03": 0.0,  # only from the draft that a release leaves
    "DC-05": 0.2,
    "DC-06": 0.1,
    "IS-07": 0.5,
    "IS-08": 0.15,
    "IS-13": 0.15,
    "IS-17": 0.6,
    "IC-05": 0.4,
    "IC-13": 0.5,
    "WH-18": 0.3,
    "EN-24": 0.4,
    "EN-26": 0.1,
    "EN-27": 0.0,  # only of an acceptance, by the draft that it leaves
    "PU-11": 0.0,  # only of what was found bad, by the draft that it leaves
    "WH-12": 0.0,
}
Report = Callable[[int, int], None]


@dataclass
class Summary:
    """What came of it: records made, and what could not be done, by form and step."""

    records: int = 0
    failures: Counter[str] = field(default_factory=Counter)


class Year:
    """The queue of what happens next."""

    def __init__(self, begin: datetime, end: datetime, records: int, rng: Random) -> None:
        self.begin, self.end, self.wanted, self.rng = begin, end, records, rng
        self.calendar = calendar.current()
        self.world = DemoWorld(rng, self.begin)
        self.cast = Cast(self.world)
        self.progress = Progress(self.world, self.cast)
        self.pastime = Pastime(self.world, self.cast, records / FULL)
        self.editions = Editions(self.world, self.cast)
        self.evening = Evening(self.world, self.cast, self.progress, self.pastime, self.editions)
        self.summary = Summary()
        self._queue: list[tuple[datetime, int, str, int]] = []
        self._order = count()
        self._begun = 0
        self._tries: Counter[int] = Counter()
        self._planned: set[int] = set()
        self._touched: set[Task] = set()
        self._forms = [code for code in FORMS if code in STORIES]
        self._weights = [OFTEN.get(code, SELDOM.get(code, 1.0)) for code in self._forms]

    def run(self, report: Report) -> Summary:
        """Lets everything happen that falls before the end."""
        self._plan_year()
        event.listen(db.session(), "after_flush", self._note_tasks)
        while self._queue and self._queue[0][0] <= self.end:
            with transaction():
                for _act in range(AT_ONCE):
                    if not self._queue or self._queue[0][0] > self.end:
                        break
                    self._next()
            gc.collect(0)
            report(min(self.summary.records, self.wanted), self.wanted)
        event.remove(db.session(), "after_flush", self._note_tasks)
        self.world.now = self.end
        with transaction():
            self.evening.close()
        report(self.wanted, self.wanted)
        return self.summary

    def _plan_year(self) -> None:
        for _start in range(self.wanted):
            self._put(hours.start(self.begin, self.end, self.rng, self.calendar), "begin", 0)
        if self.end - self.begin > SURVEYED:  # the survey of this year, under way for its last part
            self._put(hours.working(self.end - SURVEYED, self.rng, self.calendar), "survey", 0)
        for place, at in enumerate(self.editions.plan(self.begin, self.end)):
            self._put(hours.working(at, self.rng, self.calendar), "edition", place)
        day = self.begin
        while day < self.end:
            if self.calendar.is_working_day(day.astimezone(self.calendar.zone).date()):
                self._put(hours.working(day, self.rng, self.calendar), "day", 0)
            day += timedelta(days=1)

    def _put(self, at: datetime, kind: str, id: int) -> None:
        heapq.heappush(self._queue, (at, next(self._order), kind, id))

    def _next(self) -> None:
        at, _order, kind, id = heapq.heappop(self._queue)
        self.world.now = at
        what = kind
        try:
            with db.session.begin_nested():
                if kind == "day":
                    reminders.sweep(at)
                    if at > self.end - LATELY * min(1.0, self.wanted / FULL):
                        obligations.run_all(at)
                    self.pastime.day()
                elif kind in ("begin", "survey"):
                    chosen = self.rng.choices(self._forms, self._weights)[0]
                    what = chosen if kind == "begin" else "QA-13"
                    self._begin(what)
                elif kind == "edition":
                    self._edit(id)
                elif kind == "withdraw":
                    self.pastime.withdraw(db.session.get_one(Record, id))
                else:
                    task = db.session.get_one(Task, id)
                    what = f"{task.form_code} {task.kind} {task.step}"
                    self._turn(task)
            self._plan_tasks()
        except (Refusal, filling.Unfit) as problem:
            self.summary.failures[f"{what}: {problem}"] += 1
            self._again(kind, id)
        self._touched.clear()

    def _begin(self, code: str) -> None:
        """Somebody starts a record, unless drafts taken up have made enough of them."""
        self._begun += 1
        role = self.rng.choice(FORMS[code].opened_by)
        by = self.cast.actor(self.world.person(role).id or 0)
        late = self.summary.records >= self._begun
        if late or by.id in self.cast.away or not by.may_open(FORMS[code].opened_by):
            return
        self.world.sees(by.person)
        record = filling.begin(self.world, code, by, f"demo-{self._begun}")
        self.summary.records += 1
        if self.rng.random() < WITHDRAWN:
            self._put(self._soon(minutes=40), "withdraw", record.id)

    def _edit(self, scene: int) -> None:
        """The next act of what becomes of a document."""
        wait = self.editions.act(scene)
        self.summary.records += self.editions.made()
        if wait is not None:
            self._put(hours.working(self.world.now + wait, self.rng, self.calendar), "edition", scene)

    def _turn(self, task: Task) -> None:
        """Somebody takes a turn on a task."""
        self._planned.discard(task.id)
        if task.state not in ("open", "stuck"):
            return
        stuck_of_late = task.state == "stuck" and self.end - self.world.now < timedelta(days=20)
        if stuck_of_late or (by := self.progress.whose_turn(task)) is None:
            self._again("task", task.id)
        else:
            self.summary.records += self.progress.act(task, by)

    def _note_tasks(self, session: Any, _context: Any) -> None:
        """Hears which tasks are written."""
        self._touched |= {row for row in (*session.new, *session.dirty) if isinstance(row, Task)}

    def _plan_tasks(self) -> None:
        """Puts turns that somebody must take from now on into the queue."""
        for task in sorted(self._touched, key=lambda task: task.id):
            if task.id in self._planned or self.editions.leads(task):
                continue
            if task.state in ("open", "stuck"):
                self._planned.add(task.id)
                self._put(hours.answer(task, self.world.now, self.rng, self.calendar), "task", task.id)

    def _soon(self, **span: float) -> datetime:
        return hours.working(self.world.now + timedelta(**span), self.rng, self.calendar)

    def _again(self, kind: str, id: int) -> None:
        """What failed, or met nobody, is tried again some days later, a few times."""
        if kind != "task":
            return
        self._tries[id] += 1
        self._planned.add(id)
        if self._tries[id] < TRIES:
            self._put(self._soon(days=self.rng.randint(1, 4)), kind, id)
