"""Runs the obligations: each case is asked for once, ended when it is kept or falls away, told when it is missed.

What a condition says is compared with the tasks that are there, so that running twice, or after days of being
down, gives the same. Nothing here signs or submits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from portal.domain.obligations import Case, Look, Obligation, Turn
from portal.domain.refusal import NotAllowed, NotFound, ReasonMissing, Refusal
from portal.extensions import db
from portal.forms.duties import OBLIGATIONS, offered
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.models import CompanySetting, Draft, ObligationRun, Record, Task
from portal.queries import calendar, rights
from portal.queries import obligations as queries
from portal.queries.actors import Actor
from portal.services import audit, drafts, each, notices, once, tasks

STREAM = "obligations"
EVERY = 1_000_000  # acts: more than there ever are


@dataclass
class Outcome:
    """How many tasks a run made, ended and found missed."""

    made: int = 0
    ended: int = 0
    missed: int = 0
    left: bool = False  # whether there may be more to do

    @property
    def total(self) -> int:
        """How many things happened."""
        return self.made + self.ended + self.missed


def run_all(now: datetime) -> int:
    """Looks after every obligation, each apart from the others; returns how many things happened."""
    return each.apart("obligation", list(OBLIGATIONS), partial(_run, now=now))


def _run(key: str, *, now: datetime) -> int:
    return run(OBLIGATIONS[key], now=now).total


def run(obligation: Obligation, *, now: datetime, most: int = EVERY) -> Outcome:
    """Looks after one obligation; after `most` acts the rest is `left` to a further run of the same moment."""
    last, outcome = _locked(obligation, now), Outcome()
    acts = _acts(obligation, last.since, outcome, now, most)
    outcome.left = sum(1 for _act in islice(acts, most)) == most
    last.ran_at = now
    if outcome.total:
        if last.acted_at != now:
            last.acted_at, last.made, last.ended, last.missed = now, 0, 0, 0
        last.made += outcome.made
        last.ended += outcome.ended
        last.missed += outcome.missed
    return outcome


def _acts(obligation: Obligation, since: date, outcome: Outcome, now: datetime, most: int) -> Iterator[None]:
    """Does what is to be done, one thing after the other."""
    if queries.is_on(obligation):
        if obligation.cases is not None:
            yield from _compare(obligation, _look(obligation, since, now), outcome)
        for turn in obligation.turns:
            yield from _breaches(obligation, turn, outcome, now, most)
    else:
        for task in queries.open_tasks(obligation):
            _end(task, "cancelled", outcome, now)
            yield


def _locked(obligation: Obligation, now: datetime) -> ObligationRun:
    """The row of its runs, locked, so that two workers come one after the other."""

    def find() -> ObligationRun | None:
        return db.session.get(ObligationRun, obligation.key, with_for_update=True, populate_existing=True)

    found: ObligationRun | None = find()
    return found or once.add(ObligationRun(key=obligation.key, since=day(now), ran_at=now), find)


def _look(obligation: Obligation, since: date, now: datetime) -> Look:
    return Look(now, since, calendar.current(), queries.numbers(obligation))


def _compare(obligation: Obligation, look: Look, outcome: Outcome) -> Iterator[None]:
    """Brings the tasks in line with what the condition says."""
    assert obligation.cases is not None
    cases = {case.occurrence: case for case in obligation.cases(look)}
    asked = queries.asked(obligation, cases)
    for occurrence, case in cases.items():
        before = asked.get(occurrence, [])
        if not case.kept and (
            not before or _comes_back(obligation, before[-1], look) or _given_up(before[-1])
        ):
            _make(obligation, case, len(before) + 1, look.now)
            outcome.made += 1
            yield
    for task in queries.open_tasks(obligation):
        found = cases.get(task.case_name or "")
        if found is None:
            _end(task, "cancelled", outcome, look.now)
            yield
        elif found.kept:
            _end(task, "done", outcome, look.now)
            yield
        else:
            tasks.postpone(task, found.due)
            yield from _remind(obligation, task, found, look.now, outcome)


def _comes_back(obligation: Obligation, task: Task, look: Look) -> bool:
    """Whether a case that was put aside has rested long enough."""
    if task.put_aside_on is None or not obligation.again:
        return False
    return task.put_aside_on + timedelta(days=look.numbers[obligation.again]) <= look.today


def _given_up(task: Task) -> bool:
    """Whether the record that has answered it was given up, so that it is owed as before."""
    return task.state == "done" and task.record is not None and task.record.state == "voided"


def _make(obligation: Obligation, case: Case, round: int, now: datetime) -> None:
    """The task, with a prefilled draft of the form that keeps the obligation unless nothing is to be filled in."""
    record = db.session.get(Record, case.record) if case.record else None
    form = case.form or obligation.form
    draft = (
        drafts.leave(form, case.answers, title=case.title, now=now) if case.to_fill or not record else None
    )
    task = tasks.make(
        "open" if draft else "ask", case.to, form_code=form, now=now, record=record, due_at=case.due,
        draft_id=draft.id if draft else None,
        obligation=obligation.key, case_name=case.occurrence, case_round=round, customer_id=case.customer, project_id=case.project,
        title=both(obligation.title), note=case.title,
    )  # fmt: skip
    remind_at = case.remind_at or case.due
    if remind_at is not None and remind_at <= now:
        task.reminded_at = now  # to be asked for it now is reminder enough
    db.session.flush()
    audit.note(
        "obligation_arose", at=now, by=None, stream=STREAM, obligation=obligation.key, case=case.occurrence, about=case.title,
        task=task.id, due=case.due.isoformat() if case.due else None,
    )  # fmt: skip
    said = both(_l("请办理：%(title)s（%(about)s）", title=obligation.title, about=case.title))
    if draft is None:
        notices.tell(case.to, "obligation", now=now, record_id=case.record, task=task.id, text=said)
    else:
        notices.tell(case.to, "obligation", now=now, task=task.id, text=said, form=form, draft=draft.key)


def _remind(
    obligation: Obligation, task: Task, case: Case, now: datetime, outcome: Outcome
) -> Iterator[None]:
    """Reminds the holders once when it is due, and tells of the breach once."""
    remind_at = case.remind_at or case.due
    if remind_at is not None and remind_at <= now and task.reminded_at is None:
        task.reminded_at = now
        said = both(
            _l("到期未办，请尽快办理：%(title)s（%(about)s）", title=obligation.title, about=case.title)
        )
        facts: dict[str, Any] = {"form": task.form_code, "draft": task.draft.key} if task.draft else {}
        notices.tell(case.to, "obligation_due", now=now, task=task.id, text=said, **facts)
        yield
    missed_at = case.missed_at or case.due
    if missed_at is not None and missed_at <= now and task.missed_at is None:
        _miss(obligation, task, case.title, now, outcome)
        yield


def _breaches(
    obligation: Obligation, turn: Turn, outcome: Outcome, now: datetime, most: int
) -> Iterator[None]:
    """Finds turns of the sign-off that are past their time."""
    for task in queries.late(turn, now, most):
        about = f"{task.record.number} {task.record.title}".strip() if task.record else ""
        _miss(obligation, task, about, now, outcome)
        yield


def _miss(obligation: Obligation, task: Task, about: str, now: datetime, outcome: Outcome) -> None:
    task.missed_at = now
    outcome.missed += 1
    audit.note(
        "obligation_missed", at=now, by=None, stream=STREAM, obligation=obligation.key, case=task.case_name,
        about=about, task=task.id,
    )  # fmt: skip
    if obligation.missed:
        if task.record is not None:
            tasks.let_read(task.record, obligation.missed)
        said = both(_l("逾期未办：%(title)s（%(about)s）", title=obligation.title, about=about))
        notices.tell(
            obligation.missed, "obligation_missed", now=now, record_id=task.record_id, task=task.id, text=said
        )


def _end(task: Task, state: str, outcome: Outcome, now: datetime) -> None:
    """Ends a task whose case is kept or falls away; what somebody has typed into its draft stays theirs."""
    draft = db.session.get(Draft, task.draft_id) if task.draft_id is not None else None
    task.draft_id = None
    tasks.end(task, state, now=now)
    if draft is not None and draft.person_id is None:
        db.session.flush()
        db.session.delete(draft)
    elif draft is not None:
        draft.source_id = None
    outcome.ended += 1


def put_aside(task_id: int, by: Actor, reason: str, *, now: datetime) -> None:
    """Puts an offer aside, with a reason; it comes back after the days that its obligation names, if it names any.

    Raises:
        NotYourTurn: it is not the person's, or is over.
        Refusal: no reason, or the obligation is no offer.
    """
    task, _authority = tasks.claim(task_id, by)
    obligation = offered(task.obligation, task.kind, task.form_code)
    if obligation is None:
        raise NotAllowed(_l("这项待办不能搁置。"))
    if not reason:
        raise ReasonMissing
    about = task.note or (task.draft.title if task.draft else "")
    task.put_aside_on = day(now)
    _end(task, "done", Outcome(), now)
    task.done_by_id = by.id
    audit.note(
        "obligation_put_aside", at=now, by=by.id, stream=STREAM, obligation=obligation.key, case=task.case_name,
        about=about, reason=reason,
    )  # fmt: skip


def change_number(
    obligation: Obligation, key: str, value: int, *, by: Actor, reason: str, now: datetime
) -> None:
    """Sets a number that is not fixed by the procedures; old value, new value and reason stay in the trail.

    Raises:
        NotAllowed: the person is no administrator, or the procedure itself gives the number.
        NotFound: the obligation has no such number.
        Refusal: no reason, the value it has already, or one that makes no sense.
    """
    number = next((one for one in obligation.numbers if one.key == key), None)
    if number is None:
        raise NotFound
    if not by.is_administrator:
        raise NotAllowed
    if number.fixed:
        raise NotAllowed(_l("这个数字由流程文件规定，不能更改。"))
    if not reason:
        raise ReasonMissing
    if not number.low <= value <= number.high:
        raise Refusal(_l("应在 %(low)s 至 %(high)s 之间"), low=number.low, high=number.high)
    rights.one_at_a_time()
    old = queries.numbers(obligation)[key]
    if value == old:
        raise Refusal(_l("新值与原值相同。"))
    _set(f"obligation.{obligation.key}.{key}", str(value), reason, now)
    audit.note(
        "obligation_number_changed", at=now, by=by.id, stream=STREAM, obligation=obligation.key, which=key, old=old,
        new=value, reason=reason,
    )  # fmt: skip


def switch(obligation: Obligation, on: bool, *, by: Actor, reason: str, now: datetime) -> None:
    """Switches an obligation that practice has added off, or on again.

    Raises:
        NotAllowed: the person is no administrator, or the procedures demand the obligation.
        Refusal: no reason, or it is so already.
    """
    if not by.is_administrator:
        raise NotAllowed
    if obligation.by_text:
        raise NotAllowed(_l("这项义务由流程文件规定，不能停用。"))
    if not reason:
        raise ReasonMissing
    rights.one_at_a_time()
    if queries.is_on(obligation) == on:
        raise Refusal(_l("这项义务已经是这个状态。"))
    _set(f"obligation.{obligation.key}.on", "yes" if on else "no", reason, now)
    audit.note(
        "obligation_switched",
        at=now,
        by=by.id,
        stream=STREAM,
        obligation=obligation.key,
        on=on,
        reason=reason,
    )


def _set(key: str, value: str, reason: str, now: datetime) -> None:
    row = db.session.get(CompanySetting, key)
    if row is None:
        row = CompanySetting(key=key)
        db.session.add(row)
    row.value, row.reason, row.changed_at = value, reason, now
