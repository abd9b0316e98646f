"""Ledgers and registers across departments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.refusal import NotFound
from portal.domain.roles import DEPARTMENT, DEPARTMENTS, TOP
from portal.forms.columns import ITEM, LINK, Column
from portal.forms.ledgers import LEDGERS, Ledger
from portal.forms.registers import REGISTERS, Register
from portal.forms.titles import record_path
from portal.lib.clock import now, today
from portal.lib.i18n import language
from portal.queries import ledgers
from portal.services import audit
from portal.web import clauses, export, filters
from portal.web.guard import actor, open_to
from portal.web.reading import reads
from portal.web.tables import Cell, attributes
from portal.web.transaction import writes

bp = Blueprint("registers", __name__, url_prefix="/registers")
SIZE = 50
PAST, MINUS = "past", "minus"  # looks of a date that is over, and of a number below zero


@bp.get("/")
@open_to("signed_in")
@reads
def index() -> str:
    """Every register and ledger that the person may read, by department."""
    by = actor()
    groups = [(one.title, _readable(one.key, by)) for one in DEPARTMENTS]
    return render_template(
        "registers/index.html", groups=[(title, found) for title, found in groups if found]
    )


@bp.get("/<key>")
@open_to("signed_in")
@reads
def show(key: str) -> str | Response:
    """One page of a ledger; the key of a form's register leads there."""
    if key in REGISTERS and key not in LEDGERS:
        return redirect(REGISTERS[key].url)
    ledger = _ledger(key)
    asked = filters.read(request.args, tuple(ledger.source.picked))
    page = ledgers.page(
        ledger.source, filters.of_ledger(asked, ledger.source), request.args.get("after", ""), SIZE
    )
    return render_template(
        "registers/ledger.html",
        ledger=ledger,
        clause=clauses.basis(ledger.clause),
        department=DEPARTMENT[ledger.department].title,
        room="" if ledger.department == TOP else f"/{ledger.department.replace('_', '-')}/",
        lines=_lines(ledger, page.rows),
        picked=[
            (column, [(value, column.text(value, language())) for value in column.words])
            for column in ledger.columns
            if column.name in ledger.source.picked
        ],
        asked=asked,
        here=asked.query(),
        previous=f"?{asked.query(after=page.previous)}" if page.previous else "",
        following=f"?{asked.query(after=page.following)}" if page.following else "",
    )


@bp.post("/<key>/exports")
@open_to("signed_in")
@writes
def export_ledger(key: str) -> Response:
    """The filtered lines as a spreadsheet; that it was taken stands in the audit trail."""
    ledger, at = _ledger(key), now()
    asked = filters.read(request.args, tuple(ledger.source.picked))
    wanted = filters.of_ledger(asked, ledger.source)
    format = "csv" if request.form.get("format") == "csv" else "xlsx"
    audit.note(
        "exported",
        at=at,
        by=actor().id,
        stream="access",
        address=request.remote_addr or "",
        register=ledger.key,
        format=format,
        rows=ledgers.count(ledger.source, wanted, export.MOST),
        filters=dict(asked.values),
    )
    headers = [str(column.title) for column in ledger.columns]
    name = f"{ledger.title}-{today():%Y%m%d}"
    return export.answer(name, format, headers, _cells(ledger, wanted, language()))


def _ledger(key: str) -> Ledger:
    """The ledger with this key, if the person may read it.

    Raises:
        NotFound: there is none, or not for this person.
    """
    ledger = LEDGERS.get(key)
    if ledger is None or not ledger.open_to(actor()):
        raise NotFound
    return ledger


def _readable(department: str, by: Any) -> list[Register]:
    return [
        one
        for one in REGISTERS.values()
        if one.department == department and (not isinstance(one, Ledger) or one.open_to(by))
    ]


def _lines(ledger: Ledger, rows: list[ledgers.Cells]) -> list[list[Cell]]:
    """The lines as shown; numbers of records that the person may open become links."""
    links = [column.name for column in ledger.columns if column.kind == LINK]
    known = ledgers.readable({row[name] for row in rows for name in links if row.get(name)}, actor())
    spoken, reads_items = language(), LEDGERS["stock_list"].open_to(actor())
    shapes = [(column, attributes(column)) for column in ledger.columns]
    return [
        [
            (shape, *_cell(column, row.get(column.name), known, spoken, reads_items))
            for column, shape in shapes
        ]
        for row in rows
    ]


def _cell(column: Column, raw: Any, known: Any, spoken: str, reads_items: bool) -> tuple[str, str]:
    """The text, and the address it leads to or its look."""
    if column.kind == LINK:
        return raw or "", record_path(known[raw], raw) if raw in known else ""
    if column.kind == ITEM:
        return raw or "", url_for("warehouse.item", item=raw) if raw and reads_items else ""
    past = bool(raw) and (column.warns or (column.ends and str(raw) < f"{today()}"))
    text = column.text(raw, spoken)
    minus = column.look == "numeric" and text.startswith(("-", "¥-"))
    return text, PAST if past else MINUS if minus else ""


def _cells(ledger: Ledger, wanted: ledgers.Wanted, spoken: str) -> Iterator[list[Any]]:
    for row in ledgers.every(ledger.source, wanted, export.MOST):
        yield [column.cell(row.get(column.name), spoken) for column in ledger.columns]
