"""The funnel as a board: a column for each place, with its cards, how many there are and what they are worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.forms.catalogue import FORMS
from portal.forms.charts.customer_service import FUNNEL_WORDS
from portal.forms.titles import form_title, record_path, register_path
from portal.forms.words import STATES
from portal.queries import funnel
from portal.queries.funnel import PLACES, Card
from portal.web.amounts import yuan

SHOWN = 15  # cards of a column
FORMS_OF = {
    **dict.fromkeys(
        (funnel.RESPONSE, funnel.CHECKED, funnel.ALLOCATED, funnel.OPPORTUNITY), (funnel.PROSPECT,)
    ),
    funnel.QUOTED: (funnel.QUOTATION,),
    funnel.ORDERED: (funnel.ORDER,),
    funnel.SERVED: funnel.SERVICE,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as the board shows it."""

    number: str
    href: str
    form: str
    title: str
    owner: str
    amount: str
    days: int
    state: str  # of a record that is not simply under way
    state_text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A place of the funnel: its cards (the newest), how many and how much they are, and where the others stand."""

    key: str
    title: Any
    cards: list[Shown]
    many: int
    worth: Decimal
    expected: Decimal
    registers: list[tuple[str, str]]  # title and address of the registers of its forms

    @property
    def more(self) -> int:
        """How many cards are not shown."""
        return self.many - len(self.cards)


def columns(cards: Iterable[Card], now: datetime, spoken: str) -> list[Column]:
    """The board."""
    found: dict[str, list[Card]] = {place: [] for place in PLACES}
    for card in cards:
        found[card.place].append(card)
    return [
        Column(
            key=place,
            title=FUNNEL_WORDS[place],
            cards=[_shown(card, now, spoken) for card in some[:SHOWN]],
            many=len(some),
            worth=_sum(card.amount for card in some),
            expected=_sum(card.expected for card in some),
            registers=[
                (form_title(code, spoken), register_path(code)) for code in FORMS_OF[place] if code in FORMS
            ],
        )
        for place, some in found.items()
    ]


def _shown(card: Card, now: datetime, spoken: str) -> Shown:
    odd = card.state not in ("running", "finished")
    return Shown(
        number=card.number,
        href=record_path(card.form_code, card.number),
        form=form_title(card.form_code, spoken),
        title=card.title,
        owner=card.owner,
        amount="" if card.amount is None else yuan(card.amount),
        days=max((now - card.since).days, 0),
        state=card.state if odd else "",
        state_text=str(STATES.get(card.state, card.state)) if odd else "",
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
