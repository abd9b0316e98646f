"""CS-35: how a customer is invoiced."""

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import PostsEntry, Updates
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.customer_service.first_papers import papers_on_file
from portal.forms.customer_service.invoicing_details import InvoicingDetails
from portal.models import Customer, RecordSubject

FILE = {"id": 1, "name": "盖章件.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}
GIVEN = {
    "invoice_name": "宁波恒远重工机械有限公司",
    "tax_no": "91330200MA00000001",
    "invoice_address": "宁波市建设路 1 号",
    "invoice_phone": "0574-87654321",
    "bank": "中国工商银行宁波支行",
    "bank_account": "3901 0012 0900 1234 567",
    "invoice_kind": "special_vat_invoice",
    "sealed_copy": [FILE],
}


def opened(customer, **changed):
    form = InvoicingDetails(answers={"customer": customer, **GIVEN, **changed})
    form.validate()
    return form


@pytest.mark.parametrize(
    ("tax_no", "kept"),
    [
        ("330200123456789", "330200123456789"),
        ("91330200ma00000001", "91330200MA00000001"),
        ("９１３３０２００ MA0000 0001", "91330200MA00000001"),
        ("A1330200MA0000000123", "A1330200MA0000000123"),
    ],
)
def test_a_taxpayers_number_has_15_18_or_20_characters(customer, tax_no, kept):
    form = opened(customer, tax_no=tax_no)
    assert not form.errors
    assert form.tax_no.data == kept


def test_the_account_is_kept_in_half_width_without_blanks(customer):
    form = opened(customer, bank_account="３９０１ 0012 0900")
    assert not form.errors
    assert form.bank_account.data == "390100120900"


@pytest.mark.parametrize("tax_no", ["9133020012345678", "91330200MA0000000-", "税号330200123456789", "1"])
def test_anything_else_is_none(customer, tax_no):
    assert set(opened(customer, tax_no=tax_no).errors) == {"tax_no"}


@pytest.mark.parametrize("account", ["见附件", "62A8"])
def test_an_account_is_a_number(customer, account):
    assert set(opened(customer, bank_account=account).errors) == {"bank_account"}


def test_the_seal_is_needed(customer):
    assert set(opened(customer, sealed_copy=None).errors) == {"sealed_copy"}


def test_finance_checks_and_sends_back():
    (step,) = InvoicingDetails.signoff.steps
    assert (step.by.parties[0].key, step.judges, step.on_refusal) == ("finance_supervisor", True, Back())


def test_it_enters_the_customers_row_and_the_ledger_of_papers(customer, filed):
    db.session.get_one(Customer, customer.id).facts = {"industry": "建筑", "bank": "旧账户"}
    db.session.flush()
    update, paper = InvoicingDetails.effects("finance_check", filed("CS-35", customer=customer, **GIVEN))
    assert isinstance(update, Updates)
    facts = update.values["facts"]
    assert (facts["industry"], facts["bank"], facts["tax_no"], facts["invoice_email"]) == (
        "建筑",
        GIVEN["bank"],
        GIVEN["tax_no"],
        "",
    )
    assert isinstance(paper, PostsEntry)
    assert (paper.ledger, paper.customer_id) == ("customer_papers", customer.id)
    assert (paper.facts["paper"], paper.facts["number"], paper.facts["scan"]) == (
        "开票资料",
        GIVEN["tax_no"],
        "盖章件.pdf",
    )


def test_the_customers_file_finds_it(customer, make_record):
    assert not [row for row in papers_on_file(customer.id) if row["done"]]
    record = make_record("CS-35-2026-0001")
    db.session.add(RecordSubject(kind="customer", row_id=customer.id, record_id=record.id))
    db.session.flush()
    (row,) = [row for row in papers_on_file(customer.id) if row["done"]]
    assert (row["item"], row["remark"]) == ("开票资料", "CS-35-2026-0001")
    record.state = "voided"
    db.session.flush()
    assert not [row for row in papers_on_file(customer.id) if row["done"]]


@pytest.mark.parametrize("seed", range(4))
def test_its_story_reaches_the_end(worlds, walk, seed):
    assert walk(InvoicingDetails, STORIES["CS-35"], worlds(seed))["tax_no"]
