"""Samples of records for auditors: drawn by a seed, shown with their rule, taken away."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.lib.sampling import rank
from portal.models import AuditEvent
from tests.desk import change, start

SignIn = Callable[[FlaskClient, str], FlaskClient]
START = "2026-01-01"
LINK = re.compile(r'<td[^>]*><a href="(/[\w/-]+/)([A-Z]{2}-\d\d-\d{4}-\d{4})">')


@pytest.fixture
def records(app: Flask) -> list[str]:
    """Twelve requisitions and three complaints, one of them of long ago."""
    wanted = start(app, "PU-03", "employee", 12)
    change(app, wanted[0], submitted_at=datetime(2026, 1, 5, tzinfo=UTC), state="finished")
    return [*wanted, *start(app, "CS-51", "customer_service_officer", 3)]


def drawn(client: FlaskClient, query: str) -> list[str]:
    """The numbers of the sample, in its order; those of the company's first books left out."""
    page = client.get(f"/trail/sample?since={START}&{query}")
    assert page.status_code == 200
    return [number for _path, number in LINK.findall(page.text)]


@pytest.mark.both_databases
def test_the_same_seed_gives_the_same_sample_on_every_database(
    client: FlaskClient, sign_in: SignIn, records: list[str]
) -> None:
    sign_in(client, "auditor")
    by_rule = sorted(records, key=lambda number: rank("第7次", number))
    assert drawn(client, "seed=第7次&size=6") == by_rule[:6]
    assert drawn(client, "seed=第7次&size=6") == by_rule[:6]
    assert drawn(client, "seed=第7次&size=100") == by_rule
    assert drawn(client, "seed=another&size=15") != by_rule


def test_it_is_drawn_among_what_was_asked(client: FlaskClient, sign_in: SignIn, records: list[str]) -> None:
    sign_in(client, "auditor")
    wanted, complaints = records[:12], records[12:]
    assert set(drawn(client, "seed=1&form=PU-03")) == set(wanted)
    assert set(drawn(client, "seed=1&form=PU-03&form=CS-51")) == set(records)
    assert set(drawn(client, "seed=1&form=CS-51")) == set(complaints)
    assert drawn(client, "seed=1&state=finished") == [wanted[0]]
    assert drawn(client, "seed=1&until=2026-01-05") == [wanted[0]]
    assert drawn(client, "seed=1&until=2026-01-04") == []
    assert drawn(client, "seed=1&department=design") == []
    assert set(drawn(client, "seed=1&department=customer_service")) == set(records)
    assert len(drawn(client, "seed=1&size=0")) == 1
    assert len(drawn(client, "seed=1&size=many&form=no-such&state=x&department=y&until=z")) == 15


def test_a_seed_is_proposed_and_the_links_lead_to_the_records(
    client: FlaskClient, sign_in: SignIn, records: list[str]
) -> None:
    sign_in(client, "auditor")
    pages = [client.get("/trail/sample").text for _one in range(2)]
    seeds = [re.search(r'name="seed"[^>]*value="([0-9a-f]{8})"', page) for page in pages]
    assert len({seed[1] for seed in seeds if seed}) == 2
    assert not LINK.search(pages[0])
    page = client.get(f"/trail/sample?since={START}&seed=%3Cb%3E&size=2").text
    assert "SHA-256" in page
    assert "种子 &lt;b&gt;：从 15 条记录中抽取了 2 条" in page
    for path, number in LINK.findall(page):
        assert client.get(path + number).status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_export_holds_the_sample_and_is_noted(
    app: Flask, client: FlaskClient, sign_in: SignIn, records: list[str], language: str
) -> None:
    sign_in(client, "auditor").post("/account/language", data={"language": language})
    shown = drawn(client, "seed=%3D9&size=4&form=PU-03")
    sent = {"seed": "=9", "size": "4", "form": "PU-03", "since": START}
    book = openpyxl.load_workbook(io.BytesIO(client.post("/trail/sample/exports", data=sent).data))
    head, *rows = book.active.values
    assert (head[1], head[8]) == {"zh": ("记录编号", "种子"), "en": ("Record number", "Seed")}[language]
    assert [row[1] for row in rows] == shown
    assert [row[9] for row in rows] == [rank("=9", number) for number in shown]
    text = client.post("/trail/sample/exports", data={**sent, "format": "csv"}).text
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [line[1] for line in lines[1:]] == shown
    assert {line[8] for line in lines[1:]} == {"'=9"}
    with app.app_context():
        events = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "sample_exported")).all()
    assert [one.facts["format"] for one in events] == ["xlsx", "csv"]
    facts = {
        "form": ["PU-03"],
        "size": 4,
        "seed": "=9",
        "many": 12,
        "rows": 4,
        "format": "xlsx",
        "since": START,
    }
    assert events[0].facts == facts


def test_only_auditors_draw(client: FlaskClient, sign_in: SignIn) -> None:
    for login in ("administrator", "quality_manager", "employee"):
        sign_in(client, login)
        assert client.get("/trail/sample").status_code == 404
        assert client.post("/trail/sample/exports").status_code == 404
        assert "/trail/sample" not in client.get("/trail").text
