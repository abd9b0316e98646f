"""Drafts: what has been typed is never lost."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.refusal import NotAllowed, NotFound, RecordClosed
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.lib.i18n import _l
from portal.models import Draft, Record, Task
from portal.queries.actors import Actor
from portal.services import once, tasks

STAGE, CORRECTION, BALLOT = "stage-", "correct-", "ballot-"
"""How keys of drafts and records begin that the portal makes itself, of what anybody knows: no page may bring such a one along."""


def stage_key(task_id: int, by: Actor) -> str:
    """The key under which the person keeps a half-written stage."""
    return f"{STAGE}{task_id}-{by.id}"


def correction_key(record: Record, by: Actor) -> str:
    """The key under which the person keeps a half-written correction of what the record says now."""
    return f"{CORRECTION}{record.id}-{record.version}-{by.id}"


def is_made_here(key: str) -> bool:
    """Whether the key is one that the portal makes: no page's, and so no new form's."""
    return key.startswith((STAGE, CORRECTION, BALLOT))


def keep(
    key: str,
    form_code: str,
    by: Actor,
    typed: list[list[str]],
    *,
    title: str,
    now: datetime,
    record_id: int | None = None,
    task_id: int | None = None,
) -> Draft:
    """Keeps what is typed, word for word, under the page's key.

    Raises:
        RecordClosed: the page has been submitted already; a save that comes late keeps nothing.
    """
    draft = mine(key, by, kept=True)  # whoever submits it at this moment throws it away first, or afterwards
    if draft is None:
        _refuse_late(key)
        blank = Draft(form_code=form_code, person_id=by.id, key=key, answers={}, updated_at=now)
        draft = once.add(blank, lambda: mine(key, by))
    draft.person_id = by.id
    draft.typed, draft.updated_at = typed, now
    draft.title = title[:200] or draft.title or ""
    draft.record_id, draft.task_id = record_id, task_id
    return draft


def start(
    form_code: str,
    by: Actor,
    key: str,
    answers: dict[str, Any],
    *,
    title: str,
    now: datetime,
    corrects: int | None = None,
) -> Draft:
    """A draft filled from a former record, which it may be there to correct. A second click starts no other."""
    once.take_turn(by.id)
    same = sa.select(Draft).where(
        Draft.person_id == by.id,
        Draft.form_code == form_code,
        *(Draft.corrects_id == corrects, Draft.title == title[:200]),
        Draft.updated_at > now - once.SAME_CLICK,
    )
    found = db.session.scalars(same)
    before = next((one for one in found if one.typed is None and one.answers == answers), None)
    if before is not None:
        return before
    draft = Draft(
        form_code=form_code,
        person_id=by.id,
        key=key,
        answers=answers,
        corrects_id=corrects,
        typed=None,
        title=title[:200],
        updated_at=now,
    )
    db.session.add(draft)
    return draft


def leave(
    form_code: str,
    answers: Mapping[str, Any],
    *,
    title: str,
    now: datetime,
    source: int | None = None,
    key: str = "",
) -> Draft:
    """A prefilled draft that is nobody's yet, left for those who get the task to take it up."""
    draft = Draft(
        form_code=form_code,
        person_id=None,
        source_id=source,
        key=key or secrets.token_urlsafe(18),
        answers=prefill(FORMS[form_code], answers),
        typed=None,
        title=title[:200],
        updated_at=now,
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def prefill(form: type[Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Typed answers as the form stores them; names that it does not know are refused.

    Raises:
        KeyError: somebody fills a field that the form does not have.
    """
    sheet = form(answers=answers)
    unknown = set(answers) - {field.short_name for field in sheet}
    if unknown:
        raise KeyError(f"{form.code} has no field {', '.join(sorted(unknown))}")
    return {name: value for name, value in sheet.dump().items() if value is not None}


def mine(key: str, by: Actor, *, kept: bool = False) -> Draft | None:
    """The draft with this key, if it is the person's own; one that was left for a task, if that waits for them.

    What one of several colleagues has begun, another may go on with: the task is theirs as well. It can be `kept` from
    others until the write ends.

    Raises:
        NotFound: it is somebody else's.
        NotAllowed: the person has begun it, and its task is no longer theirs.
    """
    draft: Draft | None = db.session.scalar(_KEPT if kept else _KEYED, {"key": key})
    if draft is None or (draft.person_id == by.id and not is_asked_for(draft)):
        return draft
    task = db.session.scalar(sa.select(Task).where(Task.draft_id == draft.id, Task.state == "open"))
    if task is not None and tasks.authority_for(task, by) is not None:
        return draft
    if draft.person_id == by.id:
        raise NotAllowed(_l("这份草稿的待办已不由您办理。"))
    raise NotFound


def left(source: int, form_code: str, by: Actor) -> Draft | None:
    """The draft of a form that a record has left, if its task waits for the person; None if there is none."""
    query = sa.select(Task).join(Draft, Task.draft_id == Draft.id)
    query = query.where(Draft.source_id == source, Draft.form_code == form_code, Task.state == "open")
    found = db.session.scalars(query.order_by(Task.id.desc())).unique().first()
    return found.draft if found is not None and tasks.authority_for(found, by) is not None else None


def is_asked_for(draft: Draft) -> bool:
    """Whether an effect or an obligation left the draft, with a task to take it up."""
    return draft.source_id is not None or db.session.scalar(_ASKED, {"draft": draft.id}) is not None


_KEYED = sa.select(Draft).where(Draft.key == sa.bindparam("key"))
_KEPT = _KEYED.with_for_update(of=Draft).execution_options(populate_existing=True)
_ASKED = sa.select(Task.id).where(Task.draft_id == sa.bindparam("draft")).limit(1)


def discard(key: str, by: Actor) -> None:
    """Throws the person's own draft away; one that was left for a task stays for it."""
    draft = mine(key, by)
    if draft is None:
        return
    if draft.person_id != by.id:
        raise NotAllowed
    if is_asked_for(draft):
        draft.person_id, draft.typed = None, None
        return
    db.session.delete(draft)


def _refuse_late(key: str) -> None:
    number = db.session.scalar(sa.select(Record.number).where(Record.key == key))
    if number is not None:
        raise RecordClosed(_l("这张表单已经提交，编号 %(number)s。"), number=number)


def forget_submitted() -> int:
    """Removes what was saved while its page was submitted, so that neither saw the other; returns how many."""
    there = sa.exists().where(Record.key == Draft.key)
    query = sa.delete(Draft).where(there, Draft.source_id.is_(None), Draft.record_id.is_(None))
    return db.session.execute(query).rowcount  # type: ignore[attr-defined,no-any-return]


def drop_stage(task_id: int, by: Actor) -> None:
    """The stage has been signed: its half-written draft goes."""
    db.session.connection().execute(_DROPPED, {"task": task_id, "me": by.id})


_DRAFTS = Draft.__table__
_DROPPED = sa.delete(_DRAFTS).where(  # type: ignore[arg-type]
    _DRAFTS.c.task_id == sa.bindparam("task"), _DRAFTS.c.person_id == sa.bindparam("me")
)
