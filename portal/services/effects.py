"""Carries out what forms declare, inside the write of the signature that causes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.domain import findings
from portal.domain.effects import (
    Asks,
    CallsOff,
    ChangesProject,
    Closes,
    Effect,
    FreezesStock,
    Made,
    Opens,
    OpensProject,
    OrdersStock,
    PostsCount,
    PostsCredit,
    PostsEntry,
    PostsPrice,
    PostsReceivable,
    PostsStock,
    Publishes,
    ReleasesRevision,
    SendsRevision,
    SetsDeadline,
    SetsStage,
    Shares,
    StartsRevision,
    Tells,
    Updates,
)
from portal.domain.permissions import person_key, role_key
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.kinds import Ref
from portal.lib.i18n import _l, both
from portal.models import Draft, Record, RecordLink, Task
from portal.models.tasks import TURNS
from portal.queries import history
from portal.queries.pick import MASTER
from portal.services import (
    asks,
    audit,
    drafts,
    ledgers,
    master,
    minimum_stock,
    notices,
    postings,
    projects,
    publications,
    releases,
    revisions,
    tasks,
)


def carry_out(wanted: Iterable[Effect], record: Record, *, by: int, now: datetime) -> None:
    """Carries out the effects one by one; a refusal among them undoes the whole write."""
    every = list(wanted)
    earlier: dict[str, list[Draft | None]] = {}
    made: dict[str, int] = {}
    stock = minimum_stock.levels(every, record)
    ledgers.prepare(every, record, by=by, now=now)
    for one in every:
        effect = _settled(one, made)
        match effect:
            case Opens():
                if effect.code not in earlier:
                    earlier[effect.code] = _opened(record, effect)
                opens(effect, record, earlier[effect.code], by=by, now=now)
            case (
                PostsStock() | PostsCount() | OrdersStock() | FreezesStock()
                | PostsCredit() | PostsReceivable() | PostsPrice() | PostsEntry()
            ):  # fmt: skip
                ledgers.post(effect, record, by=by, now=now)
            case Updates():
                made[effect.kind] = master.update(effect, record, by=by, now=now).id
                if effect.kind == "document" and effect.values.get("state") == "obsolete":
                    publications.ask(now=now)
            case OpensProject():
                made["project"] = projects.open_project(effect, record, by=by, now=now).id
            case ChangesProject():
                projects.change(effect, record, by=by, now=now)
            case SetsStage():
                projects.set_stage(effect, record, by=by, now=now)
            case Asks():
                asks.ask(effect.title, effect.to, effect.due, record, now=now)
            case CallsOff():
                asks.call_off(record, now=now)
            case Closes():
                pass  # by the route, once everything else is done
            case SetsDeadline():
                _set_deadline(effect)
            case Tells():
                notices.tell(
                    [effect.to], "told", now=now, record_id=record.id, repeat=False, text=both(effect.text)
                )
            case Shares():
                tasks.let_read(record, effect.keys)
            case Publishes():
                postings.publish(effect, record, now=now)
            case StartsRevision():
                made["revision"] = revisions.start(effect, record, by=by, now=now).id
            case SendsRevision():
                releases.send(effect, record, by=by, now=now)
            case ReleasesRevision():
                releases.release(effect, record, by=by, now=now)
    ledgers.complete(every, record, by=by, now=now)
    minimum_stock.warn(stock, now=now)


def _settled(effect: Effect, made: Mapping[str, int]) -> Effect:
    """The effect with the ids of rows created so far where it names them as made."""
    match effect:
        case PostsStock(item_id=Made(kind)):
            return replace(effect, item_id=made[kind])
        case PostsPrice(product_id=Made(kind)):
            return replace(effect, product_id=made[kind])
        case ReleasesRevision(document_id=Made(kind)):
            return replace(effect, document_id=made[kind])
        case ChangesProject(project_id=Made(kind)) | SetsStage(project_id=Made(kind)):
            return replace(effect, project_id=made[kind])
        case Opens() if any(isinstance(value, Made) for value in effect.answers.values()):
            answers = {
                name: _made_row(value.kind, made) if isinstance(value, Made) else value
                for name, value in effect.answers.items()
            }
            return replace(effect, answers=answers)
        case Updates():
            values = {
                name: made[value.kind] if isinstance(value, Made) else value
                for name, value in effect.values.items()
            }
            return replace(effect, values=values)
    return effect


def _made_row(kind: str, made: Mapping[str, int]) -> Ref:
    """The row of this kind that was created or changed before, as answers name it."""
    row = db.session.get_one(MASTER[kind], made[kind])
    return Ref(row.id, row.label)


def _set_deadline(effect: SetsDeadline) -> None:
    """Gives the turns of a step of another record, if they are open, their deadline."""
    other, due = tasks.lock(effect.record_id), asks.moment(effect.due)
    for task in history.open_tasks(other):
        if task.kind in TURNS and task.step == effect.step:
            tasks.postpone(task, due)
            other.due_at = due


def _opened(record: Record, effect: Opens) -> list[Draft | None]:
    """What earlier rounds have opened and still stands: None for each record, then the drafts.

    A draft of the record that this one corrects is among them as long as nobody has begun it. What came of an
    auditor's finding about the record is none of it.
    """
    code, over = effect.code, ("refused", "voided", *(("finished",) if effect.anew else ()))
    made = (
        sa.select(sa.func.count())
        .select_from(RecordLink)
        .join(Record, Record.id == RecordLink.target_id)
        .where(
            RecordLink.source_id == record.id,
            RecordLink.kind == "opened",
            Record.form_code == code,
            Record.key.not_like(f"{findings.KEY}%"),
            Record.state.not_in(over),
        )
    )
    left = (
        sa.select(Draft)
        .where(
            sa.or_(
                Draft.source_id == record.id,
                sa.and_(Draft.source_id == record.corrects_id, Draft.person_id.is_(None)),
            ),
            Draft.form_code == code,
            Draft.key.not_like(f"{findings.KEY}%"),
        )
        .order_by(Draft.id)
    )
    return [*[None] * (db.session.scalar(made) or 0), *db.session.scalars(left)]


def opens(effect: Opens, record: Record, earlier: list[Draft | None], *, by: int, now: datetime) -> None:
    """Leaves a prefilled draft and a task to take it up; a form still on paper becomes a thing to do.

    `earlier` is what former rounds have opened, and the record that this one corrects; the first of it is this
    one: a draft that nobody has begun follows the new round, what has been begun or submitted stays as it is.
    """
    form = FORMS.get(effect.code)
    if form is None:
        asks.ask(
            _l("填写 %(code)s", code=effect.code), effect.to or person_key(by), effect.due, record, now=now
        )
        return
    answers = dict(effect.answers)
    if effect.names_as:
        answers[effect.names_as] = Ref(record.id, f"{record.number} {record.title}".strip())
    if not earlier:
        _leave(effect, form, answers, record, by=by, now=now)
        return
    waiting = earlier.pop(0)
    if waiting is not None and waiting.person_id is None:
        waiting.answers, waiting.updated_at = drafts.prefill(form, answers), now
        if waiting.source_id != record.id:
            _follow(waiting, effect, form, answers, record, now=now)


def _follow(
    draft: Draft, effect: Opens, form: type[Any], answers: Mapping[str, Any], record: Record, *, now: datetime
) -> None:
    """A draft that the corrected record has left is from now on that of the record which corrects it."""
    keys = _keys(effect, form)
    draft.source_id, draft.title = record.id, f"{record.number} {record.title}".strip()[:200]
    task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id, Task.state == "open")).first()
    if task is None:
        return
    task.record = record
    tasks.postpone(task, asks.moment(effect.due))
    for named in (record, *_named(form, answers)):
        tasks.let_read(named, keys)
    if {holder.key for holder in task.holders} != set(keys):
        tasks.hold(task, keys)
        notices.tell(keys, "draft", now=now, record_id=record.id, form=effect.code, draft=draft.key)


def _keys(effect: Opens, form: type[Any]) -> list[str]:
    """Who is to take a draft up: whom the effect names, else who may start the form."""
    return [effect.to] if effect.to else [role_key(role) for role in form.opened_by]


def _leave(
    effect: Opens, form: type[Any], answers: Mapping[str, Any], record: Record, *, by: int, now: datetime
) -> None:
    """A new draft, with its task, and a notice for those who hold it."""
    title = f"{record.number} {effect.subject or record.title}".strip()
    draft = drafts.leave(effect.code, answers, title=title, now=now, source=record.id)
    keys = _keys(effect, form)
    task = tasks.make(
        "open",
        keys,
        form_code=effect.code,
        now=now,
        record=record,
        draft_id=draft.id,
        due_at=asks.moment(effect.due),
    )
    for named in _named(form, answers):
        tasks.let_read(named, keys)
    db.session.flush()
    audit.note("draft_opened", at=now, by=by, record_id=record.id, form=effect.code, task=task.id)
    notices.tell(keys, "draft", now=now, record_id=record.id, form=effect.code, draft=draft.key)


def _named(form: type[Any], answers: Mapping[str, Any]) -> list[Record]:
    """The records that a draft names: whoever takes it up must be able to read them."""
    links = [field.short_name for field in form() if field.kind == "record_link"]
    ids = {answers[name].id for name in links if answers.get(name)} - {None}
    return [db.session.get_one(Record, id) for id in ids]
