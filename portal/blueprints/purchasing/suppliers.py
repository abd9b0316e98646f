"""Suppliers: the list, and one page for each."""

from __future__ import annotations

from flask import render_template, request

from portal.blueprints.purchasing.room import bp
from portal.domain.refusal import NotFound
from portal.forms import supplier_parts
from portal.forms.ledgers.works import SUPPLIER_STATES
from portal.lib.clock import now, today
from portal.lib.i18n import language
from portal.queries import supplier_page as books
from portal.queries.actors import Actor
from portal.web import posted, supplier_page
from portal.web.guard import actor, open_to
from portal.web.reading import reads

SIZE = 50


@bp.get("/suppliers/")
@open_to("signed_in")
@reads
def suppliers(department: str) -> str:
    """The suppliers that fit what is typed."""
    _reader()
    typed = posted.asked("q")
    page = books.search(typed, request.args.get("after", ""), SIZE)
    return render_template(
        "suppliers/index.html",
        typed=typed,
        suppliers=page.rows,
        states=SUPPLIER_STATES,
        looks=supplier_parts.LOOKS,
        pass_rate=supplier_page.percent,
        today=today(),
        previous=page.previous,
        following=page.following,
    )


@bp.get("/suppliers/<supplier>")
@open_to("signed_in")
def supplier(department: str, supplier: str) -> str:
    """Everything about one supplier that the person may know."""
    by, at = _reader(), now()
    one = books.named(supplier)
    cards = supplier_page.cards(one, by, language(), at)
    promises = supplier_page.deliveries(one, by, today())
    return render_template(
        "suppliers/supplier.html",
        supplier=one,
        status=SUPPLIER_STATES.get(one.status, one.status),
        overdue=bool(one.next_evaluation_on and one.next_evaluation_on < today()),
        look=supplier_parts.LOOKS.get(one.status, ""),
        figures=supplier_page.figures(one, promises, today()),
        facts=supplier_page.facts(one, today()),
        licences=supplier_page.licences(one, today()),
        cards=[card for card in cards if card.lines],
        nothing=[card.part.title for card in cards if not card.lines],
        deliveries=promises[: supplier_page.MANY],
        prices=supplier_page.prices(one, by),
        begins=supplier_parts.may_evaluate(by),
    )


def _reader() -> Actor:
    """The person, if suppliers' pages are for them.

    Raises:
        NotFound: they are not.
    """
    by = actor()
    if not supplier_parts.may_see(by):
        raise NotFound
    return by
