"""Ledgers: who reads them, filters, pages, spreadsheets."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.effects import PostsEntry, PostsStock
from portal.extensions import db
from portal.forms.ledgers import LEDGERS
from portal.models import AuditEvent, Record, StockItem
from portal.services import ledgers, stock
from tests import desk

SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture
def posted(app: Flask, cast: dict) -> str:
    """Sixty lines of the journal and one paper that has expired, from one record; gives its number."""
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context(), transaction():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        item = db.session.scalars(sa.select(StockItem).order_by(StockItem.id)).first()
        now, by = datetime.now(UTC), cast["warehouse_keeper"].id
        for _line in range(60):
            stock.move(PostsStock("in", item.id, "A-01", Decimal(1)), record, by=by, now=now)
        facts = {
            "customer": "=cmd|' /C calc'!A0",
            "paper": "担保书",
            "expires_on": "2020-01-31",
            "original_seen": True,
        }
        ledgers.post(PostsEntry("customer_papers", facts), record, by=by, now=now)
    return number


@pytest.mark.parametrize("key", list(LEDGERS))
def test_every_ledger_opens_for_auditors_and_its_department(
    client: FlaskClient, sign_in: SignIn, key: str
) -> None:
    browser = sign_in(client, "auditor")
    page = browser.get(f"/registers/{key}")
    assert page.status_code == 200
    for room in re.findall(r'<p class="crumbs">\s*<a href="([^"]+)"', page.text):
        assert browser.get(room).status_code == 200, room
    assert (
        browser.get(f"/registers/{key}?q=x&item=gang&since=2020-01-01&until=2030-01-01&after=zzz").status_code
        == 200
    )
    assert browser.post(f"/registers/{key}/exports", data={"format": "csv"}).status_code == 200


@pytest.mark.proves("R2")
@pytest.mark.parametrize(
    ("login", "key", "status"),
    [
        ("warehouse_keeper", "warehouse_journal", 200),
        ("buyer", "warehouse_journal", 404),
        ("buyer", "stock_ledger", 200),
        ("general_manager", "customer_master", 200),
        ("foreman", "customer_master", 404),
        ("customer_service_officer", "credit_ledger", 200),
        ("employee", "no_such_ledger", 404),
    ],
)
def test_who_reads_which(client: FlaskClient, sign_in: SignIn, login: str, key: str, status: int) -> None:
    browser = sign_in(client, login)
    assert browser.get(f"/registers/{key}").status_code == status
    assert browser.post(f"/registers/{key}/exports").status_code == status


def test_pages_go_on_and_back(client: FlaskClient, sign_in: SignIn, posted: str) -> None:
    browser = sign_in(client, "warehouse_keeper")
    first = browser.get("/registers/warehouse_journal").text
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = browser.get(f"/registers/warehouse_journal{following.replace('&amp;', '&')}").text
    back = second.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0]
    again = browser.get(f"/registers/warehouse_journal{back.replace('&amp;', '&')}").text
    assert first.count("<tr>") == again.count("<tr>") == 51
    assert first.split("<tbody>")[1].split("</tbody>")[0] == again.split("<tbody>")[1].split("</tbody>")[0]


def test_source_record_is_a_link_only_for_those_who_may_open_it(
    app: Flask, sign_in: SignIn, posted: str
) -> None:
    link = f'href="/purchasing/purchase-orders/{posted}"'
    assert link in sign_in(app.test_client(), "auditor").get("/registers/warehouse_journal").text
    page = sign_in(app.test_client(), "warehouse_keeper").get("/registers/warehouse_journal").text
    assert posted in page
    assert link not in page


def test_filters(client: FlaskClient, sign_in: SignIn, posted: str) -> None:
    browser = sign_in(client, "warehouse_keeper")
    assert "没有符合条件的行" in browser.get("/registers/warehouse_journal?q=nothing-like-it").text
    assert "没有符合条件的行" in browser.get("/registers/warehouse_journal?until=2001-01-01").text
    assert posted in browser.get(f"/registers/warehouse_journal?q={posted}&since=2001-01-01").text
    assert posted in browser.get("/registers/warehouse_journal?item=dxjg").text  # 镀锌角钢


def test_past_dates_are_marked(client: FlaskClient, sign_in: SignIn, posted: str) -> None:
    page = sign_in(client, "customer_service_officer").get("/registers/customer_papers").text
    assert 'chip-overdue">2020-01-31' in page


@pytest.mark.proves("R2")
def test_export_is_harmless_and_noted(app: Flask, client: FlaskClient, sign_in: SignIn, posted: str) -> None:
    browser = sign_in(client, "customer_service_officer")
    answer = browser.post("/registers/customer_papers/exports", data={"format": "csv"})
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert ",'=cmd" in "," + answer.data.decode("utf-8-sig").splitlines()[1]
    book = openpyxl.load_workbook(BytesIO(browser.post("/registers/customer_papers/exports").data))
    assert book.active["A2"].value == "'=cmd|' /C calc'!A0"
    with app.app_context():
        events = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "exported")).all()
        assert [event.facts["format"] for event in events] == ["csv", "xlsx"]
        assert events[0].facts["rows"] == 1


def test_journal_exports_numbers_as_numbers(client: FlaskClient, sign_in: SignIn, posted: str) -> None:
    data = sign_in(client, "warehouse_keeper").post("/registers/warehouse_journal/exports").data
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    headers = [cell.value for cell in sheet[1]]
    row = [cell.value for cell in sheet[2]]
    assert row[headers.index("数量")] == 1
    assert isinstance(row[headers.index("过帐时间")], datetime)
    assert sheet.max_row >= 61


def test_index_and_keys_of_forms(client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in(client, "buyer")
    page = browser.get("/registers/").text
    assert "/registers/stock_ledger" in page
    assert "/registers/warehouse_journal" not in page
    assert browser.get("/registers/PU-04").headers["Location"] == "/purchasing/purchase-orders/"
    assert browser.get("/registers/approved_counts").headers["Location"].endswith("?f.verdict=approved")


def test_costs_at_most_eight_queries(app: Flask, client: FlaskClient, sign_in: SignIn, posted: str) -> None:
    browser = sign_in(client, "warehouse_keeper")
    browser.get("/registers/warehouse_journal")
    with desk.counted(app) as queries:
        browser.get("/registers/warehouse_journal")
    assert len(queries) <= 8, queries
