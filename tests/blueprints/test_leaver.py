"""The page of somebody who leaves: what they hold, each task to whom it fits, and nothing changed by what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.database import transaction
from portal.domain.permissions import person_key
from portal.extensions import db
from portal.lib.clock import now, today
from portal.models import (
    AuditEvent,
    Draft,
    LedgerEntry,
    Notice,
    Person,
    Record,
    Signature,
    SignInSession,
    Substitution,
    Task,
)
from portal.services import tasks
from tests import desk
from tests.conftest import both_databases
from tests.own_keys import Manager
from tests.web.conftest import alerts

SignIn = Callable[[FlaskClient, str], FlaskClient]


@dataclass
class Leaver:
    """The buyer, who leaves, with two tasks of her own; the administrator's browser."""

    app: Flask
    admin: FlaskClient
    cast: dict[str, Person]
    tasks: tuple[int, int]

    @property
    def path(self) -> str:
        return f"/admin/people/{self.cast['buyer'].id}/leave"

    def post(self, op: str = "retire", **data: str) -> TestResponse:
        return self.admin.post(self.path, data={"_op": op, "reason": "离职", **data})

    def number(self, login: str) -> str:
        return self.cast[login].number

    def state(self) -> tuple[bool, list[list[str]], int]:
        """Whether the account is open, who holds the tasks, and how many events there are."""
        with self.app.app_context():
            active = bool(db.session.scalar(sa.select(Person.active).where(Person.login == "buyer")))
            held = [[one.key for one in db.session.get_one(Task, id).holders] for id in self.tasks]
            count = db.session.scalar(sa.select(sa.func.count()).where(AuditEvent.stream == "people")) or 0
            db.session.remove()
        return active, held, count


@pytest.fixture
def leaver(app: Flask, client: FlaskClient, sign_in: SignIn, cast: dict[str, Person]) -> Leaver:
    with app.app_context(), transaction():
        key, judged = person_key(cast["buyer"].id), [cast["buyer_2"].id]
        first = tasks.make("ask", [key], form_code="PU-04", now=now())
        second = tasks.make("ask", [key], form_code="PU-03", now=now(), excluded=judged)
        db.session.flush()
        ids = (first.id, second.id)
    return Leaver(app, sign_in(client, "administrator"), cast, ids)


def test_the_page_shows_what_is_held(leaver: Leaver, sign_in: SignIn) -> None:
    app, cast = leaver.app, leaver.cast
    browser = sign_in(app.test_client(), "buyer")
    assert Manager(app, browser).set_up().status_code == 303, "an own key"
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context(), transaction():
        me = cast["buyer"].id
        db.session.add(
            Draft(form_code="WH-02", person_id=me, key="d1", title="secret title", updated_at=now())
        )
        days = {"starts_on": today(), "ends_on": today() + timedelta(days=3), "reason": "休假"}
        pair = {"person_id": me, "substitute_id": cast["buyer_2"].id, "created_by_id": me}
        db.session.add(Substitution(**pair, **days))
        _copy(me, cast["buyer"].label)
    page = leaver.admin.get(leaver.path).text
    for shown in (number, "WH-02", "采购员", "IC-P-01 简报 A/1 版 07 号", "请先收回"):
        assert shown in page, shown
    assert Manager(app, browser).key().sha256 in page
    assert f"{cast['buyer_2'].name}代理{cast['buyer'].name}" in page
    assert "secret title" not in page, "never what a draft or record says"


def _copy(by: int, person: str, copy_no: str = "07") -> None:
    record = db.session.scalars(sa.select(Record)).unique().first()
    assert record is not None
    facts = {
        "document_id": 1, "document": "IC-P-01 简报", "version": "A/1", "copy_no": copy_no, "holder_id": 1,
        "holder": "采购部", "person": person, "issued_on": "2026-05-11", "received_on": "2026-05-11",
    }  # fmt: skip
    line = {"ledger": "document_copies", "record_id": record.id, "posted_by_id": by, "posted_at": now()}
    db.session.add(LedgerEntry(facts=facts, **line))


def test_whoever_holds_nothing(leaver: Leaver) -> None:
    page = leaver.admin.get(f"/admin/people/{leaver.cast['employee'].id}/leave").text
    assert "没有只属于本人的任务" in page
    assert "请先收回" not in page


@both_databases
def test_each_task_goes_to_whom_it_fits(leaver: Leaver) -> None:
    _first, second = leaver.tasks
    given = {"successor": leaver.number("buyer_2"), f"task_{second}": leaver.number("purchasing_manager")}
    preview = leaver.post("preview", **given)
    for login in ("buyer_2", "purchasing_manager"):
        assert f"转给{leaver.cast[login].name}" in preview.text
    assert leaver.state()[0]
    assert leaver.post(**given).status_code == 303
    active, held, _count = leaver.state()
    assert not active
    assert held == [
        [person_key(leaver.cast["buyer_2"].id)],
        [person_key(leaver.cast["purchasing_manager"].id)],
    ]
    with leaver.app.app_context():
        moves = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "work_handed_over"))
        assert sorted((one.facts["to"], one.facts["count"], one.facts["reason"]) for one in moves) == sorted(
            (leaver.cast[login].id, 1, "离职") for login in ("buyer_2", "purchasing_manager")
        )
        told = set(db.session.scalars(sa.select(Notice.person_id).where(Notice.kind == "told")))
        db.session.remove()
    assert {leaver.cast["buyer_2"].id, leaver.cast["purchasing_manager"].id} <= told


def test_one_chosen_for_each_needs_no_other(leaver: Leaver) -> None:
    given = {f"task_{id}": leaver.number("purchasing_manager") for id in leaver.tasks}
    assert leaver.post(**given).status_code == 303
    assert not leaver.state()[0]


@both_databases
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "2 项未完成的任务"),
        ({"task": "purchasing_manager"}, "1 项未完成的任务"),
        ({"successor": "buyer_2"}, "不能审核自己的工作"),
        ({"successor": "purchasing_manager", "task": "buyer_2"}, "不能审核自己的工作"),
        ({"successor": "purchasing_manager", "task": "administrator"}, "不能把他人的任务交给自己"),
        ({"successor": "purchasing_manager", "task": "buyer"}, "1 项未完成的任务"),
        ({"successor": "purchasing_manager", "reason": ""}, "理由"),
    ],
)
def test_what_is_refused_changes_nothing(leaver: Leaver, given: dict[str, str], said: str) -> None:
    before = leaver.state()
    names = {"task": f"task_{leaver.tasks[1]}"}
    data = {names.get(name, name): leaver.number(who) if who else "" for name, who in given.items()}
    for op in ("retire", "hand-over"):
        refused = leaver.post(op, **data)
        assert refused.status_code == 422
        assert said in alerts(refused.text) + refused.text
        assert leaver.state() == before


def test_a_task_of_somebody_else_cannot_be_put_in(leaver: Leaver) -> None:
    with leaver.app.app_context(), transaction():
        other = tasks.make("ask", [person_key(leaver.cast["foreman"].id)], form_code="PU-04", now=now())
        db.session.flush()
        id = other.id
    manager = leaver.number("purchasing_manager")
    assert leaver.post(successor=manager, **{f"task_{id}": manager}).status_code == 303
    with leaver.app.app_context():
        assert [one.key for one in db.session.get_one(Task, id).holders] == [
            person_key(leaver.cast["foreman"].id)
        ]
        db.session.remove()


def test_sessions_end_and_signatures_stay(leaver: Leaver, sign_in: SignIn) -> None:
    app = leaver.app
    browser = sign_in(app.test_client(), "buyer")
    desk.start(app, "PU-04", "buyer")
    with app.app_context():
        before = [(one.id, one.sha256) for one in db.session.scalars(sa.select(Signature))]
        db.session.remove()
    assert leaver.post(successor=leaver.number("purchasing_manager")).status_code == 303
    assert browser.get("/account/sessions").status_code == 302
    with app.app_context():
        query = sa.select(SignInSession).where(SignInSession.person_id == leaver.cast["buyer"].id)
        assert all(one.ended_at for one in db.session.scalars(query).unique())
        assert [(one.id, one.sha256) for one in db.session.scalars(sa.select(Signature))] == before
        db.session.remove()


def test_document_control_hears_of_copies_still_out(leaver: Leaver) -> None:
    desk.start(leaver.app, "PU-04", "buyer")
    with leaver.app.app_context(), transaction():
        _copy(leaver.cast["buyer"].id, leaver.cast["buyer"].label)
        _copy(leaver.cast["buyer"].id, f"别人 {leaver.number('buyer_2')}", "08")
    assert leaver.post(successor=leaver.number("purchasing_manager")).status_code == 303
    with leaver.app.app_context():
        controller = leaver.cast["document_controller"].id
        said = [
            one.facts for one in db.session.scalars(sa.select(Notice).where(Notice.person_id == controller))
        ]
        db.session.remove()
    (text,) = [one["text"]["zh"] for one in said if "受控副本" in str(one)]
    assert "1 份受控副本" in text


def test_only_administrators_see_it(leaver: Leaver, sign_in: SignIn) -> None:
    for login in ("hr_manager", "purchasing_manager", "auditor"):
        browser = sign_in(leaver.app.test_client(), login)
        assert browser.get(leaver.path).status_code == 404
        assert browser.post(leaver.path, data={"_op": "retire", "reason": "x"}).status_code == 404
