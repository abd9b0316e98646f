"""CR-05: products enter the catalogue with their uniform price, which changes from a day on."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from shop import CART, LIFT, NOW, TODAY, Shop, days, wrong

from portal.domain.refusal import Refusal
from portal.domain.signoff import Close
from portal.extensions import db
from portal.forms.customer_service.product_catalogue import ProductCatalogue
from portal.forms.ledgers import LEDGERS
from portal.models import PriceEntry, Product, StockBalance, StockItem
from portal.queries import ledgers, prices

GIVEN = {
    "request_kind": "new_product",
    "product_line": "升降设备",
    "product_name": "轮式登高车",
    "product_code": "DG-9",
    "unit": "台",
    "stocked": True,
    "uniform_price": Decimal("68000.00"),
    "valid_from": TODAY,
    "warranty_months": 18,
}


@pytest.fixture
def shop(context):
    """The small company's sales."""
    return Shop()


def change(shop, price, code=LIFT, **changed):
    """The answers of a price change."""
    given = {
        "request_kind": "price_change",
        "product": shop.ref(shop.product(code)),
        "uniform_price": Decimal(price),
        "valid_from": TODAY,
    }
    return {**given, **changed}


def finish(shop, **answers):
    """A form signed by all three."""
    record = shop.submit("CR-05", **answers)
    for _step in range(3):
        shop.sign(record)
    assert record.state == "finished"
    return record


def lines(key):
    """The first lines of a book."""
    return ledgers.page(LEDGERS[key].source, ledgers.Wanted(), "", 20).rows


@pytest.mark.both_databases
def test_a_new_product_has_a_price_and_a_stock_item_with_nothing_in_stock(shop):
    record = finish(shop, **GIVEN)
    product = shop.product("DG-9")
    facts = (product.name, product.line, product.unit, product.warranty_months, product.state)
    assert facts == ("轮式登高车", "升降设备", "台", 18, "on_sale")
    item = shop.item(product.item_id)
    assert (item.name, item.unit) == ("轮式登高车", "台")
    assert db.session.scalar(sa.select(StockBalance.quantity).where(StockBalance.item_id == item.id)) is None
    assert prices.on(product.id, TODAY) == 68000
    assert prices.on(product.id, days(-1)) is None
    line = next(one for one in lines("product_catalogue") if one["code"] == "DG-9")
    assert (line["price"], line["stocked"], line["record"]) == (68000, True, record.number)


def test_one_that_is_not_kept_in_stock_has_no_item(shop):
    items = db.session.scalar(sa.select(sa.func.count(StockItem.id)))
    finish(shop, **{**GIVEN, "stocked": False})
    assert shop.product("DG-9").item_id is None
    assert db.session.scalar(sa.select(sa.func.count(StockItem.id))) == items


def test_nothing_is_published_before_the_third_signature(shop):
    record = shop.submit("CR-05", **GIVEN)
    for signer in ("finance_supervisor", "marketing_director", "general_manager"):
        assert signer in shop.signers(record)
        assert db.session.scalar(sa.select(Product.id).where(Product.code == "DG-9")) is None
        shop.sign(record)
    assert shop.product("DG-9")


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_refusal_leaves_the_old_price(shop, steps):
    record = shop.submit("CR-05", **change(shop, "41000"))
    for _step in range(steps):
        shop.sign(record)
    shop.refuse(record)
    assert record.state == "refused"
    assert prices.on(shop.product(LIFT).id, TODAY) == 38600
    assert all(isinstance(step.on_refusal, Close) for step in ProductCatalogue.signoff.steps)


@pytest.mark.parametrize("code", ["M0001", "m0001", " Ｍ 0001"])
def test_a_code_is_one_products(shop, code):
    assert wrong(shop.sheet("CR-05", **{**GIVEN, "product_code": code})) == {"product_code"}


def test_a_code_has_no_blanks(shop):
    sheet = shop.sheet("CR-05", **{**GIVEN, "product_code": "dg - ９"})
    assert not sheet.errors
    assert sheet.answers()["product_code"] == "DG-9"


def test_a_code_that_somebody_took_meanwhile_is_refused_at_the_approval(shop):
    first, second = (shop.submit("CR-05", **GIVEN) for _twice in range(2))
    for record in (first, second):
        shop.sign(record)
        shop.sign(record)
    shop.sign(first)
    with pytest.raises(Refusal, match="DG-9"), db.session.begin_nested():
        shop.sign(second)


@pytest.mark.both_databases
def test_the_old_price_comes_from_the_price_list_and_the_new_one_follows_it(shop):
    sheet = shop.sheet("CR-05", **change(shop, "41000", old_price=Decimal(1)))
    assert not sheet.errors
    assert sheet.old_price.data == Decimal("38600.00")
    record = finish(shop, **change(shop, "41000", valid_from=days(10)))
    id = shop.product(LIFT).id
    assert (prices.on(id, days(9)), prices.on(id, days(10))) == (38600, 41000)
    new, old = (one for one in lines("price_list") if one["code"] == LIFT)
    assert (new["record"], new["valid_to"], old["valid_to"]) == (record.number, None, days(9))


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, {"valid_from"}),
        ({"uniform_price": Decimal("38600.00")}, {"uniform_price"}),
        ({"uniform_price": Decimal(0)}, {"uniform_price"}),
        ({"product": None}, {"product"}),
        ({}, set()),
    ],
)
def test_a_price_changes_and_not_in_the_past(shop, changed, refused):
    assert wrong(shop.sheet("CR-05", **change(shop, "41000", **changed))) == refused


def test_a_price_approved_late_counts_from_the_approval(shop):
    record = shop.submit("CR-05", **change(shop, "41000"))
    shop.now = NOW + timedelta(days=5)
    for _step in range(3):
        shop.sign(record)
    id = shop.product(LIFT).id
    assert (prices.on(id, days(4)), prices.on(id, days(5))) == (38600, 41000)


def test_a_discontinued_product_is_sold_again_at_a_new_price(shop):
    stop = {"request_kind": "discontinue", "product": shop.ref(shop.product(CART))}
    finish(shop, **stop)
    assert shop.product(CART).state == "discontinued"
    assert prices.on(shop.product(CART).id, TODAY) == 26800
    assert wrong(shop.sheet("CR-05", **stop)) == {"product"}
    finish(shop, **change(shop, "25000", CART))
    assert shop.product(CART).state == "on_sale"


def test_only_what_the_kind_asks_for_is_kept(shop):
    sheet = shop.sheet("CR-05", **{**GIVEN, "request_kind": "discontinue"})
    assert wrong(sheet) == {"product"}
    kept = {name for name, value in sheet.answers().items() if value is not None}
    assert kept == {"request_kind"}


def test_a_corrected_new_product_stays_one_product(shop):
    first = finish(shop, **GIVEN)
    id, item = shop.product("DG-9").id, shop.product("DG-9").item_id
    right = {**GIVEN, "product_code": "DG-10", "uniform_price": Decimal("66000.00")}
    finish(shop, corrects=first, **right)
    assert (shop.product("DG-10").id, shop.product("DG-10").item_id) == (id, item)
    assert prices.on(id, TODAY) == 66000
    assert db.session.scalar(sa.select(sa.func.count(PriceEntry.id)).where(PriceEntry.product_id == id)) == 2
    taken_back = next(one for one in lines("price_list") if one["price"] == 68000)
    assert taken_back["reversed_by"]
    assert taken_back["valid_to"] is None


def test_a_corrected_price_counts_no_longer_and_may_keep_its_day(shop):
    first = finish(shop, **change(shop, "83000", valid_from=days(3)))
    id = shop.product(LIFT).id
    shop.now = NOW + timedelta(days=5)
    right = change(shop, "38000", valid_from=days(3))
    sheet = shop.sheet("CR-05", corrects=first, **right)
    assert not sheet.errors
    assert sheet.old_price.data == Decimal("38600.00")
    assert "valid_from" in wrong(shop.sheet("CR-05", corrects=first, **{**right, "valid_from": days(2)}))
    finish(shop, corrects=first, **right)
    assert (prices.on(id, days(2)), prices.on(id, days(3))) == (38600, 38000)


def test_a_price_change_corrected_into_a_new_product_leaves_the_other_as_it_is(shop):
    first = finish(shop, **change(shop, "41000"))
    finish(shop, corrects=first, **GIVEN)
    assert (shop.product(LIFT).name, shop.product("DG-9").name) == ("小型液压升降机", "轮式登高车")
    assert prices.on(shop.product(LIFT).id, TODAY) == 38600


def test_an_empty_page_begins_with_what_is_known(shop):
    assert shop.page("CR-05") == {"valid_from": TODAY}
