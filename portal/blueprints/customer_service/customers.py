"""Customers: the list, and one page for each."""

from __future__ import annotations

from flask import render_template, request

from portal.blueprints.customer_service.room import bp
from portal.domain.refusal import NotFound
from portal.forms import customer_parts
from portal.forms.customer_words import CUSTOMER_CLASSES, CUSTOMER_STATES
from portal.forms.titles import register_path
from portal.lib.clock import day, now
from portal.lib.i18n import language
from portal.queries import customer_page as books
from portal.queries import customer_search, receivables
from portal.queries.actors import Actor
from portal.web import customer_cards, customer_page, customer_time_line, posted
from portal.web.amounts import yuan
from portal.web.guard import actor, open_to
from portal.web.reading import reads

SIZE = 50


@bp.get("/customers/")
@open_to("signed_in")
@reads
def customers(department: str) -> str:
    """The customers that fit what is typed."""
    _reader()
    typed = posted.asked("q")
    page = customer_search.page(typed, request.args.get("after", ""), SIZE)
    return render_template(
        "customers/index.html",
        typed=typed,
        customers=page.rows,
        states=CUSTOMER_STATES,
        classes=CUSTOMER_CLASSES,
        yuan=yuan,
        previous=page.previous,
        following=page.following,
    )


@bp.get("/customers/<code>")
@open_to("signed_in")
def customer(department: str, code: str) -> str:
    """Everything about one customer that the person may know."""
    by, at, spoken = _reader(), now(), language()
    found = books.named(code)
    one, today = found.Customer, day(at)
    owes = customer_parts.may_read(customer_parts.RECEIVABLES, by)
    claims = receivables.instalments(customer=one.id) if owes else []
    status, klass = customer_page.standing(one)
    kind = posted.asked("kind")
    cards = customer_cards.cards(one, by, spoken, at)
    machines = books.machines(one.id, customer_page.MANY)
    tables = customer_page.tables(one, by, spoken, today)
    line = customer_time_line.page(one, by, kind, request.args.get("after", ""), spoken)
    return render_template(
        "customers/customer.html",
        customer=one,
        status=status,
        klass=klass,
        facts=customer_page.facts(found),
        money=customer_page.money(one, claims, today) if owes else None,
        claims=customer_page.open_claims(claims, by, today),
        few=customer_page.FEW,
        cards=[card for card in cards if card.lines],
        machines=machines,
        today=today,
        tables=tables,
        nothing=customer_page.nothing(cards, machines, tables),
        tasks=customer_page.tasks(one, by, spoken, at),
        beginnings=[(one, register_path(one.code)) for one in customer_parts.beginnings(by)],
        kind=kind if kind in customer_parts.KINDS else "",
        kinds=customer_time_line.kinds(by),
        line=line,
    )


def _reader() -> Actor:
    """The person, if customers' pages are for them.

    Raises:
        NotFound: they are not.
    """
    by = actor()
    if not customer_parts.may_see(by):
        raise NotFound
    return by
