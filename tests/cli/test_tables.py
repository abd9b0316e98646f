"""Tables grow before they shrink: what takes away waits to be told, and a program bears tables that have grown."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.config import ROOT, Settings
from portal.extensions import alembic, db
from portal.models.base import Base
from portal.services import audit
from tests.conftest import make_app
from tests.faults.acts import ACTS
from tests.web.conftest import Desk, desk

__all__ = ["desk"]
REVISION = '''"""{doc}."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{id}", "{before}", None, None
def upgrade():
    op.{act}
def downgrade():
    pass
'''
BEGINNINGS = ("CREATE ", "INSERT ", "UPDATE ")
GROWING = {"create_table", "create_index", "drop_index", "bulk_insert", "f", "get_context", "get_bind"}


@pytest.fixture
def coming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A portal on today's tables, whose next revisions add, take away, and add again."""
    today = make_app(tmp_path / "data")
    with today.app_context():
        alembic.upgrade()
        before = alembic.heads()[0].revision
        db.engine.dispose()
    folder = tmp_path / "migrations"
    shutil.copytree(today.config["SETTINGS"].migrations, folder)
    for id in ("8001", "8002c", "8003"):
        act = f'add_column("people", sa.Column("a{id}", sa.Text()))'
        text = REVISION.format(doc=f"Step {id}", id=id, before=before, act=act)
        (folder / f"{id}.py").write_text(text, encoding="utf-8")
        before = id
    monkeypatch.setattr(Settings, "migrations", property(lambda _settings: folder))
    app = make_app(tmp_path / "data")
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def told(app: Flask, *words: str) -> str:
    """What `flask db` says."""
    with app.app_context():
        answer = app.test_cli_runner().invoke(args=["db", *words])
    assert answer.exit_code == 0, answer.output
    return answer.output


def reached(app: Flask) -> str:
    with app.app_context(), db.engine.connect() as connection:
        return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


@pytest.mark.proves("F20")
def test_what_takes_away_waits_until_it_is_named(coming: Flask) -> None:
    assert told(coming, "pending").split("\n")[:3] == [
        "adds        8001  Step 8001.",
        "takes away  8002c  Step 8002c.",
        "adds        8003  Step 8003.",
    ]
    for _again in range(2):
        assert "flask db upgrade 8002c" in told(coming, "upgrade")
        assert reached(coming) == "8001"
    told(coming, "upgrade", "8002c")
    assert reached(coming) == "8002c"
    assert told(coming, "upgrade") == ""
    assert reached(coming) == "8003"
    assert told(coming, "pending") == ""


def test_an_empty_database_gets_everything(coming: Flask, tmp_path: Path) -> None:
    empty = make_app(tmp_path / "empty")
    assert told(empty, "upgrade") == ""
    assert reached(empty) == "8003"
    with empty.app_context():
        db.engine.dispose()


@pytest.mark.proves("F20")
@pytest.mark.both_databases
def test_a_program_works_with_tables_that_have_grown_since(desk: Desk) -> None:
    with desk.app.app_context(), db.engine.begin() as connection:
        for name in Base.metadata.tables:
            connection.execute(sa.text(f"ALTER TABLE {name} ADD COLUMN later TEXT"))
        connection.execute(sa.text("CREATE TABLE later_ones (id INTEGER PRIMARY KEY)"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '8001'"))
    assert ready(desk)
    for name in ("submit", "sign", "correct", "comment", "upload", "sign_in"):
        act = ACTS[name](desk)
        assert act.send().status_code == act.status, name
    with desk.app.app_context():
        assert audit.verify()[1] is None
        db.session.remove()


@pytest.mark.parametrize(("version", "good"), [("8001", True), ("8002c", False), ("0001", False)])
def test_a_program_is_ready_for_newer_tables_that_only_grew(desk: Desk, version: str, good: bool) -> None:
    with desk.app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": version})
    assert ready(desk) is good


def ready(desk: Desk) -> bool:
    """Whether the program says that it fits the tables."""
    answer = desk.app.test_client().get("/ready").json
    assert answer is not None
    return bool(answer["migrations"] == "ok")


@pytest.mark.proves("F20")
@pytest.mark.parametrize("file", sorted((ROOT / "migrations").glob("[0-9]*.py")), ids=lambda file: file.stem)
def test_a_revision_only_adds_unless_its_id_says_otherwise(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    if _id(tree).endswith("c"):
        return
    for call in _calls(tree):
        name = call.func.attr  # type: ignore[attr-defined]
        if name == "add_column":
            assert _may_be_left_out(call), ast.unparse(call)
        elif name == "execute":
            assert _first_words(call).startswith(BEGINNINGS), ast.unparse(call)
        else:
            assert name in GROWING, ast.unparse(call)


def _id(tree: ast.Module) -> str:
    found = [
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "revision"
    ]
    return str(found[0])  # type: ignore[attr-defined]


def _calls(tree: ast.Module) -> list[ast.Call]:
    """What `upgrade` asks Alembic to do, also by way of other functions of the file."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    waiting, seen, found = ["upgrade"], set(), []
    while waiting:
        name = waiting.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        for node in ast.walk(functions[name]):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name):
                waiting.append(node.func.id)
            elif isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "op":
                found.append(node)
    return found


def _may_be_left_out(call: ast.Call) -> bool:
    """Whether a program that does not know the column can still add rows."""
    column = next(node for node in call.args if isinstance(node, ast.Call))
    given = {word.arg: ast.unparse(word.value) for word in column.keywords}
    return given.get("nullable") == "True" or "server_default" in given


def _first_words(call: ast.Call) -> str:
    return ast.unparse(call.args[0]).lstrip("f'\"(")
