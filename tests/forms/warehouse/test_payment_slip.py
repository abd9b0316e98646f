"""WH-14: a sale stands in every book when it is paid, and is let out at the door once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from book_people import KNOWN, Shop
from flask import Flask

from portal.forms.warehouse.payment_slip import PaymentSlip

PRICE = KNOWN.price


@pytest.fixture
def shop(app: Flask) -> Shop:
    return Shop(app)


def test_a_sale_is_posted_at_once_at_the_book_s_own_price(shop: Shop) -> None:
    status, number = shop.sale("2", discount="12")
    assert status == 303, number
    assert shop.moves(number) == [("sale", Decimal(-2))]
    assert shop.there() == Decimal(48)
    lines = shop.posted("sales_ledger")
    assert [(one["quantity"], one["price"], one["amount"]) for one in lines] == [
        ("2", str(PRICE), str(2 * PRICE)),
        ("0", "", "-12.00"),
    ]
    assert {(one["slip_no"], one["way"]) for one in lines} == {(number, "cash")}
    assert shop.takings() == [("cash", 1, 2, 2 * PRICE - 12)]


def test_what_was_let_off_is_told_in_the_reader_s_language(shop: Shop) -> None:
    desk = shop.walker.browser("cashier")
    desk.post("/account/language", data={"language": "en"})
    assert shop.sale("2", discount="12")[0] == 303
    assert "优惠" in [one["item"] for one in shop.posted("sales_ledger")]
    page = shop.walker.browser("warehouse_supervisor").get("/registers/sales_ledger").text
    assert "优惠" in page
    shop.walker.browser("warehouse_supervisor").post("/account/language", data={"language": "en"})
    page = shop.walker.browser("warehouse_supervisor").get("/registers/sales_ledger").text
    assert ("Discount" in page, "优惠" in page) == (True, False)


def test_the_day_s_takings_go_by_way_of_payment(shop: Shop) -> None:
    for quantity, way in (("1", "cash"), ("3", "mobile"), ("2", "cash")):
        assert shop.sale(quantity, payment_way=way)[0] == 303
    assert shop.takings() == [("mobile", 1, 3, 3 * PRICE), ("cash", 2, 3, 3 * PRICE)]


def test_the_cashier_s_price_counts_and_the_sums_are_computed(shop: Shop) -> None:
    fields = shop.sale_fields("3", discount="5", total_amount="1", paid_amount="1", **{"books-0-price": "20"})
    status, number = shop.submit("WH-14", "cashier", **fields)
    assert status == 303, number
    page = shop.walker.browser("cashier").get(f"/warehouse/payment-slips/{number}.json")
    assert {"60.00", "55.00"} <= {str(value) for value in page.json["answers"].values()}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"books-0-quantity": "51"}, "超过书店库存"),
        ({"books-1-item": KNOWN.isbn, "books-1-quantity": "50"}, "超过书店库存"),
        ({"books-0-item": "镀锌角钢 50×5 I0001", "books-0-price": "3"}, "超过书店库存"),  # it lies elsewhere
        ({"books-0-item": "镀锌角钢 50×5 I0001"}, "没有登记定价"),
        ({"discount": "1000"}, "优惠不能超过应收金额"),
        ({"sold_at": "2199-01-01 00:00"}, "收费时间不能晚于现在"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_posted(
    shop: Shop, fields: dict[str, str], said: str
) -> None:
    status, text = shop.sale(**fields) if "books-0-quantity" not in fields else shop.sale("51")
    assert (status, said in text) == (422, True), text
    assert (shop.there(), shop.posted("sales_ledger")) == (Decimal(50), [])


def test_only_cashiers_sell_and_only_guards_release(shop: Shop) -> None:
    assert shop.submit("WH-14", "buyer", **shop.sale_fields())[0] == 403
    step = PaymentSlip.signoff.step("door_release")
    assert [party.key for party in step.by.parties] == ["security_guard"]
    assert step.judges  # nobody lets out what they sold themselves


@pytest.mark.requirement("R62")
def test_r62_a_slip_is_released_once(shop: Shop) -> None:
    _status, number = shop.sale()
    with pytest.raises(AssertionError, match="不能早于收费时间"):
        shop.walker.sign(number, released_at="2026-01-01 10:00")
    assert shop.walker.sign(number)
    assert shop.walker.state(number) == "finished"
    assert not shop.walker.sign(number)  # nothing is left to be released


@pytest.mark.requirement("R62")
def test_r62_with_books_not_on_the_slip_the_customer_goes_back_to_the_cashier(shop: Shop) -> None:
    _status, number = shop.sale("2")
    shop.walker.sign(number, books_match="no", released_at="")
    assert shop.walker.state(number) == "returned"
    status, text = shop.correct(number, "cashier", **shop.sale_fields("51"))
    assert (status, "超过书店库存" in text) == (422, True), text
    assert shop.correct(number, "cashier", **shop.sale_fields("50"))[0] == 303
    assert shop.there() == Decimal(0)
    assert shop.takings() == [("cash", 1, 50, 50 * PRICE)]
    shop.walker.sign(number)
    assert shop.walker.state(number) == "finished"


def test_a_slip_that_is_given_up_leaves_the_books_as_they_were(shop: Shop) -> None:
    _status, number = shop.sale("2", discount="12")
    shop.walker.sign(number, books_match="no", released_at="")
    assert shop.void(number, "cashier") == 303
    assert (shop.there(), shop.takings()) == (Decimal(50), [("cash", 1, 0, Decimal(0))])


def test_a_correction_takes_the_sale_s_place_when_it_is_released(shop: Shop) -> None:
    _status, number = shop.sale("2")
    shop.walker.sign(number)
    status, again = shop.anew(number, "cashier", **shop.sale_fields("3", payment_way="card"))
    assert status == 303, again
    assert (shop.there(), shop.takings()) == (Decimal(48), [("cash", 1, 2, 2 * PRICE)])
    shop.walker.sign(again)
    assert shop.there() == Decimal(47)
    assert shop.takings() == [("cash", 1, 0, Decimal(0)), ("card", 1, 3, 3 * PRICE)]


def test_a_correction_is_corrected_once_more(shop: Shop) -> None:
    _status, number = shop.sale("2", discount="12")
    shop.walker.sign(number)
    for quantity, way in (("3", "card"), ("4", "mobile")):
        status, number = shop.anew(number, "cashier", **shop.sale_fields(quantity, payment_way=way))
        assert status == 303, number
        shop.walker.sign(number)
        assert shop.there() == 50 - int(quantity)
    assert shop.takings() == [
        ("mobile", 1, 4, 4 * PRICE),
        ("cash", 1, 0, Decimal(0)),
        ("card", 1, 0, Decimal(0)),
    ]


def test_a_correction_that_is_given_up_changes_nothing(shop: Shop) -> None:
    _status, number = shop.sale("2")
    shop.walker.sign(number)
    _status, again = shop.anew(number, "cashier", **shop.sale_fields("3"))
    shop.walker.sign(again, books_match="no", released_at="")
    assert shop.void(again, "cashier") == 303
    assert (shop.there(), shop.takings()) == (Decimal(48), [("cash", 1, 2, 2 * PRICE)])
