"""The made-up company in small and in full."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.demo import books
from portal.demo.company import NotEmpty, seed_company, seed_small
from portal.domain.roles import DEPARTMENTS, GRANTABLE
from portal.extensions import alembic, db
from portal.lib.clock import day
from portal.models import (
    ControlledDocument,
    Customer,
    Department,
    Notice,
    OutboxRow,
    Person,
    Product,
    Project,
    RoleGrant,
    StockBalance,
    StockEntry,
    StockItem,
    Supplier,
    Task,
)
from portal.services import audit, sessions
from portal.services.sessions import prove
from portal.storage.shipped import shipped
from tests.conftest import make_app

NOW = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)


def count(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.fixture
def empty(tmp_path: Path) -> Any:
    """A portal without anybody."""
    app = make_app(tmp_path / "empty")
    with app.app_context():
        alembic.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_small_company_has_every_role_and_head(context: Flask) -> None:
    held = set(db.session.scalars(sa.select(RoleGrant.role)))
    assert held == {role.key for role in GRANTABLE}
    logins = set(db.session.scalars(sa.select(Person.login)))
    assert held <= logins
    departments = db.session.scalars(sa.select(Department)).all()
    assert {one.key for one in departments} == {one.key for one in DEPARTMENTS}
    assert all(one.head is not None and one.name_en for one in departments)


def test_small_company_can_work_and_has_no_news(context: Flask) -> None:
    assert (count(Customer), count(Supplier), count(Project), count(StockItem)) == (3, 2, 3, 6)
    assert (count(Notice), count(OutboxRow), count(Task)) == (0, 0, 10)
    assert db.session.scalar(sa.select(sa.func.count()).where(Task.state == "open")) == 0
    assert prove("buyer", "demo-2026") is not None


def test_small_company_refuses_a_second_founding(context: Flask) -> None:
    with pytest.raises(NotEmpty), transaction():
        seed_small(NOW)


def test_group_in_full(empty: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(sessions, "hashed", lambda password: hashed.append(password) or "x")
    with transaction():
        cast = seed_company(NOW)
    assert len(hashed) <= 1, "the shared password is hashed once"
    assert 80 <= len(cast) <= 90
    assert {person.name[0] for person in cast.values()} >= set("单仇曾")
    assert set("喆堃玥赟燚") <= set("".join(person.name for person in cast.values()))
    assert len({person.number for person in cast.values()}) == len(cast)
    assert (count(Customer), count(Supplier), count(Project), count(Product), count(StockItem)) == (
        40,
        15,
        20,
        12,
        71,
    )
    assert db.session.scalars(sa.select(Supplier.status).where(Supplier.status == "suspended")).all() == [
        "suspended"
    ]
    people = set(db.session.scalars(sa.select(Person.id)))
    for project in db.session.scalars(sa.select(Project)):
        assert project.people
        assert set(project.people.values()) <= people


def test_customers_are_looked_after(empty: Flask) -> None:
    with transaction():
        cast = seed_company(NOW)
    officers = {one.id for login, one in cast.items() if login.startswith("customer_service_officer")}
    for customer in db.session.scalars(sa.select(Customer)):
        assert (customer.owner_id in officers) is (customer.status != "prospect")
        assert bool(customer.klass) is bool(customer.file_number) is (customer.custodian_id in officers)


def test_a_customers_status_follows_from_its_last_order(empty: Flask) -> None:
    with transaction():
        seed_company(NOW)
    later = NOW + timedelta(days=300)
    seen = set()
    for at in (NOW, later):
        with transaction():
            books.keep_up(at)
        for customer in db.session.scalars(sa.select(Customer).where(Customer.last_order_on.is_not(None))):
            idle = (day(at) - customer.last_order_on).days
            status = "cooperating" if idle <= 7 else "quiet" if idle <= 30 else "not_cooperating"
            assert (customer.status, idle >= 0) == (status, True)
            seen.add(status)
    assert seen == {"cooperating", "quiet", "not_cooperating"}


def test_opening_stock_stands_in_the_journal(empty: Flask) -> None:
    with transaction():
        seed_company(NOW)
    sums = sa.select(StockEntry.item_id, StockEntry.place, sa.func.sum(StockEntry.quantity))
    journal = {
        (item, place): total
        for item, place, total in db.session.execute(sums.group_by(StockEntry.item_id, StockEntry.place))
    }
    balances = {(one.item_id, one.place): one.quantity for one in db.session.scalars(sa.select(StockBalance))}
    assert balances == journal
    assert all(quantity > 0 for quantity in balances.values())
    assert len(balances) == 71
    assert audit.verify()[1] is None


def procedures() -> list[str]:
    """The numbers of the procedures in force, each whole."""
    found = list(db.session.scalars(sa.select(ControlledDocument).order_by(ControlledDocument.code)))
    for one in found:
        assert (one.state, bool(one.version), bool(one.name)) == ("effective", True, True), one.code
        assert one.department is not None
        assert one.effective_on is not None
        assert one.next_review_on is not None
        assert one.effective_on < one.next_review_on
    return [one.code for one in found if "-P-" in one.code]


def test_the_procedures_are_controlled_documents(empty: Flask) -> None:
    seed_small(NOW)
    small = procedures()
    assert small == sorted({one.code for one in shipped() if "-P-" in one.code})
    assert {"QA-P-02", "CS-P-02", "PU-P-01"} <= set(small)


def test_the_whole_company_has_the_same_procedures_reviewed_one_after_the_other(empty: Flask) -> None:
    seed_company(NOW)
    assert procedures() == sorted({one.code for one in shipped() if "-P-" in one.code})
    days = set(db.session.scalars(sa.select(ControlledDocument.next_review_on)))
    assert len(days) == count(ControlledDocument)
