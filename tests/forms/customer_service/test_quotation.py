"""CR-16: offers by the price list, below it only for a reason that the director approves."""

from datetime import timedelta
from decimal import Decimal

import pytest
from shop import CART, LIFT, TAIHE, TODAY, Shop, days, wrong, wrong_in

from portal.domain.refusal import NotAllowed
from portal.forms.ledgers import LEDGERS
from portal.queries import ledgers

LIST = {LIFT: Decimal("38600.00"), CART: Decimal("26800.00")}


@pytest.fixture
def shop(context):
    """The small company's sales."""
    return Shop()


def given(shop, *lines, **changed):
    """The answers of an offer of these products at these prices."""
    lines = lines or ((LIFT, 2, "38600.00"),)
    return {
        "customer": shop.ref(shop.customer(TAIHE)),
        "lines": [
            {"product": shop.ref(shop.product(code)), "quantity": Decimal(quantity), "price": Decimal(price)}
            for code, quantity, price in lines
        ],
        "valid_until": days(30),
        "delivery_terms": "二十天内送达",
        "payment_terms": "货到三十天内付清",
        **changed,
    }


def offered(shop, **changed):
    """An offer that waits for the customer's answer."""
    return shop.sign(shop.submit("CR-16", **given(shop, **changed)))


def lead(shop, **chance):
    """A chance that was to be quoted."""
    record = shop.submit(
        "CR-12",
        prospect_name="德清新禾建材有限公司",
        contact_person="沈禾",
        contact_phone="13900001111",
        marketing_channel="other",
        response_at=shop.now,
        response_content="询价",
        owner=shop.person("salesperson"),
    )
    worth = {"need_clear": True, "budget_known": "enough", "value_score": Decimal(80)}
    shop.sign(record, **worth, worth_following=True)
    shop.sign(record, allocated_to=shop.person("salesperson"))
    shop.sign(record, actions=[{"action": "拜访", "planned_on": TODAY}])
    chance = {"expected_amount": Decimal(1000), "probability": Decimal(50), "outcome": "quote"}
    return shop.sign(record, **chance, expected_close_on=days(9))


def outcome(lead):
    """What the forecast says of the chance."""
    rows = ledgers.page(LEDGERS["sales_forecast"].source, ledgers.Wanted(), "", 20).rows
    return next(row["outcome"] for row in rows if row["record"] == lead.number)


def test_list_prices_and_amounts_are_computed_whatever_is_typed(shop):
    answers = given(shop, (LIFT, 2, "38600.00"), (CART, 3, "27000.00"))
    for line in answers["lines"]:
        line["list_price"] = line["amount"] = Decimal(1)
    sheet = shop.sheet("CR-16", **answers, total_amount=Decimal(1), quotation_version=9)
    assert not sheet.errors
    assert [line["list_price"] for line in sheet.lines.data] == [LIST[LIFT], LIST[CART]]
    assert [line["amount"] for line in sheet.lines.data] == [Decimal("77200.00"), Decimal("81000.00")]
    assert sheet.total_amount.data == Decimal("158200.00")
    assert (sheet.quotation_version.data, sheet.below_list.data) == (1, False)


def test_an_offer_at_the_list_price_needs_no_director(shop):
    record = shop.submit("CR-16", **given(shop))
    assert "sales_manager" in shop.signers(record)
    assert shop.sign(record).step == "customer_answer"


def test_an_offer_below_the_list_needs_a_reason_and_the_director(shop):
    cheap = given(shop, (LIFT, 2, "38599.99"), (CART, 1, "30000.00"))
    assert wrong(shop.sheet("CR-16", **cheap)) == {"discount_reason"}
    record = shop.sign(shop.submit("CR-16", **cheap, discount_reason="长期合作"))
    assert record.step == "director_approval"
    assert "marketing_director" in shop.signers(record)
    shop.refuse(record)
    assert record.state == "returned"


@pytest.mark.parametrize(("valid_until", "refused"), [(-1, {"valid_until"}), (0, set())])
def test_an_offer_holds_from_today(shop, valid_until, refused):
    assert wrong(shop.sheet("CR-16", **given(shop, valid_until=days(valid_until)))) == refused


def test_what_is_discontinued_or_has_no_price_is_not_offered(shop):
    shop.product(LIFT).state = "discontinued"
    sheet = shop.sheet("CR-16", **given(shop))
    assert wrong_in(sheet, "lines") == {"product"}
    assert "停售" in str(sheet.lines.rows[0].product.errors)
    shop.product(LIFT).state = "on_sale"
    shop.now = shop.now.replace(year=2024)
    sheet = shop.sheet("CR-16", **given(shop))
    assert wrong_in(sheet, "lines") == {"product"}
    assert "CR-05" in str(sheet.lines.rows[0].product.errors)


def test_an_accepted_offer_becomes_an_order_of_the_same_lines(shop):
    record = offered(shop)
    shop.sign(record, accepted=True)
    assert record.state == "finished"
    drafted = shop.drafted(record, "CR-17")
    assert (drafted["customer"].id, drafted["quotation"].id) == (shop.customer(TAIHE).id, record.id)
    (line,) = drafted["lines"]
    assert (line["product"].id, line["quantity"], line["price"]) == (shop.product(LIFT).id, 2, LIST[LIFT])
    assert drafted["order_date"] == TODAY


def test_a_declined_offer_says_whether_another_is_wanted(shop):
    record = offered(shop)
    assert wrong(shop.stage(record, accepted=False)) == {"requote"}
    assert not shop.stage(record, accepted=True).errors


def test_another_version_goes_round_again(shop):
    record = offered(shop)
    shop.sign(record, accepted=False, requote=True)
    assert record.state == "returned"
    assert not shop.drafts(record, "CR-17")
    shop.correct(record)
    assert record.cells["quotation_version"] == "2"
    shop.sign(record)
    shop.sign(record, accepted=True)
    assert record.state == "finished"
    assert len(shop.drafts(record, "CR-17")) == 1


def test_what_a_manager_returns_is_no_new_version(shop):
    record = shop.submit("CR-16", **given(shop))
    shop.send_back(record)
    shop.correct(record)
    assert record.cells["quotation_version"] == "1"


def test_a_lost_offer_ends_and_loses_the_chance(shop):
    chance = lead(shop)
    assert outcome(chance) == "quote"
    customer = shop.drafted(chance, "CR-16")["customer"]
    record = offered(shop, customer=customer, lead=shop.ref(chance))
    assert outcome(chance) == "quote"
    shop.sign(record, accepted=False, requote=False)
    assert record.state == "refused"
    assert outcome(chance) == "lost"


@pytest.mark.both_databases
def test_an_accepted_offer_wins_the_chance(shop):
    chance = lead(shop)
    customer = shop.drafted(chance, "CR-16")["customer"]
    shop.sign(offered(shop, customer=customer, lead=shop.ref(chance)), accepted=True)
    assert outcome(chance) == "won"


def test_a_chance_is_quoted_to_its_own_customer(shop):
    chance = lead(shop)
    own = shop.drafted(chance, "CR-16")["customer"]
    assert wrong(shop.sheet("CR-16", **given(shop, lead=shop.ref(chance)))) == {"lead"}
    assert not shop.sheet("CR-16", **given(shop, lead=shop.ref(chance), customer=own)).errors


def test_only_salespeople_offer(shop):
    with pytest.raises(NotAllowed):
        shop.submit("CR-16", "buyer", **given(shop))
    assert shop.submit("CR-16", **given(shop)).state == "running"


def test_an_empty_page_begins_with_what_is_known(shop):
    assert shop.page("CR-16") == {"valid_until": days(30)}


def test_an_offer_that_has_run_out_is_not_accepted(shop):
    record = offered(shop, valid_until=TODAY)
    shop.now += timedelta(days=1)
    assert wrong(shop.stage(record, accepted=True)) == {"accepted"}
    assert not wrong(shop.stage(record, accepted=False, requote=True))
    shop.now -= timedelta(days=1)
    assert not wrong(shop.stage(record, accepted=True))


@pytest.mark.parametrize(("quantity", "price"), [("999999999999", "999999999999"), ("0.001", "0.01")])
def test_a_total_is_more_than_nothing_and_fits_into_the_books(shop, quantity, price):
    answers = given(shop, (LIFT, quantity, price), discount_reason="样品")
    assert wrong(shop.sheet("CR-16", **answers)) == {"lines"}
