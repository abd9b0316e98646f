"""What the front page of quality shows of document control."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal.extensions import db
from portal.forms.charts import Asked, of_department
from portal.models import ControlledDocument
from tests.books import SignIn
from tests.forms.customer_service.shop import NOW, TODAY, days
from tests.forms.quality.papers import Papers


@pytest.fixture
def papers(context: Flask) -> Papers:
    """The small company's document control."""
    return Papers()


def bars(key: str) -> dict[str, int]:
    """The bars of a chart of the department."""
    chart = next(one for one in of_department("quality") if one.key == key)
    asked = Asked("quality", NOW - timedelta(days=90), NOW, "zh")
    return {bar.label: int(bar.values[0] or 0) for bar in chart.ask(asked)}


def test_documents_by_state(papers: Papers) -> None:
    many = len(db.session.query(ControlledDocument).all())
    assert bars("documents_by_state") == {"现行有效": many}
    papers.requested()
    papers.document("QA-P-01").state = "obsolete"
    db.session.flush()
    assert bars("documents_by_state") == {"现行有效": many - 2, "已作废": 1, "修订中": 1}


def test_reviews_that_are_due(papers: Papers) -> None:
    many = len(db.session.query(ControlledDocument).all())
    assert bars("document_reviews") == {"30天以后": many}
    for code, day in (
        ("QA-P-01", days(-1)),
        ("QA-P-02", TODAY),
        ("CS-P-01", days(30)),
        ("CS-P-02", days(31)),
    ):
        papers.document(code).next_review_on = day
    papers.document("CS-P-03").next_review_on = None
    papers.document("CS-P-04").state = "obsolete"
    db.session.flush()
    assert bars("document_reviews") == {"已逾期": 1, "30天内到期": 2, "30天以后": many - 5}


def test_copies_of_obsolete_versions_by_holder(papers: Papers) -> None:
    first = papers.released()
    papers.issued(first)
    assert bars("copies_to_recall") == {}
    papers.revised(first)
    assert bars("copies_to_recall") == {"质量部": 2, "库房": 1}


@pytest.mark.parametrize("key", ["documents_by_state", "document_reviews"])
def test_each_leads_to_its_book(app: Flask, sign_in: SignIn, key: str) -> None:
    answer = sign_in(app.test_client(), "document_controller").get(f"/quality/charts/{key}")
    assert answer.status_code == 200
    assert 'href="/registers/documents"' in answer.text


def test_where_nothing_is_to_be_recalled_the_page_says_so(app: Flask, sign_in: SignIn) -> None:
    answer = sign_in(app.test_client(), "document_controller").get("/quality/charts/copies_to_recall")
    assert answer.status_code == 200
    assert "还没有可统计的记录" in answer.text
