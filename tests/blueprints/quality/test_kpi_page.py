"""The page of the key performance indicators: who reads it, what it shows, where its numbers lead."""

from __future__ import annotations

import html

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.forms.quality.kpi import KPIS
from portal.lib.clock import months_later, today
from tests.books import SignIn
from tests.walk import Walker

PAGE = "/quality/kpi"


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("quality_inspector", 200),
        ("customer_service_officer", 200),
        ("general_manager", 200),
        ("auditor", 200),
        ("buyer", 404),
        ("foreman", 404),
    ],
)
def test_who_reads_the_indicators(client: FlaskClient, sign_in: SignIn, login: str, status: int) -> None:
    browser = sign_in(client, login)
    assert browser.get(PAGE).status_code == status
    assert browser.get(f"{PAGE}/complaints").status_code == status


def test_every_indicator_stands_there_or_those_of_a_scope(client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in(client, "quality_manager")
    page = html.unescape(browser.get(PAGE).text)
    assert all(str(one.title) in page for one in KPIS)
    security = html.unescape(browser.get(f"{PAGE}?scope=information_security").text)
    shown = [one for one in KPIS if f"/quality/kpi/{one.key}?" in security]
    assert shown == [one for one in KPIS if one.scope == "information_security"]
    assert html.unescape(browser.get(f"{PAGE}?scope=nothing").text).count("list register") == 3


def test_a_number_leads_to_the_records_behind_it(app: Flask, sign_in: SignIn) -> None:
    number = Walker(app).open("CS-51")
    browser = sign_in(app.test_client(), "auditor")
    month = f"{today():%Y-%m}"
    assert f"complaints?month={month}" in browser.get(PAGE).text
    assert number in browser.get(f"{PAGE}/complaints").text
    assert number in browser.get(f"{PAGE}/complaints?month={month}").text
    earlier = f"{months_later(today(), -1):%Y-%m}"
    assert number not in browser.get(f"{PAGE}/complaints?month={earlier}").text
    assert number not in browser.get(f"{PAGE}/supplier_returns").text
    unseen = sign_in(app.test_client(), "quality_inspector").get(f"{PAGE}/complaints").text
    assert number not in unseen  # the figure is everybody's, the record is not


def test_there_is_no_other_indicator(client: FlaskClient, sign_in: SignIn) -> None:
    assert sign_in(client, "quality_manager").get(f"{PAGE}/nothing").status_code == 404


def test_the_front_page_draws_the_charts_of_quality(app: Flask, sign_in: SignIn) -> None:
    walker = Walker(app)
    for code in ("QA-01", "QA-05", "QA-03"):
        walker.walk(code)
    browser = sign_in(app.test_client(), "quality_manager")
    page = html.unescape(browser.get("/quality/").text)
    for title in ("本月关键绩效指标", "质量信息：按月和类别", "不合格品的处置", "过程和成品检验合格率：按月"):
        assert title in page
    for key in ("kpi", "information_by_class", "dispositions", "process_pass_rate", "improvement_actions"):
        assert browser.get(f"/quality/charts/{key}?period=365").status_code == 200


def test_measures_are_filtered_by_their_state(client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in(client, "quality_manager")
    page = browser.get("/registers/improvement_actions?f.state=overdue").text
    assert 'value="overdue" selected' in page
    assert browser.get("/registers/improvement_actions?f.state=nothing").status_code == 200
