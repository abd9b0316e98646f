"""The register of a form: who sees which rows, filters, order, pages, saved views, spreadsheets."""

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.models import AuditEvent, SavedView
from tests import desk

SignIn = Callable[[FlaskClient, str], FlaskClient]
ORDERS = "/purchasing/purchase-orders/"


def numbers(page: str) -> list[str]:
    """The records listed, in their order."""
    return re.findall(r'<th scope="row"[^>]*><a href="[^"]*/(PU-04-[\d-]+)"', page)


def neighbour(page: str, rel: str) -> str:
    """The address of the next or former page."""
    return html.unescape(re.findall(rf'href="([^"]*)" rel="{rel}"', page)[0])


@pytest.fixture
def orders(app: Flask) -> list[str]:
    """Five orders, oldest first: one late, one finished, with amounts and suppliers of their own."""
    made = desk.start(app, "PU-04", "buyer", 5)
    for at, number in enumerate(made):
        cells = {
            "total_amount": f"¥{(at * 7 % 5) * 100}",
            "total_amount#": (at * 7 % 5) * 100.0,
            "supplier": f"供应商{at}",
        }
        desk.change(app, number, cells=cells)
    desk.change(app, made[1], due_at=datetime.now(UTC) - timedelta(days=2))
    desk.change(app, made[2], state="finished", step="", closed_at=datetime.now(UTC), due_at=None)
    accepts = {"supplier_accepts": {"zh": "是", "en": "Yes"}, "payment_terms": "月结\u300060 天"}
    desk.change(app, made[3], cells={**accepts, "total_amount#": 250.5, "total_amount": "¥250.50"})
    return made


@pytest.mark.proves("S22")
def test_rows_are_those_one_may_see(app: Flask, sign_in: SignIn, orders: list[str]) -> None:
    for login, seen in (
        ("buyer", 5),
        ("purchasing_manager", 5),
        ("auditor", 5),
        ("foreman", 0),
        ("buyer_2", 0),
    ):
        page = sign_in(app.test_client(), login).get(ORDERS)
        assert page.status_code == 200
        assert len(numbers(page.text)) == seen, login


def test_newest_first_and_what_a_row_says(client: FlaskClient, sign_in: SignIn, orders: list[str]) -> None:
    page = sign_in(client, "buyer").get(ORDERS).text
    assert numbers(page) == orders[::-1]
    assert "供应商4" in page
    assert "采购部经理审批" in page
    assert "已完成" in page
    assert "逾期 2 天" in page or "逾期 47 小时" in page or "逾期 48 小时" in page


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("state=finished", [2]),
        ("state=open", [4, 3, 1, 0]),
        ("overdue=1", [1]),
        ("q=供应商4", [4]),
        ("q=月结", [3]),
        ("q=no-such-text", []),
        ("q=supplier", []),  # the name of a column is not its text
        ("f.supplier_accepts=yes", [3]),
        ("f.supplier_accepts=no", []),
        ("f.supplier_accepts=*", [3]),
        ("f.supplier_accepts=nonsense", [4, 3, 2, 1, 0]),
        ("since=2001-01-01", [4, 3, 2, 1, 0]),
        ("until=2001-01-01", []),
        ("since=nonsense", [4, 3, 2, 1, 0]),
        ("applicant=不存在", []),
        ("sort=number", [0, 1, 2, 3, 4]),
        ("sort=total_amount", [0, 3, 1]),  # 0, 100 of the third is replaced, see below
        ("sort=nonsense", [4, 3, 2, 1, 0]),
        ("after=nonsense", [4, 3, 2, 1, 0]),
    ],
)
def test_filters(
    client: FlaskClient, sign_in: SignIn, orders: list[str], query: str, places: list[int]
) -> None:
    found = numbers(sign_in(client, "buyer").get(f"{ORDERS}?{query}").text)
    if query == "sort=total_amount":  # amounts by place: 0, 200, 400, 250.5, 300
        places = [0, 1, 3, 4, 2]
    assert found == [orders[at] for at in places]


def test_every_column_sorts_both_ways(client: FlaskClient, sign_in: SignIn, orders: list[str]) -> None:
    browser = sign_in(client, "buyer")
    columns = set(re.findall(r"\?sort=([a-z_]+)", browser.get(ORDERS).text))
    assert {"number", "total_amount", "due_at", "status", "current_step"} <= columns
    for column in columns:
        up = numbers(browser.get(f"{ORDERS}?sort={column}").text)
        down = numbers(browser.get(f"{ORDERS}?sort=-{column}").text)
        assert len(up) == 5
        assert up == down[::-1], column
    assert 'aria-sort="descending"' in browser.get(f"{ORDERS}?sort=-due_at").text


@pytest.mark.parametrize("sort", ["", "total_amount", "-due_at", "supplier"])
def test_pages_go_on_and_back(
    app: Flask,
    client: FlaskClient,
    sign_in: SignIn,
    orders: list[str],
    monkeypatch: pytest.MonkeyPatch,
    sort: str,
) -> None:
    monkeypatch.setattr("portal.web.views.register.SIZE", 2)
    browser = sign_in(client, "buyer")
    whole: list[str] = []
    page = browser.get(f"{ORDERS}?sort={sort}").text
    first = numbers(page)
    while True:
        whole += numbers(page)
        if 'rel="next"' not in page:
            break
        page = browser.get(ORDERS + neighbour(page, "next")).text
    assert sorted(whole) == sorted(orders)
    assert len(whole) == len(set(whole)) == 5
    back = browser.get(ORDERS + neighbour(page, "prev")).text
    assert numbers(back) == whole[2:4]
    assert numbers(browser.get(ORDERS + neighbour(back, "prev")).text) == first
    assert 'rel="prev"' not in browser.get(ORDERS + neighbour(back, "prev")).text


def test_auditor_pages_too(
    client: FlaskClient, sign_in: SignIn, orders: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.web.views.register.SIZE", 3)
    browser = sign_in(client, "auditor")
    page = browser.get(ORDERS).text
    assert numbers(page) == orders[:1:-1]
    assert numbers(browser.get(ORDERS + neighbour(page, "next")).text) == orders[1::-1]


def test_costs_at_most_eight_queries(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    desk.start(app, "PU-04", "buyer", 20)
    for login in ("buyer", "purchasing_manager", "auditor"):
        browser = sign_in(app.test_client(), login)
        browser.get(ORDERS)
        for query in ("", "?state=open&q=a&sort=-total_amount"):
            with desk.counted(app) as queries:
                assert browser.get(ORDERS + query).status_code == 200
            assert len(queries) <= 8, queries


def test_view_is_saved_shown_and_deleted(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in(client, "buyer")
    answer = browser.post(
        f"{ORDERS}views?state=open&sort=-due_at&after=zzz&bad=1", data={"name": " 我的在办 "}
    )
    assert answer.headers["Location"] == f"{ORDERS}?state=open&sort=-due_at"
    page = browser.get(answer.headers["Location"]).text
    assert "我的在办" in page
    assert "删除后不能恢复" in page  # asked first, without JavaScript too
    with app.app_context():
        view = db.session.scalars(sa.select(SavedView)).one()
    other = sign_in(app.test_client(), "buyer_2")
    assert "我的在办" not in other.get(ORDERS).text
    assert other.post(f"{ORDERS}views/{view.id}/delete").status_code == 404
    assert browser.post(f"{ORDERS}views/{view.id}/delete").status_code == 303
    assert "我的在办" not in browser.get(ORDERS).text


def test_view_needs_a_name_and_a_filter(client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in(client, "buyer")
    assert browser.post(f"{ORDERS}views?state=open", data={"name": " "}).status_code == 422
    assert browser.post(f"{ORDERS}views", data={"name": "x"}).status_code == 422


def test_named_views_stand_above(client: FlaskClient, sign_in: SignIn) -> None:
    page = sign_in(client, "customer_service_officer").get("/customer-service/complaints/").text
    assert "?f.intake_point=owner_service_desk" in page
    page = (
        sign_in(client, "customer_service_officer")
        .get("/customer-service/complaints/?f.intake_point=owner_service_desk")
        .text
    )
    assert 'f.intake_point=owner_service_desk" aria-current="page"' in page


@pytest.mark.proves("S22")
def test_export_holds_the_filtered_rows_one_may_see(app: Flask, sign_in: SignIn, orders: list[str]) -> None:
    desk.change(
        app, orders[4], cells={"supplier": '=HYPERLINK("x")', "total_amount": "¥9", "total_amount=": "9"}
    )
    browser = sign_in(app.test_client(), "buyer")
    answer = browser.post(f"{ORDERS}exports?state=open", data={"format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [orders[4], orders[3], orders[1], orders[0]]
    assert rows[1][1] == '\'=HYPERLINK("x")'
    assert (
        sign_in(app.test_client(), "foreman")
        .post(f"{ORDERS}exports", data={"format": "csv"})
        .text.count("\r\n")
        == 1
    )
    sheet = openpyxl.load_workbook(io.BytesIO(browser.post(f"{ORDERS}exports").data)).active
    headers = [cell.value for cell in sheet[1]]
    assert sheet.max_row == 6
    assert sheet.cell(2, headers.index("订单金额") + 1).value == 9
    assert isinstance(sheet.cell(2, headers.index("办理期限") + 1).value, datetime)
    with app.app_context():
        facts = [
            event.facts
            for event in db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "exported"))
        ]
    assert facts[0]["filters"] == {"state": "open"}
    assert [one["rows"] for one in facts] == [4, 0, 5]


def test_export_of_an_auditor_is_noted_too(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    assert sign_in(client, "auditor").post(f"{ORDERS}exports").status_code == 200
    assert (
        sign_in(app.test_client(), "auditor")
        .post(f"{ORDERS}views?state=open", data={"name": "x"})
        .status_code
        == 403
    )


def test_unknown_register(client: FlaskClient, sign_in: SignIn) -> None:
    assert sign_in(client, "buyer").get("/purchasing/no-such-form/").status_code == 404
