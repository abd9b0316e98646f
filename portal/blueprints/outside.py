"""Outside parties sign by a one-time link; no account, one page, one act."""

from __future__ import annotations

import base64
from dataclasses import replace

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from portal.database import transaction
from portal.domain.refusal import AnswersWrong, Refusal
from portal.forms.base import Sheet
from portal.forms.references import keep_files
from portal.forms.sheet import Cell, Line, lines
from portal.lib.clock import now, today
from portal.lib.i18n import _, _l, language
from portal.models import OutsideLink, Task
from portal.queries import actors, record_page
from portal.queries.actors import Actor
from portal.queries.record_page import RecordPage
from portal.services import outside, records, route, signing, uploads
from portal.services.signatures import Hand
from portal.web import posted
from portal.web.form_errors import errors
from portal.web.guard import open_to
from portal.web.views.record import stage_for

bp = Blueprint("outside", __name__)

LARGEST = 1_500_000  # bytes of a picture of a signature


@bp.get("/s/<token>")
@open_to("everyone")
def show(token: str) -> str:
    """The content to sign; opening the page changes nothing."""
    link, task = outside.find(token, now=now())
    return _page(link, task)


@bp.post("/s/<token>")
@open_to("everyone")
def sign(token: str) -> str | tuple[str, int]:
    """Signs with a name and a drawn signature."""
    link, task = outside.find(token, now=now())
    stage: Sheet | None = None
    try:
        with transaction():
            drawn = _drawing(link.sent_by_id)
            stage = _stage(link, task, drawn)
            _sign(link, task, drawn, stage)
    except Refusal as refusal:
        keep_files(stage, set())  # what came with it went with the write
        return _page(link, task, stage or _stage(link, task, None), str(refusal)), refusal.status
    return render_template("outside/thanks.html", record=task.record)


def _drawing(sender_id: int) -> int:
    """The id of the signature that was drawn."""
    drawing = request.form.get("_hand-drawn", "") or _uploaded()
    if not drawing:
        raise Refusal(_l("请在签名框内签名。"))
    return uploads.keep_drawing(drawing, by=sender_id, now=now()).id


def _stage(link: OutsideLink, task: Task, drawn_id: int | None) -> Sheet | None:
    """The stage as it was filled in; with the signature, once there is one, and the files that came.

    Whoever has the link speaks for nobody in the portal: of the files that lie there already none can be named.
    """
    assert task.record is not None
    sender = actors.actor(link.sent_by, today())
    fields = MultiDict(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in posted.CONTROLS and not name.endswith("-drawn")
    )
    given = []
    if drawn_id is not None:
        given = [*((field, drawn_id) for field in _own_signatures(task)), *_files(sender)]
    for name, id in given:
        fields.add(name, str(id))
    stage = stage_for(task.record, task, sender, fields)
    keep_files(stage, {id for _name, id in given})
    return stage


def _files(sender: Actor) -> list[tuple[str, int]]:
    """The files that came for fields of the stage, kept in the name of whoever sent the link."""
    coming = [
        (name.removesuffix("-upload"), file)
        for name, file in request.files.items(multi=True)
        if file.filename and name.endswith("-upload") and name not in posted.CONTROLS
    ]
    return [(name, posted.store(file, sender)) for name, file in coming]


def _sign(link: OutsideLink, task: Task, drawn_id: int, stage: Sheet | None) -> None:
    """Signs, and the link is used up.

    Raises:
        AnswersWrong: the stage is not good.
    """
    if stage is not None:
        records.hold(stage, task.record)
        if not stage.validate():
            raise AnswersWrong
    hand = Hand(
        seen=posted.control("_seen", 64),
        opinion=posted.said("_opinion"),
        drawn_id=drawn_id,
        outside_name=posted.said("_outside_name", 80),
        outside_way="link",
        confirmed_by="link",
    )
    signing.sign(task.id, actors.actor(link.sent_by, today()), hand, stage, now=now())
    outside.use(link, now=now())


def _uploaded() -> str:
    """A picture of the signature, from a browser that runs no scripts, in the way in which drawn ones come."""
    file = request.files.get("_hand-upload")
    data = file.stream.read(LARGEST) if file is not None else b""
    return f"data:image/png;base64,{base64.b64encode(data).decode()}" if data else ""


def _own_signatures(task: Task) -> list[str]:
    """Signature fields of the stage itself: the same drawing serves."""
    assert task.record is not None
    fills = route.form_of(task.record).signoff.step(task.step).fills
    return [field.short_name for field in fills() if field.kind == "signature"] if fills else []


def apart(line: Line) -> Line:
    """A line of the page without what opens only for people who sign in: files by their names, records without a link."""
    rows = tuple(tuple(_closed(cell) for cell in row) for row in line.rows)
    return replace(line, cell=_closed(line.cell), rows=rows)


def _closed(cell: Cell) -> Cell:
    names = _("、").join(file["name"] for file in cell.files)
    return replace(cell, text=cell.text or names, files=(), linked="", kind="")


def _page(link: OutsideLink, task: Task, stage: Sheet | None = None, problem: str = "") -> str:
    assert task.record is not None
    read: RecordPage = record_page.read(task.record)
    sender = actors.actor(link.sent_by, today())
    form = stage or stage_for(task.record, task, sender)
    return render_template(
        "outside/sign.html",
        record=task.record,
        title=read.definition["title"][language()],
        step=str(route.form_of(task.record).signoff.step(task.step).title),
        lines=[apart(one) for one in lines(read.definition["fields"], read.content.answers, language())],
        stage=form,
        hidden=_own_signatures(task),
        seen=read.shown_hash,
        sender=link.sent_by.name,
        problem=problem,
        errors=errors(form) if form is not None else [],
    )
