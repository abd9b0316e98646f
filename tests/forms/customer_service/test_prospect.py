"""CR-12: one prospect is one row of the customer database, from the first answer to the outcome."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from shop import CART, DEALER, LIFT, NOW, TAIHE, TODAY, Shop, days, wrong, wrong_in

from portal.extensions import db
from portal.forms.ledgers import LEDGERS
from portal.models import Customer
from portal.queries import customers, ledgers

PHONE = "13900001111"
ACTIONS = [
    {"action": "寄送资料", "planned_on": TODAY, "done_on": TODAY, "result": "客户已收到"},
    {"action": "上门交流", "planned_on": days(3), "done_on": None, "result": None},
]
WORTH = {
    "need_clear": True,
    "budget_known": "enough",
    "value_score": Decimal(80),
    "worth_following": True,
}
CHANCE = {
    "expected_amount": Decimal("100000.00"),
    "probability": Decimal(60),
    "expected_close_on": days(40),
    "outcome": "quote",
}


@pytest.fixture
def shop(context):
    """The small company's sales."""
    return Shop()


def given(shop, **changed):
    """The answers of a first response."""
    wanted = [
        {"product": shop.ref(shop.product(LIFT)), "quantity": Decimal(2)},
        {"product": shop.ref(shop.product(CART)), "quantity": Decimal(1)},
    ]
    return {
        "prospect_name": "德清新禾建材有限公司",
        "contact_person": "沈禾",
        "contact_phone": PHONE,
        "marketing_channel": "online_marketing",
        "campaign": "春季展",
        "response_at": NOW - timedelta(hours=1),
        "response_content": "询问升降机价格",
        "interested_products": wanted,
        "owner": shop.person("salesperson"),
        **changed,
    }


def allocated(shop, **changed):
    """A prospect worth following, with its work done."""
    record = shop.submit("CR-12", **given(shop, **changed))
    shop.sign(record, **WORTH)
    shop.sign(record, allocated_to=shop.person("salesperson_2"))
    return shop.sign(record, actions=ACTIONS)


def count():
    """How many customers there are."""
    return db.session.scalar(sa.select(sa.func.count(Customer.id)))


def lines(key):
    """The first lines of a book."""
    return ledgers.page(LEDGERS[key].source, ledgers.Wanted(), "", 20).rows


def test_a_new_prospect_is_entered_at_once(shop):
    before = count()
    record = shop.submit("CR-12", **given(shop))
    assert count() == before + 1
    row = customers.about({record.id})
    assert (row.name, row.status, row.contact, row.phone) == (
        "德清新禾建材有限公司",
        "prospect",
        "沈禾",
        PHONE,
    )
    assert row.owner_id == shop.person("salesperson").id
    assert row.facts["source"] == "online_marketing"


def test_a_prospect_who_answers_again_is_brought_up_to_date(shop):
    first = shop.submit("CR-12", **given(shop))
    before = count()
    second = shop.submit("CR-12", **given(shop, contact_person="沈立", contact_phone="139 0000-1111"))
    assert count() == before
    assert customers.about({second.id}).id == customers.about({first.id}).id
    assert customers.about({second.id}).contact == "沈立"


def test_a_known_customer_is_chosen_and_not_entered_again(shop):
    known = shop.customer(TAIHE)
    namesake = given(shop, prospect_name="湖州泰和物业有限公司")
    sheet = shop.sheet("CR-12", **namesake)
    assert known.label in sheet.similar_customers.data
    assert wrong(sheet) == {"known_customer"}
    before = count(), known.contact, known.status
    record = shop.submit("CR-12", **namesake, known_customer=shop.ref(known))
    assert (count(), known.contact, known.status) == before
    assert customers.about({record.id}).id == known.id


def test_the_same_telephone_is_shown_and_decides_nothing(shop):
    sheet = shop.sheet("CR-12", **given(shop, contact_phone=shop.customer(DEALER).phone))
    assert shop.customer(DEALER).label in sheet.similar_customers.data
    assert not sheet.errors


def test_the_row_follows_a_corrected_sheet(shop):
    record = shop.submit("CR-12", **given(shop))
    before = count()
    shop.send_back(record)
    shop.correct(record, prospect_name="德清新禾钢构有限公司")
    assert count() == before
    assert customers.about({record.id}).name == "德清新禾钢构有限公司"


def test_a_corrected_record_keeps_its_row(shop):
    first = allocated(shop)
    shop.sign(first, **{**CHANCE, "outcome": "won"})
    before = count()
    again = shop.submit("CR-12", corrects=first, **given(shop, contact_phone="13900002222"))
    assert count() == before
    assert customers.about({again.id}).phone == "13900002222"


def test_nobody_answers_in_the_future(shop):
    late = shop.sheet("CR-12", **given(shop, response_at=NOW + timedelta(minutes=5)))
    assert wrong(late) == {"response_at"}


def test_low_value_ends_on_the_nurture_list_with_its_reason(shop):
    record = shop.submit("CR-12", **given(shop))
    low = {**WORTH, "worth_following": False}
    assert wrong(shop.stage(record, **low)) == {"nurture_reason"}
    shop.sign(record, **low, nurture_reason="一年内没有采购计划")
    assert record.state == "refused"
    assert record.cells["worth_following"]["zh"] == "否"


def test_chances_are_given_to_people_of_sales_who_then_work_on_them(shop):
    record = shop.submit("CR-12", **given(shop))
    shop.sign(record, **WORTH)
    assert "sales_manager" in shop.signers(record)
    assert shop.stage(record).allocated_to.data == shop.person("salesperson")
    assert wrong(shop.stage(record, allocated_to=shop.person("buyer"))) == {"allocated_to"}
    shop.sign(record, allocated_to=shop.person("salesperson_2"))
    assert shop.signers(record) == {"salesperson_2"}


def test_what_is_done_was_done_by_today_and_has_a_result(shop):
    record = shop.submit("CR-12", **given(shop))
    shop.sign(record, **WORTH)
    shop.sign(record, allocated_to=shop.person("salesperson_2"))
    early = [{**ACTIONS[0], "done_on": days(1)}, {**ACTIONS[0], "result": None}]
    stage = shop.stage(record, actions=early)
    assert [wrong_in(stage, "actions", row) for row in (0, 1)] == [{"done_on"}, {"result"}]


def test_a_quote_becomes_a_quotation_of_what_was_asked_about(shop):
    record = allocated(shop)
    shop.sign(record, **CHANCE)
    assert record.state == "finished"
    drafted = shop.drafted(record, "CR-16")
    assert (drafted["lead"].id, drafted["customer"].id) == (record.id, customers.about({record.id}).id)
    assert [(line["product"].id, line["quantity"]) for line in drafted["lines"]] == [
        (shop.product(LIFT).id, 2),
        (shop.product(CART).id, 1),
    ]
    (asked,) = shop.asked(record)
    assert asked.due_at.date() == days(40)


def test_the_expected_amount_is_proposed_by_the_price_list(shop):
    assert shop.stage(allocated(shop)).expected_amount.data == Decimal("104000.00")


def test_a_won_chance_opens_no_quotation(shop):
    record = shop.sign(allocated(shop), **{**CHANCE, "outcome": "won"})
    assert record.state == "finished"
    assert not shop.drafts(record, "CR-16")


def test_a_lost_chance_needs_its_reason_and_ends(shop):
    record = allocated(shop)
    lost = {**CHANCE, "outcome": "lost"}
    assert wrong(shop.stage(record, **lost)) == {"lost_reason"}
    shop.sign(record, **lost, lost_reason="选择了同行")
    assert record.state == "refused"
    assert not shop.drafts(record, "CR-16")


def test_a_chance_to_be_quoted_is_still_ahead(shop):
    record = allocated(shop)
    assert wrong(shop.stage(record, **{**CHANCE, "expected_close_on": days(-1)})) == {"expected_close_on"}
    assert not shop.stage(record, **{**CHANCE, "expected_close_on": days(-1), "outcome": "won"}).errors


@pytest.mark.both_databases
def test_the_forecast_weighs_each_chance_and_adds_up_the_month(shop):
    first = shop.sign(allocated(shop), **CHANCE)
    second = allocated(shop, prospect_name="安吉竹业有限公司", contact_phone="13900003333")
    shop.sign(second, **{**CHANCE, "expected_amount": Decimal("50000.00"), "probability": Decimal(30)})
    gone = allocated(shop, prospect_name="长兴管业有限公司", contact_phone="13900004444")
    shop.sign(gone, **{**CHANCE, "outcome": "lost"}, lost_reason="价格")
    shop.submit("CR-12", **given(shop, prospect_name="刚来的客户", contact_phone="13900005555"))
    found = {line["record"]: line for line in lines("sales_forecast")}
    assert set(found) == {first.number, second.number, gone.number}
    line = found[first.number]
    assert (line["month"], line["customer"]) == ("2026-06", "德清新禾建材有限公司")
    assert (line["weighted_amount"], line["month_amount"]) == (60000, 75000)
    assert "小型液压升降机 M0001" in line["products"]
    assert (found[gone.number]["outcome"], found[gone.number]["weighted_amount"]) == ("lost", 0)


@pytest.mark.both_databases
def test_campaigns_are_counted_by_channel(shop):
    shop.sign(allocated(shop), **{**CHANCE, "outcome": "won"})
    shop.sign(allocated(shop, prospect_name="安吉竹业有限公司", contact_phone="13900003333"), **CHANCE)
    low = shop.submit("CR-12", **given(shop, prospect_name="长兴管业", contact_phone="13900004444"))
    shop.sign(low, **{**WORTH, "worth_following": False}, nurture_reason="没有计划")
    other = given(shop, prospect_name="德清五金", contact_phone="13900005555", campaign=None)
    shop.submit("CR-12", **{**other, "marketing_channel": "other"})
    fair, none = sorted(lines("campaigns"), key=lambda line: line["campaign"], reverse=True)
    assert (fair["campaign"], fair["channel"]) == ("春季展", "online_marketing")
    counted = [fair[name] for name in ("responses", "worth_following", "quoted", "won", "amount")]
    assert counted == [3, 2, 1, 1, 100000]
    assert [none[name] for name in ("channel", "responses", "worth_following", "won")] == ["other", 1, 0, 0]


def test_an_empty_page_begins_with_what_is_known(shop):
    assert shop.page("CR-12") == {"owner": shop.person("salesperson")}
    assert shop.page("CR-12", "customer_service_officer") == {}
