"""Everything that happened with a customer, one line for each record, posting and change of credit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.forms import customer_parts
from portal.forms.customer_parts import BY_FORM, ENTRIES, KINDS, MONEY, OTHER
from portal.forms.ledgers import LEDGERS
from portal.forms.titles import form_title, record_path
from portal.forms.words import STATES
from portal.lib.clock import minute
from portal.lib.i18n import _
from portal.models import Customer
from portal.queries import customer_time_line, ledgers
from portal.queries.actors import Actor
from portal.queries.customer_time_line import CREDIT, ENTRY, RECEIVABLE, RECORD, Wanted
from portal.queries.keyset import Page
from portal.web.amounts import yuan
from portal.web.customer_page import POSTED, fact_text
from portal.web.summaries import summary

SIZE = 30
FACTS = 4  # of a ledger's line


@dataclass(frozen=True, slots=True)
class Happening:
    """One line: when, what kind, what it says, where it leads."""

    at: str
    icon: str
    what: str
    text: str
    facts: list[tuple[str, str]]
    number: str
    href: str
    who: str
    state: str = ""
    state_text: str = ""


def kinds(by: Actor) -> list[tuple[str, Any]]:
    """What the line may be narrowed to by the person."""
    money = any(
        customer_parts.may_read(key, by) for key in (customer_parts.RECEIVABLES, customer_parts.CREDIT)
    )
    return [(key, part.title) for key, part in KINDS.items() if money or key != MONEY.key]


def page(one: Customer, by: Actor, kind: str, cursor: str, spoken: str) -> Page:
    """A page of the line, narrowed to a kind; an unknown one is none."""
    found = customer_time_line.page(one.id, by, _wanted(by, kind), cursor, SIZE)
    numbers = {row.record for _at, source, row in found.rows if source != RECORD}
    numbers |= {row.of for _at, source, row in found.rows if source == RECEIVABLE}
    known = ledgers.readable(numbers, by)
    rows = [_happening(at, source, row, known, spoken, one.label) for at, source, row in found.rows]
    return Page(rows, found.previous, found.following)


def _wanted(by: Actor, kind: str) -> Wanted:
    ledgers_read = [key for key, ledger in LEDGERS.items() if ledger.open_to(by)]
    receivables = customer_parts.may_read(customer_parts.RECEIVABLES, by)
    credit = customer_parts.may_read(customer_parts.CREDIT, by)
    if kind == MONEY.key:
        return Wanted(records=False, receivables=receivables, credit=credit)
    if kind == ENTRIES.key:
        return Wanted(records=False, ledgers=ledgers_read)
    if kind == OTHER.key:
        return Wanted(but=tuple(BY_FORM))
    if kind in KINDS:
        return Wanted(forms=KINDS[kind].forms)
    return Wanted(ledgers=ledgers_read, receivables=receivables, credit=credit)


def of_record(at: datetime, row: Any, icon: str, spoken: str, label: str) -> Happening:
    """The line of a record; `label` is what the page is about, which it says once."""
    return Happening(
        at=minute(at),
        icon=icon,
        what=form_title(row.form_code, spoken),
        text="" if row.title == label else row.title,
        facts=summary(row.cells, row.title, row.form_code, spoken, label),
        number=row.number,
        href=record_path(row.form_code, row.number),
        who=row.applicant,
        state=row.state,
        state_text=str(STATES.get(row.state, row.state)),
    )


def _happening(at: datetime, source: str, row: Any, known: Any, spoken: str, label: str) -> Happening:
    if source == RECORD:
        return of_record(at, row, KINDS[BY_FORM.get(row.form_code, OTHER.key)].icon, spoken, label)
    when = minute(at)
    href = record_path(known[row.record], row.record) if row.record in known else ""
    what, text, told = {ENTRY: _entry, RECEIVABLE: _receivable, CREDIT: _credit}[source](row, spoken)
    return Happening(when, "table", what, text, told, row.record, href, row.posted_by)


def _entry(row: Any, spoken: str) -> tuple[str, str, list[tuple[str, str]]]:
    ledger = LEDGERS[row.ledger]
    told = [
        (str(column.title), text)
        for column in ledger.columns
        if column.name not in POSTED and (text := fact_text(column, row.facts.get(column.name), spoken))
    ]
    return str(ledger.title), "", told[:FACTS]


def _receivable(row: Any, _spoken: str) -> tuple[str, str, list[tuple[str, str]]]:
    payment = row.paid_on is not None
    told = [(_("合同/订单"), row.of), (_("款项"), row.row)]
    told += [(_("回款时间"), f"{row.paid_on}")] if payment else [(_("应付日期"), f"{row.due_on or ''}")]
    told.append((_("欠款"), yuan(row.balance)))
    what = _("回款") if payment else _("应收")
    return what, yuan(-row.amount if payment else row.amount), [one for one in told if one[1]]


def _credit(row: Any, _spoken: str) -> tuple[str, str, list[tuple[str, str]]]:
    told = []
    if row.old_limit != row.new_limit:
        told.append((_("信用额度"), f"{yuan(row.old_limit)} → {yuan(row.new_limit)}"))
    if row.old_days != row.new_days:
        told.append((_("账期（天）"), f"{row.old_days} → {row.new_days}"))
    return _("信用额度账期变更"), "", told
