"""The page of what the project has proven: by a file of results, without one, with a broken one; taken away."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from page import ValidationProfile, validate_pdf_bytes
from pypdf import PdfReader

from portal.domain import assurance
from portal.extensions import db
from portal.models import AuditEvent
from portal.storage import assurance_file

SignIn = Callable[[FlaskClient, str], FlaskClient]
Write = Callable[..., None]
AT = "2026-05-12T02:00:00+00:00"  # 10:00 in the company
CLAIMS = {
    "R1": ["tests/test_good.py::test_it"],
    "R6": ["tests/test_good.py::test_it", "tests/test_slow.py::test_it"],
}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def line(*ids: str, outcome: str = "passed", database: str = "sqlite", **more: Any) -> dict[str, Any]:
    """A line of the file of results."""
    code = {"commit": COMMIT, "clean": True, "version": "1.2"}
    return {"ids": list(ids), "outcome": outcome, "at": AT, "database": database, **code, **more}


@pytest.fixture
def results(app: Flask, tmp_path: Path) -> Write:
    """Writes the file of results that the portal reads."""
    file = tmp_path / "results.json"
    changed = {"assurance_file": str(file)}
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=changed)

    def write(text: str = "", **tests: dict[str, Any]) -> None:
        named = {f"tests/test_{name}.py::test_it": one for name, one in tests.items()}
        file.write_text(text or json.dumps({"format": 1, "claims": CLAIMS, "tests": named}), encoding="utf-8")

    return write


def states(page: str) -> dict[str, str]:
    """The state of each check that the page lists."""
    rows = re.findall(r'<tr id="(\w+)">(.*?)<span class="chip chip-\w+">([^<]+)</span>', page, re.S)
    return {id: state for id, _rest, state in rows}


@pytest.mark.proves("R34")
@pytest.mark.parametrize("login", ["auditor", "administrator", "document_controller"])
def test_each_check_stands_with_source_tests_and_last_result(
    client: FlaskClient, sign_in: SignIn, results: Write, login: str
) -> None:
    results(
        good=line("R1", "R2", "R6"),
        bad=line("R2", outcome="failed", at="2026-05-11T02:00:00+00:00"),
        left=line("R3", outcome="skipped"),
        part=line("R4", outcome="skipped"),
        both=line("R4", database="postgresql"),
    )
    page = sign_in(client, login).get("/compliance").text
    found = states(page)
    assert len(found) == sum(len(one.checks) for one in assurance.LISTS)
    assert [found[id] for id in ("R1", "R2", "R3", "R4", "R5", "R6")] == [
        "已证明",
        "未通过",
        "未证明",
        "部分证明",
        "未证明",
        "部分证明",
    ]
    row = page.partition('<tr id="R6">')[2].partition('<tr id="R7">')[0]
    assert "没有结果" in row.partition("tests/test_slow.py::test_it")[2], (
        "a test that did not run is no proof"
    )
    row = page.partition('<tr id="R2">')[2].partition('<tr id="R3">')[0]
    for text in (
        "11.10(g)",
        "tests/test_bad.py::test_it",
        "tests/test_good.py::test_it",
        "2026-05-11 10:00",
        "SQLite",
    ):
        assert text in row
    assert "0123456789" in page
    assert "PostgreSQL" in page
    assert "不是认证" in page, "the page says whose reading the list is"


def test_it_is_for_those_who_look_after_it(app: Flask, sign_in: SignIn, results: Write) -> None:
    results()
    for login in ("employee", "quality_manager", "general_manager"):
        browser = sign_in(app.test_client(), login)
        assert browser.get("/compliance").status_code == 404
        assert browser.post("/compliance/exports").status_code == 404
        assert 'href="/compliance"' not in browser.get("/").text
    controller = sign_in(app.test_client(), "document_controller")
    assert 'href="/compliance"' in controller.get("/").text
    assert 'href="/trail"' not in controller.get("/compliance").text, (
        "the trail is not for document controllers"
    )
    assert 'href="/compliance"' in sign_in(app.test_client(), "auditor").get("/trail").text


def test_the_page_is_narrowed_to_what_is_not_shown(
    client: FlaskClient, sign_in: SignIn, results: Write
) -> None:
    results(good=line("R1"), bad=line("R2", outcome="failed"))
    sign_in(client, "auditor")
    everything = states(client.get("/compliance").text)
    assert states(client.get("/compliance?state=failed").text) == {"R2": "未通过"}
    assert states(client.get("/compliance?state=shown").text) == {"R1": "已证明"}
    assert states(client.get("/compliance?state=unshown").text).keys() == everything.keys() - {"R1"}
    assert "没有这种状态的要求" in client.get("/compliance?state=partly").text
    assert states(client.get("/compliance?state=nonsense").text) == everything


def test_the_worst_case_of_a_test_counts_and_its_oldest_result(
    client: FlaskClient, sign_in: SignIn, results: Write
) -> None:
    old = "2026-01-01T00:00:00+00:00"
    tests = {
        "tests/test_x.py::test_it[one]": line("R1"),
        "tests/test_x.py::test_it[two]": line("R1", outcome="failed", at=old, database="postgresql"),
    }
    results(json.dumps({"format": 1, "claims": {}, "tests": tests}))
    page = sign_in(client, "auditor").get("/compliance").text
    row = re.sub(r"\s+", " ", page.partition('<tr id="R1">')[2].partition('<tr id="R2">')[0])
    assert "1 个测试" in row
    assert "未通过 · 2 种情形 · 2026-01-01 08:00 · PostgreSQL、SQLite" in row


def test_no_run_is_said_plainly(app: Flask, client: FlaskClient, sign_in: SignIn, results: Write) -> None:
    sign_in(client, "auditor")
    missing = client.get("/compliance").text
    assert "没有找到任何测试运行的结果" in missing
    assert set(states(missing).values()) == {"未证明"}
    report = client.post("/compliance/exports", data={"format": "csv"})
    assert report.status_code == 200
    assert len(list(csv.reader(io.StringIO(report.text)))) == 1 + len(assurance.CHECKS)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"format": 2, "tests": {}}',
        '{"format": 1, "claims": {}, "tests": []}',
        '{"format": 1, "claims": [], "tests": {}}',
        '{"format": 1, "tests": {}}',
        '{"format": 1, "claims": {}, "tests": {"x": {"ids": ["R1"]}}}',
        json.dumps({"format": 1, "claims": {}, "tests": {"x": line("R1", outcome="splendid")}}),
        json.dumps({"format": 1, "claims": {}, "tests": {"x": line("R1", at="yesterday")}}),
    ],
)
def test_a_broken_file_is_said_and_shows_nothing(
    client: FlaskClient, sign_in: SignIn, results: Write, text: str
) -> None:
    results(text)
    page = sign_in(client, "auditor").get("/compliance")
    assert page.status_code == 200
    assert "测试结果的文件读不出来" in page.text
    assert set(states(page.text).values()) == {"未证明"}


@pytest.mark.proves("R34")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_validation_report_is_an_archive_file_that_names_every_check(
    app: Flask, client: FlaskClient, sign_in: SignIn, results: Write, language: str
) -> None:
    results(good=line("R1"), bad=line("R2", outcome="failed", clean=False))
    sign_in(client, "auditor").post("/account/language", data={"language": language})
    answer = client.post("/compliance/exports", data={"format": "pdf"})
    assert answer.mimetype == "application/pdf"
    assert "validation-report-" in answer.headers["Content-Disposition"]
    for profile in (ValidationProfile.PDF_A_3A, ValidationProfile.PDF_UA_1):
        assert [one.message for one in validate_pdf_bytes(answer.data, profile=profile).failures] == []
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    plain = re.sub(r"\s", "", text)
    for check in assurance.CHECKS.values():
        assert re.sub(r"\s", "", check.text[language]) in plain
    for told in ("tests/test_bad.py::test_it", "0123456789", "2026-05-1210:00"):
        assert told in plain
    assert ("未入库的改动" if language == "zh" else "uncommitted") in plain
    with app.app_context():
        event = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert (event.kind, event.facts["format"], event.facts["shown"]) == (
            "validation_report_taken",
            "pdf",
            1,
        )


def test_the_spreadsheets_have_a_row_for_each_test(
    client: FlaskClient, sign_in: SignIn, results: Write
) -> None:
    results(good=line("R1"), more=line("R1", database="postgresql"), evil=line("R2", version="=1+1"))
    sign_in(client, "administrator")
    book = client.post("/compliance/exports", data={"format": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(book.data)).active.iter_rows(values_only=True))
    assert len(rows) == 1 + len(assurance.CHECKS) + 2, "R1 and R6 have two tests each"
    assert [row[5] for row in rows if row[0] == "R1"] == [
        "tests/test_good.py::test_it",
        "tests/test_more.py::test_it",
    ]
    assert next(row[9] for row in rows if row[0] == "R2").startswith("'")
    table = client.post("/compliance/exports", data={"format": "csv"}).text
    assert len(list(csv.reader(io.StringIO(table)))) == len(rows)


def test_a_second_list_needs_no_code(tmp_path: Path) -> None:
    file = tmp_path / "security.toml"
    whole = 'order = 2\nprefix = "S"\ntitle.zh = "安"\ntitle.en = "S"\nnote.zh = ""\nnote.en = ""\n'
    one = '[[checks]]\nid = "S1"\nzh = "甲"\nen = "A"\nsource = "x"\n'
    file.write_text(whole + one, encoding="utf-8")
    found = assurance.read_list(file)
    assert (found.key, [check.id for check in found.checks]) == ("security", ["S1"])
    proofs = assurance_file.Results().proofs
    assert [each.state for each in assurance.standings(found, proofs, {})] == ["open"]
    for wrong in (one + one, one.replace("S1", "R1"), one.replace("甲", ""), one + 'gap.zh = "乙"\n'):
        file.write_text(whole + wrong, encoding="utf-8")
        with pytest.raises(ValueError, match=r"security\.toml"):
            assurance.read_list(file)
