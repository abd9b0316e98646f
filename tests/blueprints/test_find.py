"""Search: forms by any of their names, records that one may see, people, departments."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

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


def test_customers_only_for_those_who_may_see_them(app: Flask, sign_in: SignIn) -> None:
    link = 'href="/customer-service/customers/C0001"'
    for typed in ("泰和", "hzth", "0572-5550101", "C0001"):
        for login, there in (("customer_service_officer", True), ("auditor", True), ("buyer", False)):
            page = sign_in(app.test_client(), login).get("/find", query_string={"q": typed}).text
            assert (link in page) is there, (typed, login)
