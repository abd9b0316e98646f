"""CS-71: the documents of a completed project, and the warranty that begins with them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.customer_service.completion_documents import (
    DOCUMENTS,
    Acceptance,
    CompletionDocuments,
    Handover,
)
from portal.forms.kinds import Ref
from portal.models import LedgerEntry, Project
from portal.queries import service

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
COMPLETED = date(2026, 5, 1)
ROUTE = CompletionDocuments.signoff


def documents(missing=""):
    return [
        {"item": str(one), "done": str(one) != missing, "done_on": None, "remark": None} for one in DOCUMENTS
    ]


@pytest.fixture
def project(customer):
    row = Project(code="P0001", name="泰和写字楼", customer_id=customer.id)
    db.session.add(row)
    db.session.flush()
    return Ref(row.id, row.label)


@pytest.fixture
def opened(project, customer):
    def make(**changed):
        given = {
            "project": project,
            "contract": Ref(None, "CS-34-2026-0003"),
            "customer": customer,
            "completed_on": COMPLETED,
            "documents": documents(),
            "free_months": 12,
            "warranty_start": COMPLETED,
        }
        form = CompletionDocuments(answers={**given, **changed})
        form.validate()
        return form

    return make


def test_what_is_asked_for(app_context):
    form = CompletionDocuments(answers={})
    assert not form.validate()
    asked = {"project", "contract", "customer", "completed_on", "free_months", "warranty_start"}
    assert asked <= set(form.errors)


def test_the_eight_documents_are_all_answered(opened):
    rows = documents()
    rows[3]["done"] = None
    assert opened(documents=rows).documents.rows[3].done.errors
    assert not opened().errors


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 5, 1), 12, date(2027, 4, 30)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),
        (date(2026, 12, 1), 24, date(2028, 11, 30)),
    ],
)
def test_the_end_follows_from_start_and_length(opened, start, months, end):
    form = opened(warranty_start=start, free_months=months, warranty_end=date(2030, 1, 1))
    assert not form.errors
    assert form.warranty_end.data == end


def test_the_end_is_unknown_without_start_or_length(opened):
    assert opened(warranty_start=None).warranty_end.data is None
    assert opened(free_months=None).warranty_end.data is None
    assert set(opened(free_months=1201).errors) == {"free_months"}


def test_no_warranty_begins_before_the_completion(opened):
    assert set(opened(warranty_start=date(2026, 4, 30)).errors) == {"warranty_start"}


def test_the_customer_is_the_projects_or_the_contracts(opened, customer, make_customer, put):
    other = make_customer("苏州金桥建材贸易有限公司")
    assert opened(customer=None).customer.data == customer
    assert set(opened(customer=other).errors) == {"customer"}
    contract = put("CS-34-2026-0001", {"customer": {"id": other.id, "text": other.text}})
    assert set(opened(contract=contract).errors) == {"customer"}
    assert not opened(contract=contract, customer=other).errors


def test_nothing_is_handed_over_before_it_is_completed(app_context):
    known = {"completed_on": COMPLETED}
    assert not Handover(answers={"handed_over_on": date(2026, 4, 30)}, context=known).validate()
    assert Handover(answers={"handed_over_on": COMPLETED}, context=known).validate()


def acceptance(verdict, missing=""):
    stage = Acceptance(answers={"acceptance_verdict": verdict}, context={"documents": documents(missing)})
    stage.validate()
    return stage


def test_with_a_document_not_done_nothing_is_accepted(app_context):
    refused = acceptance("complete", "竣工图")
    assert set(refused.errors) == {"acceptance_verdict"}
    assert refused.missing_documents.data == "竣工图"
    assert not acceptance("incomplete", "竣工图").errors
    assert not acceptance("complete").errors


def test_what_is_incomplete_goes_back():
    step = ROUTE.step("after_sales_acceptance")
    assert step.outcome({"acceptance_verdict": "incomplete"}) == Back(when=step.outcomes[0].when)
    assert step.outcome({"acceptance_verdict": "complete"}) is None


def test_nobody_accepts_their_own_list():
    step = ROUTE.step("after_sales_acceptance")
    assert step.judges
    assert {party.key for party in step.by.parties} == {"after_sales_manager", "customer_service_director"}


def test_r69_the_warranty_is_entered_and_counts(opened, filed, customer, project, people, make_record):
    form = opened()
    record = filed("CS-71", **form.answers(), acceptance_verdict="complete")
    (entry,) = CompletionDocuments.effects("after_sales_acceptance", record)
    assert (entry.ledger, entry.customer_id) == ("warranty", customer.id)
    assert (entry.facts["start"], entry.facts["end"]) == ("2026-05-01", "2027-04-30")
    posted = make_record("CS-71-2026-0001")
    db.session.add(
        LedgerEntry(
            ledger=entry.ledger,
            facts=entry.facts,
            customer_id=entry.customer_id,
            record_id=posted.id,
            posted_by_id=people["zhao"].id,
            posted_at=NOW,
        )
    )
    db.session.flush()
    assert service.warranty_in_force(customer.id, date(2027, 4, 30), project_id=project.id)
    assert not service.warranty_in_force(customer.id, date(2027, 5, 1))


def test_an_incomplete_list_enters_nothing(opened, filed):
    record = filed("CS-71", **opened().answers(), acceptance_verdict="incomplete")
    assert not list(CompletionDocuments.effects("after_sales_acceptance", record))


@pytest.mark.parametrize("seed", range(5))
def test_its_story_reaches_the_end(worlds, walk, seed):
    answers = walk(CompletionDocuments, STORIES["CS-71"], worlds(seed))
    assert answers["acceptance_verdict"] == "complete"
