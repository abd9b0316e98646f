"""A leaver's open tasks go to somebody who may do them; then login, roles and substitutions end."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.domain.permissions import person_key
from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.lib.clock import now, today
from portal.models import AuditEvent, Person, Task
from portal.queries import held, rights
from portal.queries.actors import Actor
from portal.services import leaving, people, sessions, substitutions, tasks
from portal.services.people import Identity

Find = Callable[[str], Actor]


@pytest.fixture
def task(context: Flask, person: Find) -> Task:
    """A task that Huang, the buyer, holds herself, besides the head of the warehouse."""
    with transaction():
        keys = [person_key(person("buyer").id), "role:warehouse_supervisor"]
        return tasks.make("ask", keys, form_code="PU-04", now=now(), excluded=[person("buyer_2").id])


@pytest.mark.proves("R1", "R3")
def test_tasks_move_and_the_account_ends(task: Task, person: Find) -> None:
    buyer, administrator, successor = person("buyer"), person("administrator"), person("purchasing_manager")
    with transaction():
        token = sessions.start(buyer.person, address="", agent="", now=now())
        pair = buyer.person, successor.person
        substitutions.appoint(
            *pair, today(), today() + timedelta(days=3), (), by=buyer, reason="leave", now=now()
        )
    with transaction():
        leaving.retire(buyer.person, successor.person, by=administrator, reason="left", now=now())
    assert [holder.key for holder in task.holders] == [person_key(successor.id), "role:warehouse_supervisor"]
    assert not buyer.person.active
    assert not person("buyer").roles
    assert sessions.find(token, now=now(), hours=12) is None
    assert not rights.substitutions(today())
    kinds = set(db.session.scalars(sa.select(AuditEvent.kind)))
    assert {
        "work_handed_over",
        "person_retired",
        "role_ended",
        "substitution_ended",
        "session_ended",
    } <= kinds


def test_open_tasks_need_a_successor_who_may_do_them(task: Task, person: Find) -> None:
    administrator, buyer = person("administrator"), person("buyer").person
    for successor in (None, buyer, person("buyer_2").person, administrator.person):
        with pytest.raises(Refusal), transaction():
            leaving.retire(buyer, successor, by=administrator, reason="left", now=now())
    db.session.expire_all()
    assert buyer.active
    assert held.tasks_of(buyer.id) == [task]


def test_neither_oneself_nor_a_head(context: Flask, person: Find) -> None:
    administrator = person("administrator")
    with pytest.raises(NotAllowed), transaction():
        leaving.retire(administrator.person, None, by=administrator, reason="left", now=now())
    with pytest.raises(Refusal), transaction():
        leaving.retire(person("quality_manager").person, None, by=administrator, reason="left", now=now())


@pytest.mark.proves("R1")
def test_a_login_is_never_given_to_another(context: Flask, person: Find) -> None:
    administrator, buyer = person("administrator"), person("buyer").person
    with transaction():
        leaving.retire(buyer, None, by=administrator, reason="left", now=now())
    someone_else = Identity("E999", "新来的人", buyer.department_id)
    with pytest.raises(Refusal, match="buyer"), transaction():
        people.create("buyer", someone_else, "x", by=administrator.id, now=now())
    with transaction():
        people.reinstate(buyer, "x", by=administrator, reason="came back", now=now())
    assert buyer.active
    assert buyer.must_change_password
    assert not person("buyer").roles


@pytest.mark.parametrize("login", ["", "x", "Buyer", "1buyer", "bu yer", "buyer/", "a" * 41, "买家"])
def test_strange_logins_are_refused(context: Flask, person: Find, login: str) -> None:
    identity = Identity("E999", "新来的人", person("buyer").person.department_id)
    with pytest.raises(Refusal), transaction():
        people.create(login, identity, "x", by=person("administrator").id, now=now())


def test_a_number_belongs_to_one(context: Flask, person: Find) -> None:
    buyer, administrator = person("buyer").person, person("administrator")
    taken = Identity(person("foreman").person.number, buyer.name, buyer.department_id)
    with pytest.raises(Refusal), transaction():
        people.edit(buyer, taken, by=administrator, now=now())
    with transaction():
        people.edit(buyer, Identity("E500", "黄婷", buyer.department_id), by=administrator, now=now())
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "person_changed")).one()
    assert event.facts["changed"]["name"][1] == "黄婷"
    found = (
        db.session.scalars(sa.select(Person).where(Person.search_key.contains("huangting"))).unique().all()
    )
    assert buyer in found
