"""What obligations ask at every run follows indices, whatever number of records has gathered, and bears any length of list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from portal.extensions import db
from portal.models import Record, RecordLink
from portal.queries import deliveries, owed, reviews
from tests.books import Books
from tests.desk import asked

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
RECENT = "ix_records_form_code_state_closed_at"
MANY = 70_000  # values: more than a statement of either database may name


def plans(act: Callable[[], object]) -> list[str]:
    """How the database goes about what an act asks of it, were every table long."""
    with asked(current_app) as seen:
        act()
    connection = db.session.connection()
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explain = "EXPLAIN" if postgres else "EXPLAIN QUERY PLAN"
    found = [
        connection.exec_driver_sql(f"{explain} {said}", given).all() for said, given in seen if "FROM" in said
    ]
    return ["\n".join(str(row) for row in rows) for rows in found]


@pytest.mark.both_databases
def test_each_follows_an_index(context: Flask, database: str, books: Books) -> None:
    books.record("CS-51", state="finished", closed_at=NOW)
    first, last = date(2026, 1, 1), date(2026, 5, 11)
    spans = [(first, first), (last, last)]
    for act in (lambda: owed.closed(("CS-51", "CS-76"), spans), lambda: deliveries.promised(first, last)):
        plan = plans(act)[0]
        assert RECENT in plan, plan
    for plan in plans(lambda: reviews.newest(("CS-51", "QA-02"))):
        assert "ix_records_form_code_state_id" in plan, plan
        assert "SORT" not in plan.upper().replace("B-TREE", ""), plan
    came = plans(lambda: deliveries.arrived([1, 2]))
    if database == "sqlite":  # PostgreSQL decides by what the tables hold
        assert "ix_record_links_target_id" in came[-1], came[-1]


@pytest.mark.both_databases
def test_the_newest_is_the_one_that_still_counts(context: Flask, database: str, books: Books) -> None:
    first, second, third = (
        books.record("CS-51", state="finished", closed_at=NOW + timedelta(days=n)) for n in range(3)
    )
    with context.app_context():
        db.session.execute(sa.update(Record).where(Record.id == first.id).values(corrects_id=third.id))
        db.session.commit()
    found = reviews.newest(("CS-51", "QA-02"))
    assert {code: number for code, (number, _on) in found.items()} == {"CS-51": second.number}


@pytest.mark.both_databases
def test_lists_may_be_longer_than_a_statement_bears(context: Flask, database: str, books: Books) -> None:
    order = books.record("PU-04", state="finished", closed_at=NOW)
    came = books.record(
        "PU-05", answers={"order": {"id": order.id, "text": order.number}, "received_at": "2026-05-10"}
    )
    call = books.record("CS-100", answers={"round": 2})
    for source in (came, call):
        db.session.add(RecordLink(source_id=source.id, target_id=order.id, kind="named"))
    db.session.commit()
    ids = [*range(1_000_000, 1_000_000 + MANY), order.id]
    assert deliveries.arrived(ids) == {order.id: date(2026, 5, 10)}
    assert owed.rounds_called(ids) == {(order.id, 2)}
