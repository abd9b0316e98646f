"""Files coming in: type checked by content, size limited, stored under their hash."""

from __future__ import annotations

import base64
import io
from datetime import datetime

import filetype
import sqlalchemy as sa

from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.lib import exif, pictures
from portal.lib.clock import ZONE
from portal.lib.exif import Taken
from portal.lib.hashing import sha256
from portal.lib.i18n import _l
from portal.lib.text import clean
from portal.models import StoredFile
from portal.queries import files as readable
from portal.queries.actors import Actor
from portal.services import once, upload_quota
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
DRAWING = "signature.png"
UNKNOWN = Taken()


def receive(
    name: str, data: bytes, by: Actor, *, now: datetime, megabytes: int, told: Taken | None = None
) -> StoredFile:
    """Stores one uploaded file for this person; sent again, as its answer was lost on the way, it is the same file.

    `told` is what the browser says of when and where it was taken; what the picture itself tells counts more.

    Raises:
        Refusal: empty, too large, a type not allowed, or content that is not what its name says.
        QuotaUsed: this person has sent enough of late.
    """
    if by.is_auditor:
        raise NotAllowed
    name = safe_name(name)
    if not data:
        raise Refusal(_l("“%(name)s”是空文件。"), name=name)
    if len(data) > megabytes * 1024 * 1024:
        raise Refusal(_l("“%(name)s”超过 %(limit)d MB。"), name=name, limit=megabytes)
    type = _type(name, data)
    return _sent(name, data, type, by, now=now, taken=_taken(type, data, told, now))


def receive_drawing(data_url: str, by: Actor, *, now: datetime) -> StoredFile:
    """Stores a signature drawn on the screen (a PNG data URL).

    Raises:
        Refusal: it is no such picture, or nothing is drawn in it.
        QuotaUsed: this person has sent enough of late.
    """
    return _sent(DRAWING, _drawn(data_url), "image/png", by, now=now, taken=UNKNOWN)


def keep_drawing(data_url: str, *, by: int | None, now: datetime) -> StoredFile:
    """Stores a drawn signature, re-encoded; refused as by `receive_drawing`."""
    return keep(DRAWING, _drawn(data_url), "image/png", by=by, now=now)


def _drawn(data_url: str) -> bytes:
    wrong = Refusal(_l("签名图像无法读取，请重新签名。"))
    head, _comma, body = data_url.partition(",")
    if head != "data:image/png;base64" or len(body) > 2_000_000:
        raise wrong
    try:
        drawn = pictures.read(base64.b64decode(body, validate=True), DRAWN, DRAWN * DRAWN)
    except ValueError:
        raise wrong from None
    shown = drawn.convert("RGBA")
    if shown.getchannel("A").getbbox() is None:  # a canvas that nobody has drawn on
        raise Refusal(_l("请在签名框内签名。"))
    out = io.BytesIO()
    shown.save(out, "PNG")
    return out.getvalue()


def keep(
    name: str, data: bytes, type: str, *, by: int | None, now: datetime, taken: Taken = UNKNOWN
) -> StoredFile:
    """Stores bytes that have been checked, or that the portal made itself."""
    file = StoredFile(
        sha256=files.put(data),
        name=name,
        type=type,
        size=len(data),
        uploaded_by_id=by,
        uploaded_at=now,
        taken_at=taken.at,
        latitude=taken.latitude,
        longitude=taken.longitude,
    )
    db.session.add(file)
    db.session.flush()
    return file


def _sent(name: str, data: bytes, type: str, by: Actor, *, now: datetime, taken: Taken) -> StoredFile:
    """The file that this person has sent, kept as far as their share goes."""
    once.take_turn(by.id)  # what is sent side by side must not share the same room
    before = _again(name, data, by)
    if before is not None:
        return before
    upload_quota.require(name, len(data), by.id, now=now)
    return keep(name, data, type, by=by.id, now=now, taken=taken)


def _again(name: str, data: bytes, by: Actor) -> StoredFile | None:
    """The file that this person has sent before, to the letter, if they may still use it."""
    found = db.session.scalars(_SENT, {"sha256": sha256(data), "name": name, "me": by.id}).all()
    usable = readable.references(set(found), by) if found else {}
    return db.session.get(StoredFile, min(usable)) if usable else None


_SENT = sa.select(StoredFile.id).where(
    StoredFile.sha256 == sa.bindparam("sha256"),
    StoredFile.name == sa.bindparam("name"),
    StoredFile.uploaded_by_id == sa.bindparam("me"),
)


def _taken(type: str, data: bytes, told: Taken | None, now: datetime) -> Taken:
    """When and where a picture was taken: its own words first, then those of the browser that took it."""
    if not type.startswith("image/"):
        return UNKNOWN
    own, told = exif.taken(data, ZONE, now=now), told or UNKNOWN
    place = own if own.placed else told
    at = own.at or exif.believable(told.at, now=now)
    return Taken(at, *exif.position(place.latitude, place.longitude))


def safe_name(name: str) -> str:
    """The name without folders and what nobody can see, not too long."""
    name = clean(name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
    return name[-120:] or "file"


def _type(name: str, data: bytes) -> str:
    """The media type by name, where the content agrees with it."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    ending = ALIKE.get(ending, ending)
    if ending not in ALLOWED:
        raise Refusal(
            _l("“%(name)s”的类型不允许上传，可以上传：%(types)s。"), name=name, types=", ".join(ALLOWED)
        )
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
