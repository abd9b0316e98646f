"""A customer's records in short lists, one card for each part of the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.forms import customer_parts
from portal.forms.customer_parts import BY_FORM, KINDS, ORDERS, PARTS, Part
from portal.forms.titles import form_title, record_path
from portal.forms.words import STATES
from portal.lib.i18n import _, _l
from portal.models import Customer
from portal.queries import about, customer_page, orders
from portal.queries.actors import Actor
from portal.queries.orders import Progress
from portal.web.amounts import yuan
from portal.web.summaries import summary
from portal.web.times import Due, due, short

EACH = 5  # records of a part
DELIVERED = {
    "not_delivered": _l("未交付"),
    "partly_delivered": _l("部分交付"),
    "delivered": _l("已交付"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A record in a short list; of an order also how far it is."""

    number: str
    href: str
    form: str
    title: str
    at: str
    state: str
    state_text: str
    facts: list[tuple[str, str]]
    due: Due | None = None
    marks: list[tuple[str, str]] = field(default_factory=list)  # look of a chip, and its text


@dataclass(frozen=True, slots=True)
class Card:
    """The newest records of a part, and how many there are for the person to see."""

    part: Part
    lines: list[Line]
    many: int


def cards(one: Customer, by: Actor, spoken: str, at: datetime) -> list[Card]:
    """Every part with its newest records."""
    rows = about.newest(customer_page.about(one.id), by, BY_FORM, EACH)
    progress = orders.progress({row.id for row in rows if row.form_code in ORDERS})
    found: dict[str, list[Any]] = {part.key: [] for part in (*PARTS, customer_parts.OTHER)}
    for row in rows:
        found[row.part].append(row)
    return [
        Card(
            KINDS[key],
            [line(row, spoken, at, but=one.label, progress=progress.get(row.id)) for row in some],
            some[0].many if some else 0,
        )
        for key, some in found.items()
        if some or key != customer_parts.OTHER.key
    ]


def line(row: Any, spoken: str, at: datetime, *, but: str, progress: Progress | None = None) -> Line:
    """A record's line; `but` is the customer's label, which the page says once."""
    return Line(
        number=row.number,
        href=record_path(row.form_code, row.number),
        form=form_title(row.form_code, spoken),
        title="" if row.title == but else row.title,
        at=short(row.submitted_at, at),
        state=row.state,
        state_text=str(STATES.get(row.state, row.state)),
        facts=summary(row.cells, row.title, row.form_code, spoken, but),
        due=due(row.due_at, at) if row.state == "running" else None,
        marks=_marks(row, progress),
    )


def _marks(row: Any, progress: Progress | None) -> list[tuple[str, str]]:
    """Whether an order is delivered and paid; nothing of one that was refused or given up."""
    if progress is None or row.state in ("refused", "voided"):
        return []
    delivered = ("finished" if progress.delivery == "delivered" else "", str(DELIVERED[progress.delivery]))
    if not progress.claimed:
        return [delivered]
    text = _("已付清") if progress.is_paid else _("已付 %(paid)s", paid=yuan(progress.paid))
    return [delivered, ("finished" if progress.is_paid else "", text)]
