"""Registers, ledgers, search and figures on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.forms.ledgers import LEDGERS
from portal.queries import desk as desk_queries
from portal.queries import home, inbox, ledgers, notices, registers, statistics
from portal.queries.actors import Actor
from portal.queries.registers import Wanted
from tests import desk
from tests.conftest import both_databases

Who = Callable[[str], Actor]
NOW = datetime.now(UTC)


@pytest.fixture
def orders(app: Flask) -> list[str]:
    """Two orders of the buyer; the second is late and has cells of its own."""
    made = desk.start(app, "PU-04", "buyer", 2)
    cells = {
        "supplier": "浙北“钢材”50%",
        "total_amount": "¥80",
        "total_amount#": 80.0,
        "supplier_accepts": {"zh": "是", "en": "Yes"},
    }
    desk.change(app, made[1], cells=cells, due_at=NOW - timedelta(days=1))
    return made


@both_databases
@pytest.mark.parametrize("login", ["buyer", "auditor"])
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), 2),
        (Wanted(words=("浙北“钢材”",)), 1),
        (Wanted(words=("50%",)), 1),
        (Wanted(words=("_",)), 0),
        (Wanted(words=("supplier",)), 0),
        (Wanted(answers=(("supplier_accepts", "是"),)), 1),
        (Wanted(answers=(("supplier_accepts", registers.ANY),)), 1),
        (Wanted(late_at=NOW), 1),
        (Wanted(late_at=NOW - timedelta(days=9)), 0),
        (Wanted(states=("running",), since=NOW - timedelta(days=1), until=NOW + timedelta(days=1)), 2),
        (Wanted(applicant="buyer"), 0),
        (Wanted(sort="total_amount", numeric=True, descending=False), 2),
        (Wanted(sort="supplier", descending=True, language="en"), 2),
        (Wanted(sort="due_at"), 2),
        (Wanted(sort="applicant"), 2),
    ],
)
def test_register(
    app: Flask, orders: list[str], context: Flask, person: Who, login: str, wanted: Wanted, found: int
) -> None:
    by = person(login)
    page = registers.page("PU-04", by, wanted, "", 1)
    rest = registers.page("PU-04", by, wanted, page.following, 1).rows if page.following else []
    assert len(page.rows) + len(rest) == found
    assert registers.count("PU-04", by, wanted, 10) == found
    assert len(list(registers.every("PU-04", by, wanted, 10))) == found


@pytest.mark.proves("S22")
@both_databases
def test_same_statement_for_others_finds_nothing(orders: list[str], context: Flask, person: Who) -> None:
    assert registers.page("PU-04", person("buyer"), Wanted(), "", 5).rows
    assert not registers.page("PU-04", person("buyer_2"), Wanted(), "", 5).rows
    assert not registers.page("PU-04", person("foreman"), Wanted(states=("running",)), "", 5).rows


@both_databases
@pytest.mark.parametrize("key", list(LEDGERS))
def test_ledgers(context: Flask, key: str) -> None:
    source = LEDGERS[key].source
    wanted = ledgers.Wanted(("a%",), "x", NOW - timedelta(days=1), NOW)
    assert ledgers.page(source, wanted, "", 5).rows == list(ledgers.every(source, wanted, 5)) == []
    assert ledgers.count(source, ledgers.Wanted(), 5) >= len(
        ledgers.page(source, ledgers.Wanted(), "", 2).rows
    )


@both_databases
def test_home(orders: list[str], context: Flask, person: Who) -> None:
    manager, buyer = person("purchasing_manager"), person("buyer")
    tasks = inbox.tasks(manager, limit=5)
    assert {row.number for row in tasks} == set(orders)
    assert all(row.held_by == "role:purchasing_manager" for row in tasks)
    assert not inbox.tasks(buyer, limit=5)
    assert [row.number for row in desk_queries.desk(buyer, NOW).mine] == orders[::-1]
    assert [row.number for row in desk_queries.desk(manager, NOW).late] == [orders[1]]
    assert len(notices.page(manager, limit=5, only_unread=True)) == 2
    assert home.substitutions(manager.id, NOW.date()) == []


@both_databases
def test_figures(orders: list[str], context: Flask, person: Who) -> None:
    desk_of = statistics.by_form(["PU-04", "PU-05"], now=NOW, since=NOW - timedelta(days=30))
    assert (desk_of["PU-04"].open, desk_of["PU-04"].late, desk_of["PU-04"].in_time) == (2, 1, 1)
    seen = statistics.by_form(["PU-04"], now=NOW, since=NOW, seen_by=person("foreman"))
    assert (seen["PU-04"].open, seen["PU-04"].days) == (0, None)
    late = statistics.late_records(["PU-04"], person("buyer"), now=NOW, limit=3)
    assert [row.number for row in late] == [orders[1]]
    assert statistics.by_form([], now=NOW, since=NOW) == {}
