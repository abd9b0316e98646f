"""Every form of the catalogue: opens, refuses emptiness, walks its whole route, prints what was answered."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from typing import Any

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories import STORIES
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition, every_field, fields
from portal.forms.kinds import load
from portal.forms.ledgers import LEDGERS
from portal.forms.sheet import lines
from portal.lib.i18n import english, speaking
from portal.models import AuditEvent, Draft, LedgerEntry, Record, Signature, StockBalance, StockEntry
from portal.queries import history, record_page
from portal.services import audit, printing
from tests.conftest import SEEDED_AT
from tests.verifier import disagreeing, verifier
from tests.walk import Walker, multi, pairs, problems

CODES = sorted(FORMS)


@pytest.fixture
def walker(app: Flask) -> Walker:
    """People who fill in and sign."""
    return Walker(app)


@pytest.mark.parametrize("code", CODES)
def test_it_opens_with_every_field(walker: Walker, code: str) -> None:
    form = FORMS[code]
    answer = walker.browser(walker.opener(form)).get(walker.address(form) + "new")
    assert answer.status_code == 200
    for field in form():
        assert str(field.label.text) in answer.text
        assert f'name="{field.name}' in answer.text or field.computed, field.name


@pytest.mark.proves("R23")
@pytest.mark.parametrize("code", CODES)
def test_it_refuses_emptiness_beside_each_field(walker: Walker, code: str) -> None:
    form = FORMS[code]
    before = count(walker, code)
    answer = walker.browser(walker.opener(form)).post(walker.address(form) + "new", data={"_op": "submit"})
    assert answer.status_code == 422
    for field in form():
        if (
            field.required
            and not field.computed
            and field.when is None
            and field.kind not in ("line_items", "checklist")
        ):
            assert f"“{field.label.text}”" in answer.text
    assert count(walker, code) == before


@pytest.mark.proves("R12")
@pytest.mark.parametrize("code", CODES)
def test_it_walks_its_whole_route_and_prints_every_answer(walker: Walker, code: str) -> None:
    """And once finished it can be reversed and filled in anew, since only a finished one can."""
    number = walker.walk(code)
    assert walker.state(number) == "finished"
    browser = walker.browser(walker.opener(FORMS[code]))
    page = browser.get(f"/records/{number}", follow_redirects=True)
    assert page.status_code == 200
    original = walker.printed(number)
    document = browser.get(f"{walker.address(FORMS[code])}{number}.pdf")
    assert (document.mimetype, document.data) == ("application/pdf", original)
    printed = squeezed(text_of(original))
    with walker.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        stored = history.stored_answers(history.content(record), history.signatures(record))
        for text in shown(record, stored):
            assert squeezed(text) in printed, text
        assert disagreeing(original) == set()
        with speaking("en"):
            other = printing.gather(record_page.read(record), "en", now=SEEDED_AT)
        assert verifier.follows(json.loads(other.data)), "the same of the English print"
        assert audit.verify()[1] is None
        books_balance()
        assert untold(record) == []
        names = db.session.scalars(sa.select(AuditEvent.kind).where(AuditEvent.record_id == record.id)).all()
        assert names[0] == "record_submitted"
        assert "record_finished" in names
    reverse(walker, code, number)


@pytest.mark.parametrize("code", CODES)
def test_it_comes_back_when_returned_and_goes_round_again(walker: Walker, code: str) -> None:
    every = (walker.open(code) for _again in range(20))
    number = next(
        one for one in every if walker.state(one) == "running"
    )  # some need nobody after their applicant
    form = FORMS[code]
    with walker.app.app_context():
        record, task = walker._turn(number)
        assert task is not None
        login = walker._signer(task)
        seen = history.shown_hash(history.content(record), history.signatures(record))
        id = task.id
        db.session.commit()
    data = {"_task": str(id), "_seen": seen, "_op": "return", "_to": "applicant"}
    address = f"{walker.address(form)}{number}"
    refused = walker.browser(login).post(f"{address}/signatures", data=data)
    assert refused.status_code == 422  # no reason given
    assert walker.state(number) == "running"
    assert (
        walker.browser(login)
        .post(f"{address}/signatures", data={**data, "_opinion": "数量请再核对"})
        .status_code
        == 303
    )
    assert walker.state(number) == "returned"
    opener = walker.browser(walker.opener(form))
    page = opener.get(f"{address}/correct")
    assert page.status_code == 200
    assert "更正理由" in page.text


def test_every_form_has_a_story() -> None:
    assert [code for code in CODES if code not in STORIES] == [], "to be told in portal/demo/stories/"


def test_every_form_has_its_texts_in_english() -> None:
    missing = [
        (code, text["zh"])
        for code in CODES
        for text in texts(definition(FORMS[code]))
        if text["zh"] == text["en"] and re.search(r"[\u4e00-\u9fff]", text["zh"])
    ]
    assert not missing, missing


def reverse(walker: Walker, code: str, number: str) -> None:
    """Copies the finished record to correct it, and submits the copy as it is."""
    form = FORMS[code]
    browser, address = walker.browser(walker.opener(form)), walker.address(form)
    copied = browser.post(f"{address}{number}/copies", data={"_corrects": "1"})
    with walker.app.app_context():
        draft = db.session.scalars(sa.select(Draft).where(Draft.corrects_id.is_not(None))).one()
        unchanged = form(answers=load(fields(form()), draft.answers))
        data = [("_op", "submit"), ("_key", draft.key), *pairs(unchanged)]
    assert copied.headers["Location"].endswith(data[1][1])
    answer = browser.post(f"{address}new", data=multi(data))
    assert answer.status_code == 303, problems(answer)


def count(walker: Walker, code: str) -> int:
    """How many records of the form there are."""
    with walker.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).where(Record.form_code == code)) or 0


def untold(record: Record) -> list[str]:
    """Words of the portal's own in the record's lines of ledgers that somebody who reads English would find in Chinese."""
    found = []
    for line in db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.record_id == record.id)):
        columns = {one.name: one for one in LEDGERS[line.ledger].columns} if line.ledger in LEDGERS else {}
        for name in columns.keys() & line.facts.keys():
            kept = line.facts[name]
            known = isinstance(kept, str) and kept and english().gettext(kept) != kept
            if known and columns[name].text(kept, "en") == kept:
                found.append(f"{line.ledger}.{name}: {kept}")
    return found


def texts(value: Any) -> list[dict[str, str]]:
    """Every pair of languages in a definition."""
    if isinstance(value, dict):
        own = [{"zh": value["zh"], "en": value["en"]}] if {"zh", "en"} <= set(value) else []
        return own + [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return []


def shown(record: Record, stored: dict[str, Any]) -> list[str]:
    """Every answer as text, cells of tables too."""
    found = []
    for line in lines(every_field(record.form_version.definition), stored, "zh"):
        cells = [line.cell, *(cell for row in line.rows for cell in row)]
        found += [cell.text for cell in cells if cell.text]
        found += [file["name"] for cell in cells for file in cell.files if line.kind == "attachment"]
    return found


def text_of(data: bytes) -> str:
    """The text layer of a PDF file."""
    document = pypdfium2.PdfDocument(io.BytesIO(data))
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def squeezed(text: str) -> str:
    """Without blanks, where a print may break, and without hyphens, which are read as other signs where it does."""
    return re.sub(r"[\s\u00ad\ufffe\x02-]+", "", unicodedata.normalize("NFKC", text))


def books_balance() -> None:
    """The stock ledger equals the sum of the journal."""
    total = sa.func.sum(StockEntry.quantity)
    sums = {(item, place): amount for item, place, amount in db.session.execute(
        sa.select(StockEntry.item_id, StockEntry.place, total).group_by(StockEntry.item_id, StockEntry.place)
    )}  # fmt: skip
    for balance in db.session.scalars(sa.select(StockBalance)):
        assert balance.quantity == sums.get((balance.item_id, balance.place), 0)
    assert not db.session.scalar(
        sa.select(sa.func.count()).select_from(Signature).where(Signature.sha256 == "")
    )
