"""The audit trail: for auditors and administrators, filtered, paged, exported with harmless cells."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.models import AuditEvent, Person
from portal.services import audit

SignIn = Callable[[FlaskClient, str], FlaskClient]
Cast = dict[str, Person]
THEN = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def events(app: Flask, cast: Cast) -> None:
    """A hundred and fifty sign-ins of Huang, one strange failure, one limit."""
    with app.app_context(), transaction():
        for minute in range(150):
            audit.note(
                "signed_in",
                at=THEN + timedelta(minutes=minute),
                by=cast["buyer"].id,
                stream="access",
                address="10.0.0.1",
            )
        audit.note(
            "sign_in_failed",
            at=THEN + timedelta(days=2),
            by=None,
            stream="access",
            address="10.0.0.2",
            account='=cmd|"x"',
        )
        audit.note("limit_changed", at=THEN + timedelta(days=9), by=cast["administrator"].id, stream="settings",
                   key="write_off_limit", old="5000", new="8000", reason="=HYPERLINK(1)")  # fmt: skip


@pytest.mark.usefixtures("events")
def test_for_auditors_and_administrators_only(app: Flask, sign_in: SignIn) -> None:
    for login in ("auditor", "administrator"):
        page = sign_in(app.test_client(), login).get("/trail")
        assert page.status_code == 200
        assert "报损清单须财务和总经理批准的金额" in page.text
        assert '<span class="muted">登录 ' in page.text
        assert '<option value="access" >登录</option>' in page.text
    for login in ("buyer", "general_manager", "security_officer"):
        client = sign_in(app.test_client(), login)
        assert client.get("/trail").status_code == 404
        assert client.post("/trail/exports").status_code == 404


@pytest.mark.usefixtures("events")
def test_pages_follow_each_other_without_gap(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "auditor")
    seen: list[str] = []
    path: str | None = "/trail?person=buyer&kind=access"
    while path:
        page = client.get(path).text
        seen += [part.split('"')[0] for part in page.split('<tr id="event-')[1:]]
        older = page.split('<a class="btn" href="/trail?before=')
        path = "/trail?before=" + older[1].split('"')[0].replace("&amp;", "&") if len(older) > 1 else None
    assert len(seen) == len(set(seen)) == 150


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("person=buyer", 100),
        ("person=htt", 100),
        ("person=没有这个人", 0),
        ("kind=settings", 1),
        ("kind=sign_in_failed", 1),
        ("kind=exceptions", 2),
        ("stream=settings", 1),
        ("since=2026-03-04&until=2026-03-04", 1),
        ("since=2026-03-03&until=2026-03-03", 0),
        ("until=nonsense&stream=settings", 1),
        ("number=PU-04-2026-0001", 0),
        ("before=abc&stream=settings", 1),
    ],
)
def test_filters(client: FlaskClient, sign_in: SignIn, query: str, shown: int) -> None:
    page = sign_in(client, "auditor").get(f"/trail?{query}")
    assert page.status_code == 200
    assert page.text.count('<tr id="event-') == shown


@pytest.mark.usefixtures("events")
def test_the_export_is_whole_harmless_and_itself_an_event(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, "auditor")
    answer = client.post("/trail/exports", data={"since": "2026-03-01", "until": "2026-04-01"})
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 1 + 152
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    with app.app_context():
        kinds = db.session.scalars(sa.select(AuditEvent.kind).order_by(AuditEvent.id.desc())).first()
        assert kinds == "trail_exported"
        assert audit.verify()[1] is None


def test_looking_writes_nothing(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "auditor")
    with app.app_context():
        before = db.session.scalar(sa.select(sa.func.count(AuditEvent.id)))
    client.get("/trail")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(AuditEvent.id))) == before
