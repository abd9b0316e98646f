"""A supplier's page and the list of suppliers: who reads them, how suppliers are found, what is told of them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.lib.clock import today
from tests.conftest import both_databases
from tests.forms.customer_service.test_customer_obligations import at
from tests.forms.supplies import CODE, Supplies

LIST, PAGE = "/purchasing/suppliers/", "/purchasing/suppliers/S0001"
SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture
def supplies(context: Flask) -> Supplies:
    """The small company's purchasing."""
    return Supplies()


@pytest.fixture
def look(app: Flask, sign_in: SignIn) -> Callable[..., str]:
    """What somebody sees at an address, without marks."""

    def page(path: str = PAGE, login: str = "buyer") -> str:
        db.session.commit()
        answer = sign_in(app.test_client(), login).get(path)
        assert answer.status_code == 200, path
        main = html.unescape(answer.text).split("<main", 1)[1].split("</main>", 1)[0]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))

    return page


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("buyer", 200),
        ("purchasing_manager", 200),
        ("warehouse_keeper", 200),
        ("quality_inspector", 200),
        ("general_manager", 200),
        ("auditor", 200),
        ("employee", 404),
        ("salesperson", 404),
        ("foreman", 404),
        ("designer", 404),
    ],
)
def test_suppliers_are_for_those_who_read_their_list(
    client: FlaskClient, sign_in: SignIn, login: str, status: int
) -> None:
    browser = sign_in(client, login)
    for path in (LIST, PAGE, "/registers/approved_suppliers"):
        assert browser.get(path).status_code == status, path


@pytest.mark.parametrize("code", ["S9999", "s0001", "C0001", "%00", "x" * 3000, "'--", "<b>"])
def test_a_supplier_that_there_is_not(client: FlaskClient, sign_in: SignIn, code: str) -> None:
    assert sign_in(client, "buyer").get(f"{LIST}{quote(code)}").status_code == 404


@pytest.mark.parametrize(
    "typed", ["浙北", "zhebei", "s0001", "费建国", "0572-5550201", "角钢", "浙北 角钢", CODE[:9]]
)
def test_a_supplier_is_found_by_what_is_typed(
    supplies: Supplies, look: Callable[..., str], typed: str
) -> None:
    one = supplies.supplier()
    one.goods, one.credit_code = "角钢、槽钢", CODE
    text = look(f"{LIST}?q={quote(typed)}")
    assert "浙北钢材供应有限公司" in text
    assert "德清恒通管业有限公司" not in text


def test_an_evaluation_past_its_day_is_marked(supplies: Supplies, look: Callable[..., str]) -> None:
    supplies.supplier().next_evaluation_on = today() - timedelta(days=1)
    assert "合格供应商 评价已过期" in look()


def test_nothing_found_says_so(supplies: Supplies, look: Callable[..., str]) -> None:
    assert "没有找到“zzz”" in look(f"{LIST}?q=zzz")


@both_databases
def test_it_tells_how_good_the_supplier_is(supplies: Supplies, look: Callable[..., str]) -> None:
    one = supplies.supplier()
    one.inspected, one.passed = Decimal(200), Decimal(190)
    supplies.evaluate(**supplies.again(licences=[supplies.licence("许可证", today() + timedelta(days=10))]))
    for back in (10, 40, 400):
        supplies.returned(one, today() - timedelta(days=back))
    text = look()
    assert "综合得分 81.4" in text
    assert "进货检验合格率 95.0%" in text
    assert "近一年退货次数 2" in text
    assert "许可证 即将到期 ZJ-001" in text
    assert "供应产品 密封件" in text
    assert "供应商评价 1" in text, "a card with its evaluation"


def test_licences_past_their_day_are_marked(supplies: Supplies, look: Callable[..., str]) -> None:
    supplies.evaluate(**supplies.again(licences=[supplies.licence("许可证", supplies.now.date())]))
    assert "许可证 已过期" in look()
    assert "已过期" not in look(f"{LIST}S0002")


def order(supplies: Supplies, promised: int, price: str, days_ago: int = 50) -> object:
    """An order with a day that was promised, so many days from today."""
    line = {
        "item": supplies.ref(supplies.stock()),
        "name": "角钢",
        "quantity": Decimal(10),
        "unit": "米",
        "unit_price": Decimal(price),
    }
    answers = {"supplier": supplies.ref(supplies.supplier()), "lines": [line]}
    when = at(today() - timedelta(days=days_ago))
    record = supplies.record("PU-04", answers, when, login="buyer")
    on = today() + timedelta(days=promised)
    supplies.signature(record, "supplier_answer", when, promised_date=str(on))
    return record


def received(supplies: Supplies, ordered: object, days_ago: int) -> None:
    """Goods that came so many days ago."""
    when = at(today() - timedelta(days=days_ago))
    answers = {
        "supplier": supplies.ref(supplies.supplier()),
        "order": supplies.ref(ordered),
        "received_at": when,
    }
    supplies.record("PU-05", answers, when, login="buyer")


@both_databases
def test_deliveries_are_in_time_or_late(supplies: Supplies, look: Callable[..., str]) -> None:
    received(supplies, order(supplies, -20, "30"), 20)
    received(supplies, order(supplies, -20, "30"), 17)
    order(supplies, -4, "30")
    order(supplies, 3, "30")
    text = look()
    assert "近一年按期交货 1/3" in text
    for said in ("按期", "晚交 3 天", "逾期未交 4 天", "未到期"):
        assert said in text, said


@both_databases
@pytest.mark.parametrize(
    ("login", "told"),
    [("buyer", True), ("purchasing_manager", True), ("general_manager", True), ("quality_inspector", False)],
)
def test_prices_are_told_with_what_they_were(
    supplies: Supplies, look: Callable[..., str], login: str, told: bool
) -> None:
    order(supplies, -20, "30.00", 60)
    order(supplies, -10, "33.00", 30)
    assert ("¥33.00/米 ¥30.00 +10.0%" in look(login=login)) is told


@pytest.mark.parametrize(("login", "may"), [("buyer", True), ("quality_inspector", False)])
def test_a_buyer_begins_an_evaluation_from_it(
    supplies: Supplies, look: Callable[..., str], login: str, may: bool
) -> None:
    assert ("评价该供应商" in look(login=login)) is may


def test_the_evaluation_begins_with_the_supplier(client: FlaskClient, sign_in: SignIn) -> None:
    page = sign_in(client, "buyer").get("/purchasing/supplier-evaluations/new?supplier=S0001").text
    assert "浙北钢材供应有限公司 S0001" in page


def test_the_front_page_leads_there(client: FlaskClient, sign_in: SignIn) -> None:
    assert f'href="{LIST}"' in sign_in(client, "buyer").get("/purchasing/").text
