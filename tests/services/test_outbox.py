"""The outbox: leased, tried again, done once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.models import OutboxRow
from portal.services import outbox
from tests.conftest import both_databases

NOW = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)


def ask() -> int:
    with transaction():
        row = outbox.add("print", now=NOW, record=7)
        db.session.flush()
        return row.id


def lease(now: datetime) -> list[int]:
    with transaction():
        return [row.id for row in outbox.lease(now)]


def row(id: int) -> OutboxRow:
    db.session.rollback()
    return db.session.get_one(OutboxRow, id, populate_existing=True)


@both_databases
def test_a_lease_keeps_others_away_until_it_runs_out(context: Flask) -> None:
    id = ask()
    assert outbox.waiting(NOW)
    assert lease(NOW) == [id]
    assert lease(NOW) == []
    assert not outbox.waiting(NOW + outbox.LONG["print"] - timedelta(seconds=1))
    assert lease(NOW + outbox.LONG["print"]) == [id], "its worker has died"
    assert row(id).attempts == 2


@both_databases
def test_done_is_done_once(context: Flask) -> None:
    id = ask()
    lease(NOW)
    with transaction():
        assert outbox.done(id, now=NOW)
    with transaction():
        assert not outbox.done(id, now=NOW)
    assert row(id).done_at == NOW
    assert not outbox.waiting(NOW + timedelta(days=1))


def test_failures_wait_longer_each_time(context: Flask) -> None:
    id, pauses, now = ask(), [], NOW
    for _attempt in range(14):
        lease(now)
        with transaction():
            outbox.failed(id, "out of ink", now=now)
        pauses.append(row(id).next_try_at - now)
        now = row(id).next_try_at
    assert pauses[0] == outbox.FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == outbox.LONGEST_PAUSE
    assert row(id).error == "out of ink"


def test_what_fails_too_often_or_for_good_stops(context: Flask) -> None:
    often, never, now = ask(), ask(), NOW
    with transaction():
        outbox.failed(never, "no such address", now=now, for_good=True)
    for attempt in range(1, outbox.TRIES + 1):
        assert lease(now) == [often], attempt
        with transaction():
            outbox.failed(often, "out of ink", now=now)
        assert (row(often).stopped_at is not None) is (attempt == outbox.TRIES)
        now = row(often).next_try_at
    assert row(never).stopped_at == NOW
    assert now - NOW < timedelta(days=2)
    assert lease(now + timedelta(days=9)) == []
    assert not outbox.waiting(now + timedelta(days=9))


def test_holding_back_keeps_the_other_kinds_going(context: Flask) -> None:
    print_, until = ask(), NOW + timedelta(minutes=5)
    with transaction():
        mail = outbox.add("mail", now=NOW)
        late = outbox.add("mail", now=until + timedelta(hours=1))
        db.session.flush()
        ids = mail.id, late.id
    with transaction():
        outbox.hold_back(("mail", "digest"), until)
    assert lease(NOW) == [print_]
    assert row(ids[0]).next_try_at == until
    assert row(ids[1]).next_try_at == until + timedelta(hours=1)


def test_what_is_done_is_not_spoilt_by_a_late_failure(context: Flask) -> None:
    id = ask()
    lease(NOW)
    with transaction():
        outbox.done(id, now=NOW)
    with transaction():
        outbox.failed(id, "too late", now=NOW)
    assert (row(id).done_at, row(id).error) == (NOW, "")


def test_forgets_only_what_was_done_long_ago(context: Flask) -> None:
    old, open = ask(), ask()
    with transaction():
        outbox.done(old, now=NOW)
    with transaction():
        assert outbox.forget(NOW + outbox.KEPT) == 0
    with transaction():
        assert outbox.forget(NOW + outbox.KEPT + timedelta(seconds=1)) == 1
    assert db.session.get(OutboxRow, open) is not None
