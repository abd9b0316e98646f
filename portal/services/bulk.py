"""Several plain approvals at once: each is a signature of its own, or is left with the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.domain.refusal import NotYourTurn, Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import Record, Task
from portal.queries import history
from portal.queries.actors import Actor
from portal.services import route, signing
from portal.services.own_keys import OpenKey
from portal.services.signatures import Hand

MOST = 50


@dataclass(frozen=True)
class Outcome:
    """What became of one task; `refused` says why nothing was written."""

    number: str
    title: str
    form_code: str
    step: str
    refused: str = ""


def approve(
    seen: Mapping[int, str], by: Actor, *, now: datetime, key: OpenKey | None = None, passkey: str = ""
) -> list[Outcome]:
    """Signs each of these tasks, given with where its record stood when the page showed it; with the own key, if any, and
    by the passkey that was asked about all of them, if one was.

    Raises:
        Refusal: none, or too many.
    """
    if not seen:
        raise Refusal(_l("请至少选择一项。"))
    if len(seen) > MOST:
        raise Refusal(_l("一次最多批准 %(most)s 项。"), most=MOST)
    return [_one(task_id, shown, by, now, key, passkey) for task_id, shown in seen.items()]


def _one(task_id: int, shown: str, by: Actor, now: datetime, key: OpenKey | None, passkey: str) -> Outcome:
    try:
        with db.session.begin_nested():
            task = db.session.get(Task, task_id)
            if task is None or task.record is None or not _allows_bulk(task):
                raise NotYourTurn
            number, title, code, step = task.record.number, task.record.title, task.form_code, task.step
            hand = Hand(seen=_content(task.record, shown), key=key, passkey=passkey)
            signing.sign(task_id, by, hand, None, now=now)
    except Refusal as refusal:
        return _left(task_id, by, str(refusal))
    return Outcome(number, title, code, step)


def _content(record: Record, shown: str) -> str:
    """The hash of what the page showed of the record; of nothing, which nobody can sign, if it has moved on since."""
    opening, signed = history.content(record), history.signatures(record)
    stands = history.standing(record.version, signed[-1].id if signed else None)
    return history.shown_hash(opening, signed) if shown == stands else ""


def _left(task_id: int, by: Actor, why: str) -> Outcome:
    """A task that was not signed, named only to those who may know of it."""
    task = db.session.get(Task, task_id)
    if task is None or task.record is None or not {holder.key for holder in task.holders} & set(by.keys):
        return Outcome("", "", "", "", why)
    return Outcome(task.record.number, task.record.title, task.form_code, task.step, why)


def _allows_bulk(task: Task) -> bool:
    """Whether the step is a plain approval: nothing to fill in, nobody from outside."""
    if task.kind not in ("sign", "added") or task.outside or task.record is None:
        return False
    step = route.form_of(task.record).signoff.step(task.step)
    return step.bulk and step.fills is None
