"""A stored file as an answer: whole, or a small picture of a picture. Who may have it decides the caller."""

from __future__ import annotations

import io
import logging

from flask import Response

from portal.domain.refusal import NotFound, Refusal
from portal.lib import pictures
from portal.lib.i18n import _l
from portal.models import StoredFile
from portal.storage import files
from portal.web.headers import name_file

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif"})
log = logging.getLogger(__name__)
SHUT = "sandbox; default-src 'none'"
SHUT_PDF = "default-src 'none'; object-src 'self'"  # a browser's PDF viewer does not open in a sandbox


class FileLost(Refusal):
    """What was stored is not there any more, or something else is in its place."""

    status = 410
    text = _l("这个文件已丢失，或者存放之后被改动过，所以没有给出。请告知管理员从备份恢复。")


def whole(file: StoredFile, *, show: bool) -> Response:
    """The file, to be saved; with `show` pictures and PDFs are shown by the browser in a sandbox.

    Raises:
        FileLost: it is not what was stored.
    """
    show = show and file.type in SHOWN
    answer = Response(_stored(file), mimetype=file.type)
    name_file(answer, file.name, shown=show)
    answer.headers["Content-Security-Policy"] = SHUT_PDF if show and file.type == "application/pdf" else SHUT
    return answer


def small(file: StoredFile, side: int) -> Response:
    """A small picture of a picture, so many pixels along its longer side.

    Raises:
        NotFound: it is no picture.
        FileLost: it is not what was stored.
    """
    if not file.type.startswith("image/") or file.type not in SHOWN:
        raise NotFound
    try:
        picture = pictures.read(_stored(file), side)
    except pictures.Unreadable:
        raise NotFound from None
    out = io.BytesIO()
    picture.convert("RGBA").save(out, "WEBP", quality=80)
    return Response(out.getvalue(), mimetype="image/webp")


def _stored(file: StoredFile) -> bytes:
    try:
        return files.get(file.sha256)
    except FileNotFoundError as error:
        log.error("The file %s is lost or was changed: %s", file.sha256, type(error).__name__)
        raise FileLost from None
