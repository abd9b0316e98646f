"""DC-02: a change that was approved leads to the next version; one that was refused leaves no mark."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import load
from portal.forms.quality.document_change import ControllerReceipt
from portal.models import Draft, Record
from portal.queries import document_copies
from portal.services import route
from tests.forms.customer_service.shop import TODAY, days, wrong
from tests.forms.quality.papers import PROCEDURE, Papers
from tests.walk import Walker


@pytest.fixture
def papers(context: Flask) -> Papers:
    """The small company's document control."""
    return Papers()


def refused(papers: Papers, code: str = PROCEDURE, **changed: Any) -> set[str]:
    """The fields for which a request with these answers is refused."""
    return wrong(papers.sheet("DC-02", "salesperson", **papers.change(code, **changed)))


def test_an_approved_change_marks_the_document_and_drafts_the_release(papers: Papers) -> None:
    record = papers.submit("DC-02", "salesperson", **papers.change())
    told = route.known(record)
    assert (told["current_version"], told["document_kind"]) == ("1.0", "procedure")
    assert told["owner_department"].text == "质量部"
    assert papers.signers(record) == {"quality_manager"}, "of the department that owns the document"
    papers.sign(record)
    assert papers.signers(record) == {"management_representative", "general_manager"}
    papers.sign(record)
    assert papers.document().state == "effective"
    assert papers.signers(record) == {"document_controller"}
    papers.sign(record, change_size="minor")
    assert papers.document().state == "under_revision"
    assert papers.document().version == "1.0", "which is in force until the next one is released"
    draft = papers.drafted(record, "DC-01")
    assert (draft["document_no"], draft["title"]) == (PROCEDURE, "客户满意度控制程序")
    assert (draft["version"], draft["purpose"]) == ("1.1", "release")
    assert (draft["document_kind"], draft["change_request"].id) == ("procedure", record.id)
    for text in ("4.2", "两个工作日内", "一个工作日内", "顾客反映答复慢"):
        assert text in draft["change_summary"]
    done = papers.submit("DC-01", "salesperson", **{**papers.new(), **draft})
    papers.finish(done, release={"effective_on": days(3)})
    assert (papers.document().version, papers.document().state) == ("1.1", "effective")


def test_the_head_of_the_owner_does_not_judge_their_own_request(papers: Papers) -> None:
    record = papers.submit("DC-02", "quality_manager", **papers.change())
    assert papers.signers(record) == {"general_manager"}


@pytest.mark.parametrize("step", ["owner_opinion", "approval"])
def test_a_refused_change_ends_without_a_mark(papers: Papers, step: str) -> None:
    record = papers.submit("DC-02", "salesperson", **papers.change())
    while record.step != step:
        papers.sign(record)
    papers.refuse(record)
    assert record.state == "refused"
    assert papers.document().state == "effective"
    assert papers.drafts(record, "DC-01") == []
    assert refused(papers) == set(), "it may be asked again"


def test_the_general_manager_approves_what_only_they_approved(papers: Papers) -> None:
    record = papers.submit("DC-02", "salesperson", **papers.change("IS-S-01"))
    papers.sign(record)
    assert (record.step, papers.signers(record)) == ("gm_approval", {"general_manager"})
    papers.refuse(record)
    assert record.state == "refused"


def test_one_change_of_a_document_at_a_time(papers: Papers) -> None:
    record = papers.submit("DC-02", "salesperson", **papers.change())
    sheet = papers.sheet("DC-02", "salesperson", **papers.change())
    assert record.number in sheet.errors["document"][0]
    assert refused(papers, "QA-P-01") == set()
    papers.finish(record, controller_receipt={"change_size": "minor"})
    assert refused(papers) == {"document"}, "until the new version is out"
    draft = papers.drafted(record, "DC-01")
    done = papers.submit("DC-01", "salesperson", **{**papers.new(), **draft})
    papers.finish(done, release={"effective_on": days(3)})
    assert refused(papers) == set()


def test_what_is_no_more_in_force_or_has_a_way_of_its_own_is_not_changed(papers: Papers) -> None:
    papers.document().state = "obsolete"
    assert refused(papers) == {"document"}
    papers.document("QA-P-01").code = "KF-TX"
    assert refused(papers, "KF-TX") == {"document"}


def test_a_change_changes_something(papers: Papers) -> None:
    assert refused(papers, new_text="两个工作日内") == {"new_text"}


def test_the_new_version_is_a_new_one(papers: Papers) -> None:
    record = papers.submit("DC-02", "salesperson", **papers.change())
    papers.sign(papers.sign(record))
    page = ControllerReceipt(context=route.known(record))
    page.validate()
    assert (page.change_size.data, page.new_version.data) == ("minor", "1.1")
    assert "1.1" in page.new_version.description
    assert "2.0" in page.new_version.description
    assert wrong(papers.stage(record, change_size="")) == {"change_size"}
    assert papers.stage(record, change_size="major", new_version="7.3").answers()["new_version"] == "2.0"


def test_a_document_that_is_withdrawn_is_obsolete_at_once_and_its_copies_come_back(papers: Papers) -> None:
    release = papers.released()
    papers.issued(release)
    document = papers.document("QA-W-1")
    asked = papers.change("QA-W-1", request_kind="withdraw")
    for name in ("clause", "old_text", "new_text"):
        del asked[name]
    record = papers.submit("DC-02", "salesperson", **asked)
    papers.finish(record)
    assert (document.state, document.obsolete_on) == ("obsolete", TODAY)
    assert papers.drafts(record, "DC-01") == []
    assert {one.copy_no for one in document_copies.to_recall()} == {"01", "02", "03"}
    assert refused(papers, "QA-W-1") == {"document"}


def test_a_request_says_what_it_touches(papers: Papers) -> None:
    assert refused(papers, impact="") == {"impact"}
    assert refused(papers, request_kind="withdraw", clause="", old_text="", new_text="") == set()


def test_a_request_put_right_moves_the_mark(papers: Papers) -> None:
    first = papers.requested()
    second = papers.submit("DC-02", "salesperson", **papers.change("QA-P-01"), corrects=first)
    papers.finish(second, controller_receipt={"change_size": "minor"})
    assert papers.document().state == "effective"
    assert papers.document("QA-P-01").state == "under_revision"


def test_the_draft_that_an_8d_report_leaves_fits(app: Flask) -> None:
    walker = Walker(app)
    number = walker.open("QA-15")
    while walker.step(number) != "prevention":
        walker.sign(number)
    walker.sign(number, documents_to_change="出货检验规程")
    while walker.sign(number):
        pass
    assert walker.state(number) == "finished"
    with app.app_context():
        query = sa.select(Draft).join(Record, Record.id == Draft.source_id)
        draft = db.session.scalars(query.where(Record.number == number, Draft.form_code == "DC-02")).one()
        given = load(fields(FORMS["DC-02"]()), draft.answers)
        assert given["affected_documents"] == "出货检验规程"
        assert given["source_record"].text.startswith(number)
        assert given["reason"]
