"""What a form page posted: its fields as typed, files and drawings turned into stored ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from portal.database import transaction
from portal.domain.refusal import Refusal
from portal.lib.clock import now
from portal.lib.exif import Taken
from portal.lib.i18n import _l
from portal.lib.text import clean
from portal.queries.actors import Actor
from portal.queries.keyset import LARGEST
from portal.services import uploads
from portal.web import rows

CONTROLS = frozenset(
    {
        "csrf_token",
        "_op",
        "_key",
        "_version",
        "_reason",
        "_task",
        "_seen",
        "_opinion",
        "_password",
        "_code",
        "_passkey",
        "_edited",
        "_act",
        "_to",
        "_sent",
    }
    | {"_outside_name", "_outside_way", "_hand", "_hand-upload", "_hand-drawn", "_entry", "_person", "_where"}
)

BUTTONS = frozenset({"submit", "save", "discard", "sign", "return", "refuse"})


@dataclass(frozen=True)
class Posted:
    """The posted fields; `op` is the button pressed, e.g. `submit`, `save`, `add:lines`."""

    op: str
    fields: MultiDict[str, str]
    refused: tuple[str, ...] = ()  # why files that came with it were not taken

    @property
    def typed(self) -> list[list[str]]:
        """The pairs word for word, as a draft keeps them."""
        return [[name, value] for name, value in self.fields.items(multi=True)]


def read(by: Actor) -> Posted:
    """Reads the request; files and drawings that came with it are stored first, in a write of their own.

    Raises:
        BadRequest: no sheet has such a button, so nothing may be done as if another had been pressed.
    """
    op = request.form.get("_op", "submit")
    if op not in BUTTONS and not rows.is_row_act(op):
        raise BadRequest
    fields: MultiDict[str, str] = MultiDict()
    coming: list[tuple[str, Callable[[], int]]] = []
    for name, value in request.form.items(multi=True):
        if name in CONTROLS:
            continue
        if not name.endswith("-drawn"):
            fields.add(name, value)
        elif value:
            coming.append((name.removesuffix("-drawn"), partial(_drawing, value, by)))
    for name, file in request.files.items(multi=True):
        if file.filename and name.endswith("-upload") and name not in CONTROLS:
            coming.append((name.removesuffix("-upload"), partial(store, file, by)))
    refused = _store_all(coming, fields) if coming else []
    return Posted(op, fields, tuple(refused))


def _store_all(coming: list[tuple[str, Callable[[], int]]], fields: MultiDict[str, str]) -> list[str]:
    """Stores what came and adds its ids to the fields; says why some was not taken."""
    refused = []
    with transaction(aside=True):
        for name, keep in coming:
            try:
                fields.add(name, str(keep()))
            except Refusal as refusal:
                refused.append(str(refusal))
    return refused


def _drawing(data_url: str, by: Actor) -> int:
    return uploads.receive_drawing(data_url, by, now=now()).id


def store(file: object, by: Actor, told: Taken | None = None) -> int:
    """Stores one uploaded file and returns its id."""
    megabytes = current_app.config["SETTINGS"].upload_megabytes
    data = file.stream.read(megabytes * 1024 * 1024 + 1)  # type: ignore[attr-defined]
    return uploads.receive(file.filename, data, by, now=now(), megabytes=megabytes, told=told).id  # type: ignore[attr-defined]


def taken() -> Taken:
    """When and where the browser says that a photo was taken; what it cannot know or say right is left out."""
    try:
        at = datetime.fromisoformat(control("taken_at", 40))
    except ValueError:
        at = None
    degrees = (request.form.get(name, type=float) for name in ("latitude", "longitude"))
    return Taken(at if at is not None and at.tzinfo is not None else None, *degrees)


def control(name: str, limit: int = 2000) -> str:
    """A control field's text, without what nobody can see."""
    return clean(request.form.get(name, ""), multiline=True)[:limit]


def said(name: str, limit: int = 2000) -> str:
    """What a person has written into a control field, all of it.

    Raises:
        Refusal: it is longer; cut off, it would say something else than what was written.
    """
    text = control(name, limit + 1)
    if len(text) > limit:
        raise Refusal(_l("写得太长了：最多 %(max)d 个字，多出来的放不下。请缩短后再试。"), max=limit)
    return text


def number(name: str) -> int:
    """A control field's whole number; nought for what is none."""
    text = control(name, 10)
    return int(text) if text.isdecimal() else 0


def asked(name: str, limit: int = 80) -> str:
    """A text in the address, without what nobody can see."""
    return clean(request.args.get(name, ""))[:limit]


def asked_id(name: str) -> int | None:
    """The id of a row in the address; None for what no row can have."""
    id = request.args.get(name, type=int)
    return id if id is not None and 0 <= id <= LARGEST else None


def as_typed(typed: list[list[str]] | None) -> MultiDict[str, str] | None:
    """A draft's pairs as form data again."""
    return MultiDict((name, value) for name, value in typed) if typed is not None else None


def close_files(_error: BaseException | None = None) -> None:
    """After a request: lets go of the files that came with it."""
    for _name, file in request.__dict__.get("files", MultiDict()).items(multi=True):
        file.close()
