"""CS-31: what is delivered on contracts, by whom it is let out, and what the customer signs for."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.domain.effects import Opens, PostsEntry, PostsStock, Updates
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.customer_service.delivery_application import DeliveryApplication
from portal.forms.customer_service.delivery_application_stages import (
    DeliveryReceipt,
    SalesCheck,
    WarehouseIssue,
)
from portal.forms.kinds import Ref
from portal.forms.ledgers import LEDGERS
from portal.models import (
    Content,
    Customer,
    LedgerEntry,
    Machine,
    Product,
    ReceivableEntry,
    Record,
    RecordLink,
    RecordSubject,
    StockBalance,
    StockEntry,
    StockItem,
)
from portal.queries import orders
from portal.queries.ledgers import Wanted, every
from tests.forms.test_every_round import give_back
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
ROUTE = DeliveryApplication.signoff


@pytest.fixture
def lift(app_context):
    """A product that the warehouse keeps: five pieces at A-01."""
    item = StockItem(code="I0001", name="升降机", unit="台", unit_cost=Decimal(8000))
    db.session.add(item)
    db.session.flush()
    product = Product(
        code="M0001", name="升降机", model="HS-300", unit="台", warranty_months=12, item_id=item.id
    )
    db.session.add_all([product, StockBalance(item_id=item.id, place="A-01", quantity=Decimal(5))])
    db.session.flush()
    return Ref(product.id, product.label)


@pytest.fixture
def item(lift):
    """What the warehouse keeps of the lift."""
    found = db.session.scalars(sa.select(StockItem)).one()
    return Ref(found.id, found.label)


@pytest.fixture
def contract(make_record, customer, sign, lift):
    """An accepted contract of the customer for three lifts."""
    record = make_record("CS-34-2026-0001")
    content(record, customer={"id": customer.id}, products=[{"product": named(lift), "quantity": "3"}])
    sign(record, "acceptance", accepted_on="2026-05-08")
    return Ref(record.id, record.number)


def named(ref):
    return {"id": ref.id, "text": ref.text}


def content(record, **answers):
    db.session.add(
        Content(
            record_id=record.id,
            version=1,
            form_version_id=record.form_version_id,
            answers=answers,
            sha256="0" * 64,
            created_by_id=record.applicant_id,
            created_at=NOW,
        )
    )
    db.session.flush()


def opened(customer, contract, context=None, quantity=2, **changed):
    given = {
        "customer": customer,
        "contract_or_order": contract,
        "delivery_address": "湖州市织里镇",
        "site_contact": "钱卫红",
        "site_phone": "0572-5550101",
        "wanted_from": NOW + timedelta(days=2),
        "goods": [{"product": Ref(1, "升降机 M0001"), "quantity": Decimal(quantity), "unit": "台"}],
    }
    form = DeliveryApplication(answers={**given, **changed}, context={"@now": NOW, **(context or {})})
    form.validate()
    return form


def test_a_product_brings_its_stock_item_and_the_other_way_round(customer, contract, lift, item):
    form = opened(customer, contract)
    assert not form.errors
    assert form.goods.data[0]["item"] == item
    form = opened(customer, contract, goods=[{"item": item, "quantity": Decimal(1), "unit": "台"}])
    assert not form.errors
    assert form.goods.data[0]["product"] == lift


def test_goods_are_a_product_of_the_contract(customer, contract):
    nothing = opened(customer, contract, goods=[{"quantity": Decimal(1), "unit": "台"}])
    assert set(nothing.goods.rows[0].errors) == {"product"}
    other = Product(code="M0002", name="巡检车")
    db.session.add(other)
    db.session.flush()
    row = {"product": Ref(other.id, other.label), "quantity": Decimal(1), "unit": "台"}
    form = opened(customer, contract, goods=[row])
    assert form.goods.rows[0].errors == {"product": ["该合同或订单中没有这种产品"]}


def test_no_more_is_delivered_than_was_bought(customer, contract, lift):
    assert not opened(customer, contract, quantity=3).errors
    form = opened(customer, contract, quantity=4)
    assert "尚未交付的数量 3" in form.goods.rows[0].errors["quantity"][0]
    rows = [{"product": lift, "quantity": Decimal(2), "unit": "台"}] * 2
    form = opened(customer, contract, goods=rows)
    assert set(form.goods.rows[1].errors) == {"quantity"}


def test_other_deliveries_count_and_its_own_do_not(customer, contract, make_record, lift):
    other = make_record("CS-31-2026-0001")
    content(other, goods=[{"product": named(lift), "quantity": "2"}])
    db.session.add(RecordLink(source_id=other.id, target_id=contract.id, kind="named"))
    db.session.flush()
    assert opened(customer, contract, quantity=2).goods.rows[0].errors
    assert not opened(customer, contract, quantity=1).errors
    assert not opened(customer, contract, {"@record_id": other.id}, quantity=3).errors
    other.state = "finished"
    facts = {"product": named(lift), "quantity": "1"}
    db.session.add(
        LedgerEntry(
            ledger=orders.DELIVERIES,
            facts=facts,
            about_id=contract.id,
            record_id=other.id,
            posted_by_id=other.applicant_id,
            posted_at=NOW,
        )
    )
    db.session.flush()
    assert opened(customer, contract, quantity=3).goods.rows[0].errors
    assert not opened(customer, contract, quantity=2).errors
    assert not opened(customer, contract, {"@corrects": other.id}, quantity=3).errors


def test_deliveries_on_orders_under_a_contract_count_for_it_too(customer, contract, make_record, lift):
    order, delivery = make_record("CR-17-2026-0001"), make_record("CS-31-2026-0001")
    content(delivery, goods=[{"product": named(lift), "quantity": "2"}])
    for source, target in ((order.id, contract.id), (delivery.id, order.id)):
        db.session.add(RecordLink(source_id=source, target_id=target, kind="named"))
    db.session.flush()
    assert orders.deliverable(contract.id) == {lift.id: Decimal(1)}
    assert orders.deliverable(contract.id, {delivery.id}) == {lift.id: Decimal(3)}
    assert opened(customer, contract, quantity=2).goods.rows[0].errors
    assert not opened(customer, contract, quantity=1).errors


def test_the_contract_is_the_customers_and_accepted(make_customer, customer, contract, make_record, lift):
    other = make_customer("苏州金桥建材贸易有限公司")
    assert set(opened(other, contract).errors) == {"contract_or_order"}
    fresh = make_record("CS-34-2026-0002")
    content(fresh, customer={"id": customer.id}, products=[{"product": named(lift), "quantity": "3"}])
    assert set(opened(customer, Ref(fresh.id, fresh.number)).errors) == {"contract_or_order"}
    db.session.get_one(Record, contract.id).state = "voided"
    db.session.flush()
    assert set(opened(customer, contract).errors) == {"contract_or_order"}


def test_a_corrected_contract_counts_no_longer(customer, contract, make_record):
    later = make_record("CS-34-2026-0002")
    later.corrects_id, later.state = contract.id, "finished"
    db.session.flush()
    assert set(opened(customer, contract).errors) == {"contract_or_order"}


def test_r15_the_first_delivery_is_applied_for_without_a_file_but_not_by_a_blocked_customer(
    customer, contract
):
    row = db.session.get_one(Customer, customer.id)
    row.file_number = ""
    db.session.flush()
    form = opened(customer, contract)
    assert not form.errors
    assert form.first_cooperation.data is True
    row.status, row.file_number = "blocked", "DA-2026-0001"
    db.session.flush()
    assert set(opened(customer, contract).errors) == {"customer"}


def test_the_window_ends_after_it_begins(customer, contract):
    begins = NOW + timedelta(days=2)
    assert set(opened(customer, contract, wanted_to=begins).errors) == {"wanted_to"}
    assert not opened(customer, contract, wanted_to=begins + timedelta(hours=1)).errors


def test_goods_are_wanted_and_issued_after_they_were_applied_for(customer, contract, lift):
    assert set(opened(customer, contract, wanted_from=NOW - timedelta(days=1)).errors) == {"wanted_from"}
    rows = [{"product": lift, "quantity": Decimal(1)}]
    known = {"goods": [{"product": lift, "item": None, "quantity": Decimal(1)}], "@now": NOW}
    for at, wrong in ((NOW - timedelta(days=1), {"issued_on"}), (NOW, set())):
        stage = WarehouseIssue(answers={"issued_goods": rows, "issued_on": at}, context=known)
        stage.validate()
        assert set(stage.errors) == wrong


def test_a_serial_number_is_the_same_in_full_width(customer, contract, lift):
    known = {"goods": [{"product": lift, "item": None, "quantity": Decimal(2)}], "@now": NOW}
    rows = [{"product": lift, "quantity": Decimal(1), "serial_no": one} for one in ("SN-01", "ＳＮ－０１")]
    stage = WarehouseIssue(answers={"issued_goods": rows, "issued_on": NOW}, context=known)
    assert not stage.validate()
    assert [row.serial_no.data for row in stage.issued_goods.rows] == ["SN-01", "SN-01"]
    assert stage.issued_goods.rows[1].errors == {"serial_no": ["机编号重复"]}


def check(customer, **answers):
    stage = SalesCheck(answers=answers, context={"customer": customer, "@now": NOW})
    return stage, stage.validate()


def test_what_the_books_say_of_the_credit_is_shown_and_proposed(customer):
    stage = SalesCheck(context={"customer": customer, "@now": NOW})
    stage.compute()
    assert stage.credit_ok.data is True
    assert stage.credit_standing.data == "信用额度 200,000.00，账期 30 天；欠款 52,000.50，其中逾期 0.00"


def test_beyond_the_limit_only_for_a_reason(customer):
    db.session.get_one(Customer, customer.id).credit_limit = Decimal(50000)
    db.session.flush()
    assert SalesCheck(context={"customer": customer, "@now": NOW}).credit_ok.data is False
    stage, good = check(customer, credit_ok=True)
    assert not good
    assert set(stage.errors) == {"credit_reason"}
    assert check(customer, credit_ok=True, credit_reason="按付款计划执行")[1]
    assert check(customer, credit_ok=False)[1]


def test_nothing_is_delivered_on_overdue_debts(customer, contract):
    record = db.session.get_one(Record, contract.id)
    db.session.add(
        ReceivableEntry(
            customer_id=customer.id,
            of_id=record.id,
            amount=Decimal(100),
            due_on=date(2026, 5, 11),
            balance=Decimal(100),
            record_id=record.id,
            posted_by_id=record.applicant_id,
            posted_at=NOW,
        )
    )
    db.session.flush()
    stage, good = check(customer, credit_ok=True, credit_reason="老客户")
    assert not good
    assert stage.errors == {"credit_ok": ["客户有逾期欠款 100.00，不在账期内"]}
    assert SalesCheck(context={"customer": customer, "@now": NOW}).credit_ok.data is False


def test_the_route_and_its_ways_back():
    assert [(step.key, step.by.parties[0].key, step.by.mode) for step in ROUTE.steps] == [
        ("sales_check", "sales_manager", "one"),
        ("warehouse_issue", "warehouse_keeper", "one"),
        ("delivery_receipt", "customer", "external"),
    ]
    assert ROUTE.step("sales_check").outcome({"credit_ok": False}).to == "applicant"
    assert ROUTE.step("sales_check").outcome({"credit_ok": True}) is None
    assert ROUTE.step("warehouse_issue").on_refusal == Back("sales_check")
    assert ROUTE.step("delivery_receipt").within.since == ("issued_on",)


@pytest.fixture
def applied(customer, contract, lift, item):
    """The record as the warehouse sees it: two lifts are applied for."""
    return {
        "customer": customer,
        "contract_or_order": contract,
        "goods": [{"product": lift, "item": item, "quantity": Decimal(2), "unit": "台"}],
        "@now": NOW,
    }


def issue(known, *rows, **changed):
    first = known["goods"][0]
    full = [
        {"product": first["product"], "item": first["item"], "place": "A-01", "quantity": Decimal(1), **row}
        for row in rows
    ]
    stage = WarehouseIssue(answers={"issued_goods": full, "issued_on": NOW, **changed}, context=known)
    stage.validate()
    return stage


def wrong(stage, table, place=0):
    return set(getattr(stage, table).rows[place].errors)


def test_the_issue_begins_with_what_was_applied_for(applied):
    (row,) = WarehouseIssue(context=applied).issued_goods.data
    assert (row["quantity"], row["place"]) == (Decimal(2), "A-01")


def test_r15_nothing_leaves_before_the_file_is_made(applied, customer):
    assert not issue(applied, {}).errors
    row = db.session.get_one(Customer, customer.id)
    row.file_number = ""
    db.session.flush()
    assert set(issue(applied, {}).errors) == {"issued_goods"}
    row.file_number, row.status = "DA-2026-0001", "blocked"
    db.session.flush()
    assert set(issue(applied, {}).errors) == {"issued_goods"}


def test_no_more_is_issued_than_applied_for(applied):
    assert wrong(issue(applied, {}, {"quantity": Decimal("1.5")}), "issued_goods", 1) == {"quantity"}
    other = {"product": Ref(99, "巡检车 M0099")}
    assert wrong(issue(applied, other), "issued_goods") == {"product"}
    assert wrong(issue(applied, {"item": Ref(99, "油缸 I0099")}), "issued_goods") == {"item", "quantity"}


def test_stock_never_goes_below_zero(applied, item):
    stage = issue(applied, {"place": "B-02"})
    assert stage.issued_goods.rows[0].errors == {"quantity": [f"超过库存：{item.text}（B-02：0）"]}
    assert wrong(issue(applied, {"place": ""}), "issued_goods") == {"place"}
    db.session.get_one(StockBalance, (item.id, "A-01")).quantity = Decimal(1)
    db.session.flush()
    assert wrong(issue(applied, {}, {}), "issued_goods", 1) == {"quantity"}


def test_a_machine_stands_in_a_row_of_its_own(applied):
    assert wrong(issue(applied, {"serial_no": "HH1", "quantity": Decimal(2)}), "issued_goods") == {"quantity"}
    assert wrong(issue(applied, {"serial_no": "HH1"}, {"serial_no": "HH1"}), "issued_goods", 1) == {
        "serial_no"
    }
    assert not issue(applied, {"serial_no": "HH1"}, {"serial_no": "HH2"}).errors


@pytest.mark.parametrize(
    ("state", "good"), [("produced", True), ("in_stock", True), ("in_transit", False), ("delivered", False)]
)
def test_a_machine_leaves_once(applied, make_record, state, good):
    machine = Machine(code="HH1", name="HS-300", state=state)
    db.session.add(machine)
    db.session.flush()
    assert (not wrong(issue(applied, {"serial_no": "HH1"}), "issued_goods")) is good
    mine = make_record("CS-31-2026-0001")
    db.session.add(RecordSubject(kind="machine", row_id=machine.id, record_id=mine.id))
    db.session.flush()
    assert not wrong(issue({**applied, "@record_id": mine.id}, {"serial_no": "HH1"}), "issued_goods")


def test_a_serial_number_is_of_one_product(applied):
    other = Product(code="M0002", name="巡检车")
    db.session.add(other)
    db.session.flush()
    db.session.add(Machine(code="HH1", name="DX-2", product_id=other.id))
    db.session.flush()
    assert wrong(issue(applied, {"serial_no": "HH1"}), "issued_goods") == {"serial_no"}


def test_nothing_is_issued_in_the_future(applied):
    assert set(issue(applied, {}, issued_on=NOW + timedelta(minutes=5)).errors) == {"issued_on"}


@pytest.fixture
def issued(applied, lift, item):
    """The record as the customer sees it: two lifts are on the way."""
    rows = [
        {"product": lift, "item": item, "place": "A-01", "quantity": Decimal(1), "serial_no": serial}
        for serial in ("HH1", "HH2")
    ]
    return {
        **applied,
        "issued_goods": rows,
        "issued_on": NOW - timedelta(days=1),
        "site_phone": "0572-5550101",
    }


def receive(known, *rows, **changed):
    full = [
        {
            **{name: row[name] for name in ("product", "item", "serial_no", "quantity")},
            "damaged": False,
            **new,
        }
        for row, new in zip(known["issued_goods"], rows, strict=False)
    ]
    given = {"delivered_on": date(2026, 5, 12), "received_goods": full, "receiver": "钱卫红"}
    stage = DeliveryReceipt(answers={**given, **changed}, context=known)
    stage.validate()
    return stage


def test_the_receipt_begins_with_what_was_issued(issued):
    stage = DeliveryReceipt(context=issued)
    assert [(row["serial_no"], row["damaged"]) for row in stage.received_goods.data] == [
        ("HH1", False),
        ("HH2", False),
    ]
    assert not receive(issued, {}, {}).errors


def test_all_that_was_issued_is_accounted_for_and_not_more(issued):
    assert set(receive(issued, {}).errors) == {"received_goods"}
    assert wrong(receive(issued, {}, {"quantity": Decimal(2)}), "received_goods", 1) == {"quantity"}
    assert wrong(receive(issued, {}, {"serial_no": "HH9"}), "received_goods", 1) == {"product"}


def test_what_is_short_is_said_to_be(issued):
    assert wrong(receive(issued, {}, {"quantity": Decimal(0)}), "received_goods", 1) == {"damaged"}
    assert not receive(issued, {}, {"quantity": Decimal(0), "damaged": True}).errors


@pytest.mark.parametrize(
    ("delivered_on", "good"),
    [(date(2026, 5, 10), False), (date(2026, 5, 11), True), (date(2026, 5, 13), False)],
)
def test_it_is_delivered_between_issue_and_today(issued, delivered_on, good):
    assert (not receive(issued, {}, {}, delivered_on=delivered_on).errors) is good


def test_the_issue_takes_goods_off_both_books_and_machines_on_their_way(filed, issued, item, lift, contract):
    out, first, second = DeliveryApplication.effects("warehouse_issue", filed("CS-31", **issued))
    assert out == PostsStock("out", item.id, "A-01", Decimal(-2))
    assert isinstance(first, Updates)
    assert (first.kind, first.id) == ("machine", None)
    assert first.values == {
        "code": "HH1",
        "name": "HS-300",
        "product_id": lift.id,
        "state": "in_transit",
        "place": "",
        "contract_id": contract.id,
    }
    assert second.values["code"] == "HH2"


def test_goods_made_to_order_leave_no_line_in_the_warehouse(filed, issued):
    rows = [{**row, "item": None, "place": None, "serial_no": None} for row in issued["issued_goods"]]
    assert not list(
        DeliveryApplication.effects("warehouse_issue", filed("CS-31", **{**issued, "issued_goods": rows}))
    )


def sent(record_id, code="HH3"):
    machine = Machine(code=code, name="HS-300", state="in_transit")
    db.session.add(machine)
    db.session.flush()
    db.session.add(RecordSubject(kind="machine", row_id=machine.id, record_id=record_id))
    db.session.flush()
    return machine


def test_a_machine_that_another_round_does_not_send_is_back_in_stock(filed, issued, make_record):
    record = make_record("CS-31-2026-0001")
    machine = sent(record.id)
    _out, back, *_sent = DeliveryApplication.effects(
        "warehouse_issue", filed("CS-31", id=record.id, **issued)
    )
    assert (back.id, back.values["state"]) == (machine.id, "in_stock")
    (back,) = DeliveryApplication.effects("voided", filed("CS-31", id=record.id, **issued))
    assert (back.id, back.values["state"], back.values["contract_id"]) == (machine.id, "in_stock", None)


def received(issued, *rows):
    stage = receive(issued, *rows)
    assert not stage.errors
    return {**issued, **stage.answers()}


def test_the_receipt_counts_for_the_contract_and_starts_the_warranty(
    filed, issued, make_record, customer, contract, lift, item
):
    machine = sent(make_record("CS-31-2026-0001").id, "HH1")
    one, handed, two = DeliveryApplication.effects(
        "delivery_receipt", filed("CS-31", **received(issued, {}, {}))
    )
    assert isinstance(one, PostsEntry)
    assert (one.ledger, one.customer_id, one.about) == ("deliveries", customer.id, contract.id)
    assert one.facts == {
        "product": {"id": lift.id, "text": lift.text},
        "item": item.text,
        "quantity": "1",
        "serial_no": "HH1",
        "delivered_on": "2026-05-12",
        "receiver": "钱卫红",
        "damaged": False,
    }
    assert handed.id == machine.id
    assert handed.values == {
        "state": "delivered",
        "customer_id": customer.id,
        "delivered_on": date(2026, 5, 12),
        "warranty_until": date(2027, 5, 12),
    }
    assert two.facts["serial_no"] == "HH2"


def test_what_is_short_or_damaged_is_a_complaint(filed, issued, people, customer, lift):
    answers = received(issued, {"damaged": True}, {"quantity": Decimal(0), "damaged": True})
    record = filed("CS-31", **answers)
    *entries, draft = DeliveryApplication.effects("delivery_receipt", record)
    assert [entry.facts["serial_no"] for entry in entries] == ["HH1"]
    assert isinstance(draft, Opens)
    assert (draft.code, draft.to) == ("CS-51", "")
    assert (draft.answers["customer"], draft.answers["product_model"]) == (customer, lift)
    assert draft.answers["content"].splitlines() == [
        "CS-31-2026-0007 送货短少或破损：",
        f"{lift.text} HH1 签收 1",
        f"{lift.text} HH2 签收 0",
    ]
    assert set(draft.answers) <= {field.short_name for field in FORMS["CS-51"]()}


def test_the_owner_of_the_customer_takes_the_complaint(filed, issued, people, officer, customer):
    def to(owner: Ref) -> str:
        db.session.get_one(Customer, customer.id).owner_id = owner.id
        db.session.flush()
        *_entries, draft = DeliveryApplication.effects(
            "delivery_receipt", filed("CS-31", **received(issued, {"damaged": True}, {}))
        )
        return draft.to

    assert to(officer) == f"person:{officer.id}"
    assert to(people["sun"]) == "", "whoever may open one"


@pytest.fixture
def walker(app):
    """People who fill in and sign."""
    return Walker(app)


@pytest.fixture
def stocked(walker):
    """Every product is kept in stock, so that its delivery moves it."""
    with walker.app.app_context():
        item = db.session.scalars(sa.select(StockItem).order_by(StockItem.id)).first()
        for product in db.session.scalars(sa.select(Product)):
            product.item_id, product.warranty_months = item.id, 12
        db.session.commit()
    return walker


def test_from_contract_to_the_books(stocked):
    """Stock, deliveries, machines and the register of contracts say the same."""
    number = stocked.walk("CS-31")
    with stocked.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        out = db.session.scalars(sa.select(StockEntry).where(StockEntry.record_id == record.id)).all()
        lines = list(every(LEDGERS["deliveries"].source, Wanted(), 50))
        issued = sum(-one.quantity for one in out)
        assert issued == sum(Decimal(one["quantity"]) for one in lines) > 0
        assert {one["record"] for one in lines} == {number}
        contract = stocked.hints["CS-34"]
        found = every(LEDGERS["orders"].source, Wanted(), 50)
        (row,) = (one for one in found if one["record"] == contract.text.split(" ")[0])
        assert (row["delivered"], row["to_deliver"], row["state"]) == (issued, 0, "open")
        assert row["open"] == Decimal(row["amount"])
        assert orders.delivery_status(contract.id) == "delivered"
        for machine in every(LEDGERS["unit_file"].source, Wanted(), 50):
            assert (machine["state"], machine["contract"]) == ("delivered", contract.text.split(" ")[0])
            assert machine["warranty_until"] > machine["delivered_on"]


def test_a_delivery_given_up_puts_the_goods_back(stocked):
    with stocked.app.app_context():
        before = dict(db.session.execute(sa.select(StockBalance.item_id, StockBalance.quantity)).all())
    number = stocked.open("CS-31")
    stocked.sign(number)
    stocked.sign(number)
    with stocked.app.app_context():
        during = dict(db.session.execute(sa.select(StockBalance.item_id, StockBalance.quantity)).all())
        assert during != before
        _record, task = stocked._turn(number)
        assert task.step == "delivery_receipt"
    give_back_and_void(stocked, number)
    with stocked.app.app_context():
        after = dict(db.session.execute(sa.select(StockBalance.item_id, StockBalance.quantity)).all())
        assert after == before
        assert {one.state for one in db.session.scalars(sa.select(Machine))} <= {"in_stock"}


def give_back_and_void(walker, number):
    address = f"{walker.address(FORMS['CS-31'])}{number}"
    give_back(walker, number)
    answer = walker.browser("salesperson").post(f"{address}/voidings", data={"_reason": "客户改期"})
    assert answer.status_code == 303
    assert walker.state(number) == "voided"
