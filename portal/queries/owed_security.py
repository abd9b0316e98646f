"""What the obligations of information security ask: when something was assessed, audited, reviewed or agreed last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import Content, InformationAsset, Record, RecordSubject
from portal.queries.corrected import is_corrected


@dataclass(frozen=True, slots=True)
class Done:
    """A finished record that counts: its id, the day of its last signature, its opening answers."""

    record_id: int
    on: date
    answers: dict[str, Any]


def finished(code: str) -> list[Done]:
    """The finished records of a form, oldest first."""
    query = (
        sa.select(Record.id, Record.closed_at, Content.answers)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(Record.form_code == code, Record.state == "finished", ~is_corrected(Record.id))
        .order_by(Record.closed_at, Record.id)
    )
    return [Done(id, day(at), answers) for id, at, answers in db.session.execute(query)]


def assets_to_review(last: date) -> list[InformationAsset]:
    """The assets in use whose next review lies before this day or on it."""
    query = sa.select(InformationAsset).where(
        InformationAsset.state == "in_use", InformationAsset.next_review_on <= last
    )
    return list(db.session.scalars(query.order_by(InformationAsset.id)))


def registrations() -> dict[int, list[int]]:
    """The registrations (IS-07) of each asset that are finished and count, oldest first."""
    query = (
        sa.select(RecordSubject.row_id, Record.id)
        .join(Record, Record.id == RecordSubject.record_id)
        .where(
            *(RecordSubject.kind == "asset", Record.form_code == "IS-07", Record.state == "finished"),
            ~is_corrected(Record.id),
        )
        .order_by(Record.closed_at, Record.id)
    )
    found: dict[int, list[int]] = {}
    for asset, record in db.session.execute(query):
        found.setdefault(asset, []).append(record)
    return found


def assets(ids: set[int]) -> dict[int, InformationAsset]:
    """Assets by their ids."""
    query = sa.select(InformationAsset).where(InformationAsset.id.in_(ids))
    return {one.id: one for one in db.session.scalars(query)}
