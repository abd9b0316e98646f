"""The events of the trail: filtered, by named views, taken away as a spreadsheet."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from portal.blueprints.trail.room import bp, reader
from portal.domain.refusal import NotFound, Refusal
from portal.forms.event_texts import GROUPS
from portal.forms.sentences import changes, sentence, who
from portal.forms.trail_views import VIEWS
from portal.forms.words import stream
from portal.lib.clock import ZONE, now
from portal.lib.i18n import _l, language
from portal.models import AuditEvent
from portal.queries import audit_tree, trail
from portal.services import audit
from portal.web import export as spreadsheet
from portal.web import posted, trail_filter, trail_rows
from portal.web.guard import open_to
from portal.web.headers import name_file
from portal.web.transaction import writes

SIZE = 100
MOST = 1_000_000  # rows of an Excel file, which holds few more


@bp.get("")
@open_to("signed_in")
def show() -> str:
    """The newest events that fit, a page at a time, with how many there are of each view."""
    by = reader()
    asked, before = trail_filter.asked(request.args), posted.asked_id("before")
    wanted = trail_filter.wanted(asked)
    found = trail.page(wanted, before=before, size=SIZE + 1)
    events = found[:SIZE]
    readable = trail.readable(events, by)
    return render_template(
        "trail/list.html",
        lines=[_line(event, event.record_id is None or event.record_id in readable) for event in events],
        numbers=trail.numbers(events),
        readable=readable,
        older=events[-1].id if len(found) > SIZE else None,
        newer=before is not None,
        asked=asked,
        views=VIEWS,
        counts=trail_filter.counts(wanted),
        groups=GROUPS,
        streams=[(name, stream(name)) for name in trail.streams()],
        stream=stream,
        checkpoint=audit_tree.last(),
    )


@bp.get("/checkpoint")
@open_to("signed_in")
def checkpoint() -> Response:
    """The last checkpoint as it was signed, to be kept elsewhere.

    Raises:
        NotFound: there is none yet.
    """
    reader()
    last = audit_tree.last()
    if last is None:
        raise NotFound
    answer = Response(last.note, mimetype="text/plain; charset=utf-8")
    name_file(answer, f"checkpoint-{last.number}.txt")
    return answer


@bp.post("/exports")
@open_to("signed_in")
@writes
def export() -> Response:
    """The events that fit, as CSV or Excel; that they were taken is an event too.

    Raises:
        Refusal: they are more than an Excel file holds.
    """
    by, at = reader(), now()
    asked = trail_filter.asked(request.form)
    format = "xlsx" if request.form.get("format") == "xlsx" else "csv"
    wanted = trail_filter.wanted(asked)
    many = trail.count(wanted)
    if format == "xlsx" and many > MOST:
        raise Refusal(_l("超过 100 万行，Excel 文件装不下。请缩小范围，或导出 CSV。"))
    audit.note(
        "trail_exported",
        at=at,
        by=by.id,
        stream="settings",
        filter={name: value for name, value in asked.items() if value},
        format=format,
        rows=many,
    )
    name = f"trail-{at.astimezone(ZONE):%Y%m%d-%H%M}"
    return spreadsheet.answer(
        name, format, trail_rows.headers(), trail_rows.rows(wanted, by, language()), exact=True
    )


def _line(event: AuditEvent, whole: bool) -> dict[str, Any]:
    """An event as the page shows it; what people wrote only to those who may see the record."""
    return {
        "event": event,
        "who": who(event),
        "text": sentence(event, bare=not whole),
        "changes": changes(event) if whole else [],
    }
