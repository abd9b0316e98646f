"""Purchase orders that their suppliers have promised to deliver by a day, and what has come of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.batches import in_batches
from portal.lib.clock import day, midnight
from portal.models import Content, Record, RecordLink
from portal.queries import stage_answers
from portal.queries.corrected import is_corrected
from portal.queries.owed import ALIVE
from portal.queries.pick import record_label

FURTHEST = timedelta(days=730)  # after the supplier's answer; nobody promises a later day
COMING = ("PU-05", "PU-09")  # the forms that take in what was ordered
PROMISED = stage_answers.text("supplier_answer", "promised_date")


@dataclass(frozen=True, slots=True)
class Promise:
    """A purchase order with the day that its supplier has promised."""

    order_id: int
    number: str
    label: str
    buyer_id: int
    on: date
    answers: dict[str, Any]


def promised(first: date, last: date, supplier_id: int | None = None) -> list[Promise]:
    """The orders (of one supplier) that were promised for a day of this range and still count, by that day."""
    query = (
        sa.select(Record, PROMISED.label("promised"), Content.answers)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code == "PU-04", Record.state == "finished", ~is_corrected(Record.id)),
            Record.closed_at >= midnight(first - FURTHEST),
            PROMISED.between(first.isoformat(), last.isoformat()),
        )
        .order_by("promised", Record.id)
    )
    if supplier_id is not None:
        query = query.where(Content.answers["supplier"]["id"].as_integer() == supplier_id)
    return [
        Promise(
            record.id,
            record.number,
            record_label(record),
            record.applicant_id,
            date.fromisoformat(on),
            answers,
        )
        for record, on, answers in db.session.execute(query)
    ]


def arrived(order_ids: Collection[int]) -> dict[int, date]:
    """The day on which the first goods of each of these orders came, by goods received notes or booksellers' lists.

    What names an order that was corrected came for the one that stands.
    """
    meant = _meant(order_ids)
    found: dict[int, date] = {}
    for some in in_batches(meant):
        for former, text in db.session.execute(_CAME, {"orders": some}):
            order, on = meant[former], _day(text)
            found[order] = min(on, found.get(order, on))
    return found


def _meant(order_ids: Collection[int]) -> dict[int, int]:
    """These orders and all that they correct, one after the other, each with the order that it counts for."""
    found: dict[int, int] = {}
    later = {order: order for order in order_ids}
    while later:
        found |= later
        earlier: dict[int, int] = {}
        for some in in_batches(later):
            query = sa.select(Record.id, Record.corrects_id)
            query = query.where(Record.id.in_(some), Record.corrects_id.is_not(None))
            earlier |= {former: later[id] for id, former in db.session.execute(query) if former}
        later = earlier
    return found


def _day(text: str | None) -> date:
    """The day of a stored moment or day; one that is not told yet lies far off."""
    if not text:
        return date.max
    return day(datetime.fromisoformat(text)) if "T" in text else date.fromisoformat(text)


_ORDERS = sa.bindparam("orders", expanding=True, type_=sa.Integer)
_ORDER, _ANSWERS = Content.answers["order"]["id"].as_integer(), Content.answers
_CAME = (  # what names an order: found by its link, told by its answers
    sa.select(
        _ORDER, sa.func.coalesce(_ANSWERS["received_at"].as_string(), _ANSWERS["arrived_on"].as_string())
    )
    .join(Record, (Record.id == Content.record_id) & (Record.version == Content.version))
    .where(
        Record.id.in_(
            sa.select(RecordLink.source_id).where(
                RecordLink.target_id.in_(_ORDERS), RecordLink.kind == "named"
            )
        ),
        *(Record.form_code.in_(COMING), Record.state.in_(ALIVE), ~is_corrected(Record.id)),
        _ORDER.in_(_ORDERS),
    )
)
