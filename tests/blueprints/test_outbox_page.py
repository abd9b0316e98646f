"""The outbox for administrators: what has failed and why, tried again or given up with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import now
from portal.models import AuditEvent, OutboxRow, Person, Record
from portal.services import audit, outbox

SignIn = Callable[[FlaskClient, str], FlaskClient]
Cast = dict[str, Person]
REFUSED = "AddressRefused: 550 no such user"


@pytest.fixture
def administrator(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """The administrator's browser."""
    return sign_in(client, "administrator")


def add(
    app: Flask, kind: str = "mail", error: str = REFUSED, *, for_good: bool = True, **facts: object
) -> int:
    """A row that a worker has failed with, if an error is given."""
    with app.app_context(), transaction():
        row = outbox.add(kind, now=now(), **facts)
        db.session.flush()
        if error:
            row.attempts = 1
            outbox.failed(row.id, error, now=now(), for_good=for_good)
        return row.id


def row(app: Flask, id: int) -> OutboxRow:
    with app.app_context():
        found = db.session.get_one(OutboxRow, id)
        db.session.remove()
    return found


def events(app: Flask) -> list[tuple[str, dict[str, object]]]:
    with app.app_context():
        query = sa.select(AuditEvent).where(AuditEvent.kind.startswith("outbox_")).order_by(AuditEvent.id)
        return [(event.kind, event.facts) for event in db.session.scalars(query)]


def test_what_failed_is_told_in_plain_words(app: Flask, administrator: FlaskClient, cast: Cast) -> None:
    with app.app_context():
        record = db.session.scalars(sa.select(Record)).first()
        assert record is not None
        id, number, title = record.id, record.number, record.title
        db.session.remove()
    add(app, person=cast["buyer"].id, record=id, notice=1)
    add(app, "print", "RuntimeError: out of ink", for_good=False, record=id)
    add(app, "digest", "", person=cast["foreman"].id, digest=1)
    page = administrator.get("/admin/outbox").text
    stopped, waiting = page.split("等待中：")
    assert "发不出去的：1 件" in stopped
    assert waiting.startswith("2 件")
    assert "邮件服务器不接受收件地址" in stopped
    assert "550 no such user" in stopped
    assert cast["buyer"].name in stopped
    assert number in stopped
    assert title not in page, "administrators do not read records"
    assert "程序出错" in waiting
    assert "RuntimeError: out of ink" in waiting
    assert "每日汇总邮件" in waiting
    assert waiting.count("现在重试") == 1, "what has not failed needs no retry"


def test_the_overview_counts_what_has_stopped(app: Flask, administrator: FlaskClient) -> None:
    assert "件打印件或消息发不出去" not in administrator.get("/admin/").text
    add(app)
    add(app, "print", "RuntimeError: x", for_good=False)
    page = administrator.get("/admin/").text
    assert "有 1 件打印件或消息发不出去" in page
    assert re.search(r'href="/admin/outbox">.*?<b class="tile-number">1</b>', page, re.S)


def test_one_is_tried_again(app: Flask, administrator: FlaskClient) -> None:
    id = add(app)
    assert administrator.post(f"/admin/outbox/{id}/retry").location == "/admin/outbox"
    found = row(app, id)
    assert (found.attempts, found.stopped_at) == (0, None)
    assert found.next_try_at <= now()
    assert [kind for kind, _facts in events(app)] == ["outbox_tried_again"]
    with app.app_context(), transaction():
        assert [one.id for one in outbox.lease(now())] == [id]


def test_all_that_stopped_are_tried_again(app: Flask, administrator: FlaskClient) -> None:
    ids = [add(app) for _row in range(3)]
    pausing = add(app, "print", "RuntimeError: x", for_good=False)
    administrator.post("/admin/outbox/retry")
    assert all(row(app, id).stopped_at is None for id in ids)
    assert row(app, pausing).attempts == 1
    assert events(app) == [("outbox_all_tried_again", {"count": 3})]
    administrator.post("/admin/outbox/retry")
    assert len(events(app)) == 1


def test_one_is_given_up_with_a_reason(app: Flask, administrator: FlaskClient) -> None:
    id = add(app)
    assert administrator.post(f"/admin/outbox/{id}/give-up", data={"reason": " "}).status_code == 422
    assert row(app, id).done_at is None
    assert administrator.post(f"/admin/outbox/{id}/give-up", data={"reason": "此人已离职"}).status_code == 303
    assert row(app, id).done_at is not None
    ((kind, facts),) = events(app)
    assert kind == "outbox_given_up"
    assert (facts["row"], facts["what"], facts["error"], facts["reason"]) == (
        id,
        "mail",
        REFUSED,
        "此人已离职",
    )
    assert "没有发不出去的" in administrator.get("/admin/outbox").text
    assert "此人已离职" in administrator.get("/trail").text
    assert administrator.post(f"/admin/outbox/{id}/retry").status_code == 404
    with app.app_context():
        assert audit.verify()[1] is None


def test_what_a_worker_is_at_is_left_alone(app: Flask, administrator: FlaskClient) -> None:
    id = add(app, error="TriedLater: 451", for_good=False)
    with app.app_context(), transaction():
        assert outbox.lease(now() + timedelta(hours=1))
    for act in ("retry", "give-up"):
        answer = administrator.post(f"/admin/outbox/{id}/{act}", data={"reason": "x"})
        assert answer.status_code == 422
        assert "正在处理" in answer.text


def test_only_administrators_pass(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    id = add(app)
    for login in ("employee", "buyer", "auditor", "general_manager"):
        browser = sign_in(app.test_client(), login)
        assert browser.get("/admin/outbox").status_code == 404
        for path in ("/admin/outbox/retry", f"/admin/outbox/{id}/retry", f"/admin/outbox/{id}/give-up"):
            assert browser.post(path, data={"reason": "x"}).status_code in (403, 404)
    assert row(app, id).stopped_at is not None
