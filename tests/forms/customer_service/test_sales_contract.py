"""CS-34: contracts, what they claim, and whom they are open to."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Opens, PostsCredit, PostsReceivable, Updates
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.customer_service.sales_contract import SalesContract
from portal.forms.customer_service.sales_contract_stages import Acceptance, CustomerSigned
from portal.forms.kinds import Ref
from portal.models import Content, CreditEntry, Customer, Draft, ReceivableEntry, Record, RecordSubject, Task
from portal.queries import customers, receivables
from tests.forms.test_every_round import correct, give_back, to_the_last_step
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
FILE = {"id": 1, "name": "合同.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}
LIFT = {"product": Ref(1, "升降机 M0001"), "quantity": Decimal(2), "unit_price": Decimal("12800.50")}
PLAN = [
    {"name": "预付款", "due_on": date(2026, 6, 1), "amount": Decimal("10000.00")},
    {"name": "尾款", "due_on": date(2026, 9, 1), "amount": Decimal("15601.00")},
]


def opened(customer, context=None, **changed):
    given = {
        "contract_no": "HH-XS-2026-001",
        "contract_kind": "sales_contract",
        "customer": customer,
        "products": [LIFT],
        "main_terms": "货到验收",
        "start_date": date(2026, 5, 12),
        "end_date": date(2026, 12, 31),
        "our_signer": Ref(1, "高翔 E010"),
        "customer_signer": "钱卫红",
        "contract_file": [FILE],
    }
    form = SalesContract(answers={**given, **changed}, context=context)
    form.validate()
    return form


@pytest.fixture
def contract(make_record):
    """Enters a contract of a customer, with these answers."""

    def make(number, customer, **answers):
        record = make_record(number)
        given = {"customer": {"id": customer.id, "text": customer.text}, **answers}
        db.session.add_all(
            [
                Content(
                    record_id=record.id,
                    version=1,
                    form_version_id=record.form_version_id,
                    answers=given,
                    sha256="0" * 64,
                    created_by_id=record.applicant_id,
                    created_at=NOW,
                ),
                RecordSubject(kind="customer", row_id=customer.id, record_id=record.id),
            ]
        )
        db.session.flush()
        return record

    return make


def test_the_amount_is_the_sum_of_its_products(customer):
    form = opened(customer, amount=Decimal(1), products=[{**LIFT, "amount": Decimal(7)}, LIFT])
    assert not form.errors
    assert form.products.data[0]["amount"] == Decimal("25601.00")
    assert form.amount.data == Decimal("51202.00")


def test_r53_customer_and_product_are_both_needed(app_context):
    assert {"customer", "products"} <= set(opened(None, products=[]).errors)


@pytest.mark.parametrize(
    ("quantity", "price"),
    [("999999999999", "999999999999"), ("1", "0"), ("0.001", "0.01")],
)
def test_an_amount_is_more_than_nothing_and_fits_into_the_books(customer, quantity, price):
    row = {**LIFT, "quantity": Decimal(quantity), "unit_price": Decimal(price)}
    assert set(opened(customer, products=[row]).errors) == {"products"}
    free = {**LIFT, "unit_price": Decimal(0)}
    assert not opened(customer, products=[LIFT, free]).errors  # a gift beside what is paid for


def test_the_plan_adds_up_to_the_amount(customer):
    assert not opened(customer, payment_plan=PLAN).errors
    short = opened(customer, payment_plan=[{**PLAN[0]}])
    assert short.errors == {"payment_plan": ["付款计划各款项之和须等于合同金额（25601.00）"]}


def test_instalments_have_names_of_their_own(customer):
    form = opened(customer, payment_plan=[PLAN[0], {**PLAN[1], "name": "预付款"}])
    assert set(form.payment_plan.rows[1].errors) == {"name_"}
    assert not form.payment_plan.rows[0].errors


def test_a_contract_ends_after_it_begins(customer):
    assert set(opened(customer, end_date=date(2026, 5, 11)).errors) == {"end_date"}
    assert not opened(customer, end_date=date(2026, 5, 12)).errors


def test_a_contract_number_is_given_once(customer, contract):
    there = contract("CS-34-2026-0001", customer, contract_no="HH-XS-2026-001")
    assert opened(customer).errors == {"contract_no": ["合同编号已登记在 CS-34-2026-0001 中"]}
    assert not opened(customer, {"@record_id": there.id}).errors
    assert set(opened(customer, contract_no="ＨＨ－ＸＳ－２０２６－００１").errors) == {"contract_no"}
    there.state = "voided"
    db.session.flush()
    assert not opened(customer).errors


def test_r15_the_first_contract_is_open_and_a_further_one_is_not(make_customer, contract):
    new = make_customer()
    first = opened(new)
    assert not first.errors
    assert first.first_cooperation.data is True
    there = contract("CS-34-2026-0001", new)
    assert "CS-34-2026-0001" in opened(new).errors["customer"][0]
    assert not opened(new, {"@record_id": there.id}).errors
    assert not opened(new, {"@corrects": there.id}).errors
    there.state = "refused"
    db.session.flush()
    assert not opened(new).errors


def test_r15_a_customer_with_a_file_has_as_many_as_it_likes(customer, contract):
    contract("CS-34-2026-0001", customer)
    form = opened(customer, first_cooperation=True)
    assert not form.errors
    assert form.first_cooperation.data is False


def test_r15_a_blocked_customer_gets_no_contract(make_customer):
    for values in ({}, {"file_number": "DA-2026-0009"}):
        form = opened(make_customer(status="blocked", **values))
        assert form.errors == {"customer": ["该客户已停止交易，不能办理；恢复交易须先补齐资料并重新建档"]}


def test_r17_only_a_new_customer_gets_its_credit_here(customer, make_customer):
    given = {"credit_days": 30, "credit_limit": Decimal(50000)}
    kept = opened(customer, **given).answers()
    assert (kept["credit_days"], kept["credit_limit"]) == (None, None)
    kept = opened(make_customer("苏州金桥建材贸易有限公司"), **given).answers()
    assert (kept["credit_days"], kept["credit_limit"]) == (30, Decimal(50000))


@pytest.mark.parametrize(
    ("signed_on", "good"),
    [(date(2026, 5, 12), True), (date(2026, 5, 13), False), (date(2026, 5, 1), True)],
)
def test_it_is_signed_by_today(app_context, signed_on, good):
    known = {"@now": NOW, "end_date": date(2026, 12, 31)}
    stage = CustomerSigned(answers={"signed_on": signed_on, "signed_scan": [FILE]}, context=known)
    assert stage.validate() is good


def test_it_is_signed_before_it_ends_and_with_both_signatures(app_context):
    late = {"@now": NOW, "end_date": date(2026, 5, 1)}
    stage = CustomerSigned(answers={"signed_on": date(2026, 5, 2)}, context=late)
    assert not stage.validate()
    assert set(stage.errors) == {"signed_on", "signed_scan"}


@pytest.mark.parametrize(
    ("accepted_on", "good"),
    [(date(2026, 5, 9), False), (date(2026, 5, 10), True), (date(2026, 5, 13), False)],
)
def test_it_is_accepted_between_signature_and_today(app_context, accepted_on, good):
    known = {"@now": NOW, "signed_on": date(2026, 5, 10)}
    assert Acceptance(answers={"accepted_on": accepted_on}, context=known).validate() is good


def test_who_signs_and_where_a_no_leads():
    steps = SalesContract.signoff.steps
    assert [(step.key, step.by.parties[0].key, step.by.mode) for step in steps] == [
        ("director_review", "marketing_director", "one"),
        ("gm_sign", "general_manager", "one"),
        ("customer_sign", "customer", "external"),
        ("acceptance", "customer_service_supervisor", "one"),
    ]
    assert all(step.on_refusal == Back() for step in steps)


def signed(filed, customer, **changed):
    given = {
        "customer": customer,
        "amount": Decimal("25601.00"),
        "payment_plan": [],
        "signed_on": date(2026, 5, 12),
        "end_date": date(2026, 12, 31),
        "first_cooperation": False,
    }
    return filed("CS-34", **{**given, **changed})


def test_each_instalment_is_claimed(filed, customer):
    found = list(SalesContract.effects("customer_sign", signed(filed, customer, payment_plan=PLAN)))
    assert found == [
        PostsReceivable(customer.id, 1, Decimal("10000.00"), "预付款", date(2026, 6, 1)),
        PostsReceivable(customer.id, 1, Decimal("15601.00"), "尾款", date(2026, 9, 1)),
        Updates("customer", customer.id, {"last_order_on": date(2026, 5, 12)}),
    ]


def test_without_a_plan_all_is_due_at_the_end_of_the_term(filed, customer, make_customer):
    claim, _update = SalesContract.effects("customer_sign", signed(filed, customer))
    assert (claim.amount, claim.row, claim.due_on) == (Decimal("25601.00"), "", date(2026, 6, 11))
    new = make_customer("苏州金桥建材贸易有限公司")
    claim, _update = SalesContract.effects("customer_sign", signed(filed, new, first_cooperation=True))
    assert claim.due_on == date(2026, 12, 31)
    credit, claim, _update = SalesContract.effects(
        "customer_sign", signed(filed, new, first_cooperation=True, credit_days=10)
    )
    assert credit == PostsCredit(new.id, None, 10, date(2026, 5, 12))
    assert claim.due_on == date(2026, 5, 22)


def test_an_older_contract_is_not_the_last_order(filed, make_customer):
    later = make_customer(last_order_on=date(2026, 5, 20), file_number="DA-2026-0003")
    (claim,) = SalesContract.effects("customer_sign", signed(filed, later))
    assert isinstance(claim, PostsReceivable)


def test_credit_that_is_so_already_is_not_posted_again(filed, make_customer):
    known = make_customer(credit_limit=Decimal(50000), credit_days=30)
    same = {"first_cooperation": True, "credit_limit": Decimal(50000), "credit_days": 30}
    effects = list(SalesContract.effects("customer_sign", signed(filed, known, **same)))
    assert not [one for one in effects if isinstance(one, PostsCredit)]
    more = {**same, "credit_limit": Decimal(60000)}
    credit, *_rest = SalesContract.effects("customer_sign", signed(filed, known, **more))
    assert credit.limit == Decimal(60000)


def test_r13_a_new_customer_gets_a_file_within_three_days(filed, make_customer, officer):
    new = make_customer(owner_id=officer.id)
    answers = {"customer": new, "accepted_on": date(2026, 5, 12), "first_cooperation": True}
    (draft,) = SalesContract.effects("acceptance", filed("CS-34", **answers))
    assert isinstance(draft, Opens)
    assert (draft.code, draft.names_as, draft.due) == ("CS-36", "contract", date(2026, 5, 15))
    assert draft.to == f"person:{officer.id}"
    assert draft.answers["contract_accepted_on"] == date(2026, 5, 12)
    nobody = filed("CS-34", **{**answers, "customer": make_customer("苏州金桥建材贸易有限公司")})
    assert next(iter(SalesContract.effects("acceptance", nobody))).to == "", "whoever may open one"
    known = filed("CS-34", **{**answers, "first_cooperation": False})
    assert not list(SalesContract.effects("acceptance", known))


def test_a_prospect_that_sales_owns_gets_its_file_from_customer_service(filed, make_customer, people):
    new = make_customer(owner_id=people["sun"].id)
    answers = {"customer": new, "accepted_on": date(2026, 5, 12), "first_cooperation": True}
    (draft,) = SalesContract.effects("acceptance", filed("CS-34", **answers))
    assert draft.to == ""


def test_the_checklist_of_the_file_knows_what_is_there(filed, make_customer, contract):
    new = make_customer()
    there = contract("CS-34-2026-0001", new)
    answers = {"customer": new, "accepted_on": date(2026, 5, 12), "first_cooperation": True}
    (draft,) = SalesContract.effects("acceptance", filed("CS-34", **answers))
    ticked = [row for row in draft.answers["papers_checklist"] if row["done"]]
    assert ticked == [{"item": "购销合同", "done": True, "remark": there.number}]


@pytest.mark.parametrize("seed", range(8))
def test_its_story_reaches_the_end(worlds, walk, seed):
    answers = walk(SalesContract, STORIES["CS-34"], worlds(seed))
    assert answers["accepted_on"] >= answers["signed_on"]


@pytest.fixture
def walker(app):
    """People who fill in and sign."""
    return Walker(app)


def account(number):
    """Customer, claims in force and all lines of a contract."""
    record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
    lines = db.session.scalars(sa.select(ReceivableEntry).where(ReceivableEntry.record_id == record.id)).all()
    return record, lines


def test_a_second_round_claims_the_price_once(walker):
    number = walker.open("CS-34")
    to_the_last_step(walker, number)
    with walker.app.app_context():
        record, lines = account(number)
        claimed = receivables.claimed(record.id)
        owed = db.session.get_one(Customer, lines[0].customer_id).arrears
    give_back(walker, number)
    correct(walker, number)
    to_the_last_step(walker, number)
    with walker.app.app_context():
        record, lines = account(number)
        assert receivables.claimed(record.id) == claimed
        assert db.session.get_one(Customer, lines[0].customer_id).arrears == owed
        assert sum(one.amount for one in receivables.instalments(of=record.id)) == sum(claimed.values())


def test_an_instalment_that_moves_is_due_on_its_new_day(app_context, people, make_record, customer):
    record = make_record("CS-34-2026-0001")
    for amount, due_on in ((100, date(2026, 6, 1)), (-100, date(2026, 6, 1)), (90, date(2026, 7, 1))):
        db.session.add(
            ReceivableEntry(
                customer_id=customer.id,
                of_id=record.id,
                row="预付款",
                amount=Decimal(amount),
                due_on=due_on,
                balance=Decimal(0),
                record_id=record.id,
                posted_by_id=record.applicant_id,
                posted_at=NOW,
            )
        )
    (one,) = receivables.instalments(of=record.id)
    assert (one.amount, one.due_on) == (Decimal(90), date(2026, 7, 1))
    assert receivables.overdue(customer.id, date(2026, 6, 15)) == 0
    assert receivables.claimed(record.id)[customer.id, "预付款", date(2026, 7, 1)] == Decimal(90)


def test_a_contract_given_up_after_signature_claims_nothing(walker):
    number = walker.open("CS-34")
    to_the_last_step(walker, number)
    give_back(walker, number)
    address = f"{walker.address(FORMS['CS-34'])}{number}"
    answer = walker.browser("salesperson").post(f"{address}/voidings", data={"_reason": "客户取消项目"})
    assert answer.status_code == 303
    assert walker.state(number) == "voided"
    with walker.app.app_context():
        record, lines = account(number)
        assert len(lines) >= 2
        assert not any(receivables.claimed(record.id).values())
        assert not receivables.instalments(of=record.id)


def test_a_first_contract_given_up_gives_no_credit(walker):
    with walker.app.app_context():
        new = db.session.scalars(sa.select(Customer).where(Customer.file_number == "")).one()
        walker.hints["customer"] = Ref(new.id, new.label)
        id, before = new.id, (new.credit_limit, new.credit_days)
    number = walker.open("CS-34")
    to_the_last_step(walker, number)
    with walker.app.app_context():
        given = db.session.get_one(Customer, id)
        assert (given.credit_limit, given.credit_days) != before
    give_back(walker, number)
    address = f"{walker.address(FORMS['CS-34'])}{number}"
    walker.browser("salesperson").post(f"{address}/voidings", data={"_reason": "客户取消项目"})
    assert walker.state(number) == "voided"
    with walker.app.app_context():
        given = db.session.get_one(Customer, id)
        assert (given.credit_limit, given.credit_days) == before
        lines = db.session.scalars(sa.select(CreditEntry).where(CreditEntry.customer_id == id)).all()
        assert (lines[-1].new_limit, lines[-1].new_days) == before


def test_first_contract_to_file_in_the_portal(walker):
    """The draft of the file waits for an officer with the contract's own day, customer and papers."""
    with walker.app.app_context():
        new = db.session.scalars(sa.select(Customer).where(Customer.file_number == "")).one()
        walker.hints["customer"] = Ref(new.id, new.label)
        id = new.id
    number = walker.walk("CS-34")
    with walker.app.app_context():
        draft = db.session.scalars(sa.select(Draft).where(Draft.form_code == "CS-36")).one()
        assert draft.answers["customer"]["id"] == id
        assert draft.answers["contract"]["text"].startswith(number)
        record, _lines = account(number)
        accepted_on = customers.contract_accepted_on(record.id)
        assert draft.answers["contract_accepted_on"] == accepted_on.isoformat()
        task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
        assert (task.due_at.date() - accepted_on).days == 3
        limit = db.session.get_one(Customer, id).credit_limit
        assert limit > 0
        assert db.session.scalar(sa.select(sa.func.count(CreditEntry.id))) == 1
        key = draft.key
    page = walker.browser("customer_service_officer").get(
        f"{walker.address(FORMS['CS-36'])}new", query_string={"draft": key}
    )
    assert page.status_code == 200
    assert number in page.text


def test_officers_read_contracts_and_others_do_not(walker):
    number = walker.open("CS-34")
    address = f"{walker.address(FORMS['CS-34'])}{number}"
    assert walker.browser("customer_service_officer").get(address).status_code == 200
    assert walker.browser("buyer").get(address).status_code == 404


def test_the_page_says_in_words_whether_the_customer_is_new(walker):
    with walker.app.app_context():
        new = db.session.scalars(sa.select(Customer).where(Customer.file_number == "")).one().label
    browser, address = walker.browser("salesperson"), walker.address(FORMS["CS-34"])
    page = browser.post(f"{address}new", data={"_op": "submit", "customer": new})
    assert page.status_code == 422
    field = next(line for line in page.text.splitlines() if 'data-name="first_cooperation"' in line)
    assert 'data-value="yes"' in field  # what the conditions of the page read
    assert 'value="是"' in field
