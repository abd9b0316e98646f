"""What the portal asks of PostgreSQL beyond plain SQL is written down in `docs/sql.md`, with who else has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.config import ROOT
from portal.extensions import db
from portal.jobs import daily, messages, reminding, windows, witnesses
from tests.faults.acts import ACTS
from tests.sql_features import features
from tests.web.conftest import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.postgres(alone=True)
PAGE = ROOT / "docs" / "sql.md"
ROW = re.compile(
    r"^\| `(?P<name>[^`]+)` \| (?P<where>\w+) \| (?P<ways>[^|]+ \| [^|]+ \| [^|]+) \|$", re.MULTILINE
)
CELL = re.compile(r"(?:yes|part|no)(?: (\d+))*")
PAGES = (
    "/",
    "/find?q=投诉登记",
    "/find?q=CS-51-2026",
    "/purchasing/purchase-orders/",
    "/purchasing/purchase-orders/?q=轴承&sort=due_at",
    "/notices",
    "/account/sessions",
)
ACTIONS = ("approve", "sign_in", "save", "submit", "sign", "correct", "comment", "upload", "release", "copy")
JOBS: tuple[Callable[[], int], ...] = (
    witnesses.keep_tree,
    reminding.remind,
    reminding.look_again,
    reminding.ask_entries,
    reminding.keep_obligations,
    messages.prepare_digests,
    windows.shut,
    daily.tidy,
    daily.end_accounts,
    daily.settle_customers,
)
TABLES = {
    "trigger": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal",
    "plpgsql": "SELECT count(*) FROM pg_proc JOIN pg_language l ON l.oid = prolang WHERE lanname = 'plpgsql'",
    "sequence": "SELECT count(*) FROM pg_sequences",
    "CHECK": "SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace",
    "EXCLUDE": "SELECT count(*) FROM pg_constraint WHERE contype = 'x'",
    "FOREIGN KEY": "SELECT count(*) FROM pg_constraint WHERE contype = 'f'",
    "DEFERRABLE": "SELECT count(*) FROM pg_constraint WHERE condeferrable",
    "partial index": "SELECT count(*) FROM pg_index WHERE indpred IS NOT NULL",
    "expression index": (
        "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = indexrelid"
        " WHERE indexprs IS NOT NULL AND relnamespace = 'public'::regnamespace"
    ),
    "index gin": (
        "SELECT count(*) FROM pg_class c JOIN pg_am a ON a.oid = relam"
        " WHERE amname = 'gin' AND relnamespace = 'public'::regnamespace"
    ),
    "GENERATED": "SELECT count(*) FROM pg_attribute WHERE attgenerated <> ''",
    "EXTENSION": "SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'",
}


@contextmanager
def heard(app: Flask) -> Iterator[set[str]]:
    """Every statement that is sent meanwhile."""
    statements: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.add(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


def used(desk: Desk) -> dict[str, str]:
    """Each feature and where it is used first: in requests, in jobs, or by the tables themselves."""
    with heard(desk.app) as asked:
        for name in ACTIONS:
            act = ACTS[name](desk)
            assert act.send().status_code == act.status, name
        for page in PAGES:
            assert desk.browser("buyer").get(page).status_code == 200, page
    with heard(desk.app) as done, desk.app.app_context():
        for job in JOBS:
            job()
        db.session.remove()
        made = {name for name, query in TABLES.items() if db.session.scalar(sa.text(query))}
        db.session.remove()
    done -= set(TABLES.values())
    found = dict.fromkeys(made, "tables")
    for where, statements in (("jobs", done), ("requests", asked)):
        found |= dict.fromkeys({one for statement in statements for one in features(statement)}, where)
    return found


def test_what_is_asked_of_the_database_is_what_is_written_down(desk: Desk) -> None:
    written = {row["name"]: row["where"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}
    assert used(desk) == written


def test_whoever_lacks_something_has_a_note_that_says_the_way_round() -> None:
    text = PAGE.read_text(encoding="utf-8")
    notes = set(re.findall(r"^(\d+)\. ", text, re.MULTILINE))
    named = set()
    for row in ROW.finditer(text):
        for cell in row["ways"].split(" | "):
            assert CELL.fullmatch(cell), (row["name"], cell)
            numbers = set(re.findall(r"\d+", cell))
            assert cell == "yes" or numbers, (row["name"], cell)
            named |= numbers
    assert named == notes
