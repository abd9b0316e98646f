"""The library of controlled documents: what is in force to read, what is being written, who has read it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import documents as life
from portal.domain.refusal import NotFound, Refusal
from portal.forms.quality.document_words import KINDS
from portal.forms.titles import record_path
from portal.lib.clock import minute, now, today
from portal.lib.i18n import _
from portal.models import DocumentRevision, StoredFile
from portal.queries import documents as books
from portal.queries import library, people, readings, revisions
from portal.queries.actors import Actor
from portal.services import document_prints, reviews
from portal.services import readings as reading
from portal.services import revisions as texts
from portal.web import clauses, downloads, posted, redlines
from portal.web import documents as shown
from portal.web.attempt import attempt
from portal.web.document_sheets import NewDocument, facts_of
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.transaction import writes

bp = Blueprint("documents", __name__, url_prefix="/documents")
PAST = ("superseded", "obsolete")  # what names clauses now says nothing of these
Answer = Response | str | tuple[str, int]


@bp.get("/")
@open_to("signed_in")
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
        drafts=[one for one in library.drafts() if shown.may_see(one, "draft", by)],
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
        latest = next((each for each in revisions.of(document) if _may_see(each)), None)
        if latest is None:
            raise NotFound
        return redirect(url_for("documents.revision", document=document, revision=latest.number))
    return _page(one)


@bp.get("/<document>/<revision>")
@open_to("signed_in")
def revision(document: str, revision: str) -> str:
    """One revision, for those who see to it."""
    return _page(_seen(document, revision))


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
    found = readings.audience(one, today())
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


@bp.get("/new")
@open_to("writers")
def new() -> str:
    """Asks what a new document is."""
    return _new_page(NewDocument(person=actor()))


@bp.post("/new")
@open_to("writers")
@writes
def begin() -> Answer:
    """Begins a new document."""
    by = actor()
    form = NewDocument(request.form, person=by)
    number = (form.document_no.data or "").strip()
    good, made = attempt(form, lambda: texts.begin(number, form.values(), by=by, now=now()))
    if not good or made is None:
        return _new_page(form), 422
    return redirect(url_for("documents.edit", document=made.document_no, revision=made.number), 303)


@bp.get("/<document>/<revision>/edit")
@open_to("writers")
def edit(document: str, revision: str) -> str:
    """The editor: the text with its preview, and what the draft says beside it."""
    one = _writable(document, revision)
    return _editor(one, facts_of(one, person=actor()), one.text)


@bp.post("/<document>/<revision>/edit")
@open_to("writers")
@writes
def save(document: str, revision: str) -> Answer:
    """Saves a draft."""
    one, by = _writable(document, revision), actor()
    form, text = facts_of(one, request.form, person=by), posted.control("text", 400_000)
    seen = posted.control("_version", 10)
    good, _none = attempt(
        form,
        lambda: texts.save(
            one.id,
            {**form.values(), "text": text},
            seen=int(seen) if seen.isdigit() else 0,
            by=by,
            now=now(),
        ),
    )
    if not good:
        return _editor(one, form, text), 422
    flash(_("草稿已保存。"), "success")
    if posted.control("_op") == "show":
        return redirect(url_for("documents.revision", document=document, revision=revision), 303)
    return redirect(url_for("documents.edit", document=document, revision=revision), 303)


@bp.post("/<document>/<revision>/preview")
@open_to("writers")
def preview(document: str, revision: str) -> str:
    """The words that are being typed, as readers will see them."""
    one = _writable(document, revision)
    return str(shown.preview(one, posted.control("text", 400_000), today()))


@bp.post("/<document>/<revision>/pictures")
@open_to("writers")
@writes
def add_picture(document: str, revision: str) -> Answer:
    """Takes a picture into a draft, and says how its text names it."""
    one, by = _writable(document, revision), actor()
    file = request.files.get("file")
    if file is None or not file.filename or not (file.mimetype or "").startswith("image/"):
        raise Refusal(_("请选择一张图片。"))
    name = posted.plain_name(file.filename)
    texts.add_picture(one.id, name, posted.store(file, by), by=by, now=now())
    return render_template("documents/picture.html", name=name)


@bp.get("/<document>/<revision>/pictures/<name>")
@open_to("signed_in")
def picture(document: str, revision: str, name: str) -> Response:
    """A picture of a revision."""
    one = _seen(document, revision)
    found: StoredFile | None = next(
        (each.file for each in revisions.pictures(one.id) if each.name == name), None
    )
    if found is None:
        raise NotFound
    return downloads.whole(found, show=True)


@bp.post("/<document>/<revision>/take-back")
@open_to("writers")
@writes
def take_back(document: str, revision: str) -> Answer:
    """Takes a text out of its review, to be changed."""
    one = _seen(document, revision)
    reviews.take_back(one.id, reason=posted.control("reason", 500), by=actor(), now=now())
    flash(_("已收回；修改后请在发布单上重新提交，审批从头开始。"), "success")
    return redirect(url_for("documents.edit", document=document, revision=revision), 303)


@bp.post("/<document>/<revision>/drop")
@open_to("writers")
@writes
def drop(document: str, revision: str) -> Answer:
    """Gives a draft up."""
    one = _writable(document, revision)
    texts.drop(one.id, by=actor(), now=now())
    flash(_("草稿已放弃。"), "success")
    return redirect(url_for("documents.index"), 303)


def _page(one: DocumentRevision) -> str:
    by, day = actor(), today()
    state = revisions.state(one, day)
    known = revisions.of(one.document_no)
    meant = state == "effective" and readings.is_meant(one, by.person) and not by.is_auditor
    read_at = readings.read_at(one, by.id)
    return render_template(
        "documents/document.html",
        one=one,
        document=books.by_number(one.document_no),
        state=state,
        states=revisions.states(known, day),
        words=life.STATES,
        looks=life.LOOKS,
        kinds=KINDS,
        reading=life.READING,
        page=shown.page(one, day, clauses.nothing if state in PAST else clauses.foot(one.document_no, by)),
        others=[each for each in known if _may_see(each)],
        writes=texts.may_write(one, by) and state == "draft",
        takes_back=state in ("in_review", "approved") and getattr(one.release, "applicant_id", None) == by.id,
        untied=texts.untied(one) if state in life.OPEN else [],
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
        minute=minute,
    )


def _new_page(form: NewDocument) -> str:
    return render_template("documents/new.html", form=form, errors=errors(form))


def _editor(one: DocumentRevision, form: object, text: str, problem: str = "") -> str:
    return render_template(
        "documents/edit.html",
        one=one,
        form=form,
        text=text,
        errors=[*errors(form), *([("import", _("Word 文档"), problem)] if problem else [])],
        problem=problem,
        html=shown.preview(one, text, today()),
        pictures=revisions.pictures(one.id),
    )


def _seen(document: str, revision: str) -> DocumentRevision:
    """The revision, if it is for the person.

    Raises:
        NotFound: there is none, or it is not.
    """
    one = revisions.named(document, revision)
    if not _may_see(one):
        raise NotFound
    return one


def _may_see(one: DocumentRevision) -> bool:
    by: Actor = actor()
    return shown.may_see(one, revisions.state(one, today()), by)


def _writable(document: str, revision: str) -> DocumentRevision:
    """The draft, if it is the person's to write now.

    Raises:
        NotFound: there is none, or it is not for the person.
        Refusal: it is in review or released.
        NotAllowed: it is others' to write.
    """
    one = _seen(document, revision)
    texts.refuse_unwritable(one, actor())
    return one
