"""The state of customers follows their orders, and says so in the trail once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import day
from portal.models import AuditEvent, Customer, Record
from portal.queries import follow_ups
from portal.services import customers
from tests.conftest import SEEDED_AT, both_databases
from tests.desk import before
from tests.walk import Walker


def put(status: str, days: int | None) -> int:
    with transaction():
        row = db.session.scalars(sa.select(Customer).order_by(Customer.id)).first()
        assert row is not None
        row.status = status
        row.last_order_on = day(SEEDED_AT) - timedelta(days=days) if days is not None else None
        return row.id


def settled(status: str, days: int | None) -> str:
    id = put(status, days)
    with transaction():
        customers.settle(SEEDED_AT)
    return db.session.get_one(Customer, id).status


@both_databases
def test_a_week_and_a_month_without_an_order(context: Flask) -> None:
    assert [settled("cooperating", days) for days in (0, 7, 8, 30, 31)] == [
        *("cooperating", "cooperating", "quiet", "quiet", "not_cooperating")
    ]
    assert settled("not_cooperating", 1) == "cooperating", "an order brings the customer back"


def test_who_does_not_trade_stays_as_it_is(context: Flask) -> None:
    for status in ("prospect", "new", "blocked", "ended"):
        assert settled(status, 90) == status
    assert settled("cooperating", None) == "cooperating"


def test_a_change_is_noted_once(context: Flask) -> None:
    put("cooperating", 10)
    with transaction():
        assert customers.settle(SEEDED_AT) >= 1
        assert customers.settle(SEEDED_AT) == 0
    query = sa.select(AuditEvent).where(AuditEvent.kind == "customer_state_changed")
    (event, *_others) = db.session.scalars(query)
    assert (event.facts["old"], event.facts["new"]) == ("cooperating", "quiet")


@pytest.mark.postgres(alone=True)
def test_who_says_at_this_moment_that_orders_will_come_again_is_believed(app: Flask) -> None:
    said: list[dict[str, Any]] = []

    def speak() -> None:
        walker = Walker(app)
        while not said or said[-1]["result"] != follow_ups.CAME_BACK:
            number = walker.open("CS-27")
            with app.app_context():
                record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
                said.append(record.contents[-1].answers)
                db.session.remove()

    with app.app_context(), transaction(), before(app, "FOR UPDATE", speak):
        customers.settle(datetime.now(UTC))
    with app.app_context():
        assert db.session.get_one(Customer, said[-1]["customer"]["id"]).status == "cooperating"
        db.session.remove()
