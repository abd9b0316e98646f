"""A person's turn on a record: sign, return, refuse, save half a stage; and side entries."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, get_template_attribute, redirect, request
from werkzeug.wrappers import Response

from portal.database import transaction
from portal.domain.refusal import AnswersWrong, NotYourTurn, Refusal
from portal.forms.base import Sheet
from portal.lib.clock import now
from portal.lib.i18n import _, _l
from portal.models import Record, Task
from portal.services import drafts, entries, records, repeats, route, signing, tasks, uploads
from portal.services.signatures import Hand
from portal.web import identity, own_key, posted, rows
from portal.web.guard import actor, open_to
from portal.web.views import named
from portal.web.views.fill import autosaved
from portal.web.views.record import page, stage_for

Answer = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]
_DONE = {"sign": _l("已签署。"), "return": _l("已退回。"), "refuse": _l("已拒绝。")}


@open_to("writers")
def sign(department: str, slug: str, number: str) -> Answer:
    """Signs, returns or refuses; saves a half-written stage; changes its rows."""
    op = request.form.get("_op", "sign")
    decides = op in ("sign", "return", "refuse")
    known = identity.confirm(alone=True) if decides else True
    record, by = named.record(department, slug, number), actor()
    task = named.task(record)
    sent = posted.read(by)
    stage = stage_for(record, task, by, sent.fields) if op != "return" and op != "refuse" else None
    if rows.is_row_act(op):
        return _after_row_act(record, stage, op)
    if not decides:
        return _save_stage(record, task, sent, stage)
    done = _l("已答复。") if task.kind == "advice" else _DONE[op]
    if _is_repeated(record, task, op, sent):
        return _done(record, done)
    id, outside = task.id, task.outside  # neither ever changes: the write need not read the task for them
    try:
        with transaction():
            _check(record, stage, sent, known)
            _decide(op, id, _hand(task, stage, outside=outside), stage)
            drafts.drop_stage(id, by)
    except AnswersWrong as wrong:
        _keep_stage(record, task, sent)
        return page(record, stage=stage, problem=str(wrong)), wrong.status
    except Refusal as refusal:
        if _is_repeated(record, task, op, sent):  # both came at once
            return _done(record, done)
        seen = posted.control("_seen", 64)
        return page(record, stage=stage, problem=str(refusal), seen=seen), refusal.status
    return _done(record, done)


def _done(record: Record, said: str) -> Response:
    flash(said, "success")
    return redirect(named.address(record), 303)


def _is_repeated(record: Record, task: Task, op: str, sent: posted.Posted) -> bool:
    """Whether this very act has been done: it was sent again, as its answer was lost on the way."""
    if task.state != "done" or task.done_by_id != actor().id:
        return False
    fills = route.form_of(record).signoff.step(task.step).fills if op == "sign" else None
    known = route.known(record, now=now()) if fills else {}
    typed = fills(sent.fields, context=known, person=actor()) if fills and sent.fields else None
    seen, opinion = posted.control("_seen", 64), posted.control("_opinion")
    return repeats.signed(task, actor(), op, seen=seen, opinion=opinion, typed=typed)


def _check(record: Record, sheet: Sheet | None, sent: posted.Posted, known: bool) -> None:
    """The person is who they say, what came is taken, and the sheet holds.

    Raises:
        AnswersWrong: one of these is not so.
    """
    if not known:
        raise AnswersWrong(identity.problem().text)
    if sent.refused:
        raise AnswersWrong(" ".join(sent.refused))
    if sheet is not None:
        records.hold(sheet, record)
        if not sheet.validate():
            raise AnswersWrong


def _decide(op: str, task_id: int, hand: Hand, stage: Any) -> None:
    by = actor()
    if op == "return":
        signing.send_back(task_id, by, hand, posted.control("_to", 60) or "applicant", now=now())
    elif op == "refuse":
        signing.refuse(task_id, by, hand, now=now())
    else:
        signing.sign(task_id, by, hand, stage, now=now())


def _hand(task: Task, stage: Any, *, outside: str) -> Hand:
    """What came with the signature besides the stage; `outside` is the role outside the company that signs."""
    by = actor()
    files = [uploads_one.reference() for uploads_one in named.uploads("_hand-upload")]
    drawing = request.form.get("_hand-drawn", "")
    drawn_id = uploads.receive_drawing(drawing, by, now=now()).id if drawing else None
    if outside and drawn_id is None:
        drawn_id = _drawn_in(stage)
    name = posted.said("_outside_name", 80)
    unsigned = outside and not (drawn_id or files)
    if unsigned and request.form.get("_op", "sign") == "sign" and not _put_down(task, stage):
        raise Refusal(_l("请外部签字人在屏幕上签名，或上传纸质签字件。"))
    return Hand(
        seen=posted.control("_seen", 64),
        opinion=posted.said("_opinion"),
        files=tuple(files),
        drawn_id=drawn_id,
        outside_name=name if outside else "",
        outside_way=("device" if drawn_id else "paper" if files else "told") if outside else "",
        key=own_key.at_hand(),
        passkey=identity.passkey(),
    )


def _put_down(task: Task, stage: Sheet | None) -> bool:
    """Whether the employee puts down here what the outside party has said or written."""
    if task.record is None or stage is None:
        return False
    unsigned = route.form_of(task.record).signoff.step(task.step).unsigned
    return unsigned is not None and unsigned.holds(stage.known())


def _drawn_in(stage: Any) -> int | None:
    """The drawing in a signature field of the stage: nobody is asked to sign twice."""
    found = [field.data for field in stage or () if field.kind == "signature" and field.data]
    return int(found[0]["id"]) if found else None


def _keep_stage(record: Record, task: Task, sent: posted.Posted) -> None:
    key = drafts.stage_key(task.id, actor())
    with transaction():
        drafts.keep(key, record.form_code, actor(), sent.typed, title="", now=now(), task_id=task.id)


def _save_stage(record: Record, task: Task, sent: posted.Posted, stage: Sheet | None) -> Answer:
    if tasks.authority_for(task, actor()) is None:
        raise NotYourTurn
    _keep_stage(record, task, sent)
    if request.headers.get("HX-Request"):
        return autosaved(stage)
    flash(_("草稿已保存。"), "success")
    return redirect(named.address(record), 303)


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
    known = identity.confirm(alone=True)
    record, by = named.record(department, slug, number), actor()
    entry = next((one for one in route.form_of(record).signoff.entries if one.key == key), None)
    if entry is None:
        raise NotYourTurn
    sent, seen = posted.read(by), posted.control("_seen", 64)
    form = entry.fills(sent.fields, context=route.known(record, now=now()), person=by)
    if sent.op == "submit" and repeats.entered(record, key, by, seen=seen, typed=form):
        return _done(record, _l("已登记。"))
    if entries.authority(record, key, by) is None:
        raise NotYourTurn
    if sent.op == "save":  # what was typed before the session ended, drawn again
        return page(record, entry=(key, form))
    if rows.is_row_act(sent.op):
        return _after_row_act(record, form, sent.op, entry=key)
    try:
        with transaction():
            _check(record, form, sent, known)
            hand = Hand(seen=seen, key=own_key.at_hand(), passkey=identity.passkey())
            entries.enter(record.id, key, by, hand, form, now=now())
    except AnswersWrong as wrong:
        return page(record, entry=(key, form), problem=str(wrong)), wrong.status
    except Refusal as refusal:
        if repeats.entered(record, key, by, seen=seen, typed=form):  # both came at once
            return _done(record, _l("已登记。"))
        return page(record, entry=(key, form), problem=str(refusal), seen=seen), refusal.status
    return _done(record, _l("已登记。"))


def add_to(bp: Blueprint) -> None:
    """Adds the views to a department's blueprint."""
    at = "/<slug>/<number>"
    bp.add_url_rule(f"{at}/signatures", "sign", sign, methods=["POST"])
    bp.add_url_rule(f"{at}/entries/<key>", "enter", enter, methods=["POST"])
