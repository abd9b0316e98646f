"""What a finding is about, as an address or a form names it, looked up among what the auditor may see."""

from __future__ import annotations

from datetime import date

from werkzeug.datastructures import MultiDict

from portal.domain.findings import GRADES, STATES, About
from portal.domain.refusal import NotFound
from portal.forms.titles import record_path
from portal.lib.clock import minute, typed_day
from portal.lib.i18n import _l, both
from portal.lib.text import clean
from portal.models import Record
from portal.queries import documents as books
from portal.queries import findings, revisions, visible
from portal.queries.actors import Actor
from portal.queries.findings import Wanted
from portal.queries.keyset import LARGEST
from portal.web import documents

Given = MultiDict[str, str]


def about(given: Given, by: Actor, today: date) -> About:
    """What is named: `record`, `document` with `revision`, or `event`.

    Raises:
        NotFound: nothing, or nothing that is for this person.
    """
    said = {
        name: clean(given.get(name, ""))[:80]
        for name in ("record", "document", "revision", "event", "sample")
    }
    if said["record"]:
        return _record(visible.record(said["record"], by), said["sample"][:40])
    if said["document"]:
        return _document(said["document"], said["revision"], by, today)
    return _event(said["event"], by)


def _record(one: Record, sample: str) -> About:
    asked = (("record", one.number), ("sample", sample))
    path = record_path(one.form_code, one.number)
    return About("record", one.number, f"{one.number} {one.title}".strip(), path, asked, one.id, sample)


def _document(number: str, revision: str, by: Actor, today: date) -> About:
    if not revision:
        listed = books.by_number(number)  # one that was released with files has no revisions
        if listed is None or listed.state == "obsolete":
            raise NotFound
        code = f"{listed.code}/{listed.version}"
        return About(
            "document", code, f"{code} {listed.name}", f"/documents/{listed.code}", (("document", number),)
        )
    one = revisions.named(number, revision)
    if not documents.may_see(one, revisions.state(one, today), by):
        raise NotFound
    asked = (("document", one.document_no), ("revision", one.number))
    return About(
        "document", one.code, f"{one.code} {one.name}", f"/documents/{one.document_no}/{one.number}", asked
    )


def _event(id: str, by: Actor) -> About:
    known = id.isdecimal() and id.isascii() and int(id) <= LARGEST
    event = findings.event(int(id)) if known else None
    if event is None:
        raise NotFound
    record = findings.record(event.record_id, by) if event.record_id is not None else None
    name = both(_l("审计追踪事件 %(id)s（%(at)s）", id=event.id, at=minute(event.at)))["zh"]
    number = f"{record.number} #{event.id}" if record is not None else f"#{event.id}"
    whole = f"{record.number} · {name}" if record is not None else name
    asked = (("event", str(event.id)),)
    return About("event", number, whole, f"/trail?before={event.id + 1}", asked, event.record_id)


def asked(given: Given) -> dict[str, str]:
    """How the list is narrowed, as it goes into addresses and the trail; what makes no sense is left out."""
    text = {
        name: clean(given.get(name, ""))[:60] for name in ("state", "grade", "q", "whose", "since", "until")
    }
    return {
        "state": text["state"] if text["state"] in STATES else "",
        "grade": text["grade"] if text["grade"] in GRADES else "",
        "q": text["q"],
        "whose": "mine" if text["whose"] == "mine" else "",
        **{name: text[name] if typed_day(text[name]) else "" for name in ("since", "until")},
    }


def wanted(asked: dict[str, str], by: Actor) -> Wanted:
    """The same for the database."""
    return Wanted(
        state=asked["state"],
        grade=asked["grade"],
        words=asked["q"],
        person_id=by.id if asked["whose"] else None,
        since=typed_day(asked["since"]),
        until=typed_day(asked["until"]),
    )
