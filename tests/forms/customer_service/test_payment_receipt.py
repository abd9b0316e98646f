"""CR-06: what customers pay, on what is open, once finance has seen the money."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from shop import CART, LIFT, NOW, SCHOOL, TAIHE, TODAY, Shop, days, wrong
from test_customer_obligations import Duties

from portal.domain.refusal import NotAllowed
from portal.extensions import db
from portal.forms.ledgers import LEDGERS
from portal.models import LedgerEntry, ReceivableEntry
from portal.queries import ledgers, orders, receivables

PAID = {"received_on": TODAY, "received_amount": Decimal("26800.00")}


@pytest.fixture
def shop(context):
    """The small company's sales."""
    return Shop()


@pytest.fixture
def order(shop):
    """A confirmed order of one cart by the school: 26,800 are open."""
    return shop.ordered((CART, 1))


def given(shop, order, amount="26800.00", **changed):
    """The answers of a payment on an order."""
    return {
        "customer": shop.ref(shop.customer(SCHOOL)),
        "contract_or_order": shop.ref(order),
        "payment_way": "transfer",
        "paid_on": TODAY,
        "amount": Decimal(amount),
        "handler": shop.person("salesperson"),
        "account": "建设银行 尾号 5520",
        **changed,
    }


def instalments(order, *rows):
    """Claims a contract's instalments beside the order's own claim: name, days until due, amount."""
    own = db.session.scalars(sa.select(ReceivableEntry)).first()
    for name, due, amount in rows:
        db.session.add(
            ReceivableEntry(
                customer_id=own.customer_id,
                of_id=order.id,
                row=name,
                amount=Decimal(amount),
                due_on=days(due),
                balance=Decimal(0),
                record_id=order.id,
                posted_by_id=own.posted_by_id,
                posted_at=NOW,
            )
        )
    db.session.flush()


def delivered(order, quantity):
    """The customer has received so many carts."""
    db.session.add(
        LedgerEntry(
            ledger="deliveries",
            facts={"product": {"id": quantity[0].id, "text": "车"}, "quantity": str(quantity[1])},
            about_id=order.id,
            record_id=order.id,
            posted_by_id=order.applicant_id,
            posted_at=NOW,
        )
    )
    db.session.flush()


def test_what_is_open_is_shown_and_the_delivery_is_known(shop, order):
    sheet = shop.sheet("CR-06", **given(shop, order, delivery_status="delivered"))
    assert not sheet.errors
    assert sheet.open_rows.data == f"{days(15)} ¥26,800.00"
    assert sheet.delivery_status.data == "not_delivered"
    delivered(order, (shop.product(CART), 1))
    assert shop.sheet("CR-06", **given(shop, order)).delivery_status.data == "delivered"


def test_a_payment_counts_once_finance_has_seen_it(shop, order):
    record = shop.submit("CR-06", **given(shop, order))
    assert "finance_supervisor" in shop.signers(record)
    assert shop.customer(SCHOOL).arrears == 26800
    assert shop.stage(record).answers() == PAID
    shop.sign(record, **PAID)
    assert record.state == "finished"
    assert shop.customer(SCHOOL).arrears == 0
    assert orders.progress({order.id})[order.id].is_paid
    rows = ledgers.page(LEDGERS["receivables"].source, ledgers.Wanted(), "", 5).rows
    line = next(row for row in rows if row["record"] == record.number)
    facts = [line[name] for name in ("credit", "debit", "way", "account", "paid_on", "balance")]
    assert facts == [26800, None, "转账", "建设银行 尾号 5520", TODAY, 0]
    assert shop.person("salesperson").text == line["handler"]


def test_an_order_delivered_and_paid_is_closed(shop, order):
    shop.sign(shop.submit("CR-06", **given(shop, order)), **PAID)
    assert not orders.progress({order.id})[order.id].is_closed
    delivered(order, (shop.product(CART), 1))
    assert orders.progress({order.id})[order.id].is_closed


def test_money_that_does_not_arrive_leaves_the_row_unpaid(shop, order):
    record = shop.refuse(shop.submit("CR-06", **given(shop, order)))
    assert record.state == "refused"
    assert shop.customer(SCHOOL).arrears == 26800
    assert not orders.progress({order.id})[order.id].is_paid


def test_a_part_leaves_the_rest_open(shop, order):
    record = shop.submit("CR-06", **given(shop, order, "6800.00"))
    shop.sign(record, received_on=TODAY, received_amount=Decimal("6799.00"))
    assert shop.customer(SCHOOL).arrears == 20001
    sheet = shop.sheet("CR-06", **given(shop, order, "20001.01"))
    assert wrong(sheet) == {"amount"}
    assert "20001.00" in sheet.amount.errors[0]
    assert not shop.sheet("CR-06", **given(shop, order, "20001.00")).errors


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"paid_on": days(1)}, {"paid_on"}),
        ({"amount": Decimal(0)}, {"amount"}),
        ({"amount": Decimal("26800.01")}, {"amount"}),
        ({"account": ""}, {"account"}),
        ({"plan_row": "预付款"}, {"plan_row"}),
        ({"contract_or_order": None}, {"contract_or_order"}),
        ({}, set()),
    ],
)
def test_a_payment_is_of_the_past_and_not_more_than_is_open(shop, order, changed, refused):
    assert wrong(shop.sheet("CR-06", **{**given(shop, order), **changed})) == refused


def test_a_payment_is_made_on_the_customers_own_order(shop, order):
    other = {"customer": shop.ref(shop.customer(TAIHE))}
    assert wrong(shop.sheet("CR-06", **{**given(shop, order), **other})) == {"contract_or_order"}


def test_the_contract_says_who_pays(shop, order):
    sheet = shop.sheet("CR-06", **given(shop, order, customer=None))
    assert not sheet.errors
    assert sheet.customer.data == shop.ref(shop.customer(SCHOOL))
    assert wrong(shop.sheet("CR-06", **given(shop, order, customer=None, contract_or_order=None))) == {
        "customer",
        "contract_or_order",
    }


def test_nothing_is_paid_where_nothing_is_open(shop, order):
    shop.sign(shop.submit("CR-06", **given(shop, order)), **PAID)
    assert wrong(shop.sheet("CR-06", **given(shop, order))) == {"contract_or_order"}
    waiting = shop.submit("CR-17", **shop.order((LIFT, 1)))
    assert wrong(shop.sheet("CR-06", **given(shop, waiting))) == {"contract_or_order"}


def test_the_only_open_row_is_proposed(shop, order):
    shop.sign(shop.submit("CR-06", **given(shop, order)), **PAID)
    instalments(order, ("预付款", 10, 3000))
    assert shop.sheet("CR-06", **given(shop, order, "3000")).plan_row.data == "预付款"
    instalments(order, ("尾款", 60, 7000))
    assert shop.sheet("CR-06", **given(shop, order)).open_rows.data.splitlines() == [
        f"预付款 {days(10)} ¥3,000.00",
        f"尾款 {days(60)} ¥7,000.00",
    ]
    sheet = shop.sheet("CR-06", **given(shop, order, "10000"))
    assert (bool(sheet.plan_row.data), wrong(sheet)) == (False, set())
    named = shop.sheet("CR-06", **given(shop, order, "100", plan_row="定金"))
    assert wrong(named) == {"plan_row"}
    assert "预付款、尾款" in named.plan_row.errors[0]


def test_a_payment_goes_to_the_row_it_names(shop, order):
    instalments(order, ("预付款", 10, 3000), ("尾款", 60, 7000))
    record = shop.submit("CR-06", **given(shop, order, "7000", plan_row="尾款"))
    shop.sign(record, received_on=TODAY, received_amount=Decimal(7000))
    open = {one.row: one.open for one in receivables.instalments(of=order.id)}
    assert open == {"": 26800, "预付款": 3000, "尾款": 0}


def test_money_arrives_after_it_was_paid_by_today_and_not_more_than_is_open(shop, order):
    record = shop.submit("CR-06", **given(shop, order, paid_on=days(-2)))
    for changed, refused in (
        ({"received_on": days(-3)}, {"received_on"}),
        ({"received_on": days(1)}, {"received_on"}),
        ({"received_amount": Decimal("26800.01")}, {"received_amount"}),
        ({"received_amount": Decimal(0)}, {"received_amount"}),
        ({"received_on": days(-2)}, set()),
    ):
        assert wrong(shop.stage(record, **{**PAID, **changed})) == refused


def test_two_payments_of_the_same_money_are_found_at_the_second(shop, order):
    first, second = (shop.submit("CR-06", **given(shop, order)) for _twice in range(2))
    shop.sign(first, **PAID)
    assert wrong(shop.stage(second, **PAID)) == {"received_amount"}
    shop.refuse(second)
    assert shop.customer(SCHOOL).arrears == 0


@pytest.mark.both_databases
def test_a_corrected_payment_is_taken_back(shop, order):
    first = shop.submit("CR-06", **given(shop, order))
    shop.sign(first, **PAID)
    right = given(shop, order, "16800.00")
    again = shop.submit("CR-06", corrects=first, **right)
    shop.sign(again, received_on=TODAY, received_amount=Decimal("16800.00"))
    assert shop.customer(SCHOOL).arrears == 10000
    shop.now = NOW + timedelta(hours=1)
    third = shop.sheet("CR-06", corrects=again, **given(shop, order))
    assert not third.errors
    assert wrong(shop.sheet("CR-06", corrects=again, **given(shop, order, "26800.01"))) == {"amount"}


def test_sales_and_finance_enter_payments(shop, order):
    shop.submit("CR-06", "finance_supervisor", **given(shop, order))
    with pytest.raises(NotAllowed):
        shop.submit("CR-06", "customer_service_officer", **given(shop, order))


def test_an_empty_page_begins_with_what_is_known(shop):
    assert shop.page("CR-06") == {"paid_on": TODAY, "handler": shop.person("salesperson")}


def test_what_a_supplement_adds_is_paid_by_its_own_number(shop, order):
    instalments(order, ("BJ2026001", 30, "950.50"))
    customer = shop.ref(shop.customer(SCHOOL))
    added = {"main_contract": shop.ref(order), "customer": customer, "supplement_no": "BJ2026001"}
    supplement = Duties().record("CS-75", added, NOW)
    assert wrong(shop.sheet("CR-06", **given(shop, supplement, "950.51"))) == {"amount"}
    record = shop.submit("CR-06", **given(shop, supplement, "950.50"))
    shop.sign(record, received_on=TODAY, received_amount=Decimal("950.50"))
    left = [(one.row, one.open) for one in receivables.instalments(of=order.id) if one.open]
    assert left == [("", Decimal("26800.00"))], "the contract's own claim stays"
    assert wrong(shop.sheet("CR-06", **given(shop, supplement, "1"))) == {"contract_or_order"}
