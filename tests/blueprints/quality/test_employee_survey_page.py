"""The page of the employee survey: a ballot that is kept nowhere but in the box, and the box in its keeper's hands."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib.clock import today
from portal.models import Ballot, BallotBox, Draft, Record
from tests import tables

PAGE = "/quality/employee-survey"
HR = "hr_manager"
GOOD = {
    **dict.fromkeys(
        ("pay_score", "environment_score", "training_score", "management_score", "work_score"), "16"
    ),
    "department": "质量部",
    "years_in_company": "1_to_3",
    "suggestions": "only-I-say-this",
}
Browse = Callable[[str], FlaskClient]


@pytest.fixture
def browse(app: Flask, sign_in: Callable[[FlaskClient, str], FlaskClient]) -> Browse:
    """The browser of a person."""
    return lambda login: sign_in(app.test_client(), login)


@pytest.fixture
def opened(browse: Browse) -> FlaskClient:
    """The keeper's browser, after this year's box was opened."""
    keeper = browse(HR)
    day = today() + timedelta(days=10)
    assert keeper.post(f"{PAGE}/box", data={"closes_on": f"{day}"}).status_code == 303
    return keeper


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_nothing_is_asked_while_no_box_is_open(app: Flask, browse: Browse) -> None:
    buyer = browse("buyer")
    assert "现在没有进行中的调查" in buyer.get(PAGE).text
    assert buyer.post(PAGE, data=GOOD).status_code == 422
    assert count(app, Ballot) == 0


def test_a_ballot_goes_into_the_box_and_nowhere_else(app: Flask, browse: Browse, opened: FlaskClient) -> None:
    buyer = browse("buyer")
    page = buyer.get(PAGE).text
    assert "答卷怎样保密" in page
    assert re.search(r'name="department"[^>]*value="采购部"', page), "begins with one's own department"
    assert "data-autosave" not in page
    assert "data-key" not in page
    assert "autosave.js" not in page
    assert 'name="year"' not in page
    before = tables.hashes(app)
    assert buyer.post(PAGE, data=GOOD).status_code == 303
    assert sorted(tables.changed(before, tables.hashes(app))) == ["ballot_voters", "ballots"]
    assert "您的答卷已经在箱里" in buyer.get(PAGE).text
    with app.app_context():
        (ballot,) = db.session.scalars(sa.select(Ballot))
        assert ballot.answers["total_score"] == "80.0"
        assert ballot.answers["department"]["text"] == "质量部"
        assert "year" not in ballot.answers


def test_a_bad_ballot_comes_back_as_typed_and_is_kept_nowhere(
    app: Flask, browse: Browse, opened: FlaskClient
) -> None:
    buyer = browse("buyer")
    before = tables.hashes(app)
    answer = buyer.post(PAGE, data={**GOOD, "pay_score": "21", "total_score": "3"})
    assert answer.status_code == 422
    assert "only-I-say-this" in answer.text
    assert "应在 0 至 20 之间" in answer.text
    assert tables.changed(before, tables.hashes(app)) == []
    assert count(app, Draft) == 0


def test_nobody_answers_twice(app: Flask, browse: Browse, opened: FlaskClient) -> None:
    buyer = browse("buyer")
    buyer.post(PAGE, data=GOOD)
    again = buyer.post(PAGE, data=GOOD)
    assert again.status_code == 422
    assert "每人只填一次" in again.text
    assert count(app, Ballot) == 1


def test_an_auditor_reads_the_page_and_answers_nothing(browse: Browse, opened: FlaskClient) -> None:
    auditor = browse("auditor")
    assert 'name="pay_score"' not in auditor.get(PAGE).text
    assert auditor.post(PAGE, data=GOOD).status_code == 403


def test_the_keeper_sees_how_many_and_not_what(app: Flask, browse: Browse, opened: FlaskClient) -> None:
    browse("buyer").post(PAGE, data=GOOD)
    page = opened.get(PAGE).text
    assert "已收到 1 份" in page
    assert "only-I-say-this" not in page
    assert "投票箱" not in browse("foreman").get(PAGE).text


def test_the_box_is_extended_and_closed_only_with_five_ballots(
    app: Flask, browse: Browse, opened: FlaskClient
) -> None:
    for login in ("buyer", "foreman", "designer", "salesperson"):
        browse(login).post(PAGE, data=GOOD)
    closing = {"_password": DEMO_PASSWORD}
    shut = opened.post(f"{PAGE}/box/closing", data=closing)
    assert shut.status_code == 422
    assert "不足 5 份" in shut.text
    late = today() + timedelta(days=20)
    assert opened.post(f"{PAGE}/box/last-day", data={"closes_on": f"{late}"}).status_code == 303
    assert opened.post(f"{PAGE}/box/last-day", data={"closes_on": ""}).status_code == 422
    browse("quality_inspector").post(PAGE, data=GOOD)
    refused = opened.post(f"{PAGE}/box/closing", data={"_password": "wrong"})
    assert refused.status_code == 401
    assert count(app, Ballot) == 5
    assert opened.post(f"{PAGE}/box/closing", data=closing).status_code == 303
    page = opened.get(PAGE).text
    assert "本年度的调查已经结束" in page
    with app.app_context():
        box = db.session.scalars(sa.select(BallotBox)).one()
        assert (box.closes_on, box.cast) == (late, 5)
        numbers = db.session.scalars(sa.select(Record.number).where(Record.form_code == "QA-16")).all()
    assert len(numbers) == 5
    register = opened.get("/quality/employee-satisfaction-surveys/").text
    assert all(number in register for number in numbers)
    assert opened.get(f"/records/{numbers[0]}", follow_redirects=True).status_code == 200
    assert browse("buyer").get(f"/records/{numbers[0]}").status_code == 404


def test_only_the_keeper_opens_the_box(app: Flask, browse: Browse) -> None:
    for login in ("buyer", "general_manager", "administrator"):
        answer = browse(login).post(f"{PAGE}/box", data={"closes_on": f"{today()}"})
        assert answer.status_code == 403
    assert count(app, BallotBox) == 0
    assert browse(HR).post(f"{PAGE}/box", data={"closes_on": "2020-01-01"}).status_code == 422


def test_everybody_hears_of_it_and_gets_to_the_page(browse: Browse, opened: FlaskClient) -> None:
    assert "员工满意度调查，答卷不记名" in browse("buyer").get("/notices").text


def test_the_front_page_leads_to_it(browse: Browse) -> None:
    assert f'href="{PAGE}"' in browse("buyer").get("/quality/").text
