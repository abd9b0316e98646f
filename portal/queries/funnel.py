"""The funnel of sales: prospects, quotations, orders and services that are under way, and where each stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import Content, Person, Record, RecordLink, Signature
from portal.models.records import OPEN
from portal.queries import orders, stage_answers
from portal.queries.actors import Actor
from portal.queries.built import Rights, rights
from portal.queries.keyset import Query
from portal.queries.visible import visible_to

PROSPECT, QUOTATION, ORDER = "CR-12", "CR-16", "CR-17"
SERVICE = ("CS-76", "CS-73")
RESPONSE, CHECKED, ALLOCATED, OPPORTUNITY = "response", "value_check", "prospect", "opportunity"
QUOTED, ORDERED, SERVED = "quotation", "order", "service"
PLACES = (RESPONSE, CHECKED, ALLOCATED, OPPORTUNITY, QUOTED, ORDERED, SERVED)
MOST = 2_000  # newest records that are looked at
YEAR = timedelta(days=365)  # how long an order that is signed is followed
_SINCE: Any = sa.bindparam("since", type_=Record.closed_at.type)
# A prospect waits at the step named first, having come as far as the place.
STEPS = {
    "value_check": RESPONSE,
    "allocation": CHECKED,
    "work_plan": ALLOCATED,
    "opportunity": OPPORTUNITY,
}


@dataclass(frozen=True, slots=True)
class Card:
    """A record in the funnel: its place, since when it stands there, who owns it, what it is worth."""

    place: str
    form_code: str
    number: str
    title: str
    state: str
    owner: str
    amount: Decimal | None
    chance: Decimal | None  # percent
    since: datetime

    @property
    def expected(self) -> Decimal | None:
        """The amount by its chance; the whole of it where no chance was said."""
        if self.amount is None or self.chance is None:
            return self.amount
        return self.amount * self.chance / 100


def cards(seen_by: Actor | None, now: datetime) -> list[Card]:
    """What is in the funnel, newest first, of all records or of those that `seen_by` may see."""
    rows = list(db.session.execute(_seen(rights(seen_by) if seen_by else None), {"since": now - YEAR}))
    signed = [row.id for row in rows if row.form_code == ORDER and row.state == "finished"]
    progress = orders.progress(signed)
    return [_card(row) for row in rows if not (row.id in progress and progress[row.id].is_closed)]


@lru_cache(maxsize=500)
def _seen(who: Rights | None) -> Query:
    """The statement for these rights, built once; for none it reads all records."""
    return _under_way() if who is None else visible_to(_under_way(), who.actor)


def _under_way() -> Query:
    """Open records, and finished ones from which nothing has followed yet."""
    went_on = stage_answers.text("opportunity", "outcome").in_(("quote", "won"))
    since = sa.func.coalesce(
        sa.select(sa.func.max(Signature.signed_at)).where(Signature.record_id == Record.id).scalar_subquery(),
        Record.submitted_at,
    )
    amount = sa.func.coalesce(
        stage_answers.text("opportunity", "expected_amount"),
        Content.answers["total_amount"].as_string(),
        Content.answers["service_fee"].as_string(),
    )
    owner = sa.func.coalesce(
        stage_answers.text("allocation", "allocated_to", "text"),
        Content.answers[("owner", "text")].as_string(),
    )
    return (
        sa.select(
            *(Record.id, Record.number, Record.form_code, Record.title, Record.state, Record.step),
            *(since.label("since"), amount.label("amount"), owner.label("owner")),
            stage_answers.text("opportunity", "probability").label("chance"),
            Person.name.label("applicant"),
        )
        .join(Person, Person.id == Record.applicant_id)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.form_code.in_((PROSPECT, QUOTATION, ORDER, *SERVICE)),
            sa.or_(
                Record.state.in_(OPEN),
                sa.and_(
                    Record.state == "finished",
                    sa.or_(
                        sa.and_(Record.form_code == PROSPECT, went_on, ~_followed((QUOTATION, ORDER))),
                        sa.and_(
                            Record.form_code == QUOTATION,
                            stage_answers.yes("customer_answer", "accepted"),
                            ~_followed((ORDER,)),
                        ),
                        sa.and_(Record.form_code == ORDER, Record.closed_at >= _SINCE),
                    ),
                ),
            ),
        )
        .order_by(Record.id.desc())
        .limit(MOST)
    )


def _followed(codes: Iterable[str]) -> sa.Exists:
    """Whether the record has opened one of these forms, or one of them names it."""
    later = aliased(Record)
    opened = sa.and_(
        RecordLink.kind == "opened", RecordLink.source_id == Record.id, RecordLink.target_id == later.id
    )
    named = sa.and_(
        RecordLink.kind == "named", RecordLink.target_id == Record.id, RecordLink.source_id == later.id
    )
    return (
        sa.select(sa.literal(1))
        .select_from(RecordLink)
        .join(later, sa.or_(opened, named))
        .where(later.form_code.in_(codes), later.state.not_in(("refused", "voided")))
        .correlate(Record)
        .exists()
    )


def _card(row: Any) -> Card:
    return Card(
        place=_place(row),
        form_code=row.form_code,
        number=row.number,
        title=row.title,
        state=row.state,
        owner=(row.owner or "").rsplit(" ", 1)[0] or row.applicant,
        amount=_decimal(row.amount),
        chance=_decimal(row.chance),
        since=row.since,
    )


def _place(row: Any) -> str:
    if row.form_code == PROSPECT:
        return OPPORTUNITY if row.state == "finished" else STEPS.get(row.step, RESPONSE)
    return {QUOTATION: QUOTED, ORDER: ORDERED}.get(row.form_code, SERVED)


def _decimal(text: Any) -> Decimal | None:
    try:
        return None if text is None else Decimal(str(text))
    except InvalidOperation:
        return None
