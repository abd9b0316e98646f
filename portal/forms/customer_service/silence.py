"""The end of a customer's silence: what was entered because no order came is not needed any more."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.effects import Closes
from portal.lib.i18n import _l
from portal.queries import follow_ups


def end_silence(customer_id: int, number: str) -> Iterator[Closes]:
    """R08: an order or contract of this number closes the open entries of the no-order register."""
    for entry in follow_ups.open_no_order_entries(customer_id):
        yield Closes(entry.id, _l("已订货：%(number)s", number=number))
