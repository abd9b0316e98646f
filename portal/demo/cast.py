"""Who may act in the demo on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.demo.world import DemoWorld
from portal.extensions import db
from portal.models import Substitution, Task
from portal.queries.actors import Actor, actor
from portal.services import tasks


class Cast:
    """Asked once and remembered until somebody begins or ends to stand in for another."""

    def __init__(self, world: DemoWorld) -> None:
        self.world = world
        self.away: frozenset[int] = frozenset()
        self._day: date | None = None
        self._stand_ins: tuple[Any, ...] = ()
        self._actors: dict[int, Actor] = {}

    def actor(self, person_id: int) -> Actor:
        """The person with today's roles and substitutions."""
        self._turn()
        if person_id not in self._actors:
            self._actors[person_id] = actor(self.world.people[person_id], self.world.today)
        return self._actors[person_id]

    def for_task(self, task: Task) -> Actor | None:
        """Somebody who can do the task today; None if nobody can."""
        self._turn()
        keys = tuple(sorted(holder.key for holder in task.holders))
        barred = tuple(sorted(exclusion.person_id for exclusion in task.exclusions))
        there = sorted(tasks.able(keys, barred, self.world.now) - self.away)
        applicant = task.record.applicant_id if task.outside and task.record else None
        if applicant in there:
            return self.actor(applicant)
        return self.actor(self.world.rng.choice(there)) if there else None

    def refresh(self) -> None:
        """Looks again who stands in for whom."""
        self._day = None

    def _turn(self) -> None:
        if self._day == self.world.today:
            return
        self._day = self.world.today
        query = sa.select(Substitution.id, Substitution.person_id).where(
            Substitution.ended_at.is_(None),
            Substitution.starts_on <= self._day,
            Substitution.ends_on >= self._day,
        )
        stand_ins = tuple((id, person) for id, person in db.session.execute(query.order_by(Substitution.id)))
        if stand_ins != self._stand_ins:
            self._stand_ins = stand_ins
            self._actors.clear()
        self.away = frozenset(person for _id, person in stand_ins)
