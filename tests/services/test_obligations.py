"""Obligations: asked for once, ended when kept or called off, told when missed; numbers and switches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.domain.obligations import Case, Look, Number, Obligation, Turn
from portal.domain.refusal import NotAllowed, NotFound, NotYourTurn, ReasonMissing, Refusal
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.duties import OBLIGATIONS, _problem
from portal.forms.kinds import load
from portal.jobs import reminding
from portal.lib.clock import ZONE
from portal.lib.workdays import Calendar
from portal.models import Draft, Notice, ObligationRun, Person, Record, Task
from portal.queries import obligations as queries
from portal.queries.actors import Actor, actor
from portal.services import audit, drafts, obligations, records
from tests.conftest import both_databases
from tests.services.test_reminders import begin

NOW = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)  # Monday, 9 o'clock
OWED: list[Case] = []


def owed(look: Look) -> Iterable[Case]:
    return list(OWED)


TRIAL = Obligation(
    "O-TRIAL", "", "customer_service", "试验义务", "有时", "客服专员", "一天", "办结", "CS-51", missed=("role:customer_service_supervisor",),
    numbers=(Number("days", "天数", 7, "天"), Number("fixed", "定数", 3, "天", fixed=True)),
    cases=owed, again="days",
)  # fmt: skip


def case(name: str = "1", **more: Any) -> Case:
    due = NOW + timedelta(days=1)
    return Case(name, ("role:customer_service_officer",), due, "湖州泰和", {"complainant": "钱卫红"}, **more)


@pytest.fixture(autouse=True)
def trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OBLIGATIONS, TRIAL.key, TRIAL)
    OWED.clear()


def run(now: datetime = NOW, one: Obligation = TRIAL) -> obligations.Outcome:
    with transaction():
        return obligations.run(one, now=now)


def made() -> list[Task]:
    db.session.rollback()
    return list(
        db.session.scalars(sa.select(Task).where(Task.obligation == TRIAL.key).order_by(Task.id)).unique()
    )


def who(login: str) -> Actor:
    person = db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()
    return actor(person, NOW.date())


def told(kind: str) -> set[str]:
    db.session.rollback()
    people = sa.select(Person.login).join(Notice, Notice.person_id == Person.id).where(Notice.kind == kind)
    return set(db.session.scalars(people))


@both_databases
def test_a_case_is_asked_for_once_with_a_draft_for_its_holders(context: Flask) -> None:
    OWED.append(case())
    assert run().made == 1
    assert run(NOW + timedelta(days=3)).made == 0, "running again, after days of being down"
    (task,) = made()
    assert (task.kind, task.state, task.due_at) == ("open", "open", NOW + timedelta(days=1))
    assert task.title["zh"] == "试验义务"
    assert task.draft is not None
    assert task.draft.answers == {"complainant": "钱卫红"}
    assert told("obligation") == {"customer_service_officer", "customer_service_officer_2"}
    assert audit.verify()[1] is None


def test_what_is_kept_or_gone_is_not_asked_for(context: Flask) -> None:
    OWED.append(case(kept=True))
    assert run().total == 0
    OWED[:] = [case("2")]
    run()
    OWED.clear()
    assert run(NOW + timedelta(hours=1)).ended == 1
    assert [task.state for task in made()] == ["cancelled"]
    assert db.session.scalars(sa.select(Draft)).all() == [], "nobody had begun it"


def test_a_kept_case_ends_its_task_and_leaves_what_somebody_typed(context: Flask) -> None:
    OWED.append(case())
    run()
    key = made()[0].draft.key  # type: ignore[union-attr]
    with transaction():
        drafts.keep(key, "CS-51", who("customer_service_officer"), [["content", "漏油"]], title="", now=NOW)
    OWED[:] = [case(kept=True)]
    run(NOW + timedelta(hours=2))
    assert [task.state for task in made()] == ["done"]
    mine = db.session.scalars(sa.select(Draft)).one()
    assert (mine.person_id, mine.typed) == (who("customer_service_officer").id, [["content", "漏油"]])
    assert drafts.mine(key, who("customer_service_officer")) is mine, "it is theirs alone now"


def test_the_draft_is_its_holders_and_becomes_the_record(context: Flask) -> None:
    OWED.append(case())
    run()
    key = made()[0].draft.key  # type: ignore[union-attr]
    assert drafts.mine(key, who("customer_service_officer_2")) is not None
    with pytest.raises(Refusal):
        drafts.mine(key, who("warehouse_keeper"))
    with transaction():
        drafts.keep(key, "CS-51", who("customer_service_officer"), [["content", "漏油"]], title="", now=NOW)
        drafts.discard(key, who("customer_service_officer"))
    assert made()[0].state == "open", "thrown away by nobody"
    record = taken_up(key)
    (task,) = made()
    assert (task.state, task.record_id, task.draft_id) == ("done", record, None)
    assert run(NOW + timedelta(days=2)).made == 0, "what was taken up is not asked for again"


def taken_up(key: str) -> int:
    from_story = begin("CS-51", "customer_service_officer", "other")
    answers = db.session.get_one(Record, from_story).contents[0].answers
    with transaction():
        by = who("customer_service_officer")
        form = FORMS["CS-51"]
        sheet = form(answers=load(fields(form()), answers), person=by)
        assert sheet.validate(), sheet.errors
        return records.submit(sheet, by, key=key, now=NOW, draft=drafts.mine(key, by)).id


@both_databases
def test_reminds_and_tells_of_a_breach_once(context: Flask) -> None:
    OWED.append(case(missed_at=NOW + timedelta(days=2)))
    run()
    assert run(NOW + timedelta(hours=23)).total == 0
    run(NOW + timedelta(days=1))
    assert told("obligation_due") == {"customer_service_officer", "customer_service_officer_2"}
    assert told("obligation_missed") == set()
    for later in (2, 3, 9):
        run(NOW + timedelta(days=later))
    assert told("obligation_missed") == {"customer_service_supervisor", "customer_service_supervisor_2"}
    notices = db.session.scalars(sa.select(Notice).where(Notice.kind == "obligation_missed")).all()
    assert len(notices) == len(told("obligation_missed")), "each once"
    assert made()[0].missed_at == NOW + timedelta(days=2)
    assert made()[0].state == "open", "nothing is signed or closed by time"


def test_long_work_is_done_in_pieces_and_told_of_as_one(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    OWED.extend(case(str(number)) for number in range(5))
    with transaction():
        first = obligations.run(TRIAL, now=NOW, most=2)
    assert (first.made, first.left) == (2, True)
    monkeypatch.setattr(reminding, "AT_ONCE", 2)
    monkeypatch.setattr(reminding, "OBLIGATIONS", {TRIAL.key: TRIAL})
    monkeypatch.setattr(reminding, "now", lambda: NOW)
    assert reminding.keep_obligations() == 3
    assert reminding.keep_obligations() == 0
    assert len(queries.open_tasks(TRIAL)) == 5
    last = db.session.get_one(ObligationRun, TRIAL.key)
    assert (last.acted_at, last.made) == (NOW, 5)


def test_what_is_late_when_it_arises_is_told_once(context: Flask) -> None:
    OWED.append(replace(case(), due=NOW - timedelta(hours=1), missed_at=NOW + timedelta(days=1)))
    for later in (0, 1, 2):
        run(NOW + timedelta(hours=later))
    assert told("obligation") == {"customer_service_officer", "customer_service_officer_2"}
    assert told("obligation_due") == told("obligation_missed") == set()


def test_a_changed_due_date_moves_the_task(context: Flask) -> None:
    OWED.append(case())
    run()
    OWED[:] = [replace(case(), due=NOW + timedelta(days=5))]
    run(NOW + timedelta(hours=1))
    (task,) = made()
    assert {task.due_at, *(holder.due_at for holder in task.holders)} == {NOW + timedelta(days=5)}


def test_turns_of_the_route_are_watched(context: Flask) -> None:
    record = begin("CS-51", "customer_service_officer")
    step = db.session.scalars(sa.select(Task).where(Task.record_id == record, Task.step == "call_back")).one()
    assert step.due_at is not None
    watch = OBLIGATIONS["O65"]
    assert run(step.due_at - timedelta(minutes=1), watch).missed == 0
    assert run(step.due_at, watch).missed == 1
    assert run(step.due_at + timedelta(days=1), watch).missed == 0
    assert "customer_service_supervisor" in told("obligation_missed")
    standing = queries.standings(OBLIGATIONS.values(), step.due_at)
    assert (standing["O65"].open, standing["O65"].late, standing["O65"].missed) == (1, 1, 1)
    assert standing["OS-27"].late == 0, "a step that has an obligation of its own is not counted twice"


def test_the_page_of_an_obligation_lists_what_has_no_record_yet(context: Flask) -> None:
    OWED[:] = [case(), case("2")]
    run()
    run(NOW + timedelta(days=2))
    for only in ("", "open", "missed"):
        found = queries.tasks(TRIAL, limit=9, only=only)
        assert [(task.case_name, task.record) for task in found] == [("2", None), ("1", None)]
    record = taken_up(made()[0].draft.key)  # type: ignore[union-attr]
    waits, done = queries.tasks(TRIAL, limit=9)
    assert (waits.case_name, done.case_name, done.record_id) == ("2", "1", record)


def test_an_offer_is_put_aside_with_a_reason_and_comes_back(context: Flask) -> None:
    OWED.append(case())
    run()
    task = made()[0].id
    with pytest.raises(ReasonMissing), transaction():
        obligations.put_aside(task, who("customer_service_officer"), "", now=NOW)
    with pytest.raises(NotYourTurn), transaction():
        obligations.put_aside(task, who("warehouse_keeper"), "不归我管", now=NOW)
    with transaction():
        obligations.put_aside(task, who("customer_service_officer"), "客户正在盘点", now=NOW)
    assert run(NOW + timedelta(days=6)).made == 0
    assert run(NOW + timedelta(days=7)).made == 1
    assert [(one.state, one.case_round) for one in made()] == [("done", 1), ("open", 2)]


def test_only_suggested_numbers_change_by_administrators_with_a_reason(context: Flask) -> None:
    admin = who("administrator")

    def change(key: str, value: int, by: Actor = admin, reason: str = "试行") -> None:
        with transaction():
            obligations.change_number(TRIAL, key, value, by=by, reason=reason, now=NOW)

    with pytest.raises(NotAllowed, match="流程文件规定"):
        change("fixed", 5)
    with pytest.raises(NotAllowed):
        change("days", 5, who("customer_service_supervisor"))
    with pytest.raises(ReasonMissing):
        change("days", 5, reason="")
    for odd in (0, 401, 7):
        with pytest.raises(Refusal):
            change("days", odd)
    with pytest.raises(NotFound):
        change("weeks", 5)
    assert queries.numbers(TRIAL) == {"days": 7, "fixed": 3}
    change("days", 5)
    assert queries.numbers(TRIAL) == {"days": 5, "fixed": 3}


def test_what_practice_added_is_switched_off_and_the_text_is_not(context: Flask) -> None:
    admin = who("administrator")
    OWED.append(case())
    run()
    with transaction():
        obligations.switch(TRIAL, False, by=admin, reason="暂不需要", now=NOW)
    assert run(NOW + timedelta(hours=1)).ended == 1
    OWED.append(case("2"))
    assert run(NOW + timedelta(hours=2)).total == 0
    with transaction():
        obligations.switch(TRIAL, True, by=admin, reason="恢复", now=NOW)
    assert run(NOW + timedelta(hours=3)).made == 1
    with pytest.raises(NotAllowed, match="流程文件规定"), transaction():
        obligations.switch(OBLIGATIONS["O65"], False, by=admin, reason="不想要", now=NOW)
    with pytest.raises(Refusal), transaction():
        obligations.switch(TRIAL, True, by=admin, reason="已经开着", now=NOW)


def test_a_failing_condition_holds_no_other_up(
    context: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(look: Look) -> Iterable[Case]:
        raise KeyError("gone")

    two = {"A-BAD": replace(TRIAL, key="A-BAD", cases=fails), TRIAL.key: TRIAL}
    monkeypatch.setattr(obligations, "OBLIGATIONS", two)
    OWED.append(case())
    with transaction():
        assert obligations.run_all(NOW) == 1
    assert "obligation A-BAD failed" in caplog.text
    assert len(made()) == 1
    runs = {run.key for run in db.session.scalars(sa.select(ObligationRun))}
    assert TRIAL.key in runs
    assert "A-BAD" not in runs


def test_declarations_that_do_not_fit_are_refused() -> None:
    found = {TRIAL.key: TRIAL}
    for wrong, problem in (
        (TRIAL, "declared twice"),
        (replace(TRIAL, key="X", form="XX-99"), "unknown"),
        (replace(TRIAL, key="X", cases=None), "neither cases nor turns"),
        (replace(TRIAL, key="X", cases=None, turns=(Turn("CS-51", "nowhere"),)), "no step"),
    ):
        assert problem in _problem(wrong, found)


def test_working_days_begin_when_the_obligation_does() -> None:
    since = datetime(2026, 5, 8, tzinfo=ZONE).date()
    look = Look(NOW, since, Calendar(), {})
    assert [str(day) for day in look.working_days(7)] == ["2026-05-08", "2026-05-09", "2026-05-11"]
