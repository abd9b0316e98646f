"""What the first page shows, read in a fixed number of queries however much there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.lib.hashing import canonical_json, sha256
from portal.models import Content, Draft, Notice, Person, Record, Signature, Substitution, Task, TaskHolder
from portal.queries.actors import Actor
from portal.queries.inbox import _held
from portal.queries.visible import visible_to


def tasks(actor: Actor, *, limit: int, offset: int = 0) -> list[Any]:
    """The person's open tasks with what a list says of them, those due first; `held_by` are the keys through which."""
    if actor.is_auditor:
        return []
    held = _held(actor).add_columns(TaskHolder.key).subquery()
    due = sa.func.min(held.c.due_at)
    some = (
        sa.select(held.c.task_id, due.label("due_at"), sa.func.aggregate_strings(held.c.key, " ").label("held_by"))
        .group_by(held.c.task_id)
        .order_by(due.is_(None), due, held.c.task_id)
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    query = (
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
    return list(db.session.execute(query))


def shown_hashes(record_ids: Iterable[int]) -> dict[int, str]:
    """What `history.shown_hash` says of each of these records, in one query."""
    query = (
        sa.select(Content.record_id, Content.sha256, Signature.step, Signature.answers, Signature.files)
        .join(Record, sa.and_(Record.id == Content.record_id, Record.version == Content.version))
        .outerjoin(Signature, Signature.record_id == Record.id)
        .where(Content.record_id.in_(sorted(set(record_ids))))
        .order_by(Signature.id)
    )
    opening: dict[int, str] = {}
    stages: dict[int, list[Any]] = {}
    for id, content, step, answers, files in db.session.execute(query):
        opening[id] = content
        if answers or files:
            stages.setdefault(id, []).append([step, answers, files])
    return {id: sha256(canonical_json([content, stages.get(id, [])])) for id, content in opening.items()}


@dataclass(frozen=True)
class Desk:
    """What lies on the person's desk besides tasks."""

    drafts: list[Any]
    mine: list[Any]  # their newest records
    late: list[Any]  # overdue records of the departments that they head


def desk(actor: Actor, now: datetime, *, drafts: int = 10, mine: int = 30, late: int = 10) -> Desk:
    """Drafts, own records and what is late in one's department, in one look."""
    wanted = [_drafts(actor, drafts), _mine(actor, mine)]
    if actor.headed:
        wanted.append(_late(actor, now, late))
    parts = [sa.select(one.subquery()) for one in wanted]
    found: dict[str, list[Any]] = {"draft": [], "mine": [], "late": []}
    for row in db.session.execute(sa.union_all(*parts)):
        found[row.what].append(row)
    return Desk(
        sorted(found["draft"], key=lambda row: row.at, reverse=True),
        sorted(found["mine"], key=lambda row: row.id, reverse=True),
        sorted(found["late"], key=lambda row: row.due_at),
    )


def _drafts(actor: Actor, limit: int) -> sa.Select[Any]:
    nothing = sa.cast(sa.null(), Record.due_at.type)
    columns = (Draft.id, Draft.key.label("number"), Draft.form_code, Draft.title, Draft.updated_at.label("at"))
    blank = (sa.literal("").label("state"), sa.literal("").label("step"), nothing.label("due_at"))
    return (
        sa.select(sa.literal("draft").label("what"), *columns, *blank, sa.literal("").label("who"))
        .where(Draft.person_id == actor.id, Draft.task_id.is_(None), Draft.record_id.is_(None))
        .order_by(Draft.updated_at.desc())
        .limit(limit)
    )


def _record_columns(what: str, who: Any) -> sa.Select[Any]:
    columns = (Record.id, Record.number, Record.form_code, Record.title, Record.submitted_at.label("at"))
    return sa.select(
        sa.literal(what).label("what"), *columns, Record.state, Record.step, Record.due_at, who.label("who")
    )


def _mine(actor: Actor, limit: int) -> sa.Select[Any]:
    query = _record_columns("mine", sa.literal("")).where(Record.applicant_id == actor.id)
    return query.order_by(Record.id.desc()).limit(limit)


def _late(actor: Actor, now: datetime, limit: int) -> sa.Select[Any]:
    query = (
        _record_columns("late", Person.name)
        .join(Person, Person.id == Record.applicant_id)
        .where(Record.department_id.in_(actor.headed), Record.state == "running", Record.due_at < now)
    )
    return visible_to(query, actor).order_by(Record.due_at).limit(limit)


def notices(person_id: int, *, limit: int, before: int | None = None, unread: bool = False) -> list[Any]:
    """The person's newest notices with the record that they speak of."""
    query = (
        sa.select(
            *(Notice.id, Notice.kind, Notice.facts, Notice.at, Notice.read_at),
            *(Record.number, Record.title, Record.form_code),
        )
        .outerjoin(Record, Record.id == Notice.record_id)
        .where(Notice.person_id == person_id)
    )
    if unread:
        query = query.where(Notice.read_at.is_(None))
    if before is not None:
        query = query.where(Notice.id < before)
    return list(db.session.execute(query.order_by(Notice.id.desc()).limit(limit)))


def substitutions(person_id: int, today: date) -> list[Any]:
    """Leaves of today that concern the person: who acts for whom, until when."""
    away, acting = aliased(Person), aliased(Person)
    query = (
        sa.select(
            *(Substitution.person_id, away.name.label("away"), acting.name.label("acting")),
            *(Substitution.starts_on, Substitution.ends_on, Substitution.reason, Substitution.forms),
        )
        .join(away, away.id == Substitution.person_id)
        .join(acting, acting.id == Substitution.substitute_id)
        .where(
            sa.or_(Substitution.person_id == person_id, Substitution.substitute_id == person_id),
            Substitution.ended_at.is_(None),
            Substitution.starts_on <= today,
            Substitution.ends_on >= today,
        )
    )
    return list(db.session.execute(query.order_by(Substitution.ends_on)))
