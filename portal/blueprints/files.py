"""Files: up, down, thumbnails; rights checked each time."""

from __future__ import annotations

from flask import Blueprint, Response, get_template_attribute, request

from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.models import StoredFile
from portal.queries import files as readable
from portal.web import downloads, posted
from portal.web.guard import actor, open_to
from portal.web.transaction import writes

bp = Blueprint("files", __name__, url_prefix="/files")
SMALL = 320  # pixels along the longer side of a thumbnail


@bp.post("")
@open_to("writers")
@writes
def upload() -> str | Response:
    """Stores a file and answers with its chip for the form, or in plain text with why it is not taken."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return Response("", 422, mimetype="text/plain")
    try:
        with db.session.begin_nested():
            id = posted.store(file, actor(), posted.taken())
    except Refusal as refusal:
        return Response(str(refusal), refusal.status, mimetype="text/plain")
    reference = db.session.get_one(StoredFile, id).reference()
    chip = get_template_attribute("components/files.html", "file_chip")
    kind = "photo" if request.form.get("kind") == "photo" else "attachment"
    return str(chip(request.form.get("name", "file"), reference, kind))


@bp.get("/<int:id>")
@open_to("signed_in")
def download(id: int) -> Response:
    """The file, to be saved; with `?show` pictures and PDFs are shown by the browser in a sandbox."""
    return downloads.whole(readable.readable(id, actor()), show="show" in request.args)


@bp.get("/<int:id>/thumbnail")
@open_to("signed_in")
def thumbnail(id: int) -> Response:
    """A small picture of a picture."""
    return downloads.small(readable.readable(id, actor()), SMALL)
