"""A bill of materials from a spreadsheet: checked line by line, and begun as a form when everything is good."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response as Download
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.blueprints.engineering.room import bp
from portal.domain.refusal import NotFound, Refusal
from portal.forms import access, bom_parts
from portal.forms.catalogue import FORMS
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import boms as books
from portal.queries.actors import Actor
from portal.services import bom_sheets, drafts, spreadsheets, uploads
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.headers import name_file
from portal.web.transaction import writes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Answer = str | Response | tuple[str, int]


@bp.get("/bom/import")
@open_to("signed_in")
def choose_bom(department: str) -> str:
    """Asks for the file."""
    _importer()
    return _page(posted.asked("product"))


@bp.get("/bom/import/template")
@open_to("signed_in")
def bom_sheet(department: str) -> Download:
    """The empty spreadsheet."""
    _importer()
    answer = Download(bom_sheets.template(), mimetype=XLSX)
    name_file(answer, "bom.xlsx")
    return answer


@bp.post("/bom/import")
@open_to("writers")
@writes
def import_bom(department: str) -> Answer:
    """Says what is wrong with the file, or begins a form with all its rows."""
    by, product = _importer(), posted.control("product", 40)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(product, problem=_("请选择文件。")), 422
    try:
        sheet = bom_sheets.read(file.filename, file.stream.read(spreadsheets.MOST_BYTES + 1), by)
    except Refusal as refusal:
        return _page(product, problem=str(refusal)), refusal.status
    if sheet.problems:
        return _page(product, problems=sheet.problems), 422
    answers: dict[str, Any] = {bom_sheets.TABLE: sheet.rows}
    if product:
        project = books.named(product)
        answers["product"] = {"id": project.id, "text": project.label}
    title = uploads.safe_name(file.filename)
    draft = drafts.start(books.FORM, by, secrets.token_urlsafe(18), answers, title=title, now=now())
    flash(_("已读入 %(count)d 行，请补充其余内容后提交。", count=len(sheet.rows)), "success")
    return redirect(url_for("engineering.new", slug=FORMS[books.FORM].slug, draft=draft.key), 303)


def _page(product: str, *, problem: str = "", problems: list[bom_sheets.Problem] | None = None) -> str:
    project = books.named(product) if product else None
    return render_template(
        "engineering/bom_import.html", project=project, problem=problem, problems=problems or []
    )


def _importer() -> Actor:
    """The person, if they may begin a list.

    Raises:
        NotFound: the lists are not for them.
        NotAllowed: they may only read them.
    """
    by = actor()
    if not bom_parts.may_see(by):
        raise NotFound
    if not bom_parts.may_import(by):
        raise access.not_opened(FORMS[books.FORM])
    return by
