"""The audit trail: for auditors and administrators, filtered, paged, exported with harmless cells."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.models import AuditEvent, Person
from portal.queries import trail
from portal.queries.trail import Filter
from portal.services import audit
from tests.architecture.test_house import CJK

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


@pytest.mark.proves("R9")
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


@pytest.mark.proves("R9", "R10")
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
        ("view=sign_ins", 1),
        ("view=rights", 1),
        ("view=rights&person=administrator", 1),
        ("view=rights&person=buyer", 0),
        ("view=sign_ins&since=2026-03-05", 0),
        ("view=sign_ins&kind=settings", 0),
        ("view=no_such_view&stream=settings", 1),
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


@pytest.mark.proves("R9", "S29")
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


@pytest.mark.proves("R9")
@pytest.mark.usefixtures("events")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_export_as_an_excel_file_says_the_same(
    app: Flask, client: FlaskClient, sign_in: SignIn, language: str
) -> None:
    sign_in(client, "auditor").post("/account/language", data={"language": language})
    answer = client.post("/trail/exports", data={"format": "xlsx", "view": "rights", "until": "2026-04-01"})
    head, row = openpyxl.load_workbook(io.BytesIO(answer.data)).active.values
    assert all(bool(CJK.search(cell)) == (language == "zh") for cell in head if cell != "IP 地址")
    assert (row[6], row[9], row[10]) == ("limit_changed", "settings", 1)
    assert "8000" in row[7]
    assert ("改为" in row[7]) == (language == "zh")
    with app.app_context():
        last = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert last is not None
        assert (last.kind, last.facts["rows"], last.facts["format"]) == ("trail_exported", 1, "xlsx")
        assert last.facts["filter"] == {"view": "rights", "until": "2026-04-01"}


def test_an_export_of_any_length_keeps_only_a_part_in_memory(context: Flask, cast: Cast) -> None:
    with transaction():
        for number in range(3000):
            audit.note("role_ended", at=THEN, by=cast["administrator"].id, stream="people", role="buyer",
                       person=cast["buyer" if number % 2 else "auditor"].id, reason="")  # fmt: skip
    db.session.expunge_all()
    seen, rows, named = 0, [], []
    for events in trail.chunks(Filter(kinds=("role_ended",)), size=100):
        seen += len(events)
        rows.append(len(list(db.session.identity_map)))
        named.append(len(db.session.info[trail.HELD]))
    assert seen == 3000
    assert max(rows) < 120
    assert max(named) == 2


def test_more_than_an_excel_file_holds_is_refused(
    client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.blueprints.trail.events.MOST", 1)
    sign_in(client, "auditor")
    sign_in(client, "auditor")
    refused = client.post("/trail/exports", data={"format": "xlsx"})
    assert refused.status_code == 422
    assert "100 万行" in refused.text
    assert client.post("/trail/exports", data={"format": "csv"}).status_code == 200


@pytest.mark.proves("R10")
@pytest.mark.both_databases
def test_each_view_counts_what_it_shows_within_the_other_filters(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    who, lender = cast["buyer"].id, cast["purchasing_manager"].id
    with app.app_context(), transaction():
        for kind, facts in (
            ("step_refused", {"for_person": None}),
            ("step_refused", {"for_person": lender}),
            ("step_signed", {"for_person": lender}),
            ("step_signed", {"for_person": None}),
            ("escalated", {"to": []}),
            ("rerouted", {"person": who}),
            ("record_corrected", {}),
            ("sign_in_failed", {"account": "x"}),
        ):
            audit.note(kind, at=THEN, by=who, stream="test", **facts)
        audit.note("step_refused", at=THEN + timedelta(days=5), by=who, stream="test")
    sign_in(client, "auditor")
    counts = _counts(client, "stream=test&until=2026-03-03")
    assert counts == {
        "refused": 2,
        "late": 1,
        "lent": 2,
        "moved": 1,
        "sign_ins": 1,
        "corrected": 1,
        "rights": 0,
    }
    for view, count in counts.items():
        page = client.get(f"/trail?stream=test&until=2026-03-03&view={view}").text
        assert page.count('<tr id="event-') == count, view
    assert _counts(client, "stream=test&person=buyer")["refused"] == 3
    assert set(_counts(client, "person=没有这个人").values()) == {0}


def _counts(client: FlaskClient, query: str) -> dict[str, int]:
    """The number beside each view."""
    page = client.get(f"/trail?{query}").text
    found = re.findall(r'href="/trail\?view=(\w+)&[^>]*>[^<]*<b>(\d+)</b>', page)
    return {view: int(count) for view, count in found}


def test_looking_writes_nothing(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "auditor")
    with app.app_context():
        before = db.session.scalar(sa.select(sa.func.count(AuditEvent.id)))
    client.get("/trail")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(AuditEvent.id))) == before
