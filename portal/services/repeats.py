"""What is sent once more, as its answer was lost on the way: it has been done already, and is not done again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.base import Sheet
from portal.models import Content, Record, Signature, Task
from portal.queries.actors import Actor

ACTS = {"sign": ("signed", "advised"), "return": ("returned",), "refuse": ("refused",)}


def signed(task: Task, by: Actor, op: str, *, seen: str, opinion: str, typed: Sheet | None) -> bool:
    """Whether the person has done just this with this turn: the same act on the same content, with the same words."""
    found = db.session.scalar(_SIGNED, {"task": task.id, "me": by.id})
    if found is None or found.act not in ACTS[op] or (found.content_sha256, found.opinion) != (seen, opinion):
        return False
    return op != "sign" or says(typed, found.answers)


def entered(record: Record, key: str, by: Actor, *, seen: str, typed: Sheet) -> bool:
    """Whether the person has added just this side entry to just this content."""
    known = {"record": record.id, "step": key, "me": by.id, "seen": seen}
    return any(says(typed, one.answers) for one in db.session.scalars(_ENTERED, known))


def corrected(record: Record, by: Actor, *, seen: int, reason: str, typed: Sheet) -> bool:
    """Whether the person has made just this correction of the version that the page was made from."""
    found = db.session.scalar(_CORRECTED, {"record": record.id, "version": seen + 1, "me": by.id})
    return found is not None and found.reason == reason and says(typed, found.answers)


def submitted(record: Record, typed: Sheet) -> bool:
    """Whether a record was submitted with just these answers."""
    first = min(record.contents, key=lambda one: one.version)
    return says(typed, first.answers)


def says(typed: Sheet | None, answers: dict[str, Any]) -> bool:
    """Whether a sheet says the same as stored answers; what the portal itself computes may have changed meanwhile."""
    if typed is None:
        return not answers
    typed.validate()  # leaves out what its conditions leave out
    return all(
        _typed(field, field.dump()) == _typed(field, answers.get(field.short_name))
        for field in typed
        if not field.computed
    )


def _typed(field: Any, value: Any) -> Any:
    """A stored answer without the computed columns of its rows."""
    if not hasattr(field, "rows") or not value:
        return value
    computed = {column.short_name for column in field.row() if column.computed}
    return [{name: cell for name, cell in row.items() if name not in computed} for row in value]


_SIGNED = sa.select(Signature).where(
    Signature.task_id == sa.bindparam("task"), Signature.person_id == sa.bindparam("me")
)
_ENTERED = sa.select(Signature).where(
    Signature.record_id == sa.bindparam("record"),
    Signature.step == sa.bindparam("step"),
    Signature.act == "entered",
    Signature.person_id == sa.bindparam("me"),
    Signature.content_sha256 == sa.bindparam("seen"),
)
_CORRECTED = sa.select(Content).where(
    Content.record_id == sa.bindparam("record"),
    Content.version == sa.bindparam("version"),
    Content.created_by_id == sa.bindparam("me"),
)
