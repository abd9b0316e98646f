"""Files coming in: type checked by content, size limited, stored under their hash."""

from __future__ import annotations

import base64
import io
from datetime import datetime, timedelta

import filetype
import sqlalchemy as sa

from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.lib import pictures
from portal.lib.i18n import _l
from portal.lib.text import clean
from portal.models import StoredFile
from portal.queries.actors import Actor
from portal.storage import files

DRAWN = 4000  # pixels along a side of a drawn signature, at most
ALLOWED = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
    "txt": "text/plain",
    "csv": "text/csv",
    "wps": "application/vnd.ms-works",
    "et": "application/octet-stream",
    "dwg": "image/vnd.dwg",
    "dxf": "image/vnd.dxf",
}
UNSNIFFED = frozenset({"txt", "csv", "wps", "et", "dxf", "dwg", "doc", "xls", "ppt"})
ALIKE = {"jpeg": "jpg"}
OFFICE = frozenset({"docx", "xlsx", "pptx"})
QUOTA = 2_000  # files a day and person


def receive(name: str, data: bytes, by: Actor, *, now: datetime, megabytes: int) -> StoredFile:
    """Stores one uploaded file for this person.

    Raises:
        Refusal: empty, too large, a type not allowed, or content that is not what its name says.
    """
    if by.is_auditor:
        raise NotAllowed
    name = _safe_name(name)
    if not data:
        raise Refusal(_l("“%(name)s”是空文件。"), name=name)
    if len(data) > megabytes * 1024 * 1024:
        raise Refusal(_l("“%(name)s”超过 %(limit)d MB。"), name=name, limit=megabytes)
    recent = sa.select(sa.func.count()).where(
        StoredFile.uploaded_by_id == by.id, StoredFile.uploaded_at > now - timedelta(days=1)
    )
    if (db.session.scalar(recent) or 0) >= QUOTA:
        raise Refusal(_l("今天上传的文件太多，请明天再试。"))
    return keep(name, data, _type(name, data), by=by.id, now=now)


def receive_drawing(data_url: str, by: Actor, *, now: datetime) -> StoredFile:
    """Stores a signature drawn on the screen (a PNG data URL).

    Raises:
        Refusal: it is no such picture.
    """
    return keep_drawing(data_url, by=by.id, now=now)


def keep_drawing(data_url: str, *, by: int | None, now: datetime) -> StoredFile:
    """Stores a drawn signature, re-encoded."""
    wrong = Refusal(_l("签名图像无法读取，请重新签名。"))
    head, _comma, body = data_url.partition(",")
    if head != "data:image/png;base64" or len(body) > 2_000_000:
        raise wrong
    try:
        drawn = pictures.read(base64.b64decode(body, validate=True), DRAWN, DRAWN * DRAWN)
    except ValueError:
        raise wrong from None
    out = io.BytesIO()
    drawn.convert("RGBA").save(out, "PNG")
    return keep("signature.png", out.getvalue(), "image/png", by=by, now=now)


def keep(name: str, data: bytes, type: str, *, by: int | None, now: datetime) -> StoredFile:
    """Stores bytes that have been checked, or that the portal made itself."""
    file = StoredFile(
        sha256=files.put(data), name=name, type=type, size=len(data), uploaded_by_id=by, uploaded_at=now
    )
    db.session.add(file)
    db.session.flush()
    return file


def _safe_name(name: str) -> str:
    name = clean(name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
    return name[-120:] or "file"


def _type(name: str, data: bytes) -> str:
    """The media type by name, where the content agrees with it."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    ending = ALIKE.get(ending, ending)
    if ending not in ALLOWED:
        raise Refusal(_l("“%(name)s”的类型不允许上传。"), name=name)
    kind = filetype.guess(data)
    found = ALIKE.get(kind.extension, kind.extension) if kind else None
    agrees = (
        found == ending or (found is None and ending in UNSNIFFED) or (ending in OFFICE and found == "zip")
    )
    if ending in UNSNIFFED and found in (None, "doc", "xls", "ppt", "dwg"):
        agrees = True
    if not agrees:
        raise Refusal(_l("“%(name)s”的内容与扩展名不符。"), name=name)
    if ALLOWED[ending].startswith("image/") and ending in ("jpg", "png", "webp", "gif"):
        _check_picture(name, data)
    return ALLOWED[ending]


def _check_picture(name: str, data: bytes) -> None:
    try:
        pictures.read(data, 320)
    except pictures.Unreadable:
        raise Refusal(_l("“%(name)s”不是完好的图片。"), name=name) from None
