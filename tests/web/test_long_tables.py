"""Tables of ten thousand rows: opened, kept as a draft, submitted, shown, exported; or refused with a plain sentence."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from portal.forms.catalogue import FORMS
from portal.models import Content, Draft
from portal.pdf.process import printer
from tests.conftest import both_databases
from tests.web.conftest import Desk, Pairs, alerts
from tests.web.test_fill import ORDERS

MANY = 10_000


def long(desk: Desk, key: str, op: str) -> Pairs:
    """An order of ten thousand lines."""
    told = desk.told("PU-04", requisition=desk.walker.requisition())
    first = {name.removeprefix("lines-0-"): text for name, text in told if name.startswith("lines-0-")}
    rest = [(name, text) for name, text in told if not name.startswith("lines-")]
    rows = [(f"lines-{place}-{name}", text) for place in range(MANY) for name, text in first.items()]
    return [("_op", op), ("_key", key), *rest, *rows]


def lines_of(typed: Any) -> list[list[str]]:
    """What was typed into the table."""
    return [list(pair) for pair in typed if pair[0].startswith("lines-")]


@pytest.mark.proves("F15")
@both_databases
def test_more_rows_than_a_table_takes_are_kept_in_the_draft_and_refused_with_a_sentence(desk: Desk) -> None:
    typed = long(desk, "long", "save")
    assert desk.post("buyer", f"{ORDERS}new", typed).status_code == 303
    (kept,) = desk.all(sa.select(Draft.typed).where(Draft.key == "long"))
    assert lines_of(kept) == lines_of(typed), "word for word"
    said = "最多 1000 行，还有 9000 行放不下，请分成几张填写"
    opened = desk.browser("buyer").get(f"{ORDERS}new?draft=long")
    assert (opened.status_code, said in opened.text) == (200, True)
    answer = desk.post("buyer", f"{ORDERS}new", [("_op", "submit"), *typed[1:]])
    assert answer.status_code == 422
    assert said in alerts(answer.text)
    assert desk.filed("PU-04") == 0


@pytest.mark.proves("F15")
@both_databases
def test_a_record_with_ten_thousand_rows_is_submitted_shown_and_exported(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No table is as long today; the way through the portal is as wide all the same."""
    monkeypatch.setitem(FORMS["PU-04"].lines.kwargs, "most", MANY)
    answer = desk.post("buyer", f"{ORDERS}new", long(desk, "long", "submit"))
    assert answer.status_code == 303, alerts(answer.text)[:300]
    number = answer.headers["Location"].rsplit("/", 1)[-1]
    assert len(desk.all(sa.select(Content))[-1].answers["lines"]) == MANY
    browser = desk.browser("buyer")
    page = browser.get(f"{ORDERS}{number}")
    assert (page.status_code, page.text.count("<tr") > MANY) == (200, True)
    assert len(browser.get(f"{ORDERS}{number}.json").json["answers"]["lines"]) == MANY
    assert number in browser.post(f"{ORDERS}exports", data={"format": "csv"}).data.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(browser.post(f"{ORDERS}exports").data), read_only=True)
    assert any(number in map(str, row) for row in book.worksheets[0].iter_rows(values_only=True))
    monkeypatch.setattr(printer, "render", None)  # nobody is kept waiting for it
    refused = browser.get(f"{ORDERS}{number}.pdf")
    assert (refused.status_code, "表格共有 10000 行，打印要几分钟" in refused.text) == (422, True)
