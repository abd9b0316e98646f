"""How far many contracts (CS-34) and orders (CR-17) are at once, for lists; of one alone `orders` tells more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, LedgerEntry, Record, RecordLink
from portal.queries import receivables
from portal.queries.corrected import is_corrected
from portal.queries.orders import DELIVERIES, NOTHING

Quantities = dict[int, Decimal]  # by product id


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a contract or order is: `delivery` as `orders.delivery_status` says it, and what is claimed and paid."""

    delivery: str
    claimed: Decimal
    paid: Decimal

    @property
    def is_paid(self) -> bool:
        """Whether something is claimed, and all of it is paid."""
        return self.claimed > 0 and self.paid >= self.claimed

    @property
    def is_closed(self) -> bool:
        """Whether it is delivered and paid."""
        return self.delivery == "delivered" and self.is_paid


def progress(record_ids: Collection[int]) -> dict[int, Progress]:
    """How far these are, read in four queries."""
    if not record_ids:
        return {}
    wanted, received, claims = _wanted(record_ids), _received(record_ids), receivables.sums(record_ids)
    return {
        id: Progress(_delivery(wanted.get(id, {}), received.get(id, {})), *claims.get(id, (NOTHING, NOTHING)))
        for id in record_ids
    }


def _delivery(wanted: Quantities, received: Quantities) -> str:
    if wanted and all(received.get(id, NOTHING) >= quantity for id, quantity in wanted.items()):
        return "delivered"
    return "partly_delivered" if any(received.get(id) for id in wanted) else "not_delivered"


def _wanted(record_ids: Collection[int]) -> dict[int, Quantities]:
    """What each contract or order asks for."""
    found: dict[int, Quantities] = {}
    for id, answers in db.session.execute(_ANSWERS, {"ids": sorted(record_ids)}):
        of_record = found.setdefault(id, {})
        for row in answers.get("products") or answers.get("lines") or ():
            _add(of_record, row)
    return found


def _received(record_ids: Collection[int]) -> dict[int, Quantities]:
    """What customers have received; what came on an order counts for the contract that it names too."""
    counts_for: dict[int, set[int]] = {id: {id} for id in record_ids}
    for order, contract in db.session.execute(_NAMED, {"ids": sorted(record_ids)}):
        counts_for.setdefault(order, set()).add(contract)
    found: dict[int, Quantities] = {}
    for about_id, facts in db.session.execute(_DELIVERED, {"ids": sorted(counts_for)}):
        for id in counts_for[about_id]:
            _add(found.setdefault(id, {}), facts)
    return found


_IDS: Any = sa.bindparam("ids", expanding=True)
_ANSWERS = (
    sa.select(Content.record_id, Content.answers)
    .join(Record, sa.and_(Record.id == Content.record_id, Record.version == Content.version))
    .where(Record.id.in_(_IDS))
)
_NAMED = (
    sa.select(RecordLink.source_id, RecordLink.target_id)
    .join(Record, Record.id == RecordLink.source_id)
    .where(RecordLink.target_id.in_(_IDS), RecordLink.kind == "named", Record.form_code == "CR-17")
)
_DELIVERED = sa.select(LedgerEntry.about_id, LedgerEntry.facts).where(
    LedgerEntry.ledger == DELIVERIES, LedgerEntry.about_id.in_(_IDS), ~is_corrected(LedgerEntry.record_id)
)


def _add(quantities: Quantities, line: dict[str, Any]) -> None:
    product = line["product"]["id"]
    quantities[product] = quantities.get(product, NOTHING) + Decimal(line["quantity"])
