"""What no person types: characters that a database refuses, ids that no row can have, tasks that are no turn."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import now
from portal.models import Comment, Record, Task
from portal.services import tasks
from tests.web.conftest import Desk, alerts

OFFICER = "customer_service_officer"
COMPLAINTS = "/customer-service/complaints/"
HUGE = "9" * 20


@pytest.mark.proves("S34")
@pytest.mark.both_databases
@pytest.mark.parametrize(
    "path",
    [
        "/find?q=%00", "/find?q=PU-04%00", f"{COMPLAINTS}?q=%00", f"{COMPLAINTS}?applicant=a%00b", "/pick/person?q=a%00",
        "/admin/people?q=a%00", "/admin/people?role=%00", "/admin/people?state=%00", "/trail?number=%00",
        "/pick/record_link?q=a&targets=a%00", "/pick/project?q=a&targets=%00,a", "/pick/project?q=a&targets=" + "a," * 70_000,
        f"{COMPLAINTS}?after=WyJcdTAwMDAiLCAxXQ&sort=number", "/account/phrases?x=%00",
    ],
)  # fmt: skip
def test_a_character_that_no_database_keeps_is_passed_over(desk: Desk, path: str) -> None:
    assert desk.browser("administrator").get(path).status_code == 200


@pytest.mark.proves("S34")
@pytest.mark.both_databases
@pytest.mark.parametrize(
    "path", ["/records/%00", f"{COMPLAINTS}%00", f"{COMPLAINTS}%00.pdf", "/admin/departments/%00"]
)
def test_it_is_in_no_address(desk: Desk, path: str) -> None:
    assert desk.browser("administrator").get(path).status_code == 404


@pytest.mark.proves("S34")
@pytest.mark.both_databases
def test_it_is_left_out_of_what_is_said(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    said = [("_opinion", "已\0电话\r\n联系\u200b ")]
    assert desk.post(OFFICER, f"{COMPLAINTS}{number}/comments", said).status_code == 303
    assert desk.all(sa.select(Comment.text)) == ["已电话\n联系"]
    assert (
        desk.post(
            OFFICER, f"{COMPLAINTS}new", [("_op", "save"), ("_key", "a\0b"), ("content", "x\0y")]
        ).status_code
        == 303
    )
    assert desk.drafts("ab") == 1
    for path, fields in (
        ("/tasks/1/done", [("note", "\0")]),
        ("/admin/grants/1/end", [("reason", "调\0岗")]),
        ("/admin/people/1/reinstatements", [("reason", "\0")]),
    ):
        login = "administrator" if path.startswith("/admin") else OFFICER
        assert desk.post(login, path, fields).status_code < 500, path


@pytest.mark.proves("S24")
@pytest.mark.parametrize(
    "path",
    [
        f"/trail?before={HUGE}",
        f"/admin/people?after={HUGE}",
        f"/admin/people?department={HUGE}",
        f"/notices?before={HUGE}",
        f"/?page={HUGE}",
    ],
)
def test_an_id_that_no_row_can_have_is_passed_over(desk: Desk, path: str) -> None:
    assert desk.browser("administrator").get(path).status_code == 200


@pytest.mark.parametrize("kind", ["correct", "ask", "entry"])
def test_a_task_that_is_no_turn_is_not_signed(desk: Desk, kind: str) -> None:
    number = desk.walker.open("CS-51")
    with desk.app.app_context():
        with transaction():
            record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
            keys = [f"person:{record.applicant_id}"]
            made = tasks.make(kind, keys, form_code="CS-51", now=now(), record=record)
            db.session.flush()
            task = made.id
        db.session.remove()
    for op in ("sign", "return", "refuse", "save"):
        answer = desk.post(OFFICER, f"{COMPLAINTS}{number}/signatures", [("_op", op), ("_task", str(task))])
        assert answer.status_code == 403, alerts(answer.text)
    assert desk.one(sa.select(Task.state).where(Task.id == task)) == "open"


def test_nothing_that_somebody_has_written_is_cut_off(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    at, longer = f"{COMPLAINTS}{number}", "长" * 2001
    for path, said in (
        ("comments", [("_opinion", longer)]),
        ("withdrawals", [("_reason", longer)]),
    ):
        answer = desk.post(OFFICER, f"{at}/{path}", said)
        assert answer.status_code == 422
        assert "最多" in alerts(answer.text)
        assert longer in answer.text
    assert desk.all(sa.select(Comment.text)) == []
    assert desk.record(number).state == "running"
    assert desk.post(OFFICER, f"{at}/comments", [("_opinion", longer[1:])]).status_code == 303
    assert desk.all(sa.select(Comment.text)) == [longer[1:]]
