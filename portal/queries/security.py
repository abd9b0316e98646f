"""What the forms of information security ask of the books: assets and their owners, risks, audits, training."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.domain.roles import TOP
from portal.extensions import db
from portal.models import (
    Content,
    ControlledDocument,
    Department,
    InformationAsset,
    LedgerEntry,
    Person,
    Record,
    RecordSubject,
    Signature,
    TaskHolder,
)
from portal.queries.corrected import is_corrected

CRITERIA = "风险准则"  # name of the controlled document by which risks are judged
SECURITY = "information_security"  # kind of a training


@dataclass(frozen=True, slots=True)
class Named:
    """A person or department by id and name, as an answer refers to it."""

    id: int
    text: str


def asset(id: int | None) -> InformationAsset | None:
    """An information asset."""
    return db.session.get(InformationAsset, id) if id else None


def next_code() -> str:
    """The number that the next new asset gets."""
    last = db.session.scalar(sa.select(sa.func.max(InformationAsset.id))) or 0
    return f"A{last + 1:04d}"


def has_code(code: str, but: int | None) -> bool:
    """Whether another asset bears this number."""
    query = sa.select(InformationAsset.id).where(
        InformationAsset.code == code, InformationAsset.id != (but or 0)
    )
    return db.session.scalar(query.limit(1)) is not None


def registered_by(record_id: int | None) -> int | None:
    """The asset that a finished registration (IS-07) has entered or changed."""
    query = sa.select(RecordSubject.row_id).where(
        RecordSubject.record_id == record_id, RecordSubject.kind == "asset"
    )
    return db.session.scalar(query.limit(1)) if record_id else None


def answers_for(asset_id: int, but: Collection[int]) -> Named | None:
    """Who agrees for an asset: its owner, else the head of the owner's department, else of the management.

    `but` are people who may not agree, since the matter is their own.
    """
    found = asset(asset_id)
    if found is None or found.owner is None:
        return None
    top = db.session.scalar(sa.select(Department).where(Department.key == TOP))
    heads = (found.owner.department.head, top.head if top else None)
    able = (one for one in (found.owner, *heads) if one is not None and one.active and one.id not in but)
    return next((Named(one.id, one.label) for one in able), None)


def is_at_work(person_id: int) -> bool:
    """Whether somebody still works here."""
    person = db.session.get(Person, person_id)
    return person is not None and person.active


def criteria_version() -> str:
    """The version of the criteria for risks that is in force; nothing while they are not in the list."""
    query = (
        sa.select(ControlledDocument.version)
        .where(ControlledDocument.name.contains(CRITERIA), ControlledDocument.state == "effective")
        .order_by(ControlledDocument.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or ""


def to_assess() -> list[InformationAsset]:
    """The assets in use that wait for a risk assessment."""
    query = sa.select(InformationAsset).where(InformationAsset.assess, InformationAsset.state == "in_use")
    return list(db.session.scalars(query.order_by(InformationAsset.code)))


def last_answers(code: str) -> dict[str, Any]:
    """The stored opening answers of the newest finished record of a form; none if there is none."""
    query = (
        sa.select(Content.answers)
        .join(Record, (Record.id == Content.record_id) & (Record.version == Content.version))
        .where(Record.form_code == code, Record.state == "finished", ~is_corrected(Record.id))
        .order_by(Record.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or {}


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered at a step that several departments sign: for which department, by whom."""

    department: Named
    person: Named
    answers: dict[str, Any]


def answered(record_id: int | None, step: str, round: int | None = None) -> list[Answered]:
    """The answers of everybody who signed a step in its last round (or in this one), in their order."""
    if record_id is None:
        return []
    signed = (Signature.record_id == record_id, Signature.step == step, Signature.act == "signed")
    last = sa.select(sa.func.max(Signature.round)).where(*signed).scalar_subquery()
    query = (
        sa.select(Signature, TaskHolder.key)
        .outerjoin(TaskHolder, TaskHolder.task_id == Signature.task_id)
        .where(*signed, Signature.round == (last if round is None else round))
        .order_by(Signature.id)
    )
    found = {}
    for one, key in db.session.execute(query):
        kind, _colon, rest = (key or "").partition(":")
        department = db.session.get_one(Department, int(rest)) if kind == "head" else one.person.department
        who = Named(one.person.id, one.person.label)
        found[one.id] = Answered(Named(department.id, department.name), who, one.answers)
    return list(found.values())


def trained(first: date, last: date) -> set[int]:
    """Ids of the people who passed a training in information security on a day of this range."""
    day = LedgerEntry.facts["date"].as_string()
    query = sa.select(LedgerEntry.facts["trainee_id"].as_integer()).where(
        LedgerEntry.ledger == "training",
        LedgerEntry.facts["training_kind"].as_string() == SECURITY,
        LedgerEntry.facts["passed"].as_boolean(),
        day >= first.isoformat(),
        day <= last.isoformat(),
        ~is_corrected(LedgerEntry.record_id),
    )
    return {id for id in db.session.scalars(query) if id is not None}
