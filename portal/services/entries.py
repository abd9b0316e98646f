"""Side entries: notes with fields that people add beside the route while the record is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.domain.permissions import Authority
from portal.domain.refusal import NotYourTurn
from portal.forms.base import Sheet
from portal.models import Record, Signature
from portal.queries import history
from portal.queries.actors import Actor
from portal.services import audit, parties, route, signatures, tasks
from portal.services.signatures import Hand


def enter(record_id: int, key: str, by: Actor, hand: Hand, stage: Sheet, *, now: datetime) -> Signature:
    """Adds a side entry to an open record.

    Raises:
        NotYourTurn: the record is over, or the person is not among those who may add this entry.
    """
    record = tasks.lock(record_id)
    entry = route.form_of(record).signoff.entry(key)
    held = authority(record, key, by)
    if record.state in route.OVER or held is None:
        raise NotYourTurn
    signatures.check_seen(record, hand.seen)
    task = next((t for t in history.open_tasks(record) if t.kind == "entry" and t.step == key), None)
    signature = signatures.write(
        record, task, by, held, "entered", "entered", hand, stage.dump(), now, step=key
    )
    audit.note(
        "entry_added", at=now, by=by.id, record_id=record.id, entry=entry.key, answers=signature.answers,
        missed=task.note if task else "",
        for_person=held.lender, signature=signature.sha256,
    )  # fmt: skip
    route.fall(record, key, by=by.id, now=now)
    route.refresh(record, now=now)
    return signature


def authority(record: Record, key: str, by: Actor, answers: dict[str, Any] | None = None) -> Authority | None:
    """The authority under which the person may add this side entry now; None if they may not."""
    entry = route.form_of(record).signoff.entry(key)
    answers = route.known(record) if answers is None else answers
    if by.is_auditor or (entry.when is not None and not entry.when.holds(answers)):
        return None
    keys = parties.keys_of(entry.by, record, answers)
    return next((one for one in by.authorities if one.key in keys and one.covers(record.form_code)), None)
