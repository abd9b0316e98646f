"""The guard's page: what a payment slip says, and that it lets books out once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from book_people import KNOWN, Shop
from flask import Flask

from portal.extensions import db
from portal.models import Record
from portal.pdf.codes import qr
from portal.pdf.render import html
from portal.queries import record_page
from portal.services import printing

NOW = datetime(2026, 5, 12, 2, 30, tzinfo=UTC)


@pytest.fixture
def shop(app: Flask) -> Shop:
    return Shop(app)


def look(shop: Shop, typed: str, login: str = "security_guard") -> str:
    """What the page says of a number."""
    answer = shop.walker.browser(login).get("/warehouse/door", query_string={"q": typed})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.requirement("R62")
def test_a_slip_may_go_out_until_it_has_gone_out(shop: Shop) -> None:
    _status, number = shop.sale("2", discount="12")
    before = look(shop, number)
    assert "已收费，尚未放行" in before
    assert KNOWN.name in before
    assert "360.00" in before
    assert f"/warehouse/payment-slips/{number}#turn" in before
    shop.walker.sign(number)
    after = look(shop, number)
    assert "由石卫东放行，不能再次放行" in after
    assert "#turn" not in after


def test_a_code_is_found_however_it_comes(shop: Shop) -> None:
    _status, number = shop.sale()
    for typed in (
        number.lower(),
        f" {number} ",
        number.replace("-", "－"),
        f"http://portal/records/{number}",
    ):
        assert "尚未放行" in look(shop, typed), typed
    for typed in ("WH-14-2026-9999", "PU-09-2026-0001", "乱写"):
        assert "没有收费单" in look(shop, typed), typed


def test_a_slip_that_is_void_replaced_or_at_the_cashier_does_not_go_out(shop: Shop) -> None:
    _status, waiting = shop.sale("1")
    shop.walker.sign(waiting, books_match="no", released_at="")
    assert "在收银台补交或更正" in look(shop, waiting)
    shop.void(waiting, "cashier")
    assert "已作废，不能放行" in look(shop, waiting)
    _status, number = shop.sale("1")
    shop.walker.sign(number)
    _status, again = shop.anew(number, "cashier", **shop.sale_fields("2"))
    assert "不能再次放行" in look(shop, number)  # the correction is not final yet
    assert "尚未放行" in look(shop, again)
    shop.walker.sign(again)
    assert f"已由 {again} 冲销更正，不能放行" in look(shop, number)


def test_who_stands_at_the_door(shop: Shop) -> None:
    _status, number = shop.sale()
    assert "去放行" in look(shop, number)
    for login in ("cashier", "warehouse_supervisor", "auditor"):
        assert "去放行" not in look(shop, number, login)
    for login in ("buyer", "employee", "customer_service_officer"):
        assert shop.walker.browser(login).get("/warehouse/door").status_code == 404


def test_the_page_stands_on_the_front_page_of_those_it_is_for(shop: Shop) -> None:
    assert 'href="/warehouse/door"' in shop.walker.browser("security_guard").get("/warehouse/").text
    assert 'href="/warehouse/door"' not in shop.walker.browser("buyer").get("/warehouse/").text


def test_the_print_carries_the_number_as_a_code(shop: Shop) -> None:
    _status, number = shop.sale()
    with shop.app.test_request_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        page = html(printing.gather(record_page.read(record), "zh", now=NOW))
        db.session.remove()
    assert qr(number) in page
