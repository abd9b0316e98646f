"""What people do with a record: sign, return, refuse, pass on, say something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, get_template_attribute, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.database import transaction
from portal.domain.refusal import IdentityNotConfirmed, NotYourTurn, Refusal
from portal.extensions import db
from portal.forms.base import Sheet
from portal.lib.i18n import _, _l
from portal.models import Record, Task
from portal.queries import pick, record_page, visible
from portal.services import (
    conversation,
    corrections,
    delegation,
    drafts,
    entries,
    outside,
    route,
    signing,
    uploads,
)
from portal.services.signatures import Hand
from portal.web import identity, posted, rows
from portal.web.clock import now
from portal.web.guard import actor, open_to
from portal.web.transaction import writes
from portal.web.views.fill import autosaved, find_form
from portal.web.views.record import page, stage_for

Answer = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]


@open_to("writers")
def sign(department: str, slug: str, number: str) -> Answer:
    """Signs, returns or refuses; saves a half-written stage; changes its rows."""
    op = request.form.get("_op", "sign")
    decides = op in ("sign", "return", "refuse")
    known = identity.confirm() if decides else True
    with transaction():
        record = _record(department, slug, number)
        by = actor()
        sent = posted.read(by)
        task = _task(record)
        read = record_page.read(record)
        stage = stage_for(read, task, by, sent.fields) if op != "return" and op != "refuse" else None
        if rows.is_row_act(op):
            return _after_row_act(record, stage, op)
        if not decides:
            return _save_stage(record, task, sent, stage)
        if not known:
            drafts.keep(
                _stage_key(task), record.form_code, by, sent.typed, title="", now=now(), task_id=task.id
            )
            return page(record, stage=stage, problem=str(IdentityNotConfirmed())), 422
        if sent.refused:
            return page(record, stage=stage, problem=" ".join(sent.refused)), 422
        if op == "sign" and stage is not None and not stage.validate():
            drafts.keep(
                _stage_key(task), record.form_code, by, sent.typed, title="", now=now(), task_id=task.id
            )
            return page(record, stage=stage), 422
        try:
            with db.session.begin_nested():
                _decide(op, task, stage)
        except Refusal as refusal:
            db.session.refresh(record)
            return page(record, stage=stage, problem=str(refusal)), refusal.status
        drafts.drop_stage(task.id, by)
    flash(_DONE[op], "success")
    return redirect(_address(record), 303)


_DONE = {"sign": _l("已签署。"), "return": _l("已退回。"), "refuse": _l("已拒绝。")}


def _decide(op: str, task: Task, stage: Any) -> None:
    by, hand = actor(), _hand(task)
    if op == "return":
        signing.send_back(task.id, by, hand, posted.control("_to", 60) or "applicant", now=now())
    elif op == "refuse":
        signing.refuse(task.id, by, hand, now=now())
    else:
        signing.sign(task.id, by, hand, stage, now=now())


def _hand(task: Task) -> Hand:
    """What came with the signature besides the stage."""
    by = actor()
    files = [uploads_one.reference() for uploads_one in _uploads("_hand-upload")]
    drawing = posted.control("_hand-drawn", 2_000_000)
    drawn = uploads.receive_drawing(drawing, by, now=now()) if drawing else None
    name = posted.control("_outside_name", 80)
    if task.outside and request.form.get("_op", "sign") == "sign" and not (drawn or files):
        raise Refusal(_l("请外部签字人在屏幕上签名，或上传纸质签字件。"))
    return Hand(
        seen=posted.control("_seen", 64),
        opinion=posted.control("_opinion"),
        files=tuple(files),
        drawn_id=drawn.id if drawn else None,
        outside_name=name if task.outside else "",
        outside_way=("device" if drawn else "paper") if task.outside else "",
    )


def _uploads(name: str) -> list[Any]:
    by = actor()
    megabytes = current_app.config["SETTINGS"].upload_megabytes
    found = []
    for file in request.files.getlist(name):
        if file.filename:
            data = file.stream.read(megabytes * 1024 * 1024 + 1)
            found.append(uploads.receive(file.filename, data, by, now=now(), megabytes=megabytes))
    return found


def _save_stage(record: Record, task: Task, sent: posted.Posted, stage: Sheet | None) -> Answer:
    drafts.keep(_stage_key(task), record.form_code, actor(), sent.typed, title="", now=now(), task_id=task.id)
    if request.headers.get("HX-Request"):
        return autosaved(stage)
    flash(_("草稿已保存。"), "success")
    return redirect(_address(record), 303)


def _after_row_act(record: Record, stage: Any, op: str, entry: str = "") -> Answer:
    """The changed table of a stage or side entry for htmx, the whole page without it."""
    _act, _colon, rest = op.partition(":")
    table = rows.carry_out(stage, op, request.form.get(f"{rest}-paste", "")) if stage is not None else None
    if table is not None and request.headers.get("HX-Request") and hasattr(table, "rows"):
        return str(get_template_attribute("components/rows.html", "rows_table")(table))
    return page(record, entry=(entry, stage)) if entry else page(record, stage=stage)


@open_to("writers")
def enter(department: str, slug: str, number: str, key: str) -> Answer:
    """Adds a side entry."""
    known = identity.confirm()
    with transaction():
        record = _record(department, slug, number)
        by = actor()
        entry = next((one for one in route.form_of(record).signoff.entries if one.key == key), None)
        if entry is None or entries.authority(record, key, by) is None:
            raise NotYourTurn
        sent = posted.read(by)
        form = entry.fills(sent.fields, context=route.known(record, now=now()), person=by)
        if rows.is_row_act(sent.op):
            return _after_row_act(record, form, sent.op, entry=key)
        if not known:
            return page(record, entry=(key, form), problem=str(IdentityNotConfirmed())), 422
        if not form.validate():
            return page(record, entry=(key, form)), 422
        entries.enter(record.id, key, by, Hand(seen=posted.control("_seen", 64)), form, now=now())
    flash(_("已登记。"), "success")
    return redirect(_address(record), 303)


def act(name: str) -> Callable[[Callable[[Record], str]], Callable[..., Answer]]:
    """A small act on a record: does it and goes back to the record's page."""

    def wrap(do: Callable[[Record], str]) -> Callable[..., Answer]:
        @open_to("writers")
        @writes
        def view(department: str, slug: str, number: str) -> Answer:
            record = _record(department, slug, number)
            flash(do(record), "success")
            return redirect(_address(record), 303)

        view.__name__, view.__doc__ = name, do.__doc__
        return view

    return wrap


@act("withdraw")
def withdraw(record: Record) -> str:
    """Takes the record back."""
    corrections.withdraw(record.id, actor(), reason=posted.control("_reason", 500), now=now())
    return _("已撤回，可以更正后重新提交。")


@act("void")
def void(record: Record) -> str:
    """Gives a returned record up."""
    corrections.void(record.id, actor(), reason=posted.control("_reason", 500), now=now())
    return _("已作废。")


@act("comment")
def comment(record: Record) -> str:
    """Says something about the record."""
    files = [file.reference() for file in _uploads("_hand-upload")]
    conversation.comment(record, actor(), posted.control("_opinion"), files, now=now())
    return _("已发表。")


@act("urge")
def urge(record: Record) -> str:
    """Reminds those whose turn it is."""
    conversation.urge(record, actor(), now=now())
    return _("已催办。")


@act("copy_to")
def copy_to(record: Record) -> str:
    """Copies people in."""
    conversation.copy_to(record, actor(), [_person()], now=now())
    return _("已抄送。")


@act("pass_on")
def pass_on(record: Record) -> str:
    """Adds a signer, asks for advice, or hands the task over."""
    task, by = _task(record), actor()
    how, reason = posted.control("_act", 20), posted.control("_reason", 500)
    if how in ("before", "after"):
        delegation.add_signer(task.id, by, _person(), how, reason=reason, now=now())
        return _("已加签。")
    if how == "advice":
        delegation.ask_advice(task.id, by, _person(), reason=reason, now=now())
        return _("已征求意见，答复后回到您这里。")
    if how == "hand_over":
        delegation.hand_over(task.id, by, _person(), reason=reason, now=now())
        return _("已转办。")
    raise Refusal(_l("请选择加签、征求意见或转办。"))


@act("make_link")
def make_link(record: Record) -> str:
    """Makes a one-time link for an outside signer."""
    token = outside.make_link(_task(record).id, actor(), posted.control("_outside_name", 120), now=now())
    base = current_app.config["SETTINGS"].public_url.rstrip("/")
    address = url_for("outside.show", token=token)
    return _("一次性链接（七天内有效，只显示这一次）：%(address)s", address=base + address)


def _record(department: str, slug: str, number: str) -> Record:
    return visible.record(number, actor(), find_form(department, slug).code)


def _task(record: Record) -> Task:
    """The task that the page was about; it must be of this record."""
    id = posted.control("_task", 20)
    task = db.session.get(Task, int(id)) if id.isascii() and id.isdigit() and len(id) < 19 else None
    if task is None or task.record_id != record.id:
        raise NotYourTurn
    return task


def _person() -> int:
    """The person named in `_person`, by label, name or number."""
    text = posted.control("_person", 80)
    found = pick.by_text("person", {text}, actor(), ())[text] if text else []
    if len(found) != 1 or found[0][0] is None:
        raise Refusal(_l("请从列表中选择一个人。"))
    return found[0][0]


def _stage_key(task: Task) -> str:
    return f"stage-{task.id}-{actor().id}"


def _address(record: Record) -> str:
    return url_for("records.by_number", number=record.number)


def add_to(bp: Blueprint) -> None:
    """Adds the views to a department's blueprint."""
    at = "/<slug>/<number>"
    for path, view in (
        ("signatures", sign),
        ("entries/<key>", enter),
        ("withdrawals", withdraw),
        ("voidings", void),
        ("comments", comment),
        ("reminders", urge),
        ("readers", copy_to),
        ("turns", pass_on),
        ("links", make_link),
    ):
        bp.add_url_rule(f"{at}/{path}", view.__name__, view, methods=["POST"])
