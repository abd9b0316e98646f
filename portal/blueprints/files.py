"""Files: up, down, thumbnails; rights checked each time."""

from __future__ import annotations

import io

from flask import Blueprint, Response, get_template_attribute, request

from portal.domain.refusal import NotFound, Refusal
from portal.extensions import db
from portal.lib import pictures
from portal.models import StoredFile
from portal.queries import files as readable
from portal.storage import files
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.headers import name_file
from portal.web.transaction import writes

bp = Blueprint("files", __name__, url_prefix="/files")
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif"})
SMALL = 320  # pixels along the longer side of a thumbnail
SHUT = "sandbox; default-src 'none'"
SHUT_PDF = "default-src 'none'; object-src 'self'"  # a browser's PDF viewer does not open in a sandbox


@bp.post("")
@open_to("writers")
@writes
def upload() -> str | tuple[str, int]:
    """Stores a file and answers with its chip for the form."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return "", 422
    try:
        with db.session.begin_nested():
            id = posted.store(file, actor())
    except Refusal as refusal:
        return str(refusal), 422
    reference = db.session.get_one(StoredFile, id).reference()
    chip = get_template_attribute("components/files.html", "file_chip")
    kind = "photo" if request.form.get("kind") == "photo" else "attachment"
    return str(chip(request.form.get("name", "file"), reference, kind))


@bp.get("/<int:id>")
@open_to("signed_in")
def download(id: int) -> Response:
    """The file, to be saved; with `?show` pictures and PDFs are shown by the browser in a sandbox."""
    file = readable.readable(id, actor())
    show = "show" in request.args and file.type in SHOWN
    answer = Response(files.get(file.sha256), mimetype=file.type)
    name_file(answer, file.name, shown=show)
    answer.headers["Content-Security-Policy"] = SHUT_PDF if show and file.type == "application/pdf" else SHUT
    return answer


@bp.get("/<int:id>/thumbnail")
@open_to("signed_in")
def thumbnail(id: int) -> Response:
    """A small picture of a picture."""
    file = readable.readable(id, actor())
    if not file.type.startswith("image/") or file.type not in SHOWN:
        raise NotFound
    try:
        small = pictures.read(files.get(file.sha256), SMALL)
    except pictures.Unreadable:
        raise NotFound from None
    out = io.BytesIO()
    small.convert("RGBA").save(out, "WEBP", quality=80)
    return Response(out.getvalue(), mimetype="image/webp")
