"""Moves a record along its route: opens steps, leads back, finishes. Called by acts, never by the web."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.database import among
from portal.domain.effects import Closes
from portal.domain.permissions import person_key
from portal.domain.signoff import APPLICANT, Back, Close, Onward, Step
from portal.extensions import db
from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.forms.filed import Filed
from portal.forms.kinds import load
from portal.forms.sheet import cells
from portal.lib.i18n import both, speaking
from portal.models import Record, Signature, Task
from portal.models.tasks import NOT_OVER, TURNS
from portal.queries import calendar, history
from portal.services import (
    audit,
    effects,
    ledgers,
    minimum_stock,
    notices,
    outbox,
    parties,
    projects,
    stuck,
    tasks,
)

OVER = ("finished", "refused", "voided")


def form_of(record: Record) -> type[CompanyForm]:
    """The record's form as it is today: its route and rules run."""
    return FORMS[record.form_code]


def known(
    record: Record, signed: list[Signature] | None = None, *, now: datetime | None = None
) -> dict[str, Any]:
    """The typed answers so far, with the company's limits as `@name` and facts of the record."""
    with db.session.no_autoflush:  # nothing asked here waits to be written
        signed = history.signatures(record) if signed is None else signed
        opening = history.content(record)
        typed = load(history.fields(opening, signed), history.stored_answers(opening, signed))
        limits = history.limits()
    return {
        **typed,
        **limits,
        "@record_id": record.id,
        "@corrects": record.corrects_id,
        "@round": record.round,
        "@version": record.version,
        "@signers": history.signers(signed),
        "@now": now,
    }


def filed(record: Record, answers: dict[str, Any], signer_id: int, now: datetime) -> Filed:
    """The record as its effects see it."""
    return Filed(
        id=record.id,
        number=record.number,
        code=record.form_code,
        answers=answers,
        applicant_id=record.applicant_id,
        department_id=record.department_id,
        signer_id=signer_id,
        signers=answers.get("@signers", {}),
        now=now,
    )


def fall(
    record: Record, moment: str, *, by: int, now: datetime, answers: dict[str, Any] | None = None
) -> None:
    """Carries out what the form sets going at this moment: a step's key, or one of `effects.MOMENTS`."""
    form = form_of(record)
    if any(hook.after == moment for hook in form.hooks):
        view = filed(record, answers or known(record), by, now)
        with speaking("zh"):  # the books are kept in one language, whatever the signer reads
            wanted = list(form.effects(moment, view))
        effects.carry_out(wanted, record, by=by, now=now)
        for effect in wanted:
            if isinstance(effect, Closes):
                close(effect, by=by, now=now)


def close(effect: Closes, *, by: int, now: datetime) -> None:
    """Ends an open record as void with a reason, as an effect of another wants it; one that is over stays as it is."""
    other = tasks.lock(effect.record)
    if other.state not in OVER:
        audit.note("record_closed", at=now, by=by, record_id=other.id, reason=both(effect.reason))
        finish(other, "voided", by=by, now=now)


def advance(
    record: Record, after: str | None, *, by: int, now: datetime, answers: dict[str, Any] | None = None
) -> None:
    """Opens the next step that takes place, or finishes the record."""
    answers = answers or known(record)
    step = form_of(record).signoff.following(after, answers)
    if step is None:
        finish(record, "finished", by=by, now=now)
    else:
        with db.session.no_autoflush:  # it asks for people and days, which the write has not touched
            open_step(record, step, answers, now=now)


def open_step(record: Record, step: Step, answers: dict[str, Any], *, now: datetime) -> None:
    """Makes the step's tasks: one for each party if all must sign, else one that any may take."""
    due = step.within.due(now, answers, calendar.current()) if step.within else None
    excluded = parties.excluded(record, form_of(record).signoff, step)
    record.state, record.step, record.due_at = "running", step.key, due
    for entry in form_of(record).signoff.entries:
        tasks.let_read(record, parties.keys_of(entry.by, record, answers))
    for slot, group in enumerate(parties.groups(step.by, answers)):
        keys = [key for party in group for key in parties.keys(party, record, answers, excluded, now)]
        outside = next((party.key for party in group if party.kind == "outside"), "")
        barred = () if outside else excluded
        task = tasks.make(
            "sign",
            keys,
            form_code=record.form_code,
            now=now,
            record=record,
            due_at=due,
            excluded=barred,
            step=step.key,
            round=record.round,
            slot=slot,
            outside=outside,
        )
        if tasks.able(keys, barred, now):
            notices.tell(keys, "task", now=now, record_id=record.id, step=step.key)
        else:
            stuck.stop(task, record, now=now)
    _refresh_cells(record)


def refresh(record: Record, *, now: datetime) -> None:
    """After a side entry: the open step's deadline and the register's columns follow the new answers."""
    answers = known(record)
    if record.step:
        step = form_of(record).signoff.step(record.step)
        if step.within is not None and step.within.since:
            due = step.within.due(now, answers, calendar.current())
            record.due_at = due
            for task in history.open_tasks(record):
                if task.step == step.key:
                    tasks.postpone(task, due)
    _refresh_cells(record)


def left(record: Record, done: Task) -> list[Any]:
    """The record's other tasks that are not over: which task each waits for, and whether it is a turn of this step and round."""
    given = {"record": record.id, "step": done.step, "round": record.round, "done": done.id}
    found = db.session.connection().execute(_LEFT, given)  # past the session: the others wait for no write
    return list(found)


_TASKS = Task.__table__.c
_LEFT = sa.select(
    _TASKS.id,
    _TASKS.waits_for_id,
    sa.and_(
        _TASKS.step == sa.bindparam("step"), _TASKS.round == sa.bindparam("round"), among(_TASKS.kind, TURNS)
    ).label("of_step"),
).where(
    _TASKS.record_id == sa.bindparam("record"),
    _TASKS.id != sa.bindparam("done"),
    among(_TASKS.state, NOT_OVER),
)


def complete(record: Record, step: Step, *, by: int, now: datetime) -> None:
    """The step's last signature has fallen: effects, then back, close or onward."""
    answers = known(record)
    outcome = step.outcome(answers)
    fall(record, step.key, by=by, now=now, answers=answers)
    if outcome is None:
        advance(record, step.key, by=by, now=now, answers=answers)
    else:
        follow(record, outcome, by=by, now=now)


def follow(
    record: Record, outcome: Back | Onward | Close, *, by: int, now: datetime, reason: str = ""
) -> None:
    """Goes where an outcome or a refusal leads."""
    if isinstance(outcome, Close):
        finish(record, "refused", by=by, now=now)
    elif isinstance(outcome, Onward):
        on_to_step(record, outcome.to, now=now)
    elif outcome.to == APPLICANT:
        back_to_applicant(record, "returned", now=now, reason=reason)
    else:
        back_to_step(record, outcome.to, now=now)


def back_to_applicant(record: Record, state: str, *, now: datetime, reason: str = "") -> None:
    """Closes every open task and gives the sheet back to its applicant (`returned` or `withdrawn`)."""
    cancel_tasks(record, now=now)
    record.state, record.step, record.due_at = state, "", None
    record.round += 1
    key = person_key(record.applicant_id)
    tasks.make(
        "correct", [key], form_code=record.form_code, now=now, record=record, round=record.round, note=reason
    )
    if state == "returned":
        notices.tell([key], "returned", now=now, record_id=record.id, reason=reason)
    _refresh_cells(record)


def back_to_step(record: Record, key: str, *, now: datetime) -> None:
    """Closes every open task and opens an earlier step, one round further."""
    cancel_tasks(record, now=now)
    record.round += 1
    open_step(record, form_of(record).signoff.step(key), known(record), now=now)


def on_to_step(record: Record, key: str, *, now: datetime) -> None:
    """Closes every open turn and opens a later step in the same round, whatever its condition."""
    for task in history.open_tasks(record):
        if task.kind in TURNS:
            tasks.end(task, "cancelled", now=now)
    open_step(record, form_of(record).signoff.step(key), known(record), now=now)


def finish(record: Record, state: str, *, by: int, now: datetime) -> None:
    """Ends the record; a finished one gets its print made."""
    cancel_tasks(record, now=now)
    record.state, record.step, record.due_at, record.closed_at = state, "", None, now
    audit.note(f"record_{state}", at=now, by=by, record_id=record.id)
    notices.tell([person_key(record.applicant_id)], state, now=now, record_id=record.id, but=by)
    fall(record, state, by=by, now=now)
    if state == "finished":
        stock = minimum_stock.levels((), record)
        ledgers.reverse_corrected(record, by=by, now=now)  # unless its own postings have done so
        minimum_stock.warn(stock, now=now)
        outbox.add("print", now=now, record=record.id)
    else:
        ledgers.restore_corrected(record, by=by, now=now)  # it has corrected nothing
        projects.give_back(record, by=by, now=now)
    _refresh_cells(record)


def cancel_tasks(record: Record, *, now: datetime) -> None:
    """Ends everything that waits for somebody in the route; things to do besides it stay."""
    for task in history.open_tasks(record):
        if task.kind in (*TURNS, "correct", "entry"):
            tasks.end(task, "cancelled", now=now)


def _refresh_cells(record: Record) -> None:
    """Brings the register's columns up to date."""
    opening, signed = history.content(record), history.signatures(record)
    stored = history.stored_answers(opening, signed)
    record.cells = cells(history.fields(opening, signed), stored, form_of(record).columns)
