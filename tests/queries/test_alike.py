"""Who looks like a customer is found by an index, and nobody is missed who would be found by looking at each."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.models import Customer
from portal.queries import customers
from tests.desk import asked

NAMES = (
    "宁波恒远（集团）机械 Co., Ltd.",
    "宁波恒远(集团)机械CO.,LTD",
    "恒远机械",
    "（株）恒远",
    "ÄRGER 有限公司",
    "%_",
)
CODES = ("91330200MA00000001", "91330200ma0000 0001", "９１330200MA00000001", "")
PHONES = ("0574-8765 4321", "(0574)87654321", "+86 574", "", "-")
FEW = 40  # rows of the release before, which are looked at one by one


def brute(name: str | None, code: str | None, phone: str | None) -> list[int]:
    """The same by looking at every customer."""
    rows = db.session.scalars(sa.select(Customer).order_by(Customer.code))
    return [one.id for one in rows if customers._is_alike(one, name, code, phone)]


def fill() -> None:
    for at, (name, code, phone) in enumerate(itertools.product(NAMES, CODES, PHONES)):
        db.session.add(Customer(code=f"K{at:04d}", name=name, credit_code=code, phone=phone))
    db.session.commit()


def matches_all() -> None:
    for name, code, phone in itertools.product((*NAMES, None, "  "), (*CODES, None), (*PHONES, None)):
        found = [one.id for one in customers._matches(name, code, phone)]
        assert found == brute(name, code, phone), (name, code, phone)


@pytest.mark.both_databases
def test_the_index_finds_whom_a_look_at_each_would(context: Flask, database: str) -> None:
    fill()
    matches_all()
    one = db.session.scalars(sa.select(Customer).where(Customer.code == "K0000")).one()
    one.name, one.credit_code, one.phone = "改了名的公司", "91440300MA00000009", "0755 1"
    db.session.commit()
    assert one.id in [found.id for found in customers.same("改了名的 公司", None)]
    assert one.id in [found.id for found in customers.similar(None, "91440300ma00000009", "07551")]
    matches_all()


@pytest.mark.both_databases
def test_whom_the_release_before_has_entered_is_found_too(context: Flask, database: str) -> None:
    fill()
    some = sa.select(Customer.id).order_by(Customer.id).limit(FEW)
    plain = {"plain_name": None, "plain_code": None, "plain_phone": None}
    db.session.execute(sa.update(Customer).where(Customer.id.in_(some)).values(plain))
    db.session.commit()
    matches_all()


@pytest.mark.both_databases
def test_no_look_at_every_customer(context: Flask, database: str) -> None:
    fill()
    with asked(context) as seen:
        customers.similar("恒远机械", "91330200MA00000001", "0574")
    ((statement, given),) = ((said, values) for said, values in seen if "FROM customers" in said)
    connection = db.session.connection()
    if database == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", given)
    else:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
    lines = "\n".join(str(row) for row in plan)
    assert all(f"ix_customers_{name}" in lines for name in ("plain_name", "plain_code", "plain_phone")), lines
