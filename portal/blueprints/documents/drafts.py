"""Writing documents: new ones, and the drafts of their next revisions."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.documents.room import Answer, bp, seen, writable
from portal.domain import documents as life
from portal.domain.refusal import Refusal
from portal.lib.clock import now, today
from portal.lib.i18n import _
from portal.models import DocumentRevision
from portal.queries import revisions
from portal.services import draft_pictures, reviews
from portal.services import revisions as texts
from portal.web import documents as shown
from portal.web import posted
from portal.web.attempt import attempt
from portal.web.document_sheets import NewDocument, facts_of
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.transaction import writes


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
    one = writable(document, revision)
    return editor(one, facts_of(one, person=actor()), one.text)


@bp.post("/<document>/<revision>/edit")
@open_to("writers")
@writes
def save(document: str, revision: str) -> Answer:
    """Saves a draft."""
    one, by = writable(document, revision), actor()
    form, text = facts_of(one, request.form, person=by), posted.control("text", 10 * life.LONGEST)
    seen = posted.number("_version")
    good, _none = attempt(
        form,
        lambda: texts.save(
            one.id,
            {**form.values(), "text": text},
            seen=seen,
            by=by,
            now=now(),
        ),
    )
    if not good:
        return editor(one, form, text, seen=seen), 422
    flash(_("草稿已保存。"), "success")
    if posted.control("_op") == "show":
        return redirect(url_for("documents.revision", document=document, revision=revision), 303)
    return redirect(url_for("documents.edit", document=document, revision=revision), 303)


@bp.post("/<document>/<revision>/preview")
@open_to("writers")
def preview(document: str, revision: str) -> str:
    """The words that are being typed, as readers will see them."""
    one = writable(document, revision)
    return str(shown.preview(one, posted.control("text", life.LONGEST + 1), today()))


@bp.post("/<document>/<revision>/pictures")
@open_to("writers")
@writes
def add_picture(document: str, revision: str) -> Answer:
    """Takes a picture into a draft, and says how its text names it."""
    one, by = writable(document, revision), actor()
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refusal(_("请选择一张图片。"))
    name = draft_pictures.add(one.id, posted.store(file, by), by=by, now=now())
    return render_template("documents/picture.html", name=name)


@bp.post("/<document>/<revision>/take-back")
@open_to("writers")
@writes
def take_back(document: str, revision: str) -> Answer:
    """Takes a text out of its review, to be changed."""
    one = seen(document, revision)
    reviews.take_back(one.id, reason=posted.said("reason", 500), by=actor(), now=now())
    flash(_("已收回；修改后请在发布单上重新提交，审批从头开始。"), "success")
    return redirect(url_for("documents.edit", document=document, revision=revision), 303)


@bp.post("/<document>/<revision>/drop")
@open_to("writers")
@writes
def drop(document: str, revision: str) -> Answer:
    """Gives a draft up."""
    one = writable(document, revision)
    texts.drop(one.id, by=actor(), now=now())
    flash(_("草稿已放弃。"), "success")
    return redirect(url_for("documents.index"), 303)


def _new_page(form: NewDocument) -> str:
    return render_template("documents/new.html", form=form, errors=errors(form))


def editor(one: DocumentRevision, form: object, text: str, problem: str = "", seen: int | None = None) -> str:
    """The page of the editor, with what stops it; `seen` is the version that a refused page was made from."""
    return render_template(
        "documents/edit.html",
        one=one,
        form=form,
        text=text,
        version=one.version if seen is None else seen,
        errors=[*errors(form), *([("import", _("Word 文档"), problem)] if problem else [])],
        problem=problem,
        html=shown.preview(one, text, today()),
        pictures=revisions.pictures(one.id),
    )
