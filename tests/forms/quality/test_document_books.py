"""The books of document control, the same on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.ledgers import LEDGERS
from portal.models import DocumentRevision
from portal.queries import document_copies, documents, ledgers, reviews
from tests.conftest import both_databases
from tests.forms.customer_service.shop import TODAY, days, wrong
from tests.forms.quality.papers import Papers

BOOKS = ("documents", "document_copies", "record_retention", "records_past_retention", "external_documents")


@pytest.fixture
def papers(context: Flask) -> Papers:
    """The small company's document control."""
    return Papers()


@both_databases
def test_every_book_tells_what_was_done(papers: Papers) -> None:
    first = papers.released()
    papers.issued(first)
    papers.revised(first)
    rows = papers.page("DC-05", "document_controller")["records"][:3]
    kept = papers.submit("DC-05", "document_controller", year=2026, records=rows, changes="无")
    papers.finish(kept, approval={"effective_on": TODAY})
    found = {key: papers.lines(key) for key in BOOKS}
    listed = found["documents"]
    assert (listed[0]["version"], listed[-1]["version"]) == ("1.1", "1.0"), "what is obsolete comes last"
    assert (listed[0]["next_review"], listed[-1]["next_review"]) == (days(368).isoformat(), None)
    assert {line["state"] for line in listed} == {"effective", "obsolete"}
    versions = [(line["number"], line["version"]) for line in listed]
    texts = db.session.execute(sa.select(DocumentRevision.document_no, DocumentRevision.number)).all()
    assert sorted(versions) == sorted([*map(tuple, texts), ("QA-W-1", "1.0"), ("QA-W-1", "1.1")])
    assert [line["recall_by"] for line in found["document_copies"]] == [days(5).isoformat()] * 3
    assert len(found["record_retention"]) == 3
    assert found["records_past_retention"] == []
    for key in BOOKS:
        searched = ledgers.Wanted(words=("质量",))
        assert ledgers.page(LEDGERS[key].source, searched, "", 5).rows is not None
    past = len(listed) - len(documents.all_documents())
    for state, many in (("effective", len(listed) - past), ("obsolete", past), ("to_come", 0)):
        wanted = ledgers.Wanted(picked=(("state", state),))
        assert len(ledgers.page(LEDGERS["documents"].source, wanted, "", 99).rows) == many
    assert documents.states() == {"effective": len(documents.all_documents())}
    assert document_copies.recalls(papers.document("QA-W-1").id) == ([], set())
    assert documents.requests_given_up(papers.document("QA-W-1").id) == 0
    assert documents.release_under_way("QA-W-1") == ""
    assert reviews.approved("DC-05", "year", [2026]) == {2026: TODAY}
    assert reviews.planned("DC-06", "review_year", 2026) is None
    assert list(reviews.newest(("DC-05",))) == ["DC-05"]


@both_databases
def test_the_list_is_read_page_by_page(papers: Papers) -> None:
    papers.released()
    source, seen, cursor = LEDGERS["documents"].source, [], ""
    while True:
        page = ledgers.page(source, ledgers.Wanted(), cursor, 6)
        seen += [(line["number"], line["version"]) for line in page.rows]
        cursor = page.following
        if not cursor:
            break
    assert (
        len(seen)
        == len(set(seen))
        == 1 + (db.session.scalar(sa.select(sa.func.count(DocumentRevision.id))) or 0)
    )
    assert seen[0] == ("QA-W-1", "1.0")


@pytest.mark.proves("R31")
@both_databases
def test_documents_of_others_stand_in_a_list_of_their_own(papers: Papers) -> None:
    standard = {
        "document_no": "GB-T-19001",
        "title": "质量管理体系 要求",
        "document_kind": "external",
        "version": "2016",
    }
    assert "issuer" in wrong(papers.sheet("DC-01", "quality_inspector", **papers.new(**standard)))
    record = papers.released(**standard, issuer="国家标准化管理委员会")
    [line] = papers.lines("external_documents")
    assert (line["number"], line["issuer"], line["version"]) == ("GB-T-19001", "国家标准化管理委员会", "2016")
    assert (line["state"], line["record"]) == ("effective", record.number)
    assert "GB-T-19001" in {one["number"] for one in papers.lines("documents")}
