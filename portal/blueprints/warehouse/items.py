"""A page for each stock item: what lies where, what is on its way or promised, what has moved."""

from __future__ import annotations

from flask import render_template

from portal.blueprints.warehouse.room import bp
from portal.domain.refusal import NotFound
from portal.forms.ledgers import LEDGERS
from portal.forms.ledgers.stock import MOVES
from portal.forms.titles import form_title, record_path
from portal.lib.i18n import language
from portal.queries import ledgers
from portal.queries import stock_item_page as books
from portal.web.amounts import yuan
from portal.web.guard import actor, open_to


@bp.get("/items/<item>")
@open_to("signed_in")
def item(department: str, item: str) -> str:
    """One item, for those who read the stock list; its worth for those who read the stock ledger."""
    by = actor()
    if not LEDGERS["stock_list"].open_to(by):
        raise NotFound
    found = books.named(item)
    readable = ledgers.readable(found.records, by)
    return render_template(
        "warehouse/item.html",
        item=found.item,
        stock=found,
        kinds=MOVES,
        links={number: record_path(form, number) for number, form in readable.items()},
        form_title=lambda form: form_title(form, language()),
        yuan=yuan,
        priced=LEDGERS["stock_ledger"].open_to(by),
        journal=LEDGERS["warehouse_journal"].open_to(by),
    )
