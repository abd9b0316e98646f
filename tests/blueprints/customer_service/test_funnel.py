"""The funnel: where a prospect stands, what it is worth, who sees it; empty while there is nothing."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.effects import PostsEntry, PostsReceivable
from portal.extensions import db
from portal.models import RecordLink
from tests import desk
from tests.books import OFFICER, Books, SignIn
from tests.conftest import both_databases

FUNNEL = "/customer-service/funnel"
PLACES = ("response", "value_check", "prospect", "opportunity", "quotation", "order", "service")
ALLOCATED = {"allocated_to": {"id": 7, "text": "田小野 E023"}}
OPPORTUNITY = {"expected_amount": "120000.00", "probability": "25", "outcome": "quote"}
DONE = {"state": "finished", "step": "", "closed_at": datetime.now(UTC)}


def board(app: Flask, sign_in: SignIn, login: str = OFFICER, language: str = "zh") -> dict[str, str]:
    """The text of each column, and of the summary above them under `top`."""
    browser = sign_in(app.test_client(), login)
    browser.post("/account/language", data={"language": language})
    answer = browser.get(FUNNEL)
    assert answer.status_code == 200
    parts = html.unescape(answer.text).split("<main", 1)[1].split('<section class="board-column" id="')
    columns = {part.split('"', 1)[0]: part.split("</section>")[0] for part in parts[1:]}
    assert tuple(columns) == PLACES
    return {**columns, "top": parts[0]}


def where(columns: dict[str, str], number: str) -> list[str]:
    """The columns in which a record stands."""
    return [place for place in PLACES if number in columns[place]]


@pytest.mark.parametrize(
    ("login", "status"),
    [("salesperson", 200), ("general_manager", 200), ("auditor", 200), ("buyer", 404), ("foreman", 404)],
)
def test_who_sees_the_board(client: FlaskClient, sign_in: SignIn, login: str, status: int) -> None:
    assert sign_in(client, login).get(FUNNEL).status_code == status


def test_an_empty_board_says_so_in_both_languages(app: Flask, sign_in: SignIn) -> None:
    columns = board(app, sign_in)
    assert all("暂无" in columns[place] for place in PLACES)
    assert "<svg viewBox" not in columns["top"]
    english = board(app, sign_in, language="en")
    assert "Campaign response" in english["response"]
    assert all("None yet" in english[place] for place in PLACES)


@pytest.mark.parametrize(
    ("code", "values", "stages", "place"),
    [
        ("CR-12", {"step": "value_check"}, {}, "response"),
        ("CR-12", {"step": "", "state": "returned"}, {}, "response"),
        ("CR-12", {"step": "allocation"}, {"value_check": {}}, "value_check"),
        ("CR-12", {"step": "work_plan"}, {"allocation": ALLOCATED}, "prospect"),
        ("CR-12", {"step": "opportunity"}, {"work_plan": {}}, "opportunity"),
        ("CR-12", DONE, {"opportunity": OPPORTUNITY}, "opportunity"),
        ("CR-12", DONE, {"opportunity": {**OPPORTUNITY, "outcome": "lost"}}, ""),
        ("CR-12", {**DONE, "state": "refused"}, {"value_check": {}}, ""),
        ("CR-12", {**DONE, "state": "voided"}, {}, ""),
        ("CR-16", {"step": "sales_approval"}, {}, "quotation"),
        ("CR-16", DONE, {"customer_answer": {"accepted": True}}, "quotation"),
        ("CR-16", DONE, {"customer_answer": {"accepted": False}}, ""),
        ("CR-17", {"step": "customer_confirm"}, {}, "order"),
        ("CR-17", DONE, {}, "order"),
        ("CR-17", {**DONE, "closed_at": datetime.now(UTC) - timedelta(days=400)}, {}, ""),
        ("CS-76", {"step": "repair_feedback"}, {}, "service"),
        ("CS-73", {"step": "gm_sign"}, {}, "service"),
        ("CS-76", DONE, {}, ""),
        ("PU-04", {"step": "approve"}, {}, ""),
    ],
)
def test_where_a_record_stands(
    app: Flask, books: Books, sign_in: SignIn, code: str, values: Any, stages: Any, place: str
) -> None:
    number = books.record(code, stages=stages, **values).number
    assert where(board(app, sign_in), number) == ([place] if place else [])


@both_databases
def test_what_has_gone_on_stands_only_where_it_went(app: Flask, books: Books, sign_in: SignIn) -> None:
    prospect = books.record("CR-12", stages={"opportunity": OPPORTUNITY}, **DONE)
    quotation = books.record(
        "CR-16", follows=prospect.id, stages={"customer_answer": {"accepted": True}}, **DONE
    )
    columns = board(app, sign_in)
    assert where(columns, prospect.number) == []
    assert where(columns, quotation.number) == ["quotation"]
    order = books.record("CR-17")
    books.do(  # the order names its quotation
        lambda: db.session.merge(RecordLink(source_id=order.id, target_id=quotation.id, kind="named")).kind
    )
    columns = board(app, sign_in)
    assert where(columns, quotation.number) == []
    assert where(columns, order.number) == ["order"]


def test_a_refused_quotation_does_not_end_an_opportunity(app: Flask, books: Books, sign_in: SignIn) -> None:
    prospect = books.record("CR-12", stages={"opportunity": OPPORTUNITY}, **DONE)
    books.record("CR-16", follows=prospect.id, **{**DONE, "state": "refused"})
    assert where(board(app, sign_in), prospect.number) == ["opportunity"]


@both_databases
def test_an_order_leaves_when_it_is_delivered_and_paid(app: Flask, books: Books, sign_in: SignIn) -> None:
    product = {"id": 1, "text": "升降机 M0001"}
    answers = {"lines": [{"product": product, "quantity": "2"}], "total_amount": "90.00"}
    order = books.record("CR-17", answers=answers, **DONE)
    customer, day = books.customer(), date(2026, 1, 1)
    books.post(PostsReceivable(customer, order.id, Decimal(90), "全款", due_on=day), order.number)
    facts = {"product": product, "quantity": "2"}
    books.post(PostsEntry("deliveries", facts, customer_id=customer, about=order.id), order.number)
    assert where(board(app, sign_in), order.number) == ["order"]
    books.post(PostsReceivable(customer, order.id, Decimal(-90), "全款", paid_on=day), order.number)
    assert where(board(app, sign_in), order.number) == []


@both_databases
def test_cards_tell_owner_amount_and_days_and_columns_their_sums(
    app: Flask, books: Books, sign_in: SignIn
) -> None:
    at = datetime.now(UTC) - timedelta(days=5, hours=2)
    stages = {"allocation": ALLOCATED, "opportunity": OPPORTUNITY}
    books.record("CR-12", title="<b>大单</b>", stages=stages, submitted_at=at, step="opportunity")
    books.record("CR-12", stages={"opportunity": {"expected_amount": "80000"}}, step="opportunity")
    books.record("CR-16", answers={"total_amount": "5000.50"})
    books.record("CR-16", answers={"total_amount": "不清楚"})
    columns = board(app, sign_in)
    first = columns["opportunity"]
    for told in ("¥120,000.00", "田小野", "5 天", "¥200,000.00"):
        assert told in first, told
    assert ">2</span>" in first
    assert "¥5,000.50" in columns["quotation"]
    row = columns["top"].split('href="#opportunity"')[1].split("</tr>")[0]
    assert re.findall(r"¥[\d,.]+", row) == ["¥200,000.00", "¥110,000.00"]  # 25 % of one, all of the other
    assert "<svg viewBox" in columns["top"]
    raw = sign_in(app.test_client(), OFFICER).get(FUNNEL).text
    assert "&lt;b&gt;大单" in raw
    assert "<b>大单" not in raw


def test_only_records_that_the_reader_may_see(app: Flask, books: Books, sign_in: SignIn) -> None:
    hidden = books.record("CR-16", readers=("role:sales_manager",), by="salesperson", title="看不见的报价")
    assert where(board(app, sign_in), hidden.number) == []
    assert ">0</span>" in board(app, sign_in)["quotation"]
    for login in ("sales_manager", "auditor"):
        assert where(board(app, sign_in, login), hidden.number) == ["quotation"], login


def test_a_full_column_shows_its_newest_and_says_how_many_more(
    app: Flask, books: Books, sign_in: SignIn
) -> None:
    numbers = [books.record("CS-76").number for _one in range(33)]
    column = board(app, sign_in)["service"]
    assert ">33</span>" in column
    assert sum(number in column for number in numbers) == 15
    assert numbers[-1] in column
    assert "另有 18 条" in column


def test_queries_do_not_grow_with_the_records(app: Flask, books: Books, sign_in: SignIn) -> None:
    browser = sign_in(app.test_client(), OFFICER)
    counts = []
    for more in (2, 15):
        for _one in range(more):
            books.record("CR-17", answers={"lines": []}, **DONE)
            books.record("CR-12", stages={"opportunity": OPPORTUNITY}, **DONE)
        browser.get(FUNNEL)
        with desk.counted(app) as queries:
            browser.get(FUNNEL)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12, counts
