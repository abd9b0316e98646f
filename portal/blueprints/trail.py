"""The audit trail, for auditors and administrators."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, stream_with_context
from flask import Response as Download

from portal.domain.refusal import NotFound
from portal.forms.event_texts import EXCEPTIONS, GROUPS, TEXTS
from portal.forms.sentences import changes, sentence, who
from portal.forms.words import stream
from portal.lib.clock import ZONE, now
from portal.lib.text import clean
from portal.models import AuditEvent
from portal.queries import audit_tree, people, trail
from portal.queries.actors import Actor
from portal.queries.trail import Filter
from portal.services import audit
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.headers import name_file
from portal.web.trail_csv import rows
from portal.web.transaction import writes

bp = Blueprint("trail", __name__)

SIZE = 100
FIELDS = ("person", "kind", "number", "stream", "since", "until")


@bp.get("/trail")
@open_to("signed_in")
def show() -> str:
    """The newest events that fit, a page at a time."""
    by = _reader()
    asked, before = _asked(request.args), posted.asked_id("before")
    found = trail.page(_filter(asked), before=before, size=SIZE + 1)
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
        groups=GROUPS,
        streams=[(name, stream(name)) for name in trail.streams()],
        stream=stream,
        checkpoint=audit_tree.last(),
    )


@bp.get("/trail/checkpoint")
@open_to("signed_in")
def checkpoint() -> Download:
    """The last checkpoint as it was signed, to be kept elsewhere.

    Raises:
        NotFound: there is none yet.
    """
    _reader()
    last = audit_tree.last()
    if last is None:
        raise NotFound
    answer = Download(last.note, mimetype="text/plain; charset=utf-8")
    name_file(answer, f"checkpoint-{last.number}.txt")
    return answer


@bp.post("/trail/exports")
@open_to("signed_in")
def export() -> Download:
    """The events that fit, as CSV; that it was taken is an event too."""
    by = _reader()
    asked = _asked(request.form)
    _note(by, {name: value for name, value in asked.items() if value})
    answer = Download(stream_with_context(rows(_filter(asked), by)), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="trail-{now().astimezone(ZONE):%Y%m%d-%H%M}.csv"'
    )
    return answer


@writes
def _note(by: Actor, asked: dict[str, str]) -> None:
    audit.note("trail_exported", at=now(), by=by.id, stream="settings", filter=asked)


def _reader() -> Actor:
    """The auditor or administrator who asks.

    Raises:
        NotFound: it is somebody else.
    """
    by = actor()
    if not (by.is_auditor or by.is_administrator):
        raise NotFound
    return by


def _line(event: AuditEvent, whole: bool) -> dict[str, Any]:
    """An event as the page shows it; what people wrote only to those who may see the record."""
    return {
        "event": event,
        "who": who(event),
        "text": sentence(event, bare=not whole),
        "changes": changes(event) if whole else [],
    }


def _asked(given: Any) -> dict[str, str]:
    return {name: clean(given.get(name, ""))[:80] for name in FIELDS}


def _filter(asked: dict[str, str]) -> Filter:
    return Filter(
        people=tuple(people.ids_named(asked["person"])) if asked["person"] else None,
        kinds=_kinds(asked["kind"]),
        number=asked["number"],
        stream=asked["stream"],
        since=_day(asked["since"]),
        until=_day(asked["until"]),
    )


def _kinds(asked: str) -> tuple[str, ...]:
    """The kinds that a choice stands for: one, a group, or those that a review looks at."""
    if asked == "exceptions":
        return EXCEPTIONS
    for group in GROUPS:
        if group.key == asked:
            return tuple(group.texts)
    return (asked,) if asked in TEXTS else ()


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None
