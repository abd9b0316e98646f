"""What the first page shows, read in a fixed number of queries however much there is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.lib.hashing import canonical_json, sha256
from portal.models import Content, Draft, Notice, Person, Record, Signature, Substitution, Task
from portal.queries.actors import Actor
from portal.queries.built import Rights, rights
from portal.queries.inbox import nearest
from portal.queries.keyset import LARGEST


def tasks(actor: Actor, *, limit: int, offset: int = 0) -> list[Any]:
    """The person's open tasks with what a list says of them, those due first; `held_by` are the keys that bring each."""
    if actor.is_auditor:
        return []
    return list(db.session.execute(_tasks(rights(actor)), {"limit": limit, "offset": offset}))


@lru_cache(maxsize=500)
def _tasks(who: Rights) -> Any:
    most = sa.bindparam("limit", type_=sa.Integer) + sa.bindparam("offset", type_=sa.Integer)
    held = nearest(who.actor, most).subquery()
    due = sa.func.min(held.c.due_at)
    some = (
        sa.select(
            held.c.task_id, due.label("due_at"), sa.func.aggregate_strings(held.c.key, " ").label("held_by")
        )
        .group_by(held.c.task_id)
        .order_by(due.is_(None), due, held.c.task_id)
        .limit(sa.bindparam("limit", type_=sa.Integer))
        .offset(sa.bindparam("offset", type_=sa.Integer))
        .subquery()
    )
    return (
        sa.select(
            *(Task.id, Task.kind, Task.form_code, Task.step, Task.outside, Task.note, Task.created_at),
            *(some.c.due_at, some.c.held_by, Record.number, Record.title, Record.state, Record.cells),
            *(Record.id.label("record_id"), Record.form_code.label("record_form")),
            *(Person.name.label("applicant"), Draft.key.label("draft"), Draft.title.label("draft_title")),
        )
        .join(some, some.c.task_id == Task.id)
        .outerjoin(Record, Record.id == Task.record_id)
        .outerjoin(Person, Person.id == Record.applicant_id)
        .outerjoin(Draft, Draft.id == Task.draft_id)
        .order_by(some.c.due_at.is_(None), some.c.due_at, Task.id)
    )


def shown_hashes(record_ids: Iterable[int]) -> dict[int, str]:
    """What `history.shown_hash` says of each of these records, in one query."""
    opening: dict[int, str] = {}
    stages: dict[int, list[Any]] = {}
    for id, content, step, answers, files in db.session.execute(_SHOWN, {"records": sorted(set(record_ids))}):
        opening[id] = content
        if answers or files:
            stages.setdefault(id, []).append([step, answers, files])
    return {id: sha256(canonical_json([content, stages.get(id, [])])) for id, content in opening.items()}


_SHOWN = (
    sa.select(Content.record_id, Content.sha256, Signature.step, Signature.answers, Signature.files)
    .join(Record, sa.and_(Record.id == Content.record_id, Record.version == Content.version))
    .outerjoin(Signature, Signature.record_id == Record.id)
    .where(Content.record_id.in_(sa.bindparam("records", expanding=True)))
    .order_by(Signature.id)
)


def notices(person_id: int, *, limit: int, before: int | None = None, unread: bool = False) -> list[Any]:
    """The person's newest notices with the record that they speak of."""
    given = {"me": person_id, "before": min(before or LARGEST, LARGEST), "limit": limit}
    return list(db.session.execute(_UNREAD if unread else _NOTICES, given))


_NOTICES = (
    sa.select(
        *(Notice.id, Notice.kind, Notice.facts, Notice.at, Notice.read_at),
        *(Record.number, Record.title, Record.form_code),
    )
    .outerjoin(Record, Record.id == Notice.record_id)
    .where(Notice.person_id == sa.bindparam("me"), Notice.id < sa.bindparam("before"))
    .order_by(Notice.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_UNREAD = _NOTICES.where(Notice.read_at.is_(None))


def substitutions(person_id: int, today: date) -> list[Any]:
    """Leaves of today that concern the person: who acts for whom, until when."""
    return list(db.session.execute(_LEAVES, {"me": person_id, "today": today}))


_AWAY, _ACTING = aliased(Person), aliased(Person)
_LEAVES = (
    sa.select(
        *(Substitution.person_id, _AWAY.name.label("away"), _ACTING.name.label("acting")),
        *(Substitution.starts_on, Substitution.ends_on, Substitution.reason, Substitution.forms),
    )
    .join(_AWAY, _AWAY.id == Substitution.person_id)
    .join(_ACTING, _ACTING.id == Substitution.substitute_id)
    .where(
        sa.or_(
            Substitution.person_id == sa.bindparam("me"), Substitution.substitute_id == sa.bindparam("me")
        ),
        Substitution.ended_at.is_(None),
        Substitution.starts_on <= sa.bindparam("today"),
        Substitution.ends_on >= sa.bindparam("today"),
    )
    .order_by(Substitution.ends_on)
)
