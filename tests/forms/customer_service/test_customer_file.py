"""CS-36: a customer's papers, file and number."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Asks, Opens, PostsEntry, Updates
from portal.domain.signoff import Close
from portal.extensions import db
from portal.forms.customer_service.customer_file import CustomerFile
from portal.forms.customer_service.customer_file_stages import (
    FileMade,
    MissingPapersApproval,
    PapersCheck,
)
from portal.forms.customer_service.first_papers import PAPERS
from portal.forms.kinds import Ref
from portal.models import Content, LedgerEntry, Record, RecordSubject
from portal.queries import customers

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
LICENCE = {
    "paper": "营业执照",
    "number": "甬〔2025〕1001号",
    "issuer": "市场监督管理局",
    "issued_on": date(2025, 3, 1),
    "expires_on": date(2035, 3, 1),
    "original_seen": True,
    "scan": None,
}
CONTRACT = Ref(3, "CS-34-2026-0003")


def papers(missing=""):
    return [
        {"item": str(one), "done": str(one) != missing, "done_on": None, "remark": None} for one in PAPERS
    ]


@pytest.fixture
def customer(make_customer):
    """A customer who has no file yet."""
    return make_customer(status="new", phone="0574-8765 4321")


GUARANTEE = {"guarantor": "陈志强", "guarantee_amount": Decimal(100000), "guarantee_until": date(2028, 1, 1)}


@pytest.fixture
def opened(contract):
    """Fills in the file of the customer whose contract was accepted on 8 May."""

    def make(customer, missing="", context=None, **changed):
        given = {
            "customer": customer,
            "contract": contract,
            "customer_kind": "new_customer",
            "customer_data": "主营市政工程",
            "papers_checklist": papers(missing),
            "paper_rows": [LICENCE],
            **({} if missing == "担保书" else GUARANTEE),
        }
        form = CustomerFile(answers={**given, **changed}, context={"@now": NOW, **(context or {})})
        form.validate()
        return form

    return make


def test_all_papers_there(opened, customer):
    form = opened(customer)
    assert not form.errors
    assert len(form.papers_checklist.data) == 9


def test_a_missing_paper_needs_its_reason_and_a_promised_date(opened, customer):
    assert set(opened(customer, "担保书").errors) == {"missing_reason", "promised_date"}
    given = {"missing_reason": "换证办理中", "promised_date": date(2026, 6, 1)}
    assert not opened(customer, "担保书", **given).errors
    assert opened(customer, **given).answers()["missing_reason"] is None  # nothing is missing


def test_a_guarantor_stands_for_an_amount_until_a_day(opened, customer):
    nothing = {"guarantee_amount": None, "guarantee_until": None}
    assert set(opened(customer, **nothing).errors) == {"guarantee_amount", "guarantee_until"}
    assert not opened(customer).errors
    assert set(opened(customer, guarantee_amount=Decimal(0)).errors) == {"guarantee_amount"}
    assert set(opened(customer, guarantee_until=date(2026, 5, 11)).errors) == {"guarantee_until"}


def test_a_letter_of_guarantee_that_is_there_names_its_guarantor(opened, customer):
    assert set(opened(customer, guarantor=None).errors) == {"guarantor"}


def test_what_is_done_lies_behind_and_what_is_promised_ahead(opened, customer):
    done = [{**row, "done_on": date(2026, 5, 13)} for row in papers("")]
    form = opened(customer, papers_checklist=done)
    assert all(set(row.errors) == {"done_on"} for row in form.papers_checklist.rows)
    form = opened(customer, paper_rows=[{**LICENCE, "issued_on": date(2026, 5, 13)}])
    assert set(form.paper_rows.rows[0].errors) == {"issued_on"}
    late = {"missing_reason": "换证办理中", "promised_date": date(2026, 5, 11)}
    assert set(opened(customer, "担保书", **late).errors) == {"promised_date"}


def test_what_is_not_done_has_no_date(opened, customer):
    rows = papers("担保书")
    given = {"missing_reason": "换证办理中", "promised_date": date(2026, 6, 1)}
    form = opened(
        customer, "担保书", papers_checklist=[{**row, "done_on": NOW.date()} for row in rows], **given
    )
    wrong = [row["item"] for row, made in zip(rows, form.papers_checklist.rows, strict=True) if made.errors]
    assert wrong == ["担保书"]


def test_a_paper_is_registered_once(opened, customer):
    form = opened(customer, paper_rows=[LICENCE, {**LICENCE, "expires_on": None}])
    assert [set(row.errors) for row in form.paper_rows.rows] == [set(), {"paper"}]
    assert not opened(customer, paper_rows=[LICENCE, {**LICENCE, "number": "副本"}]).errors


def test_a_customer_has_one_file(opened, customer, put, stored):
    other = put("CS-36-2026-0001", {"customer": stored(customer)}, "running")
    db.session.add(RecordSubject(kind="customer", row_id=customer.id, record_id=other.id))
    db.session.flush()
    assert "CS-36-2026-0001" in opened(customer).errors["customer"][0]
    assert not opened(customer, context={"@record_id": other.id}).errors
    row = customers.find(customer.id)
    db.session.get_one(Record, other.id).state = "finished"
    row.file_number = "DA-2026-0001"
    db.session.flush()
    assert "DA-2026-0001" in opened(customer).errors["customer_kind"][0]
    assert not opened(customer, customer_kind="existing_customer").errors
    assert not opened(customer, context={"@corrects": other.id}).errors


def test_a_file_made_anew_keeps_its_number_and_its_officer(filed, make_customer, make_record):
    known, record = (
        make_customer(status="blocked", file_number="DA-2026-0001"),
        make_record("CS-36-2026-0009"),
    )
    stage = FileMade(answers=MADE, context={"@record_id": record.id, "customer": known, "@now": NOW})
    assert stage.validate()
    assert stage.file_no.data == "DA-2026-0001"
    answers = {**MADE, "customer": known, "contract": CONTRACT, "file_no": "DA-2026-0001"}
    again = filed("CS-36", **answers, contract_accepted_on=NOW.date())
    _entry, update = CustomerFile.effects("file_made", again)
    assert update == Updates("customer", known.id, {"status": "cooperating", "file_number": "DA-2026-0001"})


def test_a_paper_ends_after_it_begins(opened, customer):
    form = opened(customer, paper_rows=[{**LICENCE, "expires_on": date(2025, 2, 1)}])
    assert set(form.paper_rows.rows[0].errors) == {"expires_on"}
    assert not opened(customer).paper_rows.rows[0].errors


@pytest.fixture
def contract(make_record, customer, sign):
    """A contract of the customer, accepted on 8 May."""
    record = make_record("CS-34-2026-0004")
    db.session.add(
        Content(
            record_id=record.id,
            version=1,
            form_version_id=record.form_version_id,
            answers={"customer": {"id": customer.id, "text": customer.text}},
            sha256="0" * 64,
            created_by_id=record.applicant_id,
            created_at=NOW,
        )
    )
    sign(record, "acceptance", accepted_on="2026-05-08")
    return Ref(record.id, record.number)


def test_r13_the_day_of_acceptance_is_the_contracts(opened, customer, contract):
    form = opened(customer, contract=contract, contract_accepted_on=date(2026, 5, 1))
    assert not form.errors
    assert form.contract_accepted_on.data == date(2026, 5, 8)


def test_the_contract_is_the_customers_own(opened, make_customer, contract):
    assert set(opened(make_customer("苏州金桥建材贸易有限公司"), contract=contract).errors) == {"contract"}


def test_r13_no_file_before_the_contract_is_accepted(opened, customer, make_record):
    fresh = make_record("CS-34-2026-0005")
    form = opened(customer, contract=Ref(fresh.id, fresh.number), contract_accepted_on=date(2026, 5, 8))
    assert form.errors == {"contract": ["该合同尚未验收，验收后才能建档"]}


def test_what_the_portal_knows_is_shown(opened, customer, make_record):
    delivery = make_record("CS-31-2026-0002")
    db.session.add(RecordSubject(kind="customer", row_id=customer.id, record_id=delivery.id))
    line = {"ledger": "customer_papers", "record_id": delivery.id, "posted_by_id": delivery.applicant_id}
    for id, number in ((customer.id, "甬〔2025〕1001号"), (customer.id + 1, "苏〔2025〕7号")):
        facts = {"customer_id": id, "paper": "营业执照", "number": number}
        db.session.add(LedgerEntry(facts=facts, posted_at=NOW, **line))
    db.session.flush()
    form = opened(customer, papers_known="什么都有")
    assert form.papers_known.data == "送货申请表：CS-31-2026-0002\n营业执照：甬〔2025〕1001号"


def test_r13_three_calendar_days_from_acceptance_that_nobody_may_change():
    within = CustomerFile.signoff.step("file_made").within
    assert (within.amount, within.unit, within.since, within.fixed) == (
        3,
        "days",
        ("contract_accepted_on",),
        True,
    )


def test_r15_a_row_not_done_is_not_complete(app_context):
    complete = {"papers_complete": True}
    assert not PapersCheck(answers=complete, context={"papers_checklist": papers("营业执照")}).validate()
    assert PapersCheck(answers=complete, context={"papers_checklist": papers()}).validate()


def test_what_is_missing_is_named(app_context):
    assert not PapersCheck(answers={"papers_complete": False}).validate()
    assert PapersCheck(answers={"papers_complete": False, "missing_papers": "营业执照"}).validate()


def test_r16_either_of_two_decides_and_a_no_closes():
    step = CustomerFile.signoff.step("missing_papers_approval")
    assert step.by.mode == "any"
    assert {party.key for party in step.by.parties} == {"marketing_director", "general_manager"}
    assert isinstance(step.outcome({"approval_decision": "refused"}), Close)
    assert step.outcome({"approval_decision": "file_and_trade_allowed"}) is None
    assert CustomerFile.signoff.following("papers_check", {"papers_complete": False}) is step
    assert CustomerFile.signoff.following("papers_check", {"papers_complete": True}).key == "file_made"


def test_the_decision_is_one_of_two(app_context):
    assert not MissingPapersApproval(answers={"approval_decision": "later"}).validate()
    assert MissingPapersApproval(answers={"approval_decision": "refused"}).validate()


MADE = {"electronic_made": True, "paper_made": True, "shelf_place": "档案室 A 柜 1 层"}


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"electronic_made": False}, "electronic_made"),
        ({"paper_made": False}, "paper_made"),
        ({"shelf_place": ""}, "shelf_place"),
    ],
)
def test_r14_two_copies_and_a_place(app_context, changed, refused):
    stage = FileMade(answers={**MADE, **changed})
    assert not stage.validate()
    assert set(stage.errors) == {refused}
    assert FileMade(answers=MADE).validate()


def test_the_file_number_follows_the_records(make_record):
    record = make_record("CS-36-2026-0007")
    stage = FileMade(answers={**MADE, "file_no": "mine"}, context={"@record_id": record.id})
    assert stage.validate()
    assert stage.answers()["file_no"] == "DA-2026-0007"


def test_papers_are_entered_once(customer, make_record, filed):
    record = make_record("CS-36-2026-0007")
    guarantee = {**LICENCE, "paper": "担保书", "expires_on": None}
    answers = {
        "customer": customer,
        "paper_rows": [LICENCE, guarantee],
        "guarantor": "陈志强",
        "guarantee_amount": Decimal("100000.00"),
        "guarantee_until": date(2028, 1, 1),
    }
    found = list(CustomerFile.effects("papers_check", filed("CS-36", id=record.id, **answers)))
    assert [entry.ledger for entry in found] == ["customer_papers"] * 2
    assert [entry.customer_id for entry in found] == [customer.id] * 2
    assert found[0].facts["expires_on"] == "2035-03-01"
    assert "guarantor" not in found[0].facts
    assert (found[1].facts["guarantor"], found[1].facts["expires_on"]) == ("陈志强", "2028-01-01")
    db.session.add(
        LedgerEntry(
            ledger="customer_papers",
            facts=found[0].facts,
            record_id=record.id,
            posted_by_id=record.applicant_id,
            posted_at=NOW,
        )
    )
    again = list(CustomerFile.effects("papers_check", filed("CS-36", id=record.id, **answers)))
    assert [entry.facts["paper"] for entry in again] == ["担保书"]


def test_a_granted_lack_is_asked_for_on_the_promised_day(filed):
    granted = filed("CS-36", approval_decision="file_and_trade_allowed", promised_date=date(2026, 6, 1))
    (effect,) = CustomerFile.effects("missing_papers_approval", granted)
    assert isinstance(effect, Asks)
    assert (effect.to, effect.due) == ("person:12", date(2026, 6, 1))
    refused = filed("CS-36", approval_decision="refused", promised_date=date(2026, 6, 1))
    assert not list(CustomerFile.effects("missing_papers_approval", refused))


@pytest.mark.parametrize("answers", [{"approval_decision": "refused"}, {}])
def test_r16_a_refusal_blocks_the_customer(filed, answers):
    refused = filed("CS-36", customer=Ref(5, "恒远 C0005"), **answers)
    (effect,) = CustomerFile.effects("refused", refused)
    assert effect == Updates("customer", 5, {"status": "blocked"})


def test_a_made_file_opens_trade(app_context, filed):
    customer = Ref(5, "恒远 C0005")
    answers = {**MADE, "file_no": "DA-2026-0007", "customer": customer, "contract": CONTRACT}
    accepted = NOW.date() - timedelta(days=2)
    entry, update, draft = CustomerFile.effects(
        "file_made", filed("CS-36", **answers, contract_accepted_on=accepted)
    )
    assert isinstance(entry, PostsEntry)
    assert entry.customer_id == 5
    assert (entry.facts["file_no"], entry.facts["days"]) == ("DA-2026-0007", 2)
    assert update == Updates("customer", 5, {"status": "cooperating", "file_number": "DA-2026-0007"})
    assert isinstance(draft, Opens)
    assert (draft.code, draft.to) == ("CS-23", "role:customer_service_supervisor")
    assert draft.answers["customers"] == [{"customer": customer}]


def test_a_corrected_file_keeps_its_number_and_its_officer(filed, make_customer, make_record, sign):
    known = make_customer(status="quiet", file_number="DA-2026-0003")
    wrong, right = make_record("CS-36-2026-0003"), make_record("CS-36-2026-0009")
    sign(wrong, "file_made", file_no="DA-2026-0003")
    stage = FileMade(answers=MADE, context={"@record_id": right.id, "@corrects": wrong.id, "@now": NOW})
    assert stage.validate()
    assert stage.file_no.data == "DA-2026-0003"
    answers = {**MADE, "customer": known, "contract": CONTRACT, "file_no": "DA-2026-0003"}
    corrected = filed("CS-36", **answers, **{"contract_accepted_on": NOW.date(), "@corrects": wrong.id})
    (entry,) = CustomerFile.effects("file_made", corrected)
    assert entry.facts["file_no"] == "DA-2026-0003"


def test_r15_trade_needs_a_file_and_no_block(make_customer):
    assert customers.may_trade(make_customer(status="cooperating", file_number="DA-2026-0001").id)
    assert not customers.may_trade(make_customer("新客户").id)
    assert not customers.may_trade(make_customer("停止交易", file_number="DA-2026-0002", status="blocked").id)


@pytest.mark.parametrize("seed", range(12))
def test_its_story_reaches_the_end(worlds, walk, seed, contract, customer):
    world = worlds(seed)
    world.record = lambda *codes: contract
    world.answers_of = lambda record: {"customer": customer}
    answers = walk(CustomerFile, STORIES["CS-36"], world)
    assert answers["shelf_place"]
    assert answers["papers_complete"] or answers["approval_decision"] == "file_and_trade_allowed"
