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
    """Who may act on a day; asked once a day and then remembered."""

    def __init__(self, world: DemoWorld) -> None:
        self.world = world
        self._day: date | None = None
        self._actors: dict[int, Actor] = {}
        self._able: dict[tuple[Any, ...], list[int]] = {}
        self.away: frozenset[int] = frozenset()

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
        if (keys, barred) not in self._able:
            self._able[keys, barred] = sorted(tasks.able(keys, barred, self.world.now))
        there = [id for id in self._able[keys, barred] if id not in self.away]
        applicant = task.record.applicant_id if task.outside and task.record else None
        if applicant in there:
            return self.actor(applicant)
        return self.actor(self.world.rng.choice(there)) if there else None

    def refresh(self) -> None:
        """Forgets everything; a new day, or a change of substitutes."""
        self._day = None

    def _turn(self) -> None:
        if self._day == self.world.today:
            return
        self._day = self.world.today
        self._actors.clear()
        self._able.clear()
        query = sa.select(Substitution.person_id).where(
            Substitution.ended_at.is_(None),
            Substitution.starts_on <= self._day,
            Substitution.ends_on >= self._day,
        )
        self.away = frozenset(db.session.scalars(query))
