"""`flask procedures`: the documents listed, and taken into an empty portal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.database import transaction
from portal.domain.roles import DEPARTMENT
from portal.extensions import alembic, db
from portal.models import DocumentRevision
from portal.queries import revisions
from portal.services import master
from portal.storage.shipped import shipped
from tests.conftest import make_app

CODES = sorted({one.code for one in shipped()})


@pytest.fixture
def empty(tmp_path: Path) -> Flask:
    """A portal with its first administrator only."""
    app = make_app(tmp_path)
    with app.app_context():
        alembic.upgrade()
        db.session.remove()
    made = app.test_cli_runner().invoke(args=["people", "create-administrator", "jia.wei", "贾维"])
    assert made.exit_code == 0, made.output
    return app


def run(app: Flask, *args: str) -> str:
    """What a command says when it succeeds."""
    answer = app.test_cli_runner().invoke(args=["procedures", *args])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def listed(app: Flask) -> list[dict[str, Any]]:
    """The list for machines."""
    found: list[dict[str, Any]] = json.loads(run(app, "list", "--json"))
    return found


def test_an_empty_portal_takes_them_in_once(empty: Flask) -> None:
    assert listed(empty) == []
    assert f"{len(shipped())} revisions taken in; 0 were there already" in run(empty, "load")
    found = listed(empty)
    assert [one["code"] for one in found] == CODES
    assert "0 revisions taken in" in run(empty, "load", "--by", "jia.wei")
    assert listed(empty) == found


def test_the_list_says_what_is_in_force_and_what_is_bound_to_it(empty: Flask) -> None:
    run(empty, "load")
    found = {one["code"]: one for one in listed(empty)}
    editions = {one.code: one.edition for one in shipped()}
    for code, one in found.items():
        assert one["department"] in DEPARTMENT
        assert one["title"]["zh"] != one["title"]["en"]
        assert (one["state"], one["kind"] != "") == ("effective", True)
        assert len(one["revisions"]) == editions[code]
        assert [each["state"] for each in one["revisions"]] == [
            "effective",
            *["superseded"] * (editions[code] - 1),
        ]
        assert one["revisions"][0]["number"] == one["effective_revision"]
        assert all(len(each["sha256"]) == 64 for each in one["revisions"])
        assert {"purpose", "scope", "history"} <= {clause["id"] for clause in one["clauses"]}
    control = {clause["id"]: clause for clause in found["DC-P-01"]["clauses"]}
    assert "DC-01" in control["release"]["forms"]
    assert {"form": "DC-01", "step": "release"} in control["effective"]["steps"]
    ledgers = [key for one in found.values() for clause in one["clauses"] for key in clause["ledgers"]]
    obligations = [
        key for one in found.values() for clause in one["clauses"] for key in clause["obligations"]
    ]
    assert "document_copies" in ledgers
    assert len(set(obligations)) > 50
    with empty.app_context():
        one = db.session.get_one(DocumentRevision, 1)
        assert revisions.fingerprint(one) == one.sha256


def test_people_read_a_table(empty: Flask) -> None:
    run(empty, "load")
    lines = run(empty, "list").splitlines()
    assert len(lines) == len(CODES) + 1
    assert any(line.startswith("DC-P-01") and "文件控制程序" in line and "clauses" in line for line in lines)


def test_documents_without_a_text_of_the_portal_are_listed_too(app: Flask) -> None:
    with app.app_context(), transaction():
        master.create("document", code="QA-W-9", name="检验指导书")
    found = {one["code"]: one for one in listed(app)}
    assert found["QA-W-9"]["effective_revision"] is None
    assert (found["QA-W-9"]["revisions"], found["QA-W-9"]["clauses"]) == ([], [])
    assert "QA-W-9" in run(app, "list")


@pytest.mark.parametrize("given", [["--by", "nobody"], []])
def test_nobody_takes_in_nothing(tmp_path: Path, given: list[str]) -> None:
    app = make_app(tmp_path)
    with app.app_context():
        alembic.upgrade()
        db.session.remove()
    answer = app.test_cli_runner().invoke(args=["procedures", "load", *given])
    assert answer.exit_code == 1
    assert "There is nobody" in answer.output
    assert listed(app) == []
