"""A supplier's page: who they are, how they deliver, what they charge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.forms.supplier_parts import BY_FORM, PARTS, may_see_prices
from portal.forms.titles import record_path
from portal.lib.i18n import _l
from portal.models import Supplier
from portal.queries import about, ledgers, supplier_page, suppliers
from portal.queries import deliveries as books
from portal.queries.actors import Actor
from portal.web.amounts import yuan
from portal.web.customer_cards import Card, line
from portal.web.customer_page import Fact

EACH, MANY = 5, 12  # records of a part; deliveries and prices
YEAR = timedelta(days=365)
IN_TIME, LATE, OVERDUE, WAITING = "in_time", "late", "overdue", "waiting"
DELIVERED = {
    IN_TIME: (_l("按期"), "finished"),
    LATE: (_l("晚交"), "overdue"),
    OVERDUE: (_l("逾期未交"), "overdue"),
    WAITING: (_l("未到期"), ""),
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """An order with the day promised, the day on which goods came, and what that means."""

    number: str
    href: str
    promised: date
    came: date | None
    state: str
    days_late: int

    @property
    def text(self) -> Any:
        """The state in words."""
        return DELIVERED[self.state][0]

    @property
    def look(self) -> str:
        """The look of its chip."""
        return DELIVERED[self.state][1]


@dataclass(frozen=True, slots=True)
class Priced:
    """An item with its last price, the one before, and how often it was ordered."""

    item: str
    unit: str
    price: str
    on: date
    before: str
    change: Decimal | None  # in percent
    times: int


@dataclass(frozen=True, slots=True)
class Held:
    """A licence and whether it has expired, or soon will."""

    paper: str
    number: str
    expires_on: date | None
    look: str


def percent(part: Any) -> str:
    """The pass rate of a supplier as people read it."""
    rate = suppliers.pass_rate(part)
    return "" if rate is None else f"{rate}%"


def facts(one: Supplier, today: date) -> list[Fact]:
    """Master data of the supplier."""
    dialled = "".join(sign for sign in one.phone if sign in "+0123456789")
    every = (
        Fact(_l("供应产品"), one.goods),
        Fact(_l("联系人"), one.contact),
        Fact(_l("联系电话"), one.phone, f"tel:{dialled}" if dialled else ""),
        Fact(_l("统一社会信用代码"), one.credit_code),
        Fact(_l("下次评价日期"), f"{one.next_evaluation_on or ''}"),
    )
    return [fact for fact in every if fact.text]


def figures(one: Supplier, delivered: list[Delivery], today: date) -> list[tuple[Any, str, bool]]:
    """What tells how good the supplier is: title, figure, whether it is a bad one."""
    back = len(suppliers.returns(today - YEAR, one.id))
    settled = [each for each in delivered if each.state != WAITING]
    punctual = sum(each.state == IN_TIME for each in settled)
    return [
        (_l("综合得分"), f"{one.score:f}" if one.score is not None else "—", False),
        (_l("进货检验合格率"), percent(one) or "—", False),
        (_l("近一年退货次数"), f"{back}", back >= 3),
        (_l("近一年按期交货"), f"{punctual}/{len(settled)}" if settled else "—", False),
    ]


def licences(one: Supplier, today: date) -> list[Held]:
    """The licences that the newest evaluation names."""
    found = []
    for licence in suppliers.in_force(suppliers.licences(one.id)):
        until = licence.expires_on
        look = (
            "overdue" if until and until < today else "soon" if until and until <= today + YEAR / 12 else ""
        )
        found.append(Held(licence.paper, str(licence.facts.get("number") or ""), until, look))
    return found


def cards(one: Supplier, by: Actor, spoken: str, at: datetime) -> list[Card]:
    """Each part with its newest records."""
    found: dict[str, list[Any]] = {part.key: [] for part in PARTS}
    for row in about.newest(about.subject("supplier", one.id), by, BY_FORM, EACH):
        if row.part in found:
            found[row.part].append(row)
    return [
        Card(part, [line(row, spoken, at, but=one.label) for row in rows], rows[0].many if rows else 0)
        for part in PARTS
        for rows in [found[part.key]]
    ]


def deliveries(one: Supplier, by: Actor, today: date) -> list[Delivery]:
    """What was promised within a year and is still to come, the latest day first."""
    orders = books.promised(today - YEAR, date.max, one.id)
    came = books.arrived([each.order_id for each in orders])
    known = ledgers.readable({each.number for each in orders}, by)
    return [
        _delivery(each, came.get(each.order_id), known, today)
        for each in sorted(orders, key=lambda each: (each.on, each.order_id), reverse=True)
    ]


def _delivery(order: books.Promise, came: date | None, known: Any, today: date) -> Delivery:
    late = ((came or today) - order.on).days
    states = (IN_TIME, LATE) if came else (WAITING, OVERDUE)
    state = states[late > 0]
    href = record_path(known[order.number], order.number) if order.number in known else ""
    return Delivery(order.number, href, order.on, came, state, max(late, 0))


def prices(one: Supplier, by: Actor) -> list[Priced]:
    """The last price of each item, of those ordered last first; none for who may not know them."""
    if not may_see_prices(by):
        return []
    by_item: dict[int, list[supplier_page.Price]] = {}
    for price in supplier_page.prices(one.id):
        by_item.setdefault(price.item_id, []).append(price)
    return [_priced(found) for found in list(by_item.values())[:MANY]]


def _priced(found: list[supplier_page.Price]) -> Priced:
    last, before = found[0], found[1] if len(found) > 1 else None
    change = (
        ((last.price - before.price) * 100 / before.price).quantize(Decimal("0.1"), ROUND_HALF_UP)
        if before and before.price
        else None
    )
    return Priced(
        last.item,
        last.unit,
        yuan(last.price),
        last.on,
        yuan(before.price) if before else "",
        change,
        len(found),
    )
