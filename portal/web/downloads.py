"""A stored file as an answer: whole, or a small picture of a picture. Who may have it decides the caller."""

from __future__ import annotations

import io

from flask import Response

from portal.domain.refusal import NotFound
from portal.lib import pictures
from portal.models import StoredFile
from portal.storage import files
from portal.web.headers import name_file

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif"})
SHUT = "sandbox; default-src 'none'"
SHUT_PDF = "default-src 'none'; object-src 'self'"  # a browser's PDF viewer does not open in a sandbox


def whole(file: StoredFile, *, show: bool) -> Response:
    """The file, to be saved; with `show` pictures and PDFs are shown by the browser in a sandbox."""
    show = show and file.type in SHOWN
    answer = Response(files.get(file.sha256), mimetype=file.type)
    name_file(answer, file.name, shown=show)
    answer.headers["Content-Security-Policy"] = SHUT_PDF if show and file.type == "application/pdf" else SHUT
    return answer


def small(file: StoredFile, side: int) -> Response:
    """A small picture of a picture, so many pixels along its longer side.

    Raises:
        NotFound: it is no picture.
    """
    if not file.type.startswith("image/") or file.type not in SHOWN:
        raise NotFound
    try:
        picture = pictures.read(files.get(file.sha256), side)
    except pictures.Unreadable:
        raise NotFound from None
    out = io.BytesIO()
    picture.convert("RGBA").save(out, "WEBP", quality=80)
    return Response(out.getvalue(), mimetype="image/webp")
