"""What auditors find: noted from a record, a document, an event or a sample, and listed with what became of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from portal.blueprints.trail.room import Answer, bp
from portal.database import transaction
from portal.domain.findings import CLAUSE, GRADES, LONGEST, STATES, About
from portal.domain.refusal import Refusal
from portal.forms.titles import record_path
from portal.lib.clock import minute, now, today
from portal.lib.i18n import _, language, pgettext, speaking
from portal.queries import findings as found
from portal.queries.findings import Wanted
from portal.services import audit
from portal.services import findings as acts
from portal.web import export as spreadsheet
from portal.web import findings as shown
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.transaction import writes

SIZE = 50


@bp.get("/findings")
@open_to("auditors")
def findings() -> str:
    """The findings that fit, newest first, each with what became of it."""
    by = actor()
    asked, before = shown.asked(request.args), posted.asked_id("before")
    rows = found.page(shown.wanted(asked, by), before=before, size=SIZE + 1)
    counts = found.counts()
    return render_template(
        "trail/findings.html",
        rows=rows[:SIZE],
        older=rows[SIZE - 1].AuditEvent.id if len(rows) > SIZE else None,
        newer=before is not None,
        asked=asked,
        counts={"": sum(counts.values()), **{state: counts.get(state, 0) for state in STATES}},
        states=STATES,
        grades=GRADES,
        record_path=record_path,
    )


@bp.get("/findings/new")
@open_to("auditors")
def new_finding() -> str:
    """The sheet to note a finding about what the address names."""
    return _sheet(shown.about(request.args, actor(), today()))


@bp.post("/findings")
@open_to("auditors")
def note_finding() -> Answer:
    """Notes it; quality gets a draft and a task."""
    by = actor()
    about = shown.about(request.form, by, today())
    text, clause = posted.control("text", LONGEST + 1), posted.control("clause", CLAUSE + 1)
    grade, sent = posted.control("grade", 20), posted.control("_key", 40)
    try:
        with transaction():
            acts.note(about, text, grade, clause, sent, by=by, address=request.remote_addr or "", now=now())
    except Refusal as refusal:
        return _sheet(about, text, clause, grade, str(refusal)), refusal.status
    flash(_("审核发现已记入审计追踪，并已请质量部处理。"), "success")
    return redirect(url_for("trail.findings"), 303)


@bp.post("/findings/exports")
@open_to("auditors")
@writes
def export_findings() -> Response:
    """The findings that fit as a spreadsheet; that they were taken stands in the trail."""
    by = actor()
    asked = shown.asked(request.form)
    format = "csv" if request.form.get("format") == "csv" else "xlsx"
    rows = list(_rows(shown.wanted(asked, by), language()))
    audit.note(
        "findings_exported", at=now(), by=by.id, stream="settings", format=format, rows=len(rows),
        filter={name: value for name, value in asked.items() if value},
    )  # fmt: skip
    heads = [
        _("时间"), _("审核员"), pgettext("matter", "对象"), _("程度"), _("条款"), _("审核发现"), _("抽样种子"), _("状态"), _("办理人"), _("处理记录"),
    ]  # fmt: skip
    return spreadsheet.answer(f"findings-{today():%Y%m%d}", format, heads, rows, exact=True)


def _sheet(about: About, text: str = "", clause: str = "", grade: str = "", problem: str = "") -> str:
    return render_template(
        "trail/finding.html",
        about=about,
        text=text,
        clause=clause,
        grade=grade,
        grades=GRADES,
        problem=problem,
        longest=LONGEST,
        longest_clause=CLAUSE,
        key=posted.control("_key", 40) or secrets.token_urlsafe(18),
    )


def _rows(wanted: Wanted, spoken: str) -> Iterator[list[Any]]:
    before: int | None = None
    while rows := found.page(wanted, before=before, size=500):
        with speaking(spoken):
            yield from (_cells(row) for row in rows)
        before = rows[-1].AuditEvent.id


def _cells(row: Any) -> list[Any]:
    facts = row.AuditEvent.facts
    return [
        minute(row.AuditEvent.at),
        row.auditor,
        facts["about"],
        str(GRADES[facts["grade"]]),
        facts["clause"],
        facts["text"],
        facts["sample"],
        str(STATES[row.stood]),
        row.applicant or row.holder or "",
        row.number or "",
    ]
