"""What people without an account have sent: whether they may, how it stands, the book of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.domain.public_requests import WINDOW
from portal.extensions import db
from portal.models import CompanySetting, Person, PublicRequest
from portal.queries import became
from portal.queries.days import lately
from portal.queries.keyset import Order
from portal.queries.ledgers import Source

SETTING, ON = "public_page", "on"


def is_open() -> bool:
    """Whether people without an account may send something."""
    row = db.session.get(CompanySetting, SETTING)
    return row is not None and row.value == ON


def sent_from(address: str, now: datetime) -> int:
    """How much has come from an address of late."""
    query = sa.select(sa.func.count(PublicRequest.id)).where(
        PublicRequest.address == address, lately(PublicRequest.sent_at, WINDOW, now)
    )
    return db.session.scalar(query) or 0


def sent_within_a_day(now: datetime) -> int:
    """How much has come from everywhere in the last 24 hours."""
    day = timedelta(days=1)
    query = sa.select(sa.func.count(PublicRequest.id)).where(lately(PublicRequest.sent_at, day, now))
    return db.session.scalar(query) or 0


def state(receipt: str) -> str | None:
    """How what was sent stands: received, handled or done; None for a receipt that was never given."""
    if not receipt:
        return None
    row = db.session.execute(_whole().where(PublicRequest.receipt == receipt)).one_or_none()
    return _state(row) if row is not None else None


def of_draft(key: str) -> PublicRequest | None:
    """What a draft with this key was made of, if it came from outside."""
    return db.session.scalar(sa.select(PublicRequest).where(PublicRequest.key == key))


def book() -> Source:
    """外部来信登记簿: what has come, newest first, with who has it."""

    def lines(row: Any) -> list[dict[str, Any]]:
        one = row.PublicRequest
        facts = {name: getattr(one, name) for name in ("receipt", "kind", "name", "phone", "place")}
        return [
            {
                **facts,
                "content": one.content,
                "sent_at": one.sent_at,
                "state": _state(row),
                "handler": row.closed_by or row.applicant or row.holder or "",
                "record": row.number,
                "reason": one.reason,
            }
        ]

    return Source(
        query=_whole(),
        order=Order((PublicRequest.id,), (int,), descending=True),
        lines=lines,
        text=(PublicRequest.receipt, PublicRequest.name, PublicRequest.phone, PublicRequest.content),
        at=PublicRequest.sent_at,
    )


def _whole() -> Any:
    """What was sent, with who has the draft of it, the record that came of it, and whether that still goes on."""
    closed_by = aliased(Person)
    query = sa.select(PublicRequest.id, PublicRequest, closed_by.name.label("closed_by"))
    query = query.select_from(PublicRequest).outerjoin(closed_by, closed_by.id == PublicRequest.closed_by_id)
    return became.joined(query, PublicRequest.key)[0]


def _state(row: Any) -> str:
    if row.PublicRequest.closed_at is not None:
        return "done"
    return {became.WAITING: "received", became.CLOSED: "done"}.get(row.stood, "handled")
