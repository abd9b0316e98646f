"""Texts of documents as Word files: handed out, and taken into a draft."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, request, url_for

from portal.blueprints.documents.drafts import editor
from portal.blueprints.documents.room import Answer, bp, seen, writable
from portal.database import transaction
from portal.domain.refusal import NotFound, Refusal
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.services import uploads, word_files
from portal.web import documents as shown
from portal.web import posted
from portal.web.document_sheets import facts_of
from portal.web.guard import actor, open_to
from portal.web.headers import name_file


@bp.get("/<document>/<revision>/docx")
@open_to("signed_in")
def docx(document: str, revision: str) -> Response:
    """A revision as a Word file, for those who may read it; that it was taken stands in the audit trail."""
    one, by, at = seen(document, revision), actor(), now()
    address = shown.address_in(one.document_no)

    base = current_app.config["SETTINGS"].address or request.host_url.rstrip("/")

    def link(named: str) -> str:
        path = address(named)
        return base + path if path.startswith("/") else ""

    answer = Response(word_files.export(one, link, now=at), mimetype=uploads.ALLOWED["docx"])
    if request.method != "HEAD":
        with transaction():
            word_files.note(one, by=by.id, now=at)
    name_file(answer, f"{one.document_no}-{one.number}-{one.name}.docx")
    return answer


@bp.post("/<document>/<revision>/import")
@open_to("writers")
def import_word(document: str, revision: str) -> Answer:
    """Puts the text of a Word file in the place of a draft's; a file that is refused changes nothing."""
    one, by = writable(document, revision), actor()
    seen = posted.number("_version")
    megabytes: int = current_app.config["SETTINGS"].upload_megabytes
    try:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Refusal(_("请选择一个 Word 文档（.docx）。"))
        found = word_files.read(file.stream.read(megabytes * 1024 * 1024 + 1))
        with transaction():
            word_files.take_in(
                writable(document, revision),
                found,
                seen=seen,
                by=by,
                now=now(),
                megabytes=megabytes,
            )
    except NotFound:
        raise
    except Refusal as refusal:
        one = writable(document, revision)
        return editor(one, facts_of(one, person=actor()), one.text, problem=str(refusal), seen=seen), 422
    flash(_("已导入 Word 文档，正文已替换为其中的内容，请核对。"), "success")
    for text in found.warnings:
        flash(str(text), "warning")
    return redirect(url_for("documents.edit", document=document, revision=revision), 303)
