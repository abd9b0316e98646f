"""Staff from a spreadsheet: checked row by row first, taken on all together."""

from __future__ import annotations

from flask import Response as Download
from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.domain.refusal import Refusal
from portal.domain.roles import ROLE
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.services import directory, spreadsheets, staff_import, staff_list, staff_template
from portal.web.guard import actor, open_to
from portal.web.transaction import writes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/import")
@open_to("administrators")
def choose_staff() -> str:
    """Asks for the file."""
    return render_template("admin/import.html", rows=None, text="", problem="")


@bp.get("/import/template")
@open_to("administrators")
def staff_sheet() -> Download:
    """An empty spreadsheet with the columns, and the departments and roles to choose from."""
    answer = Download(staff_template.make(), mimetype=XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="staff.xlsx"'
    return answer


@bp.post("/import")
@open_to("administrators")
def preview_staff() -> Answer:
    """Shows the rows of the file and what is wrong with them; writes nothing."""
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("请选择文件。"), "error")
        return redirect(url_for("admin.choose_staff"), 303)
    try:
        text = staff_list.as_text(file.filename, file.stream.read(spreadsheets.MOST_BYTES + 1))
        return _preview(text), 200
    except Refusal as refusal:
        return render_template("admin/import.html", rows=None, text="", problem=str(refusal)), refusal.status


@bp.post("/import/confirm")
@open_to("administrators")
@writes
def import_staff() -> Answer:
    """Takes everybody on; the text that the preview sent along is checked once more."""
    text = request.form.get("text", "")
    prepared = staff_import.prepare(text)  # no statement has begun the write yet
    if any(row.errors for row in staff_list.read(text)):
        return _preview(text), 422
    taken = staff_import.bring_in(text, prepared, by=actor(), now=now())
    return render_template("admin/imported.html", taken=taken, directory=directory.known() is not None)


def _preview(text: str) -> str:
    rows = staff_list.read(text)
    wrong = sum(bool(row.errors) for row in rows)
    return render_template("admin/import.html", rows=rows, text=text, wrong=wrong, problem="", roles=ROLE)
