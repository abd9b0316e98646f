"""Outside parties sign by a one-time link; no account, one page, one act."""

from __future__ import annotations

import base64

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from portal.database import transaction
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms.sheet import lines
from portal.lib.i18n import _l, language
from portal.models import OutsideLink, Task
from portal.queries import actors, record_page
from portal.queries.record_page import RecordPage
from portal.services import outside, route, signing, uploads
from portal.services.signatures import Hand
from portal.web import posted
from portal.web.clock import now, today
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
    with transaction():
        link, task = outside.find(token, now=now())
        assert task.record is not None
        sender = actors.actor(link.sent_by, today())
        drawing = request.form.get("_hand-drawn", "") or _uploaded()
        fields = MultiDict(
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in posted.CONTROLS and not name.endswith("-drawn")
        )
        try:
            with db.session.begin_nested():
                if not drawing:
                    raise Refusal(_l("请在签名框内签名。"))
                drawn = uploads.keep_drawing(drawing, by=sender.id, now=now())
                for field in _own_signatures(task):
                    fields.add(field, str(drawn.id))
                stage = stage_for(task.record, task, sender, fields)
                if stage is not None and not stage.validate():
                    return _page(link, task, stage, ""), 422
                hand = Hand(
                    seen=posted.control("_seen", 64),
                    opinion=posted.control("_opinion"),
                    drawn_id=drawn.id,
                    outside_name=posted.control("_outside_name", 80),
                    outside_way="link",
                    confirmed_by="link",
                )
                signing.sign(task.id, sender, hand, stage, now=now())
                outside.use(link, now=now())
        except Refusal as refusal:
            return _page(link, task, None, str(refusal)), refusal.status
    return render_template("outside/thanks.html", record=task.record)


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


def _page(link: OutsideLink, task: Task, stage: object = None, problem: str = "") -> str:
    assert task.record is not None
    read: RecordPage = record_page.read(task.record)
    sender = actors.actor(link.sent_by, today())
    form = stage or stage_for(task.record, task, sender)
    step = next(one for one in read.definition["steps"] if one["key"] == task.step)
    return render_template(
        "outside/sign.html",
        record=task.record,
        title=read.definition["title"][language()],
        step=step["title"][language()],
        lines=lines(read.definition["fields"], read.content.answers, language()),
        stage=form,
        hidden=_own_signatures(task),
        seen=read.shown_hash,
        sender=link.sent_by.name,
        problem=problem,
        errors=errors(form) if form is not None else [],
    )
