"""CS-30: one customer is entered once."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import PostsEntry, Updates
from portal.extensions import db
from portal.forms.customer_service.customer_registration import CustomerRegistration, SupervisorCheck
from portal.forms.ledgers import LEDGERS
from portal.lib.clock import ZONE, today
from portal.models import Content, Customer, RecordSubject
from portal.queries import dealers, ledgers

GIVEN = {
    "customer_name": "青岛瑞丰路桥工程有限公司",
    "customer_type": "company",
    "registered_address": "青岛市人民路 12 号",
    "contact_person": "王建国",
    "contact_phone": "0532-8123 4567",
    "region": "华东",
    "source": "referral",
}


def opened(**changed):
    form = CustomerRegistration(answers={**GIVEN, **changed})
    form.validate()
    return form


def test_an_unknown_customer_is_taken_without_questions(app_context):
    form = CustomerRegistration(MultiDict({**GIVEN, "credit_code": "91370200ma0ｋ1234"}))
    assert form.validate(), form.errors
    assert form.credit_code.data == "91370200MA0K1234"
    assert form.answers()["not_duplicate"] is None


def test_emptiness_is_refused_beside_the_fields(app_context):
    form = CustomerRegistration(MultiDict())
    assert not form.validate()
    assert set(form.errors) == {*GIVEN}


@pytest.mark.parametrize(
    "same", [{"customer_name": "宁波恒远重工机械有限公司"}, {"contact_phone": "(0574)87654321"}]
)
def test_a_look_alike_is_listed_and_has_to_be_told_apart(customer, same):
    form = opened(**same)
    assert customer.text in form.similar_customers.data
    assert set(form.errors) == {"not_duplicate"}
    assert set(opened(**same, not_duplicate=False).errors) == {"not_duplicate"}
    assert not opened(**same, not_duplicate=True).errors


def test_the_same_credit_code_is_the_same_customer(customer):
    assert "credit_code" in opened(credit_code="91330200ma00000001", not_duplicate=True).errors
    assert not opened(credit_code="91330200MA00000002").errors


def test_only_dealers_have_dealer_fields(app_context):
    dealer = {"dealer_region": "青岛", "dealer_level": "first", "dealer_score": Decimal("91.5")}
    assert opened(**dealer).answers()["dealer_region"] is None
    form = opened(**dealer, customer_type="dealer")
    assert not form.errors
    assert form.answers()["dealer_level"] == "first"


def test_the_supervisor_has_looked(app_context):
    assert not SupervisorCheck(answers={"duplicate_checked": False}, context=GIVEN).validate()
    assert SupervisorCheck(answers={"duplicate_checked": True}, context=GIVEN).validate()


def test_the_supervisor_sees_who_was_entered_meanwhile(customer):
    context = {**GIVEN, "customer_name": "宁波恒远重工机械有限公司", "similar_customers": None}
    stage = SupervisorCheck(answers={"duplicate_checked": True}, context=context)
    assert not stage.validate()
    assert customer.text in stage.duplicate_checked.errors[0]
    context["similar_customers"] = f"{customer.text} 0574-8765 4321"
    assert SupervisorCheck(answers={"duplicate_checked": True}, context=context).validate()


def test_a_new_customer_gets_a_row(app_context, filed):
    (effect,) = CustomerRegistration.effects("supervisor_check", filed("CS-30", **GIVEN, industry="市政工程"))
    assert isinstance(effect, Updates)
    assert (effect.kind, effect.id, effect.values["status"]) == ("customer", None, "new")
    assert effect.values["phone"] == GIVEN["contact_phone"]
    assert effect.values["facts"] == {"industry": "市政工程", "source": "referral"}


def test_a_prospect_becomes_a_customer_and_is_no_look_alike_of_itself(make_customer, filed):
    prospect = make_customer(
        GIVEN["customer_name"], phone="053281234567", status="prospect", facts={"class": "A"}
    )
    form = opened()
    assert not form.errors
    assert form.similar_customers.blank
    (effect,) = CustomerRegistration.effects("supervisor_check", filed("CS-30", **GIVEN))
    assert (effect.id, effect.values["status"]) == (prospect.id, "new")
    assert effect.values["facts"] == {"class": "A", "source": "referral"}


def test_a_corrected_sheet_changes_the_customer_that_it_has_entered(make_customer, make_record, filed):
    wrong = {**GIVEN, "credit_code": "91370200MA0K1234"}
    entered = make_customer(
        GIVEN["customer_name"], phone="053281234567", credit_code=wrong["credit_code"], status="cooperating"
    )
    record = make_record("CS-30-2026-0001")
    content = Content(
        record_id=record.id, version=1, form_version_id=record.form_version_id, answers=wrong, sha256="",
        created_by_id=record.applicant_id, created_at=record.submitted_at,
    )  # fmt: skip
    db.session.add(content)
    right = {**wrong, "customer_name": "青岛瑞丰路桥集团有限公司"}
    assert "credit_code" in opened(**right).errors
    form = CustomerRegistration(answers=right, context={"@corrects": record.id})
    assert form.validate(), form.errors
    stage = SupervisorCheck(answers={"duplicate_checked": True}, context={**right, "@corrects": record.id})
    assert stage.validate(), stage.errors
    view = filed("CS-30", **right, **{"@corrects": record.id})
    (effect,) = CustomerRegistration.effects("supervisor_check", view)
    assert (effect.id, effect.values["name"]) == (entered.id, right["customer_name"])
    assert "status" not in effect.values, "what the customer has become since stays"


def test_a_dealer_is_also_entered_among_the_dealers(app_context, filed):
    answers = {**GIVEN, "customer_type": "dealer", "dealer_level": "second", "dealer_score": Decimal("88.0")}
    _row, entry = CustomerRegistration.effects("supervisor_check", filed("CS-30", **answers))
    assert entry == PostsEntry(
        "dealers", {"dealer": GIVEN["customer_name"], "dealer_level": "second", "dealer_score": "88.0"}
    )


@pytest.fixture
def refused(make_record, sign, filed):
    """A sheet that the supervisor refused."""

    def make(**changed):
        record = make_record("CS-30-2026-0007")
        sign(record, "supervisor_check", "refused")
        return filed("CS-30", id=record.id, **{**GIVEN, **changed})

    return make


TWIN = {"customer_name": "宁波恒远重工机械有限公司", "credit_code": "91330200MA00000001"}


def test_a_refused_duplicate_is_merged_without_overwriting(customer, refused):
    (effect,) = CustomerRegistration.effects("refused", refused(**TWIN))
    assert effect.id == customer.id
    assert effect.values["address"] == GIVEN["registered_address"]
    assert not {"phone", "credit_code", "status", "name"} & effect.values.keys()


def test_a_refusal_without_a_double_changes_nobody(customer, refused):
    view = refused(contact_phone="0574-87654321")  # another company with the same telephone
    assert not list(CustomerRegistration.effects("refused", view))


@pytest.mark.parametrize("seed", range(12))
def test_its_story_reaches_the_end(worlds, walk, seed):
    answers = walk(CustomerRegistration, STORIES["CS-30"], worlds(seed))
    assert answers["duplicate_checked"]


def test_texts_of_customers_are_compared_without_width_or_blanks(make_customer):
    make_customer("ＡＢＣ 重工")
    assert opened(customer_name="abc重工").similar_customers.data
    assert db.session.query(Customer).count() == 1


def test_the_file_of_a_dealer_counts_the_quarters_orders_and_complaints(enter, make_customer, make_record):
    dealer, other = make_customer("湖州顺达机械经销部"), make_customer("苏州金桥建材贸易有限公司")
    line = enter("dealers", "CS-30-2026-0001", {"dealer": "湖州顺达机械经销部", "dealer_region": "湖州"})

    def speaks_of(number, customer, at, state="finished"):
        record = make_record(number, state=state)
        record.submitted_at = at
        db.session.add(RecordSubject(kind="customer", row_id=customer.id, record_id=record.id))
        return record

    now = datetime.now(UTC)
    begin = datetime.combine(dealers.quarter(today()), time(), ZONE)
    db.session.add(RecordSubject(kind="customer", row_id=dealer.id, record_id=line.record_id))
    speaks_of("CR-17-2026-0001", dealer, begin)
    speaks_of("CS-34-2026-0001", dealer, now)
    speaks_of("CR-17-2026-0002", dealer, begin - timedelta(minutes=1))
    speaks_of("CR-17-2026-0003", dealer, now, "voided")
    speaks_of("CR-17-2026-0004", other, now)
    speaks_of("CS-51-2026-0001", dealer, now)
    right = speaks_of("CS-34-2026-0002", other, now)
    right.corrects_id = speaks_of("CS-34-2026-0003", dealer, now).id
    db.session.flush()
    (row,) = ledgers.page(LEDGERS["dealers"].source, ledgers.Wanted(), "", 20).rows
    assert (row["dealer"], row["orders"], row["complaints"]) == ("湖州顺达机械经销部", 2, 1)


@pytest.mark.parametrize(("month", "first"), [(1, 1), (3, 1), (4, 4), (6, 4), (11, 10), (12, 10)])
def test_a_quarter_begins_every_three_months(month, first):
    assert dealers.quarter(date(2026, month, 28)) == date(2026, first, 1)
