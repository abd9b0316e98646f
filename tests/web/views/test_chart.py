"""Charts of a department: their numbers, the records behind them, the period, whose records count, the spreadsheet."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.forms import charts
from portal.forms.catalogue import FORMS
from portal.forms.charts.chart import Asked, Bar, through
from portal.forms.ledgers import LEDGERS
from portal.lib.clock import today
from portal.lib.i18n import both
from portal.models import AuditEvent, Department, Person, Record, Task
from portal.queries.actors import actor
from tests import desk
from tests.books import OFFICER, Books, SignIn
from tests.conftest import both_databases

FRONT, CHARTS = "/customer-service/", "/customer-service/charts/"
ROOMS = ("customer_service", "engineering", "design", "purchasing", "warehouse", "quality")


@pytest.fixture
def as_if_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts of forms that are not there yet count their records all the same."""
    monkeypatch.setattr(charts.Chart, "is_served", True)


def look(app: Flask, sign_in: SignIn, path: str, login: str = OFFICER) -> str:
    """The page's text."""
    answer = sign_in(app.test_client(), login).get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.text)


def table(text: str) -> dict[str, list[str]]:
    """The numbers of a chart's page by label."""
    body = text.split('<table class="list chart-table">')[1].split("</table>")[0].split("<tbody>")[1]
    found = {}
    for row in body.split("<tr")[1:]:
        cells = [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        found[cells[0]] = cells[1:]
    return found


def investigated(books: Books, party: str, department: int | None = None, **values: Any) -> Record:
    """A complaint with a responsible party."""
    stage: dict[str, Any] = {"responsible_party": party}
    if department:
        stage["responsible_department"] = {"id": department, "text": "某部门"}
    return books.record("CS-51", stages={"investigation": stage}, **values)


# Declarations


@pytest.mark.parametrize("room", ROOMS)
def test_every_chart_is_whole(room: str) -> None:
    found = charts.of_department(room)
    assert len({one.key for one in found}) == len(found) > 0
    for one in found:
        assert re.fullmatch(r"[a-z_]+", one.key)
        assert one.series
        assert one.source or one.link, one.key
        for text in (one.title, *one.series):
            said = both(text)
            assert said["zh"] != said["en"], said


def test_a_chart_of_forms_that_are_not_served_has_no_bars() -> None:
    one = charts.Chart(
        "trial", "试验", lambda _asked: [charts.Bar("a", "甲", (1,))], ("数",), forms=("ZZ-99",)
    )
    assert "ZZ-99" not in FORMS
    assert one.ask(charts.Asked("quality", datetime.now(UTC), datetime.now(UTC), "zh")) == []


# The front page


def test_many_charts_stand_in_groups_of_which_one_is_shown(app: Flask, sign_in: SignIn) -> None:
    first = look(app, sign_in, "/quality/", "quality_manager").split('id="charts"')[1]
    assert 'aria-current="page">质量与满意度' in first
    assert "授权访问（按状态）" not in first
    chosen = look(app, sign_in, "/quality/?period=365&charts=information_security", "quality_manager")
    shown = chosen.split('id="charts"')[1]
    assert 'aria-current="page">信息安全' in shown
    assert "授权访问（按状态）" in shown
    assert 'href="?period=90&charts=information_security#charts"' in shown, "another period of the same group"
    odd = look(app, sign_in, "/quality/?charts=<script>", "quality_manager")
    assert 'aria-current="page">质量与满意度' in odd


def test_long_pages_say_what_they_hold(app: Flask, sign_in: SignIn) -> None:
    text = look(app, sign_in, "/quality/", "quality_manager")
    for key in ("quality_satisfaction", "information_centre", "document_control", "information_security"):
        assert f'href="#{key}"' in text
        assert f'id="{key}"' in text
    assert 'href="#books"' in text


def test_the_front_page_shows_what_there_is(app: Flask, books: Books, sign_in: SignIn) -> None:
    investigated(books, "supplier")
    text = look(app, sign_in, FRONT)
    shown = text.split('id="charts"')[1]
    assert "投诉的责任归属" in shown
    assert f'href="{CHARTS}complaints_by_party?period=90"' in shown
    assert "<svg viewBox" in shown
    assert 'aria-current="page">最近 90 天' in shown
    assert 'aria-current="page">最近一年' in look(app, sign_in, f"{FRONT}?period=365")
    for odd in ("0", "-1", "<script>", "9999999999"):
        assert 'aria-current="page">最近 90 天' in look(app, sign_in, f"{FRONT}?period={odd}")


def test_pages_of_the_department_only_for_their_readers(app: Flask, sign_in: SignIn) -> None:
    for login, there in ((OFFICER, True), ("auditor", True), ("buyer", False)):
        text = look(app, sign_in, FRONT, login)
        for path in ("/customer-service/customers/", "/customer-service/funnel"):
            assert (f'href="{path}"' in text) is there, (login, path)
    assert 'href="/customer-service/funnel"' not in look(app, sign_in, "/quality/")


def test_nothing_to_count_is_said(app: Flask, sign_in: SignIn) -> None:
    text = look(app, sign_in, f"{FRONT}")
    silent = text.split("还没有可统计的记录：")[1].split("</p>")[0]
    assert "投诉的责任归属、" in silent
    assert f'href="{CHARTS}complaints_by_party?' not in text
    for key in (
        "complaints_by_party",
        "step_times",
        "open",
        "funnel",
        "repair_satisfaction",
        "service_ratings",
    ):
        assert "还没有可统计的记录。" in look(app, sign_in, f"{CHARTS}{key}")


# Numbers


@both_databases
def test_complaints_by_party_in_the_period(app: Flask, books: Books, sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    for party, days in (("supplier", 1), ("supplier", 40), ("carrier", 40), ("customer_use", 200)):
        investigated(books, party, submitted_at=now - timedelta(days=days))
    books.record("CS-51")  # not investigated yet
    assert table(look(app, sign_in, f"{CHARTS}complaints_by_party?period=30")) == {"供应商": ["1"]}
    assert table(look(app, sign_in, f"{CHARTS}complaints_by_party")) == {"供应商": ["2"], "运输": ["1"]}
    year = table(look(app, sign_in, f"{CHARTS}complaints_by_party?period=365"))
    assert year == {"供应商": ["2"], "运输": ["1"], "客户使用": ["1"]}


def test_an_investigation_made_anew_counts_once(app: Flask, books: Books, sign_in: SignIn) -> None:
    stages = {"call_back": {}, "investigation": {"responsible_party": "carrier"}}
    books.record("CS-51", stages=stages)
    one = investigated(books, "supplier")
    books.sign_again(one.id, "investigation", {"responsible_party": "carrier"})
    assert table(look(app, sign_in, f"{CHARTS}complaints_by_party")) == {"运输": ["2"]}


@both_databases
def test_complaints_by_department_in_the_readers_language(app: Flask, books: Books, sign_in: SignIn) -> None:
    ids = {
        key: books.one(sa.select(Department.id).where(Department.key == key))
        for key in ("quality", "purchasing")
    }
    for key in ("quality", "quality", "purchasing"):
        investigated(books, "own_department", ids[key])
    investigated(books, "supplier")
    browser = sign_in(app.test_client(), OFFICER)
    path = f"{CHARTS}complaints_by_department"
    assert table(html.unescape(browser.get(path).text)) == {"质量部": ["2"], "采购部": ["1"]}
    browser.post("/account/language", data={"language": "en"})
    text = html.unescape(browser.get(path).text)
    assert table(text) == {"Quality": ["2"], "Purchasing": ["1"]}
    assert "Complaints by responsible department" in text


@pytest.mark.usefixtures("as_if_served")
@both_databases
def test_satisfaction_after_repair(app: Flask, books: Books, sign_in: SignIn) -> None:
    for satisfied in (True, True, False):
        books.record("CS-76", stages={"return_visit": {"owner_satisfied": satisfied}})
    books.record("CS-76", stages={"return_visit": {}})
    for attitude, speed in (("10", "7"), ("8", "6.5")):
        ratings = {"attitude_rating": attitude, "speed_rating": speed}
        books.record("CS-78", stages={"customer_sign": ratings})
    assert table(look(app, sign_in, f"{CHARTS}repair_satisfaction")) == {"满意": ["2"], "不满意": ["1"]}
    assert table(look(app, sign_in, f"{CHARTS}service_ratings")) == {"服务态度": ["9.0"], "服务速度": ["6.8"]}


@pytest.mark.usefixtures("as_if_served")
def test_the_funnel_counts_as_the_board_does(app: Flask, books: Books, sign_in: SignIn) -> None:
    books.record("CR-12", step="work_plan")
    books.record("CR-16")
    books.record("CR-16")
    text = look(app, sign_in, f"{CHARTS}funnel")
    numbers = table(text)
    assert (numbers["潜在客户"], numbers["报价"], numbers["订单"]) == (["1"], ["2"], ["0"])
    assert 'href="/customer-service/funnel"' in text


@both_databases
def test_median_time_of_steps(app: Flask, books: Books, sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    for hours in (2, 4, 90):
        record = books.record("CS-51")
        values = {"kind": "sign", "form_code": "CS-51", "step": "investigation", "state": "done"}
        books.add(
            Task(
                record_id=record.id,
                created_at=now - timedelta(hours=hours),
                done_at=now,
                **values,
            )
        )
    waiting = books.record("CS-51")
    books.add(
        Task(record_id=waiting.id, created_at=now, kind="sign", form_code="CS-51", step="close", state="open")
    )
    assert table(look(app, sign_in, f"{CHARTS}step_times")) == {"CS-51 调查及责任归属判定": ["4.0"]}


@both_databases
def test_open_and_late_by_form(app: Flask, sign_in: SignIn) -> None:
    numbers = desk.start(app, "CS-51", OFFICER, 3)
    desk.change(app, numbers[0], due_at=datetime.now(UTC) - timedelta(days=1))
    desk.change(app, numbers[1], due_at=datetime.now(UTC) + timedelta(days=1))
    desk.change(app, numbers[2], state="finished")
    assert table(look(app, sign_in, f"{CHARTS}open")) == {"CS-51 客户投诉登记表": ["1", "1"]}
    desk.start(app, "PU-04", "buyer", 1)
    assert list(table(look(app, sign_in, "/purchasing/charts/open", "buyer"))) == ["PU-04 采购订货单"]


# Whose records, and which


@pytest.mark.proves("S22")
def test_others_count_only_what_they_may_see(app: Flask, books: Books, sign_in: SignIn) -> None:
    investigated(books, "supplier")
    mine = investigated(books, "carrier", readers=("role:quality_manager",))
    text = look(app, sign_in, f"{CHARTS}complaints_by_party", "quality_manager")
    assert table(text) == {"运输": ["1"]}
    assert "只统计您可以查看的记录。" in text
    assert mine.number in text
    assert table(look(app, sign_in, f"{CHARTS}complaints_by_party", "auditor")) == {
        "供应商": ["1"],
        "运输": ["1"],
    }


@pytest.mark.usefixtures("as_if_served")
@pytest.mark.proves("S19")
def test_what_is_counted_from_a_ledger_or_a_page_is_for_its_readers(app: Flask, sign_in: SignIn) -> None:
    shut = set()
    for room in ROOMS:
        other = "designer" if room == "warehouse" else "cashier"
        with app.app_context():
            person = db.session.scalars(sa.select(Person).where(Person.login == other)).unique().one()
            by, at = actor(person, today()), datetime.now(UTC)
        for one in charts.of_department(room):
            ledger = LEDGERS.get(one.link.removeprefix("/registers/"))
            open_to = ledger.open_to if ledger else one.open_to
            if open_to is None or one.source or open_to(by):
                continue
            whole = replace(one, bars=lambda _asked: [Bar("x", "一项", (1,))])
            assert not whole.ask(Asked(room, at, at, "zh", by)), one.key
            assert whole.ask(Asked(room, at, at, "zh")), one.key
            page = f"/{room.replace('_', '-')}/charts/{one.key}"
            assert f'href="{one.link}"' not in look(app, sign_in, page, other)
            shut.add(one.key)
    assert shut >= {"websites_by_stage", "permit_states", "stock_worth", "risks", "funnel", "kpi"}


@both_databases
def test_the_records_behind_a_part_as_far_as_one_may_see_them(
    app: Flask, books: Books, sign_in: SignIn
) -> None:
    supplier, carrier = investigated(books, "supplier"), investigated(books, "carrier")
    hidden = investigated(books, "supplier", readers=())
    text = look(app, sign_in, f"{CHARTS}complaints_by_party?part=supplier")
    assert table(text)["供应商"] == ["2"]  # the department's figures are whole
    assert [one.number in text for one in (supplier, carrier, hidden)] == [True, False, False]
    everything = look(app, sign_in, f"{CHARTS}complaints_by_party?part=%3Cscript%3E")
    assert [one.number in everything for one in (supplier, carrier, hidden)] == [True, True, False]


def test_the_records_behind_go_on(app: Flask, books: Books, sign_in: SignIn) -> None:
    numbers = [investigated(books, "supplier").number for _one in range(53)]
    browser = sign_in(app.test_client(), OFFICER)
    first = html.unescape(browser.get(f"{CHARTS}complaints_by_party?part=supplier").text)
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].split("#")[0]
    second = browser.get(following).text
    assert [sum(number in text for number in numbers) for text in (first, second)] == [50, 3]


@pytest.mark.parametrize("key", ["nothing", "complaints", "%00", "'--", "x" * 2000])
def test_a_chart_that_there_is_not(client: FlaskClient, sign_in: SignIn, key: str) -> None:
    browser = sign_in(client, OFFICER)
    assert browser.get(f"{CHARTS}{key}").status_code == 404
    assert browser.post(f"{CHARTS}{key}/exports").status_code == 404
    assert browser.get("/quality/charts/complaints_by_party").status_code == 404


# Spreadsheets


def test_the_numbers_as_a_spreadsheet_and_that_they_were_taken(
    app: Flask, books: Books, sign_in: SignIn
) -> None:
    investigated(books, "supplier")
    investigated(books, "supplier")
    investigated(books, "=cmd|'/C calc'!A0")
    browser = sign_in(app.test_client(), OFFICER)
    answer = browser.post(f"{CHARTS}complaints_by_party/exports?period=30")
    assert answer.status_code == 200
    rows = list(openpyxl.load_workbook(BytesIO(answer.data)).active.values)
    assert rows == [("投诉的责任归属", "投诉"), ("供应商", 2), ("'=cmd|'/C calc'!A0", 1)]
    event = books.one(sa.select(AuditEvent.facts).where(AuditEvent.kind == "exported"))
    assert event["register"] == "chart:customer_service/complaints_by_party"
    assert event["rows"] == 2
    trail = html.unescape(sign_in(app.test_client(), "auditor").get("/trail").text)
    assert "导出了“投诉的责任归属”，2 行（xlsx）" in trail


def test_queries_do_not_grow_with_the_records(app: Flask, books: Books, sign_in: SignIn) -> None:
    browser = sign_in(app.test_client(), OFFICER)
    counts = []
    for more in (3, 30):
        for _one in range(more):
            investigated(books, "supplier")
        browser.get(FRONT)
        with desk.counted(app) as queries:
            browser.get(FRONT)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24, counts


def test_a_month_without_anything_is_told_between_those_with_something() -> None:
    asked = charts.Asked(
        "quality", datetime(2026, 7, 20, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC), "zh"
    )
    assert through(["2026-09", "2026-08"], asked) == ["2026-08", "2026-09", "2026-10", "2026-11"]
    assert through(["2026-06"], asked)[:3] == ["2026-06", "2026-07", "2026-08"]
    assert through([], asked) == []
