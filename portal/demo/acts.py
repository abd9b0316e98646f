"""Acts of the demo that are told in full, not left to chance: a sheet submitted, a turn signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from portal.demo import filling, hands
from portal.demo.cast import Cast
from portal.demo.world import DemoWorld
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.models import Draft, Record, Task
from portal.queries import history
from portal.queries.actors import Actor
from portal.services import records, route, signing


def submit(
    world: DemoWorld, code: str, answers: Mapping[str, Any], by: Actor, key: str, draft: Draft | None = None
) -> Record:
    """The person submits these answers, with the draft that they complete."""
    world.sees(by.person)
    sheet = filling.checked(FORMS[code], answers, by, context={"@now": world.now})
    return records.submit(sheet, by, key=key, now=world.now, draft=draft)


def sign(
    world: DemoWorld, cast: Cast, record: Record, answers: Mapping[str, Any] | None = None
) -> Actor | None:
    """The record's next turn is taken now; gives who did, None if nobody is there who may."""
    task = next(waiting(record, "sign"))
    by = cast.for_task(task)
    if by is None:
        return None
    world.sees(record.applicant, by.person)
    step = route.form_of(record).signoff.step(task.step)
    known = route.known(record, now=world.now)
    stage = filling.checked(step.fills, answers or {}, by, context=known) if step.fills else None
    seen = history.shown_hash(history.content(record), history.signatures(record))
    signing.sign(task.id, by, hands.draw(world, task, step, known, seen), stage, now=world.now)
    db.session.flush()
    return by


def waiting(record: Record, kind: str) -> Iterator[Task]:
    """The record's open tasks of a kind."""
    query = sa.select(Task).where(Task.record_id == record.id, Task.kind == kind, Task.state == "open")
    return iter(db.session.scalars(query.order_by(Task.id)).unique().all())
