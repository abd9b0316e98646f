"""A customer's page: who they are, what they owe, and their papers and tasks in short lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.forms import customer_parts
from portal.forms.customer_words import CUSTOMER_CLASSES, CUSTOMER_KINDS, CUSTOMER_STATES
from portal.forms.ledgers import Ledger
from portal.forms.titles import record_path
from portal.lib.clock import minute
from portal.lib.i18n import _, _l
from portal.models import Customer
from portal.queries import customer_page, customers, ledgers, receivables
from portal.queries.actors import Actor
from portal.web.amounts import yuan
from portal.web.customer_cards import Card
from portal.web.todos import Todo, todos

FEW, MANY = 6, 20  # lines of a ledger and claims; tasks and machines
FOLLOWED_BY = {"sales": _l("业务部门"), "customer_service": _l("客户服务部")}
POSTED = frozenset({"posted_at", "record", "posted_by", "reversed_by", "customer", "code", "name"})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of the customer."""

    label: Any
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """What the customer may owe, owes, and should have paid."""

    limit: str
    days: int
    arrears: str
    overdue: str
    late: bool
    left: str
    exceeded: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Lines of a plain ledger, the columns that say nothing left out."""

    ledger: Ledger
    rows: list[list[tuple[Any, str, str]]]  # label, text, and the look of the text or the address it leads to
    more: bool


def facts(found: Any) -> list[Fact]:
    """Master data of the customer, in the order of a card."""
    one: Customer = found.Customer
    dialled = "".join(sign for sign in one.phone if sign in "+0123456789")
    every = (
        Fact(_l("联系人"), one.contact),
        Fact(_l("联系电话"), one.phone, f"tel:{dialled}" if dialled else ""),
        Fact(_l("所在地址"), one.address),
        Fact(_l("区域"), one.region),
        Fact(_l("客户类型"), str(CUSTOMER_KINDS.get(one.kind, one.kind))),
        Fact(_l("信用代码"), one.credit_code),
        Fact(_l("档案编号"), one.file_number or _("尚未建档")),
        Fact(_l("负责人"), found.owner or _("未分配")),
        Fact(_l("资料管理专人"), found.custodian or ""),
        Fact(_l("跟进部门"), str(FOLLOWED_BY.get(one.follow_up_by, one.follow_up_by))),
        Fact(_l("最近订货日期"), f"{one.last_order_on or ''}"),
        Fact(_l("业务最近跟进"), minute(one.last_sales_follow_up)),
    )
    return [fact for fact in every if fact.text]


def standing(one: Customer) -> tuple[str, str]:
    """Status and class of a customer in words."""
    return (
        str(CUSTOMER_STATES.get(one.status, one.status)),
        str(CUSTOMER_CLASSES.get(one.klass, one.klass)),
    )


def money(one: Customer, claims: list[receivables.Instalment], today: date) -> Money:
    """The customer's account in figures."""
    late = sum((claim.open for claim in claims if claim.due_on and claim.due_on < today), Decimal(0))
    credit = customers.standing(one.id)
    limit, days = (credit.limit, credit.days) if credit else (one.credit_limit, one.credit_days)
    left = limit - one.arrears
    return Money(
        limit=yuan(limit),
        days=days,
        arrears=yuan(one.arrears),
        overdue=yuan(late),
        late=late > 0,
        left=yuan(left),
        exceeded=left < 0,
    )


def open_claims(
    claims: list[receivables.Instalment], by: Actor, today: date
) -> list[tuple[str, str, str, str, bool]]:
    """What is not paid yet: contract or order with its address, instalment with its day, amount, whether it is late."""
    still = [claim for claim in claims if claim.open > 0]
    numbers = customer_page.numbers({claim.of_id for claim in still})
    known = ledgers.readable(set(numbers.values()), by)
    found = []
    for claim in still:
        number = numbers[claim.of_id]
        href = record_path(known[number], number) if number in known else ""
        text = " ".join(filter(None, (claim.row, f"{claim.due_on or ''}")))
        found.append((number, href, text, yuan(claim.open), bool(claim.due_on and claim.due_on < today)))
    return found


def tables(one: Customer, by: Actor, spoken: str, today: date) -> list[Table]:
    """The plain ledgers that tell of the customer, as far as they are there and for the person."""
    told = customer_parts.readable(customer_parts.TOLD, by)
    lines = customer_page.ledger_lines(one.id, [ledger.key for ledger in told], FEW + 1)
    known = ledgers.readable({row.record for row in lines}, by)
    return [
        _table(ledger, [row for row in lines if row.ledger == ledger.key], known, spoken, today)
        for ledger in told
    ]


def _table(ledger: Ledger, rows: list[Any], known: Any, spoken: str, today: date) -> Table:
    found = []
    for row in rows[:FEW]:
        cells: list[tuple[Any, str, str]] = []
        for column in ledger.columns:
            raw = row.facts.get(column.name)
            if column.name not in POSTED and (text := fact_text(column, raw, spoken)):
                past = column.ends and str(raw) < f"{today}"
                cells.append((column.title, text, "past" if past else ""))
        href = record_path(known[row.record], row.record) if row.record in known else ""
        found.append([*cells, (_("来源记录"), row.record, href)])
    return Table(ledger, found, len(rows) > FEW)


def fact_text(column: Any, raw: Any, spoken: str) -> str:
    """A fact of a ledger's line in words; of something named, its name."""
    if isinstance(raw, dict):
        return str(raw.get("text") or raw.get(spoken) or "")
    if isinstance(raw, list):
        return "、".join(str(one.get("name", "")) if isinstance(one, dict) else str(one) for one in raw)
    return str(column.text(raw, spoken))


def tasks(one: Customer, by: Actor, spoken: str, at: datetime) -> list[Todo]:
    """What is open for the customer, and who has it."""
    return todos(customer_page.tasks(one.id, by, MANY), spoken, at)


def nothing(cards: list[Card], machines: list[Any], tables: list[Table]) -> list[Any]:
    """What there is nothing of yet, by its title: said in one line, so that no card stands empty."""
    return [
        *(card.part.title for card in cards if not card.lines),
        *([] if machines else [_("机器和车辆")]),
        *(table.ledger.title for table in tables if not table.rows),
    ]
