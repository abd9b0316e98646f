"""What a record holds: its content, signatures and answers so far."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from portal.database import among
from portal.domain.limits import LIMITS
from portal.extensions import db
from portal.lib.hashing import canonical_json, sha256
from portal.models import AuditEvent, CompanySetting, Content, Record, RecordLink, Signature, Task
from portal.models.tasks import NOT_OVER


def content(record: Record) -> Content:
    """The opening answers as last submitted."""
    return next(one for one in contents(record) if one.version == record.version)


def contents(record: Record) -> list[Content]:
    """Every version of the opening answers, oldest first."""
    return _all_of(record, "contents", _CONTENTS)


def signatures(record: Record) -> list[Signature]:
    """Every signature and side entry, oldest first."""
    return list(_all_of(record, "signatures", _SIGNATURES))


def _all_of(record: Record, name: str, query: sa.Select[Any]) -> list[Any]:
    """What a record has many of, by a statement built once, which takes half of the time of the relationship's own."""
    state = sa.inspect(record)
    if state.persistent and name not in state.dict:
        set_committed_value(record, name, list(db.session.scalars(query, {"record": record.id})))
    found: list[Any] = getattr(record, name)
    return found


_RECORD: Any = sa.bindparam("record")
_CONTENTS = sa.select(Content).where(Content.record_id == _RECORD).order_by(Content.version)
_SIGNATURES = sa.select(Signature).where(Signature.record_id == _RECORD).order_by(Signature.id)


def open_tasks(record: Record) -> list[Task]:
    """The tasks of the record that are not over."""
    return list(db.session.scalars(_OPEN_TASKS, {"record": record.id}).unique())


def task(id: int) -> Task | None:
    """The task with this id, whole."""
    return db.session.scalars(ONE, {"id": id}).unique().one_or_none()


WHOLE = joinedload(Task.holders), joinedload(Task.exclusions)  # a task in one look
ONE = sa.select(Task).where(Task.id == sa.bindparam("id")).options(*WHOLE)
_OPEN_TASKS = (
    sa.select(Task)
    .where(Task.record_id == _RECORD, among(Task.state, NOT_OVER))
    .order_by(Task.id)
    .options(*WHOLE)
    .execution_options(populate_existing=True)  # somebody may have passed one on since it was read
)


def stored_answers(opening: Content, signed: list[Signature]) -> dict[str, Any]:
    """The stored answers so far: the opening section, then each stage; signed anew, it replaces itself."""
    merged = dict(opening.answers)
    for one in _stages(signed):
        merged.update(one.answers)
    return merged


def fields(opening: Content, signed: list[Signature]) -> list[dict[str, Any]]:
    """The fields of the stored answers, each as defined by the form version that it was answered under."""
    found = {field["name"]: field for field in opening.form_version.definition["fields"]}
    for one in _stages(signed):
        found.update({field["name"]: field for field in stage(one)["fields"] if one.answers})
    return list(found.values())


def stage(signature: Signature) -> Mapping[str, Any]:
    """The step or side entry of a signature, as its own form version defines it."""
    defined = signature.form_version.definition
    parts = (*defined["steps"], *defined["entries"])
    return next(part for part in parts if part["key"] == signature.step)


def _stages(signed: list[Signature]) -> list[Signature]:
    """The signatures whose stages count, the latest last."""
    found: dict[str, Signature] = {}
    for one in signed:
        if one.act in ("signed", "entered"):
            before = found.get(one.step)
            if one.answers or one.round > (before.round if before else 0):
                found.pop(one.step, None)
                found[one.step] = one
    return list(found.values())


def shown_hash(opening: Content, signed: list[Signature]) -> str:
    """SHA-256 of all that a signer is shown: the content version and every stage's answers."""
    stages = [[one.step, one.answers, one.files] for one in signed if one.answers or one.files]
    return sha256(canonical_json([opening.sha256, stages]))


def standing(version: int, signed: int | None) -> str:
    """Where a record stands: its content version and last signature, none of which ever change."""
    return f"{version}.{signed or 0}"


def decided_rounds(record_id: int) -> int:
    """In how many rounds somebody has decided on the record; a round that was withdrawn is none."""
    query = sa.select(sa.func.count(Signature.round.distinct())).where(
        Signature.record_id == record_id, Signature.act != "entered"
    )
    return db.session.scalar(query) or 0


def limits() -> dict[str, Decimal]:
    """The authority table's numbers, as `@key`."""
    changed = dict(db.session.execute(_SETTINGS).all())
    return {f"@{limit.key}": Decimal(changed.get(f"limit.{limit.key}", limit.value)) for limit in LIMITS}


_SETTINGS = sa.select(CompanySetting.__table__.c.key, CompanySetting.__table__.c.value)


def links(record: Record) -> list[tuple[str, str, Any]]:
    """Records that belong to this one: (`to` or `from`, kind, number, title and state of the other)."""
    return [(row.way, row.kind, row) for row in db.session.execute(_LINKS, {"record": record.id})]


_RECORDS, _LINKED = Record.__table__.c, RecordLink.__table__.c


def _ends() -> sa.Subquery:
    """Each other record that a record is linked with, the way to it and why."""
    corrects, record = sa.literal("corrects").label("kind"), sa.bindparam("record", type_=sa.Integer)
    to, back = sa.literal("to").label("way"), sa.literal("from").label("way")
    return sa.union_all(
        sa.select(to, _LINKED.kind, _LINKED.target_id.label("other")).where(_LINKED.source_id == record),
        sa.select(back, _LINKED.kind, _LINKED.source_id).where(_LINKED.target_id == record),
        sa.select(to, corrects, _RECORDS.corrects_id).where(_RECORDS.id == record),
        sa.select(back, corrects, _RECORDS.id).where(_RECORDS.corrects_id == record),
    ).subquery()


_END = _ends()
_LINKS = sa.select(
    *(_END.c.way, _END.c.kind, _RECORDS.number, _RECORDS.title, _RECORDS.state, _RECORDS.form_code)
).join(Record.__table__, _RECORDS.id == _END.c.other)


def events(record: Record) -> list[AuditEvent]:
    """The record's audit trail, oldest first."""
    return list(db.session.scalars(_EVENTS, {"record": record.id}))


_EVENTS = sa.select(AuditEvent).where(AuditEvent.record_id == _RECORD).order_by(AuditEvent.id)


LAPSED = "step_lapsed"  # kind of the events that tell of it


def lapses(record_id: int | None) -> list[AuditEvent]:
    """When a step of the record was overdue and the record moved on by itself, oldest first."""
    query = sa.select(AuditEvent).where(AuditEvent.record_id == record_id, AuditEvent.kind == LAPSED)
    return list(db.session.scalars(query.order_by(AuditEvent.id)))


def in_force(signed: list[Signature]) -> list[Signature]:
    """The signatures that count: those of the last round in which their step was signed."""
    last = {one.step: one.round for one in signed if one.act == "signed"}
    return [one for one in signed if one.act == "signed" and one.round == last[one.step]]


def signers(signed: list[Signature]) -> Mapping[str, int]:
    """Who signed each step last."""
    return {one.step: one.person_id for one in signed if one.act == "signed"}
