"""Reminders, escalations, daily entries: each once, however often time is looked at, and nothing approved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.demo import filling
from portal.demo.world import DemoWorld
from portal.extensions import db
from portal.lib.clock import ZONE
from portal.models import AuditEvent, Department, Notice, Person, Record, Signature, Task
from portal.queries.actors import actor
from portal.services import audit, notices, reminders, tasks
from tests.conftest import both_databases
from tests.desk import before, change, start

NOW = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)  # Monday, 9 o'clock


def begin(code: str, login: str, key: str = "test") -> int:
    """A record of this form, told by its story."""
    with transaction():
        world = DemoWorld(Random(1), NOW)
        person = db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()
        world.sees(person)
        return filling.begin(world, code, actor(person, world.today), f"{key}-{code}").id


def late(keys: list[str], due: datetime, record_id: int) -> int:
    """A task of this record, held by these keys and due then."""
    with transaction():
        record = db.session.get_one(Record, record_id)
        task = tasks.make(
            "ask", keys, form_code=record.form_code, now=NOW, record=record, due_at=due, note=""
        )
        db.session.flush()
        return task.id


def told(kind: str, task_id: int) -> set[str]:
    db.session.rollback()
    found = db.session.scalars(sa.select(Notice).where(Notice.kind == kind)).all()
    return {
        db.session.get_one(Person, one.person_id).login for one in found if one.facts.get("task") == task_id
    }


def sweep(now: datetime) -> int:
    with transaction():
        return reminders.remind(now) + reminders.escalate(now)


def login_of_head(key: str) -> str:
    department = db.session.scalars(sa.select(Department).where(Department.key == key)).one()
    assert department.head_id is not None
    return db.session.get_one(Person, department.head_id).login


@both_databases
def test_reminds_once_then_tells_the_head_once(context: Flask) -> None:
    record = begin("PU-04", "buyer")
    due = NOW + timedelta(hours=2)
    task = late(["role:buyer"], due, record)
    assert sweep(due - timedelta(minutes=1)) == 0
    assert sweep(due) == 1
    assert told("overdue", task) == {"buyer", "buyer_2"}
    assert sweep(due + timedelta(hours=3)) == 0, "once"
    assert told("escalated", task) == set()
    sweep(due + timedelta(days=1))
    assert told("escalated", task) == {"purchasing_manager"}
    db.session.rollback()
    events = [
        event.kind for event in db.session.scalars(sa.select(AuditEvent)) if event.facts.get("task") == task
    ]
    assert events == ["reminded", "escalated"]
    assert sweep(due + timedelta(days=9)) > 0, "the record's own step"
    assert sweep(due + timedelta(days=9)) == 0
    assert audit.verify()[1] is None


def test_days_of_being_down_make_each_thing_once(context: Flask) -> None:
    record = begin("PU-04", "buyer")
    task = late(["role:buyer"], NOW + timedelta(hours=1), record)
    later = NOW + timedelta(days=8)
    sweep(later)
    assert sweep(later) == 0
    assert told("overdue", task) == {"buyer", "buyer_2"}
    assert told("escalated", task) == {"purchasing_manager"}


def test_a_weekend_does_not_count_for_the_escalation(context: Flask) -> None:
    record = begin("PU-04", "buyer")
    friday = datetime(2026, 5, 15, 8, 0, tzinfo=UTC)
    task = late(["role:buyer"], friday, record)
    sweep(friday + timedelta(days=2))
    assert told("overdue", task)
    assert told("escalated", task) == set()
    sweep(friday + timedelta(days=3))
    assert told("escalated", task) == {"purchasing_manager"}


def test_the_head_of_the_management_hears_of_late_heads(context: Flask, cast: dict[str, Person]) -> None:
    record = begin("PU-04", "buyer")
    department = db.session.scalars(sa.select(Department).where(Department.key == "purchasing")).one()
    held = late([f"head:{department.id}"], NOW, record)
    own = late([f"person:{cast['purchasing_manager'].id}"], NOW, record)
    sweep(NOW + timedelta(days=2))
    assert told("escalated", held) == {"general_manager"}
    assert told("escalated", own) == {"general_manager"}


def test_somebody_urged_after_the_deadline_is_not_reminded_again(context: Flask) -> None:
    record = begin("PU-04", "buyer")
    task = late(["role:buyer"], NOW, record)
    with transaction():
        db.session.get_one(Task, task).reminded_at = NOW + timedelta(minutes=5)
    sweep(NOW + timedelta(hours=1))
    assert told("overdue", task) == set()


def test_time_signs_nothing_and_moves_no_step(context: Flask) -> None:
    record = begin("PU-04", "buyer")
    step = db.session.get_one(Record, record).step
    with transaction():
        for _run in range(3):
            reminders.sweep(NOW + timedelta(days=90))
    db.session.rollback()
    found = db.session.get_one(Record, record)
    assert (found.state, found.step) == ("running", step)
    assert db.session.scalars(sa.select(Signature).where(Signature.record_id == record)).all() == []
    open = sa.select(Task).where(Task.record_id == record, Task.kind == "sign")
    assert {task.state for task in db.session.scalars(open)} == {"open"}


@both_databases
def test_one_bad_record_holds_nobody_else_up(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = begin("PU-04", "buyer"), begin("CS-51", "customer_service_officer")
    first, second = late(["role:buyer"], NOW, bad), late(["role:customer_service_officer"], NOW, good)
    tell = notices.tell

    def fails(keys: Any, kind: str, *, record_id: int | None = None, **more: Any) -> Any:
        if record_id == bad:
            raise KeyError("gone")
        return tell(keys, kind, record_id=record_id, **more)

    monkeypatch.setattr(notices, "tell", fails)
    sweep(NOW + timedelta(days=2))
    assert told("overdue", second)
    assert told("escalated", second)
    assert told("overdue", first) == set()
    assert db.session.get_one(Task, first).reminded_at is None, "it is tried again"
    with transaction():
        db.session.execute(sa.update(Person).values(active=False))
        reminders.stuck.look_again(NOW)
    states = dict(
        db.session.execute(sa.select(Record.id, Record.state).where(Record.id.in_((bad, good)))).all()
    )
    assert states == {bad: "running", good: "stuck"}
    assert audit.verify()[1] is None


@pytest.mark.postgres(alone=True)
def test_what_is_submitted_while_the_turns_are_looked_through_is_not_stopped(context: Flask) -> None:
    begin("PU-04", "buyer")
    with transaction(), before(context, "FROM tasks", lambda: start(context, "PU-04", "buyer")):
        assert reminders.stuck.look_again(NOW) == 0
    assert set(db.session.scalars(sa.select(Record.state).where(Record.form_code == "PU-04"))) == {"running"}


@pytest.mark.postgres(alone=True)
def test_what_ends_meanwhile_asks_for_no_more_entries(complaint: int, context: Flask) -> None:
    number = db.session.get_one(Record, complaint).number
    db.session.rollback()
    with before(context, "FOR NO KEY UPDATE", lambda: change(context, number, state="voided")):
        assert ask(datetime(2026, 5, 14, 1, 0, tzinfo=UTC)) == 0
    assert entries(complaint) == []


def test_one_bad_record_holds_no_daily_entry_up(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = (begin("CS-51", "customer_service_officer", again) for again in ("one", "two"))

    def known(record: Record, signed: Any = None) -> Any:
        return {} if record.id not in (bad, good) else {"solve_by": NOW, "gone": {good: ""}[record.id]}

    monkeypatch.setattr(reminders.route, "known", known)
    assert ask(NOW + timedelta(days=1)) == 1
    assert (entries(bad), len(entries(good))) == ([], 1)


@pytest.fixture
def complaint(context: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    """A complaint that was to be solved by Wednesday evening."""
    record = begin("CS-51", "customer_service_officer")
    solve_by: Any = datetime(2026, 5, 13, 17, 0, tzinfo=ZONE)
    monkeypatch.setattr(reminders.route, "known", lambda record, signed=None: {"solve_by": solve_by})
    return record


def ask(now: datetime) -> int:
    with transaction():
        return reminders.ask_entries(now)


def entries(record: int) -> list[tuple[str, str]]:
    db.session.rollback()
    query = sa.select(Task).where(Task.record_id == record, Task.kind == "entry").order_by(Task.id)
    return [(task.note, task.state) for task in db.session.scalars(query)]


def test_days_past_the_date_gather_in_one_task(complaint: int) -> None:
    assert ask(datetime(2026, 5, 13, 12, 0, tzinfo=UTC)) == 0, "the day itself"
    assert ask(datetime(2026, 5, 14, 1, 0, tzinfo=UTC)) == 1
    assert ask(datetime(2026, 5, 14, 9, 0, tzinfo=UTC)) == 0, "one a day"
    assert entries(complaint) == [("2026-05-14/2026-05-14", "open")]
    assert ask(datetime(2026, 5, 17, 1, 0, tzinfo=UTC)) == 3, "the days when nobody looked are made up"
    assert entries(complaint) == [("2026-05-14/2026-05-17", "open")]
    held = db.session.scalars(sa.select(Task).where(Task.record_id == complaint, Task.kind == "entry")).one()
    assert {holder.key for holder in held.holders} == {"role:customer_service_officer"}
    assert held.due_at == datetime(2026, 5, 14, 23, 59, tzinfo=ZONE), "late from the first of them"
    told = sa.select(Notice).where(Notice.kind == "entry", Notice.record_id == complaint)
    assert len(db.session.scalars(told).all()) == 2, "each officer once"


def test_every_missed_day_stands_in_the_history(complaint: int) -> None:
    for day in (14, 15, 16):
        ask(datetime(2026, 5, day, 1, 0, tzinfo=UTC))
    db.session.rollback()
    query = sa.select(AuditEvent).where(AuditEvent.kind == "entries_asked").order_by(AuditEvent.id)
    asked = [(event.facts["days"], event.facts["missing"]) for event in db.session.scalars(query)]
    assert asked == [(["2026-05-14"], 1), (["2026-05-15"], 2), (["2026-05-16"], 3)]


def test_an_entry_closes_the_task_and_the_next_day_opens_another(complaint: int) -> None:
    ask(datetime(2026, 5, 15, 1, 0, tzinfo=UTC))
    with transaction():
        (task,) = db.session.scalars(sa.select(Task).where(Task.kind == "entry", Task.record_id == complaint))
        tasks.end(task, "done", now=NOW)
    assert ask(datetime(2026, 5, 15, 9, 0, tzinfo=UTC)) == 0
    assert ask(datetime(2026, 5, 16, 1, 0, tzinfo=UTC)) == 1
    assert entries(complaint) == [("2026-05-14/2026-05-15", "done"), ("2026-05-16/2026-05-16", "open")]


def test_a_date_that_is_put_off_takes_the_task_back(complaint: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(datetime(2026, 5, 15, 1, 0, tzinfo=UTC))
    later = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
    monkeypatch.setattr(reminders.route, "known", lambda record: {"solve_by": later})
    assert ask(datetime(2026, 5, 16, 1, 0, tzinfo=UTC)) == 0
    assert entries(complaint) == [("2026-05-14/2026-05-15", "cancelled")]
    assert ask(datetime(2026, 5, 21, 1, 0, tzinfo=UTC)) == 1, "one day past the new date"


def test_no_entry_falls_due_for_a_record_that_is_over(complaint: int) -> None:
    with transaction():
        db.session.get_one(Record, complaint).state = "finished"
    assert ask(datetime(2026, 5, 20, 1, 0, tzinfo=UTC)) == 0
