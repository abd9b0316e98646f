"""What waits for a person: exactly what the engine would let them do, sorted by what is due first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.models import Task
from portal.queries import desk, inbox, notices
from portal.queries.actors import Actor
from portal.services import conversation, delegation, drafts, signing
from tests.desk import counted
from tests.services.engine_forms import AllOfThree, Head, Logged, Named, OneRole
from tests.services.office import NOW, Office, may_do

LOGINS = (
    "buyer purchasing_manager quality_manager quality_manager_2 general_manager designer employee auditor cashier "
    "rd_manager finance_supervisor administrator warehouse_keeper"
).split()


def waiting(by: Actor, *, limit: int = 50, offset: int = 0) -> list[Any]:
    """The person's tasks as the first page lists them."""
    return inbox.tasks(by, limit=limit, offset=offset)


def check(office: Office) -> None:
    """For each person: the inbox holds just the open tasks that the engine would let them do."""
    open = db.session.scalars(sa.select(Task).where(Task.state == "open").order_by(Task.id)).all()
    for login in LOGINS:
        by = office.actor(login)
        wanted = {task.id for task in open if may_do(task, by)}
        assert {task.id for task in waiting(by)} == wanted, login
        assert inbox.counts(by)[0] == len(wanted)


def test_it_agrees_with_the_engine(office: Office) -> None:
    one, other = office.submit(OneRole), office.submit(OneRole, "quality_manager")
    all_of = office.submit(AllOfThree, person=office.ref("rd_manager"))
    check(office)
    office.sign(one, "quality_manager")
    office.send_back(other, "quality_manager_2")
    task = office.turn(all_of, "rd_manager")
    by = office.actor("rd_manager")
    delegation.ask_advice(task.id, by, office.id("cashier"), reason="x", now=NOW)
    check(office)
    office.sign(all_of, "cashier")
    check(office)
    office.refuse(all_of, "finance_supervisor")
    check(office)


def test_a_substitute_gets_what_the_leave_covers(office: Office) -> None:
    office.submit(OneRole)
    office.submit(Head)
    office.substitute("quality_manager", "employee", "T-ONE")
    office.substitute("purchasing_manager", "cashier", "T-ONE")
    office.substitute("purchasing_manager", "designer")
    check(office)
    held = {login: len(waiting(office.actor(login))) for login in ("employee", "cashier", "designer")}
    assert held == {"employee": 1, "cashier": 0, "designer": 1}


def test_a_substitute_does_not_get_what_judges_the_absents_own_work(office: Office) -> None:
    office.submit(OneRole, "quality_manager")
    office.substitute("quality_manager", "employee")
    check(office)
    assert waiting(office.actor("employee")) == []
    office.substitute("quality_manager_2", "employee")
    check(office)
    assert len(waiting(office.actor("employee"))) == 1


def test_a_substitute_gets_the_correction_and_can_make_it(office: Office) -> None:
    record = office.submit(OneRole)
    office.send_back(record, "quality_manager")
    office.substitute("buyer", "employee")
    (task,) = waiting(office.actor("employee"))
    assert task.kind == "correct"
    office.correct(record, "employee", subject="better")
    assert waiting(office.actor("employee")) == []


def test_what_is_due_first_comes_first_and_what_is_never_due_last(office: Office) -> None:
    late, never, soon = (
        office.submit(Logged, due=date(2026, 6, 1)),
        office.submit(Logged),
        office.submit(Logged, due=date(2026, 5, 20)),
    )
    by = office.actor("warehouse_keeper")
    found = [task.record_id for task in waiting(by)]
    assert found == [soon.id, late.id, never.id]
    assert [task.record_id for task in waiting(by, limit=1, offset=1)] == [late.id]


def test_one_task_held_twice_is_one_task(office: Office) -> None:
    office.submit(Named, person=office.ref("rd_manager"))
    office.substitute("rd_manager", "employee")
    office.substitute("rd_manager", "employee", "T-PER")
    assert len(waiting(office.actor("employee"))) == inbox.counts(office.actor("employee"))[0] == 1


def test_an_auditor_has_nothing_to_do(office: Office) -> None:
    assert office.submit(Named, person=office.ref("auditor")).state == "stuck"
    assert (waiting(office.actor("auditor")), inbox.counts(office.actor("auditor"))[0]) == ([], 0)


@pytest.mark.parametrize("how_many", [1, 12])
def test_it_takes_as_many_queries_for_one_task_as_for_many(
    company: Flask, office: Office, how_many: int
) -> None:
    for _place in range(how_many):
        office.submit(OneRole)
    by = office.actor("quality_manager")
    db.session.flush()
    db.session.expire_all()
    assert by.id
    with counted(company) as sent:
        found = waiting(by)
        assert len({(task.number, task.applicant) for task in found}) == how_many
    assert len(sent) == 1, sent


def test_a_signature_takes_no_more_queries_where_more_has_happened(company: Flask, office: Office) -> None:
    counts = []
    record = office.submit(OneRole)
    for _round in range(4):
        office.send_back(record, "quality_manager")
        office.correct(record)
        for _word in range(3):
            conversation.comment(record, office.actor("buyer"), "well", [], now=NOW)
        task, by, hand = (
            office.turn(record, "quality_manager"),
            office.actor("quality_manager"),
            office.hand(record),
        )
        savepoint = db.session.begin_nested()
        with counted(company) as sent:
            signing.sign(task.id, by, hand, None, now=NOW)
        counts.append(len(sent))
        savepoint.rollback()
    assert max(counts) <= min(counts) + 2, counts
    assert max(counts) < 60


def test_counting_stops_where_nobody_counts_any_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MANY", 2)
    inbox._counted.cache_clear()
    by, counts = office.actor("quality_manager"), []
    for _place in range(4):
        office.submit(OneRole)
        counts.append(inbox.counts(by)[0])
    inbox._counted.cache_clear()
    assert counts == [1, 2, 3, 3]


def test_notices_and_drafts_are_ones_own(office: Office) -> None:
    record = office.submit(OneRole)
    drafts.keep("k", "T-ONE", office.actor("designer"), [], title="half", now=NOW)
    assert [row.number for row in desk.desk(office.actor("designer"), NOW).drafts] == ["k"]
    assert desk.desk(office.actor("buyer"), NOW).drafts == []
    told = {
        login: [row.number for row in notices.page(office.actor(login), limit=30)]
        for login in ("quality_manager", "cashier")
    }
    assert told == {"quality_manager": [record.number], "cashier": []}
