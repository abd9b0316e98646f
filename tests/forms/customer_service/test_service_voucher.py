"""CS-78: what was done, what it costs, and that the customer has signed for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Asks, PostsEntry, PostsReceivable, PostsStock, Tells
from portal.domain.signoff import Back, Close
from portal.extensions import db
from portal.forms.customer_service.complaint import Complaint
from portal.forms.customer_service.service_voucher import ServiceVoucher
from portal.forms.customer_service.service_voucher_stages import Charge, CustomerSign, HandIn
from portal.forms.kinds import Ref
from portal.models import StockBalance, StockEntry, StockItem
from portal.services.drafts import prefill

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
ROUTE = ServiceVoucher.signoff
SIGNATURE = {"id": 1, "name": "签字.png", "type": "image/png", "size": 1, "sha256": "0" * 64}
MARKS = {"attitude_rating": Decimal(9), "speed_rating": Decimal(8), "skill_rating": Decimal(10)}


@pytest.fixture
def cylinder(app_context):
    """An oil cylinder of which two lie at C-01."""
    row = StockItem(code="I0001", name="油缸", unit="件", category="零件", unit_cost=Decimal(940))
    db.session.add(row)
    db.session.flush()
    db.session.add(StockBalance(item_id=row.id, place="C-01", quantity=Decimal(2)))
    db.session.flush()
    return Ref(row.id, row.label)


def used(part, quantity="1", price="1200.00", place="C-01"):
    return {
        "part": part,
        "place": place,
        "quantity": Decimal(quantity),
        "unit_price": Decimal(price),
        "old_part_returned": True,
    }


@pytest.fixture
def order(put, customer):
    """A finished dispatch order of the customer, of a type of service."""

    def make(kind="a_fee_service", number="CS-77-2026-0001", state="finished"):
        answers = {
            "customer": {"id": customer.id, "text": customer.text},
            "service_type": kind,
            "contact_phone": "0574-87654321",
        }
        sent = {"technician": {"id": 21, "text": "丁大勇 E021"}}
        return put(number, answers, state, manager_dispatch=sent)

    return make


@pytest.fixture
def opened(customer, order):
    """The form as validated."""

    def make(kind="a_fee_service", **changed):
        given = {
            "dispatch_order": changed.get("dispatch_order") or order(kind),
            "customer": customer,
            "service_type": kind,
            "work_done": "更换油缸",
            "started_at": NOW - timedelta(hours=2),
            "ended_at": NOW,
            "service_fee": Decimal(300) if kind == "a_fee_service" else Decimal(0),
        }
        form = ServiceVoucher(answers={**given, **changed})
        form.validate()
        return form

    return make


def test_what_is_asked_for(app_context):
    form = ServiceVoucher(answers={})
    assert not form.validate()
    assert set(form.errors) == {
        *("dispatch_order", "customer", "service_type", "work_done", "started_at", "ended_at", "service_fee"),
    }


def test_it_agrees_with_its_dispatch_order(opened, order, customer, make_customer):
    mine = order()
    assert not opened(dispatch_order=mine).errors
    assert opened(dispatch_order=mine, customer=None).customer.data == customer
    other = make_customer("苏州金桥建材贸易有限公司")
    assert set(opened(dispatch_order=mine, customer=other).errors) == {"customer"}
    free = opened("c_free_service", dispatch_order=mine)
    assert set(free.errors) == {"service_type"}


def test_the_order_is_finished_and_has_no_other_voucher(opened, order, put):
    running = order(number="CS-77-2026-0002", state="running")
    assert set(opened(dispatch_order=running).errors) == {"dispatch_order"}
    mine = order()
    first = put("CS-78-2026-0001", {"dispatch_order": {"id": mine.id, "text": mine.text}}, "refused")
    assert not opened(dispatch_order=mine).errors
    put("CS-78-2026-0002", {"dispatch_order": {"id": mine.id, "text": mine.text}}, "running")
    form = opened(dispatch_order=mine)
    assert "CS-78-2026-0002" in form.errors["dispatch_order"][0]
    assert first.text not in form.errors["dispatch_order"][0]


def test_a_service_ends_after_it_began(opened):
    assert set(opened(ended_at=NOW - timedelta(hours=3)).errors) == {"ended_at"}


@pytest.mark.parametrize(
    ("kind", "fee", "good"),
    [
        ("a_fee_service", "300", True),
        ("a_fee_service", "0", False),
        ("b_contract_service", "0", True),
        ("b_contract_service", "1", False),
        ("c_free_service", "0", True),
        ("c_free_service", "1", False),
    ],
)
def test_r69_only_type_a_costs_a_fee(opened, kind, fee, good):
    form = opened(kind, service_fee=Decimal(fee))
    assert set(form.errors) == (set() if good else {"service_fee"})


@pytest.mark.parametrize(
    ("kind", "says", "cost"),
    [
        ("a_fee_service", None, "2400.00"),
        ("b_contract_service", True, "2400.00"),
        ("b_contract_service", False, "0.00"),
        ("b_contract_service", None, "0.00"),
        ("c_free_service", None, "0.00"),
    ],
)
def test_r69_parts_cost_what_the_contract_allows(opened, enter, customer, cylinder, kind, says, cost):
    if says is not None:
        facts = {"outcome": "signed", "start": "2026-01-01", "end": "2026-12-31", "parts_charged": says}
        enter("service_contracts", "CS-73-2026-0001", facts, customer_id=customer.id)
    form = opened(kind, parts_used=[used(cylinder, "2")], parts_fee=Decimal(1))
    assert not form.errors
    assert str(form.parts_fee.data) == cost


def test_no_more_parts_than_there_are(opened, cylinder):
    form = opened(parts_used=[used(cylinder, "2"), used(cylinder, "1")])
    assert "油缸" in form.errors["parts_used"][0]
    assert opened(dispatch_order=form.dispatch_order.data, parts_used=[used(cylinder, place="A-01")]).errors


def test_a_part_that_lies_in_one_place_comes_from_there(opened, cylinder):
    form = opened(parts_used=[used(cylinder, place=None)])
    assert not form.errors
    assert form.parts_used.data[0]["place"] == "C-01"
    db.session.add(StockBalance(item_id=cylinder.id, place="A-01", quantity=Decimal(1)))
    db.session.flush()
    again = opened(dispatch_order=form.dispatch_order.data, parts_used=[used(cylinder, place=None)])
    assert again.parts_used.rows[0].place.errors


@pytest.mark.parametrize(("mark", "good"), [("1", True), ("10", True), ("0", False), ("11", False)])
def test_marks_go_from_one_to_ten(app_context, mark, good):
    given = {**MARKS, "attitude_rating": Decimal(mark), "satisfied": True, "customer_signature": SIGNATURE}
    assert CustomerSign(answers=given).validate() is good


def test_the_customer_signs_and_says_what_was_wrong(app_context):
    stage = CustomerSign(answers={**MARKS, "satisfied": False})
    assert not stage.validate()
    assert set(stage.errors) == {"customer_signature", "customer_opinion"}


def hand_in(**known):
    stage = HandIn(answers={"received_on": NOW, "voucher_checked": True}, context={"ended_at": NOW, **known})
    stage.validate()
    return stage


def test_r72_no_voucher_is_taken_in_without_the_customers_signature(app_context):
    assert set(hand_in().errors) == {"voucher_checked"}
    assert not hand_in(customer_signature=SIGNATURE).errors


def test_a_voucher_is_received_after_the_service(app_context):
    late = hand_in(customer_signature=SIGNATURE, ended_at=NOW + timedelta(minutes=1))
    assert set(late.errors) == {"received_on"}


def test_an_incomplete_voucher_is_given_back():
    step = ROUTE.step("hand_in")
    assert step.outcome({"voucher_checked": False}) == Back(when=step.outcomes[0].when)
    assert step.outcome({"voucher_checked": True}) is None


def test_only_a_and_b_are_charged():
    following = {
        kind: ROUTE.following("hand_in", {"service_type": kind})
        for kind in ("a_fee_service", "b_contract_service", "c_free_service")
    }
    assert [kind for kind, step in following.items() if step is None] == ["c_free_service"]
    assert ROUTE.step("charge").on_refusal == Back("hand_in")
    assert ROUTE.step("customer_sign").on_refusal == Close()


def charge(kind="a_fee_service", way="cash"):
    known = {"service_type": kind, "service_fee": Decimal(300), "parts_fee": Decimal("1200.50")}
    stage = Charge(answers={"payment_way": way, "charged_amount": Decimal(1)}, context=known)
    stage.validate()
    return stage


def test_what_is_charged_is_what_the_voucher_says(app_context):
    stage = charge()
    assert not stage.errors
    assert stage.charged_amount.data == Decimal("1500.50")


def test_only_a_contract_settles_by_contract(app_context):
    assert set(charge(way="by_contract").errors) == {"payment_way"}
    assert not charge("b_contract_service", "by_contract").errors


@pytest.fixture
def voucher(filed, opened):
    """A voucher as filed, as far as it went."""

    def make(kind="a_fee_service", **more):
        parts = more.pop("parts_used", None)
        return filed("CS-78", id=50, **{**opened(kind, parts_used=parts).answers(), **MARKS, **more})

    return make


def test_good_marks_are_no_complaint(voucher):
    assert not list(ServiceVoucher.effects("customer_sign", voucher(satisfied=True)))


@pytest.mark.parametrize("bad", [{"speed_rating": Decimal("5.5")}, {"satisfied": False}])
def test_a_bad_mark_or_word_is_a_complaint(voucher, customer, bad):
    record = voucher(**{"satisfied": True, "customer_opinion": "迟到", **bad})
    (draft,) = ServiceVoucher.effects("customer_sign", record)
    assert (draft.code, draft.to) == ("CS-51", "role:customer_service_officer")
    filled = prefill(Complaint, draft.answers)
    assert filled["customer"]["id"] == customer.id
    assert filled["content"] == "迟到"
    assert filled["complainant_phone"] == "0574-87654321"


def test_parts_leave_the_warehouse_with_the_hand_in(voucher, cylinder):
    record = voucher(parts_used=[used(cylinder, "2")], voucher_checked=True)
    (moved,) = ServiceVoucher.effects("hand_in", record)
    assert moved == PostsStock("out", cylinder.id, "C-01", Decimal(-2))
    given_back = voucher_again(record, voucher_checked=False)
    assert not list(ServiceVoucher.effects("hand_in", given_back))


def voucher_again(record, **changed):
    """The same record with other answers."""
    return type(record)(
        **{
            **{name: getattr(record, name) for name in record.__dataclass_fields__},
            "answers": {**record.answers, **changed},
        }
    )


def test_parts_leave_once_whatever_rounds_there_are(voucher, cylinder, put):
    mine = put("CS-78-2026-0009", {}, "running")
    db.session.add(
        StockEntry(
            kind="out", item_id=cylinder.id, place="C-01", quantity=Decimal(-1), unit_cost=Decimal(940),
            balance=Decimal(1), record_id=mine.id, posted_by_id=1, posted_at=NOW,
        )
    )  # fmt: skip
    db.session.flush()
    record = voucher(parts_used=[used(cylinder)], voucher_checked=True)
    first = type(record)(**{**{n: getattr(record, n) for n in record.__dataclass_fields__}, "id": mine.id})
    assert not list(ServiceVoucher.effects("hand_in", first))
    (back,) = ServiceVoucher.effects("voided", first)
    assert (back.kind, back.quantity) == ("reversal", Decimal(1))


def test_cash_is_claimed_and_paid_in_one(voucher, customer, people):
    amount = Decimal("1500.00")
    record = voucher(
        charged_amount=amount, payment_way="cash", invoice_no="12345678", parts_fee=Decimal(1200)
    )
    entry, claim, payment = ServiceVoucher.effects("charge", record)
    assert isinstance(entry, PostsEntry)
    assert (entry.ledger, entry.customer_id) == ("service_income", customer.id)
    assert entry.facts["charged"] == "1500.00"
    assert entry.facts["technician"] == "丁大勇 E021"
    assert entry.facts["date"] == "2026-05-12"
    assert isinstance(claim, PostsReceivable)
    assert (claim.of, claim.amount, claim.due_on, claim.paid_on) == (50, amount, date(2026, 5, 12), None)
    assert (payment.amount, payment.paid_on, payment.way) == (-amount, date(2026, 5, 12), "现金")


def test_what_is_settled_by_contract_stays_claimed(voucher):
    record = voucher("b_contract_service", charged_amount=Decimal(80), payment_way="by_contract")
    _entry, claim = ServiceVoucher.effects("charge", record)
    assert claim.amount == 80


def test_what_costs_nothing_claims_nothing(voucher):
    record = voucher("b_contract_service", charged_amount=Decimal(0), payment_way="by_contract")
    (entry,) = ServiceVoucher.effects("charge", record)
    assert entry.facts["charged"] == "0"


def test_the_manager_hears_of_a_customer_who_does_not_sign(voucher):
    told, asked = ServiceVoucher.effects("refused", voucher())
    assert isinstance(told, Tells)
    assert told.to == "role:after_sales_manager"
    assert isinstance(asked, Asks)
    assert asked.due == NOW + timedelta(days=1)


@pytest.mark.parametrize("seed", range(10))
def test_its_story_reaches_the_end(worlds, walk, seed):
    answers = walk(ServiceVoucher, STORIES["CS-78"], worlds(seed))
    assert answers["voucher_checked"] is True
