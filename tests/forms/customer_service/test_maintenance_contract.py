"""CS-73 and CS-75: maintenance contracts, what is added to them, and what customers owe for them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import PostsEntry, PostsReceivable
from portal.domain.signoff import Close
from portal.extensions import db
from portal.forms.customer_service.maintenance_contract import CustomerDecision, MaintenanceContract, visits
from portal.forms.customer_service.supplementary_contract import SupplementaryContract
from portal.forms.kinds import Ref
from portal.models import Project, Record

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
FILE = [{"id": 1, "name": "合同.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}]


@pytest.fixture
def opened(customer):
    def make(**changed):
        given = {
            "customer": customer,
            "origin": "new_service",
            "contract_no": "BY2026001",
            "scope": "空调季度保养",
            "service_fee": Decimal(12000),
            "fee_rule": "十五日内付清",
            "parts_charged": True,
            "start_date": date(2026, 6, 1),
            "end_date": date(2027, 5, 31),
            "visits_per_year": 4,
            "contract_file": FILE,
        }
        form = MaintenanceContract(answers={**given, **changed})
        form.validate()
        return form

    return make


def test_a_contract_ends_after_it_begins(opened):
    assert not opened().errors
    assert set(opened(end_date=date(2026, 6, 1)).errors) == {"end_date"}
    assert not opened(end_date=date(2026, 6, 2)).errors


def test_a_follow_up_names_its_project(opened, customer, make_customer):
    other = make_customer("苏州金桥建材贸易有限公司")
    rows = [
        Project(code=f"P000{id}", name="泰和写字楼", customer_id=owner)
        for id, owner in enumerate((customer.id, other.id, None), 1)
    ]
    db.session.add_all(rows)
    db.session.flush()
    mine, others, nobodys = (Ref(row.id, row.label) for row in rows)
    assert set(opened(origin="end_of_warranty").errors) == {"project"}
    assert set(opened(origin="end_of_warranty", project=others).errors) == {"project"}
    assert not opened(origin="end_of_warranty", project=mine).errors
    assert not opened(origin="end_of_warranty", project=nobodys).errors


@pytest.mark.parametrize("per_year", [0, 13])
def test_there_are_one_to_twelve_visits_a_year(opened, per_year):
    assert set(opened(visits_per_year=per_year).errors) == {"visits_per_year"}


def decision(**answers):
    stage = CustomerDecision(answers=answers, context={"end_date": date(2027, 5, 31)})
    stage.validate()
    return stage


def test_each_outcome_says_what_belongs_to_it(app_context):
    assert set(decision(outcome="signed").errors) == {"signed_on"}
    assert set(decision(outcome="lost").errors) == {"lost_reason"}
    assert not decision(outcome="postponed").errors
    assert not decision(outcome="signed", signed_on=date(2026, 5, 12)).errors
    assert set(decision(outcome="signed", signed_on=date(2027, 6, 1)).errors) == {"signed_on"}


@pytest.mark.parametrize(
    ("per_year", "months", "planned"),
    [
        (1, (date(2026, 6, 1), date(2027, 5, 31)), [date(2027, 5, 31)]),
        (2, (date(2026, 6, 1), date(2027, 5, 31)), [date(2026, 12, 1), date(2027, 5, 31)]),
        (4, (date(2026, 1, 31), date(2026, 7, 31)), [date(2026, 4, 30), date(2026, 7, 31)]),
        (1, (date(2026, 6, 1), date(2026, 9, 1)), []),
    ],
)
def test_visits_are_spread_over_the_term(per_year, months, planned):
    assert visits(*months, per_year) == planned


def test_every_month_of_the_term_has_its_visit():
    assert len(visits(date(2026, 6, 1), date(2028, 5, 31), 12)) == 24


@pytest.fixture
def signed(opened, filed):
    def make(**changed):
        return filed(
            "CS-73", id=70, **{**opened().answers(), "outcome": "signed", "signed_on": NOW.date(), **changed}
        )

    return make


def test_a_signed_contract_is_in_force_and_owed(signed, customer):
    entry, claim = MaintenanceContract.effects("customer_sign", signed())
    assert isinstance(entry, PostsEntry)
    assert (entry.ledger, entry.customer_id) == ("service_contracts", customer.id)
    facts = entry.facts
    assert (facts["outcome"], facts["start"], facts["end"]) == ("signed", "2026-06-01", "2027-05-31")
    assert (facts["fee"], facts["parts_charged"], facts["visits"]) == ("12000", True, 4)
    assert claim == PostsReceivable(
        customer.id, 70, Decimal(12000), row="保养服务费", due_on=date(2026, 6, 1)
    )


@pytest.mark.parametrize("outcome", ["postponed", "lost"])
def test_what_is_not_signed_is_only_kept(signed, outcome):
    record = signed(outcome=outcome, signed_on=None, lost_reason="价格")
    (entry,) = MaintenanceContract.effects("customer_sign", record)
    assert (entry.facts["outcome"], entry.facts["signed_on"]) == (outcome, "")


def test_a_contract_without_a_fee_is_not_claimed(signed):
    effects = list(MaintenanceContract.effects("customer_sign", signed(service_fee=Decimal(0))))
    assert not [one for one in effects if isinstance(one, PostsReceivable)]


def test_a_customer_who_declines_is_lost(signed):
    assert MaintenanceContract.signoff.step("customer_sign").on_refusal == Close()
    (entry,) = MaintenanceContract.effects("refused", signed(outcome=None, signed_on=None))
    assert entry.facts["outcome"] == "lost"


@pytest.mark.parametrize("form", [MaintenanceContract, SupplementaryContract])
def test_manager_and_general_manager_sign_before_the_customer(form):
    steps = form.signoff.steps
    assert [step.key for step in steps] == ["manager_review", "gm_sign", "customer_sign"]
    assert [step.judges for step in steps] == [True, True, False]
    assert {party.key for party in steps[0].by.parties} == {
        "after_sales_manager",
        "customer_service_director",
    }


@pytest.fixture
def main(put, customer):
    """A maintenance contract of the customer, signed or not."""

    def make(outcome="signed", number="CS-73-2026-0001"):
        answers = {
            "customer": {"id": customer.id, "text": customer.text},
            "origin": "new_service",
            "end_date": "2027-05-31",
            "parts_charged": True,
        }
        return put(number, answers, customer_sign={"outcome": outcome})

    return make


@pytest.fixture
def added(main, customer):
    """A supplement as validated."""

    def make(**changed):
        given = {
            "main_contract": changed.get("main_contract") or main(),
            "customer": customer,
            "supplement_no": "BJ2026001",
            "added_items": [
                {"item": "屋面风机保养", "quantity": Decimal("1.5"), "unit_price": Decimal("100.33")},
                {"item": "发电机保养", "quantity": Decimal(2), "unit_price": Decimal(400)},
            ],
            "reason": "新增设备",
            "start_date": date(2026, 6, 1),
            "other_terms_unchanged": True,
            "contract_file": FILE,
        }
        form = SupplementaryContract(answers={**given, **changed})
        form.validate()
        return form

    return make


def test_amounts_are_added_up(added):
    form = added(added_amount=Decimal(1))
    assert not form.errors
    assert [row["amount"] for row in form.added_items.data] == [Decimal("150.50"), Decimal(800)]
    assert form.added_amount.data == Decimal("950.50")


def test_a_supplement_belongs_to_a_signed_contract_of_the_customer(added, main, customer, make_customer):
    mine = main()
    assert added(main_contract=mine, customer=None).customer.data == customer
    other = make_customer("苏州金桥建材贸易有限公司")
    assert set(added(main_contract=mine, customer=other).errors) == {"customer"}
    lost = main("lost", "CS-73-2026-0002")
    assert set(added(main_contract=lost).errors) == {"main_contract"}


def test_a_supplement_begins_before_its_contract_is_over(added, main):
    mine = main()
    assert set(added(main_contract=mine, start_date=date(2027, 6, 1)).errors) == {"start_date"}
    assert not added(main_contract=mine, start_date=date(2027, 5, 31)).errors


def test_a_supplement_ends_after_it_begins(added, main):
    mine = main()
    assert set(added(main_contract=mine, end_date=date(2026, 5, 31)).errors) == {"end_date"}
    assert not added(main_contract=mine, end_date=date(2026, 6, 1)).errors


def test_what_is_added_is_owed_on_the_main_contract(added, filed, customer):
    form = added()
    main_id = form.main_contract.data.id
    record = filed("CS-75", id=80, **form.answers(), signed_on=NOW.date())
    claim, line, paper = SupplementaryContract.effects("customer_sign", record)
    assert (claim.of, claim.amount, claim.row) == (main_id, Decimal("950.50"), "BJ2026001")
    assert (line.ledger, line.about, line.customer_id) == ("service_contracts", main_id, customer.id)
    assert (line.facts["end"], line.facts["parts_charged"], line.facts["supplement"]) == (
        "2027-05-31",
        True,
        True,
    )
    assert line.facts["scope"] == "屋面风机保养、发电机保养"
    assert (paper.ledger, paper.facts["number"], paper.facts["scan"]) == (
        "customer_papers",
        "BJ2026001",
        "合同.pdf",
    )


def test_a_supplement_to_a_sales_contract_is_no_service_contract(added, filed, put, customer):
    named = {"customer": {"id": customer.id, "text": customer.text}}
    unsigned = put("CS-34-2026-0002", named, "running")
    assert set(added(main_contract=unsigned).errors) == {"main_contract"}
    contract = put("CS-34-2026-0001", named, customer_sign={"signed_on": "2026-05-01"})
    form = added(main_contract=contract)
    assert not form.errors
    db.session.get_one(Record, contract.id).state = "voided"
    db.session.flush()
    assert set(added(main_contract=contract).errors) == {"main_contract"}
    record = filed("CS-75", id=80, **form.answers(), signed_on=NOW.date())
    claim, paper = SupplementaryContract.effects("customer_sign", record)
    assert claim.of == contract.id
    assert paper.ledger == "customer_papers"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("form", [MaintenanceContract, SupplementaryContract])
def test_their_stories_reach_the_end(worlds, walk, form, seed):
    assert walk(form, STORIES[form.code], worlds(seed))["signed_on"]
