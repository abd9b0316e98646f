"""Reading documents: the library, a text with its clauses, who has read it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.blueprints.documents.room import Answer, bp, may_see, seen
from portal.domain import documents as life
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.forms.quality.document_words import KINDS, STATES
from portal.forms.titles import record_path
from portal.lib.clock import minute, now, today
from portal.lib.i18n import _
from portal.models import ControlledDocument, DocumentRevision, StoredFile
from portal.queries import documents as books
from portal.queries import editions, library, people, readings, revisions
from portal.services import document_prints, drafts, releases
from portal.services import readings as reading
from portal.services import revisions as texts
from portal.web import clauses, downloads, posted, redlines
from portal.web import documents as shown
from portal.web.guard import actor, open_to
from portal.web.reading import reads
from portal.web.transaction import writes

PAST = ("superseded", "obsolete")  # what names clauses now says nothing of these


@bp.get("/")
@open_to("signed_in")
@reads
def index() -> str:
    """The documents that fit what is typed and picked, and what the person has to read."""
    by = actor()
    typed, kind, department = posted.asked("q"), posted.asked("kind"), posted.asked("department")
    found = library.rows(typed, kind, department, today())
    return render_template(
        "documents/index.html",
        typed=typed,
        kind=kind,
        department=department,
        kinds=KINDS,
        departments=people.departments(),
        rows=found,
        owed=readings.owed(by, today()),
        audits=clauses.may_audit(by),
        drafts=[one for one in library.drafts(typed, kind, department) if shown.may_see(one, "draft", by)],
        states=life.STATES,
        looks=life.LOOKS,
        today=today(),
    )


@bp.get("/<document>")
@open_to("signed_in")
def show(document: str) -> Answer:
    """The text in force."""
    one = revisions.effective(document, today())
    if one is None:
        listed = books.by_number(document)
        if listed is not None and listed.state != "obsolete" and not revisions.of(document):
            return _uploaded(listed)
        latest = next((each for each in revisions.of(document) if may_see(each)), None)
        if latest is None:
            raise NotFound
        return redirect(url_for("documents.revision", document=document, revision=latest.number))
    return _page(one)


@bp.get("/<document>/files/<int:file>")
@open_to("signed_in")
def uploaded(document: str, file: int) -> Response:
    """A file of a document in force that was released with files instead of a text."""
    listed, body = books.by_number(document), editions.body(document, today())
    if listed is None or listed.state == "obsolete" or body is None:
        raise NotFound
    if revisions.of(document) or file not in [each["id"] for each in body.files]:
        raise NotFound
    return downloads.whole(db.session.get_one(StoredFile, file), show=True)


@bp.get("/<document>/<revision>")
@open_to("signed_in")
def revision(document: str, revision: str) -> str:
    """One revision, for those who see to it."""
    return _page(seen(document, revision))


@bp.get("/<document>/<revision>/pictures/<name>")
@open_to("signed_in")
def picture(document: str, revision: str, name: str) -> Response:
    """A picture of a revision."""
    one = seen(document, revision)
    found: StoredFile | None = next(
        (each.file for each in revisions.pictures(one.id) if each.name == name), None
    )
    if found is None:
        raise NotFound
    return downloads.whole(found, show=True)


@bp.post("/<document>/receipt")
@open_to("writers")
@writes
def confirm(document: str) -> Answer:
    """The person has read what is in force."""
    reading.confirm(document, posted.control("number", 20), actor(), now=now())
    flash(_("已记下您的阅读确认。"), "success")
    return redirect(url_for("documents.show", document=document), 303)


@bp.get("/<document>/readers")
@open_to("signed_in")
def readers(document: str) -> str:
    """Who has read what is in force and who has not, for whoever sees to that."""
    one = readings.of_named(document, today())
    if not reading.may_follow(one, actor()):
        raise NotFound
    found = reading.followed(one, actor(), now=now())
    return render_template(
        "documents/readers.html",
        one=one,
        waiting=[each for each in found if each.read_at is None],
        done=[each for each in found if each.read_at is not None],
        minute=minute,
    )


@bp.post("/<document>/reminders")
@open_to("writers")
@writes
def remind(document: str) -> Answer:
    """Reminds those who have not read it, once a day."""
    many = reading.remind(document, actor(), now=now())
    flash(_("已提醒 %(count)s 人。", count=many), "success")
    return redirect(url_for("documents.readers", document=document), 303)


def _uploaded(listed: ControlledDocument) -> str:
    """A document whose text is kept elsewhere: what is in force of it, with its files."""
    body = editions.body(listed.code, today())
    return render_template(
        "documents/uploaded.html",
        document=listed,
        body=body,
        now=editions.standing(editions.known(listed.code).get(listed.code, []), today()),
        kinds=KINDS,
        states=STATES,
    )


def _page(one: DocumentRevision) -> str:
    by, day = actor(), today()
    known = revisions.of(one.document_no)
    states = revisions.states(known, day)
    state = states[one.id]
    reviewed = books.last_review(one.document_no, one.number) if state == "effective" else None
    records = [record for record in (one.release, one.request, reviewed) if record is not None]
    meant = state == "effective" and readings.is_meant(one, by.person) and not by.is_auditor
    read_at = readings.read_at(one, by.id)
    return render_template(
        "documents/document.html",
        one=one,
        document=books.by_number(one.document_no),
        state=state,
        states=states,
        words=life.STATES,
        looks=life.LOOKS,
        kinds=KINDS,
        reading=life.READING,
        page=shown.page(one, day, clauses.nothing if state in PAST else clauses.foot(one.document_no, by)),
        others=[each for each in known if shown.may_see(each, states[each.id], by)],
        writes=texts.may_write(one, by) and state == "draft",
        takes_back=state in ("in_review", "approved") and getattr(one.release, "applicant_id", None) == by.id,
        untied=releases.untied(one) if state in life.OPEN else [],
        meant=meant,
        read_at=read_at,
        changes=redlines.since_read(one, by) if meant and read_at is None else None,
        follows=state == "effective" and reading.may_follow(one, by),
        under_way=revisions.under_way(one.document_no),
        former=revisions.former(one),
        copies=document_prints.copies(one) if "document_controller" in by.roles else [],
        printed=document_prints.printed(by, now()),
        tries=state != "superseded" and shown.may_try(one, state, by),
        record_path=record_path,
        prepared=drafts.left(one.request_id, books.RELEASE, by)
        if one.request_id and state == "draft"
        else None,
        reviewed=reviewed,
        opens={record.number for record in records if shown.may_see_record(record.number, by)},
        minute=minute,
    )
