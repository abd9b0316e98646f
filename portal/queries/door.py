"""What the guard at the door of the bookshop asks: what a payment slip says, and whether it was released already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.text import half_width
from portal.models import Person, Record, Signature
from portal.queries import goods
from portal.queries.corrected import reversed_by

SLIP = "WH-14"
NUMBER = re.compile(rf"{SLIP}-\d{{4}}-\d+")


@dataclass(frozen=True, slots=True)
class Slip:
    """A payment slip as the guard sees it; `replaced_by` is the slip that stands in its place."""

    number: str
    state: str
    books: list[dict[str, Any]]
    paid: Decimal
    sold_by: str
    replaced_by: str
    released_at: datetime | None
    released_by: str

    @property
    def standing(self) -> str:
        """What holds: released, replaced, open (it may be released), waiting (at the cashier), or void."""
        if self.replaced_by:
            return "replaced"
        if self.state == "finished":
            return "released"
        return {"running": "open", "stuck": "open", "voided": "void"}.get(self.state, "waiting")


def slip(typed: str) -> Slip | None:
    """The payment slip whose number stands in what was typed or scanned; None if there is none."""
    number = NUMBER.search(half_width(typed).upper())
    if number is None:
        return None
    found = sa.select(Record, reversed_by(Record.id)).where(Record.number == number[0])
    row = db.session.execute(found).first()
    if row is None:
        return None
    record, replaced_by = row
    answers = goods.opening_answers(record.id)
    released = db.session.execute(_released(record.id)).first()
    return Slip(
        number=record.number,
        state=record.state,
        books=answers.get("books") or [],
        paid=Decimal(answers.get("paid_amount") or 0),
        sold_by=record.applicant.name,
        replaced_by=replaced_by or "",
        released_at=released.signed_at if released else None,
        released_by=released.name if released else "",
    )


def _released(record_id: int) -> sa.Select[datetime, str]:
    """When the guard let the books out, and who."""
    return (
        sa.select(Signature.signed_at, Person.name)
        .join(Person, Person.id == Signature.person_id)
        .where(
            Signature.record_id == record_id,
            Signature.step == "door_release",
            Signature.act == "signed",
            Signature.answers["books_match"].as_boolean(),
        )
        .order_by(Signature.id.desc())
        .limit(1)
    )
