"""CR-17: orders within the customer's credit, confirmed, delivered from stock or bought, and owed."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from shop import CART, DEALER, LIFT, NOW, SCHOOL, TAIHE, TODAY, Shop, days, wrong, wrong_in

from portal.domain.effects import Opens
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.forms.customer_service.order import CustomerOrder
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.models import Content, FormVersion, ReceivableEntry, Record, RecordLink, Signature
from portal.queries import contracts, credit, receivables, visible


@pytest.fixture
def shop(context):
    """The small company's sales."""
    return Shop()


def contract(shop, customer=SCHOOL, *, start=-10, end=90, signed=True, state="finished"):
    """A contract as its form keeps it."""
    answers = {
        "customer": {"id": shop.customer(customer).id, "text": "客户"},
        "start_date": days(start).isoformat(),
        "end_date": days(end).isoformat(),
    }
    by = shop.actor("salesperson").person
    version = FormVersion(code="CS-34", sha256="cs34", frozen={"fields": []}, created_at=NOW)
    record = Record(
        number="CS-34-2026-0001",
        key="cs34",
        form_code="CS-34",
        form_version=version,
        applicant_id=by.id,
        department_id=by.department_id,
        state=state,
        submitted_at=NOW,
    )
    db.session.add(record)
    db.session.flush()
    given = {"record_id": record.id, "form_version_id": version.id}
    db.session.add(
        Content(**given, version=1, answers=answers, sha256="", created_by_id=by.id, created_at=NOW)
    )
    if signed:
        db.session.add(
            Signature(
                **given,
                version=1,
                round=1,
                step="customer_sign",
                act="signed",
                meaning="confirmed",
                person_id=by.id,
                authority={},
                answers={"signed_on": days(start).isoformat()},
                content_sha256="",
                sha256="",
                signed_at=NOW,
            )
        )
    db.session.flush()
    return Ref(record.id, record.number)


def quotation(shop, **changed):
    """An offer of one lift to the school, as far as the customer's answer."""
    line = {"product": shop.ref(shop.product(LIFT)), "quantity": Decimal(1), "price": Decimal(38600)}
    record = shop.submit(
        "CR-16",
        customer=shop.ref(shop.customer(SCHOOL)),
        lines=[line],
        valid_until=days(20),
        delivery_terms="送货",
        payment_terms="月结",
    )
    return shop.sign(record)


def test_r53_customer_and_a_line(shop):
    answers = shop.order((LIFT, 1))
    assert wrong(shop.sheet("CR-17", **{**answers, "customer": None})) == {"customer"}
    assert wrong(shop.sheet("CR-17", **{**answers, "lines": []})) == {"lines"}
    assert not shop.sheet("CR-17", **answers).errors


def test_r15_no_order_without_a_file_or_of_a_blocked_customer(shop):
    sheet = shop.sheet("CR-17", **shop.order((LIFT, 1), code=DEALER))
    assert wrong(sheet) == {"customer"}
    assert "档案编号" in sheet.customer.errors[0]
    shop.customer(SCHOOL).status = "blocked"
    sheet = shop.sheet("CR-17", **shop.order((LIFT, 1)))
    assert wrong(sheet) == {"customer"}
    assert "停止交易" in sheet.customer.errors[0]


def test_amounts_and_credit_are_computed_whatever_is_typed(shop):
    typed = {"total_amount": Decimal(1), "credit_left": Decimal(1), "overdue_amount": Decimal(1)}
    sheet = shop.sheet("CR-17", **shop.order((LIFT, 1), (CART, 1), **typed))
    assert not sheet.errors
    assert [line["amount"] for line in sheet.lines.data] == [Decimal("38600.00"), Decimal("26800.00")]
    assert sheet.total_amount.data == Decimal("65400.00")
    assert (sheet.credit_left.data, sheet.overdue_amount.data) == (Decimal("80000.00"), Decimal("0.00"))
    assert sheet.release_needed.data is False


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"order_date": days(1)}, {"order_date"}),
        ({"order_date": days(-3)}, set()),
        ({"delivery_address": ""}, {"delivery_address"}),
    ],
)
def test_an_order_has_come_by_today(shop, changed, refused):
    assert wrong(shop.sheet("CR-17", **shop.order((LIFT, 1), **changed))) == refused


def test_nothing_is_wanted_before_it_is_ordered_and_nothing_discontinued(shop):
    answers = shop.order((LIFT, 1), (CART, 1))
    answers["lines"][0]["wanted_by"] = days(-1)
    shop.product(CART).state = "discontinued"
    sheet = shop.sheet("CR-17", **answers)
    assert [wrong_in(sheet, "lines", row) for row in (0, 1)] == [{"wanted_by"}, {"product"}]


def test_an_order_within_the_credit_goes_straight_to_the_customer(shop):
    record = shop.submit("CR-17", **shop.order((LIFT, 2)))
    assert "sales_manager" in shop.signers(record)
    assert shop.sign(record).step == "customer_confirm"


def test_an_order_beyond_the_credit_waits_for_finance(shop):
    record = shop.submit("CR-17", **shop.order((LIFT, 3)))
    assert record.cells["credit_left"] == "¥80,000.00"
    shop.sign(record)
    assert record.step == "finance_release"
    assert "finance_supervisor" in shop.signers(record)
    assert wrong(shop.stage(record, released=False)) == {"release_note"}
    assert shop.sign(record, released=True).step == "customer_confirm"
    assert not shop.drafts(record, "CS-38")


def test_what_finance_does_not_release_goes_back_with_a_request_for_credit(shop):
    record = shop.sign(shop.submit("CR-17", **shop.order((LIFT, 3))))
    shop.sign(record, released=False, release_note="额度不足")
    assert record.state == "returned"
    assert shop.drafted(record, "CS-38")["customer"].id == shop.customer(SCHOOL).id
    shop.correct(record, lines=shop.order((LIFT, 1))["lines"])
    assert shop.sign(record).step == "customer_confirm"


@pytest.mark.both_databases
def test_open_orders_take_of_the_credit(shop):
    first = shop.submit("CR-17", **shop.order((LIFT, 2)))
    school = shop.customer(SCHOOL).id
    assert credit.left(school) == 2800
    assert credit.left(school, {first.id}) == 80000
    assert credit.left(shop.customer(TAIHE).id) == 200000
    second = shop.sheet("CR-17", **shop.order((CART, 1)))
    assert (second.credit_left.data, second.release_needed.data) == (Decimal("2800.00"), True)
    shop.sign(first)
    shop.sign(first, confirmed_on=TODAY)
    assert credit.open_orders(school) == 0
    assert credit.left(school) == 2800


def test_an_order_that_is_corrected_takes_no_credit_twice(shop):
    first = shop.ordered((LIFT, 2))
    sheet = shop.sheet("CR-17", corrects=first, **shop.order((LIFT, 2)))
    assert (sheet.credit_left.data, sheet.release_needed.data) == (Decimal("80000.00"), False)
    shop.submit("CR-17", corrects=first, **shop.order((LIFT, 2)))


def test_overdue_debts_wait_for_finance_too(shop):
    shop.ordered((CART, 1), order_date=TODAY)
    shop.now = NOW.replace(month=6)
    sheet = shop.sheet("CR-17", **shop.order((CART, 1), order_date=TODAY))
    assert (sheet.overdue_amount.data, sheet.release_needed.data) == (Decimal("26800.00"), True)


@pytest.mark.parametrize("login", ["finance_supervisor", "salesperson_2", "customer_service_officer"])
def test_an_order_is_read_by_those_who_name_it(shop, login):
    record = shop.submit("CR-17", **shop.order((LIFT, 1)))
    assert visible.record(record.number, shop.actor(login)).id == record.id
    with pytest.raises(NotFound):
        visible.record(record.number, shop.actor("cashier"))


def test_the_customer_confirms_between_the_order_and_today(shop):
    record = shop.sign(shop.submit("CR-17", **shop.order((LIFT, 1))))
    assert shop.stage(record).confirmed_on.data == TODAY
    for day in (days(-1), days(1)):
        assert wrong(shop.stage(record, confirmed_on=day)) == {"confirmed_on"}
    shop.refuse(record)
    assert record.state == "returned"


def test_a_confirmed_order_is_owed_and_the_customer_has_ordered(shop):
    shop.customer(SCHOOL).status = "quiet"
    record = shop.ordered((LIFT, 1), (CART, 1))
    customer = shop.customer(SCHOOL)
    assert (customer.status, customer.last_order_on) == ("cooperating", TODAY)
    (claim,) = receivables.instalments(of=record.id)
    assert (claim.amount, claim.due_on) == (65400, days(15))
    assert customer.arrears == 65400


def test_an_older_order_leaves_the_day_of_the_last(shop):
    shop.ordered((CART, 1))
    shop.ordered((CART, 1), order_date=days(-5))
    assert shop.customer(SCHOOL).last_order_on == TODAY


def test_nothing_is_owed_before_the_customer_confirms(shop):
    before = shop.customer(SCHOOL).last_order_on
    record = shop.sign(shop.submit("CR-17", **shop.order((LIFT, 1))))
    assert not receivables.instalments(of=record.id)
    assert shop.customer(SCHOOL).last_order_on == before != TODAY


def test_what_stock_does_not_hold_is_asked_for(shop):
    record = shop.ordered((LIFT, 4), (LIFT, 3), (CART, 5), code=TAIHE)
    drafted = shop.drafted(record, "PU-03")
    (line,) = drafted["lines"]
    assert (line["item"].id, line["quantity"], line["unit"]) == (shop.product(LIFT).item_id, 1, "台")
    assert line["needed_by"] == days(30)
    assert (drafted["source_record"].id, drafted["category"]) == (record.id, "goods")


def test_what_stock_holds_is_not(shop):
    assert not shop.drafts(shop.ordered((LIFT, 6), code=TAIHE), "PU-03")


def test_the_delivery_is_prepared_with_everything_that_was_ordered(shop):
    school, lift, cart = shop.customer(SCHOOL), shop.product(LIFT), shop.product(CART)
    lines = [{**line, "amount": Decimal(1)} for line in shop.order((LIFT, 2), (CART, 1))["lines"]]
    answers = {"customer": shop.ref(school), "lines": lines, "delivery_address": "学府路"}
    record = Filed(7, "CR-17-2026-0001", "CR-17", answers, 12, 1, 12, {}, NOW)
    (draft,) = CustomerOrder.deliver(record)
    assert isinstance(draft, Opens)
    assert (draft.code, draft.names_as, draft.to) == ("CS-31", "contract_or_order", "person:12")
    given = draft.answers
    assert (given["site_contact"], given["site_phone"]) == (school.contact, school.phone)
    assert given["goods"] == [
        {
            "product": shop.ref(lift),
            "item": shop.ref(shop.item(lift.item_id)),
            "quantity": Decimal(2),
            "unit": "台",
        },
        {"product": shop.ref(cart), "item": None, "quantity": Decimal(1), "unit": "台"},
    ]


def test_an_order_under_a_contract_owes_nothing_more(shop):
    paper = contract(shop)
    sheet = shop.sheet("CR-17", **shop.order((LIFT, 3), contract=paper))
    assert not sheet.errors
    assert sheet.release_needed.data is False
    record = shop.ordered((LIFT, 3), contract=paper)
    assert db.session.scalar(sa.select(sa.func.count(ReceivableEntry.id))) == 0
    assert db.session.get(RecordLink, (record.id, paper.id, "named")) is not None
    assert credit.open_orders(shop.customer(SCHOOL).id) == 0


@pytest.mark.parametrize(
    "other",
    [
        {"customer": TAIHE},
        {"signed": False},
        {"end": -1},
        {"start": 1},
        {"state": "voided"},
    ],
)
def test_the_contract_is_the_customers_signed_and_in_force(shop, other):
    paper = contract(shop, **other)
    assert wrong(shop.sheet("CR-17", **shop.order((LIFT, 1), contract=paper))) == {"contract"}


def test_a_contract_holds_on_its_first_and_last_day(shop):
    paper = contract(shop, start=-3, end=0)
    assert contracts.is_in_force(paper.id, days(-3))
    assert contracts.is_in_force(paper.id, TODAY)
    assert not contracts.is_in_force(paper.id, days(1))


def test_the_quotation_is_the_customers_and_was_accepted(shop):
    offer = quotation(shop)
    assert wrong(shop.sheet("CR-17", **shop.order((LIFT, 1), quotation=shop.ref(offer)))) == {"quotation"}
    shop.sign(offer, accepted=True)
    assert not shop.sheet("CR-17", **shop.order((LIFT, 1), quotation=shop.ref(offer))).errors
    other = shop.order((LIFT, 1), quotation=shop.ref(offer), code=TAIHE)
    assert wrong(shop.sheet("CR-17", **other)) == {"quotation"}


def test_an_empty_page_begins_with_what_is_known(shop):
    assert shop.page("CR-17") == {"order_date": TODAY}


@pytest.mark.parametrize(("quantity", "price"), [("999999999999", "999999999999"), ("0.001", "0.01")])
def test_a_total_is_more_than_nothing_and_fits_into_the_books(shop, quantity, price):
    answers = shop.order((LIFT, 1))
    answers["lines"][0] |= {"quantity": Decimal(quantity), "price": Decimal(price)}
    assert wrong(shop.sheet("CR-17", **answers)) == {"lines"}
