"""Search: forms by any of their names, records that one may see, people, departments."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.search.index import Entry, put
from tests import desk

SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("订货", "PU-04"),
        ("cgdhd", "PU-04"),
        ("caigoudinghuo", "PU-04"),
        ("pu-04", "PU-04"),
        ("PU04", "PU-04"),
        ("逾期投诉跟踪表", "CS-51"),  # a paper that the form takes in
        ("担保书", "CS-36"),
        ("采购 订货", "PU-04"),
    ],
)
def test_form_is_found(client: FlaskClient, sign_in: SignIn, typed: str, code: str) -> None:
    page = sign_in(client, "buyer").get("/find", query_string={"q": typed}).text
    assert f'<span class="code">{code}</span>' in page


def test_form_that_the_paper_became_is_named(client: FlaskClient, sign_in: SignIn) -> None:
    assert "含“担保书”" in sign_in(client, "buyer").get("/find?q=担保书").text


def test_new_button_only_for_openers(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    address = 'href="/purchasing/purchase-orders/new"'
    assert address in sign_in(client, "buyer").get("/find?q=采购订货单").text
    assert address not in sign_in(app.test_client(), "foreman").get("/find?q=采购订货单").text


@pytest.mark.proves("S22")
def test_records_only_of_those_who_may_see_them(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    for login, there in (
        ("buyer", True),
        ("purchasing_manager", True),
        ("auditor", True),
        ("foreman", False),
    ):
        page = sign_in(app.test_client(), login).get("/find", query_string={"q": number}).text
        assert (f'href="/purchasing/purchase-orders/{number}"' in page) is there, login


def test_people_departments_and_ledgers(client: FlaskClient, sign_in: SignIn, cast: dict) -> None:
    browser = sign_in(client, "buyer")
    person = cast["foreman"]
    assert person.number in browser.get("/find", query_string={"q": person.name}).text
    assert 'href="/warehouse/"' in browser.get("/find?q=仓库").text
    assert "/registers/stock_ledger" in browser.get("/find?q=库存台帐").text
    assert "/registers/customer_master" not in browser.get("/find?q=客户资料库").text


def test_nothing_found_and_nothing_asked(client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in(client, "buyer")
    assert "没有找到" in browser.get("/find?q=xyzzyq").text
    assert "想找什么" in browser.get("/find").text
    assert browser.get("/find", query_string={"q": "%_' OR 1=1 --"}).status_code == 200


@pytest.mark.proves("S22")
def test_customers_only_for_those_who_may_see_them(app: Flask, sign_in: SignIn) -> None:
    link = 'href="/customer-service/customers/C0001"'
    for typed in ("泰和", "hzth", "0572-5550101", "C0001"):
        for login, there in (("customer_service_officer", True), ("auditor", True), ("buyer", False)):
            page = sign_in(app.test_client(), login).get("/find", query_string={"q": typed}).text
            assert (link in page) is there, (typed, login)


def found(app: Flask, browser: FlaskClient, **query: str) -> str:
    """The results part of the page."""
    page = browser.get("/find", query_string=query)
    assert page.status_code == 200
    return page.text.split('<main id="main"')[1]


@pytest.fixture
def entries(app: Flask) -> None:
    """Records of the index, some customers and what must be escaped."""
    with app.app_context():
        with transaction():
            put([
                *(
                    Entry(
                        kind="record", row=5000 + at, code=f"QA-15-2026-{at:04d}", title="巡检异常",
                        body=f"三号<b>泵</b>站轴承过热\n已通知{at}班", state="finished" if at % 2 else "running",
                        sort="QA-15", department="quality" if at < 25 else "warehouse",
                        note="王五", at=datetime(2026, 3, 1 + at // 2, 4, tzinfo=UTC),
                    )
                    for at in range(45)
                ),
                Entry(kind="customer", row=5000, code="C5000", title="泵站公司", note="华东", state="cooperating"),
            ])  # fmt: skip
        db.session.remove()


def test_groups_with_counts_excerpts_and_marks(app: Flask, sign_in: SignIn, entries: None) -> None:
    auditor = sign_in(app.test_client(), "auditor")
    page = found(app, auditor, q="泵站轴承")
    assert "<mark>" not in page  # a tag stands between the two, which is text
    page = found(app, auditor, q="泵 站轴承过")
    assert "三号&lt;b&gt;<mark>泵</mark>&lt;/b&gt;<mark>站轴承过</mark>热" in page
    assert page.count("QA-15-2026-") == 5
    assert "全部 45 条" in page
    assert "<small>45</small>" in page
    page = found(app, auditor, q="泵站")
    assert "<mark>泵站</mark>公司" in page
    assert "合作中" in page


def test_a_group_page_by_page(app: Flask, sign_in: SignIn, entries: None) -> None:
    auditor = sign_in(app.test_client(), "auditor")
    seen = []
    for number in ("1", "2", "3"):
        page = found(app, auditor, q="巡检异常", kind="records", page=number)
        seen += re.findall(r"<mark>巡检异常</mark>", page)
        assert ('rel="next"' in page) is (number != "3")
        assert ('rel="prev"' in page) is (number != "1")
    assert len(seen) == 45
    assert "没有找到" in found(app, auditor, q="巡检异常", kind="records", page="9")


def test_filters_of_the_page(app: Flask, sign_in: SignIn, entries: None) -> None:
    auditor = sign_in(app.test_client(), "auditor")

    def many(**filters: str) -> int:
        page = found(app, auditor, q="巡检异常", **filters)
        counted = re.search(r"<small>(\d+)</small>", page)
        return int(counted[1]) if counted else 0

    assert many(state="running") == 23
    assert many(department="quality") == 25
    assert many(department="quality", state="finished") == 12
    assert many(since="2026-03-02", until="2026-03-02") == 2
    assert many(since="2026-13-77", state="no-such", department="nowhere", kind="nothing") == 45
    page = found(app, auditor, q="巡检异常", department="design")
    assert "可以放宽条件" in page
    assert found(app, auditor, q="采购订货单", kind="customers").count('class="code"') == 0
    assert "新建" not in found(app, auditor, q="采购订货单", state="running")


def test_what_a_page_leads_to(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(app.test_client(), "purchasing_manager")
    (number,) = desk.start(app, "PU-04", "buyer")
    page = found(app, browser, q=number.lower())
    (href,) = set(re.findall(rf'href="([^"]+{number})"', page))
    assert browser.get(href).status_code == 200
    auditor = sign_in(app.test_client(), "auditor")
    for typed in ("I0001", "C0001", "P0001", "S0001", "M0001"):
        named = re.findall(r'<a href="(/[^"]+)">\s*<span class="code">', found(app, auditor, q=typed))
        assert named, typed
        for address in named:
            assert auditor.get(address).status_code == 200, address


def test_a_page_in_english(app: Flask, sign_in: SignIn, entries: None) -> None:
    browser = sign_in(app.test_client(), "auditor")
    browser.post("/account/language", data={"language": "en", "next": "/"})
    page = found(app, browser, q="轴承过热")
    assert "Records" in page
    assert "All 45" in page
