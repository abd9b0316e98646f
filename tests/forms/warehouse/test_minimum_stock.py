"""An item below its minimum is told to the warehouse supervisor once, and marked in the stock ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.effects import OrdersStock, PostsStock
from portal.extensions import db
from portal.forms.ledgers import LEDGERS
from portal.models import Notice, Person
from portal.queries import ledgers
from portal.services import effects, route
from tests.conftest import both_databases
from tests.forms.customer_service.shop import days
from tests.forms.customer_service.test_customer_obligations import at
from tests.forms.supplies import ANGLE, CYLINDER, Supplies


@pytest.fixture
def supplies(context: Flask) -> Supplies:
    """The small company's warehouse."""
    return Supplies()


def move(supplies: Supplies, *moves: tuple[str, str, int], on: date | None = None) -> None:
    """Movements (item, place, quantity) that one signature sets going."""
    when = at(on or days(1))
    record = supplies.record("WH-06", {}, when, login="warehouse_keeper")
    wanted = [
        PostsStock("adjust", supplies.stock(code).id, place, Decimal(quantity))
        for code, place, quantity in moves
    ]
    effects.carry_out(wanted, record, by=record.applicant_id, now=when)
    db.session.flush()


def warned() -> list[tuple[str, str]]:
    """Who was told of what."""
    query = sa.select(Person.login, Notice.facts).join(Person, Person.id == Notice.person_id)
    query = query.where(Person.login == "warehouse_supervisor")
    found = db.session.execute(query.where(Notice.kind == "below_minimum").order_by(Notice.id))
    return [(login, facts["text"]["zh"]) for login, facts in found]


def marks() -> dict[tuple[str, str], str]:
    """What the stock ledger says of each balance."""
    found = ledgers.every(LEDGERS["stock_ledger"].source, ledgers.Wanted(), 100)
    return {(line["code"], line["place"]): line["level"] for line in found}


def test_the_supervisor_is_told_when_an_item_falls_below(supplies: Supplies) -> None:
    move(supplies, (ANGLE, "A-01", -300))
    assert warned() == [], "100 are left, which is the minimum"
    move(supplies, (ANGLE, "A-01", -1))
    (told,) = warned()
    label = supplies.stock().label
    assert told == ("warehouse_supervisor", f"库存品“{label}”现有 99 米，低于最低库存 100")


def test_it_is_told_once_until_there_is_enough_again(supplies: Supplies) -> None:
    move(supplies, (ANGLE, "A-01", -310))
    move(supplies, (ANGLE, "A-01", -10))
    assert len(warned()) == 1
    move(supplies, (ANGLE, "A-01", 200))
    assert len(warned()) == 1
    move(supplies, (ANGLE, "A-01", -200))
    assert len(warned()) == 2


def test_all_places_count_together(supplies: Supplies) -> None:
    move(supplies, (ANGLE, "A-01", -350), (ANGLE, "B-02", 60))
    assert warned() == []
    move(supplies, (ANGLE, "B-02", -20), (CYLINDER, "A-01", -1))
    assert len(warned()) == 1


@pytest.mark.parametrize("anew", [0, 5])
def test_what_a_correction_takes_back_is_told_too(supplies: Supplies, anew: int) -> None:
    item, when = supplies.stock(CYLINDER), at(days(1))
    item.minimum = Decimal(20)
    wrong = supplies.record("WH-02", {}, when, login="warehouse_keeper")
    come = PostsStock("in", item.id, "A-01", Decimal(30), Decimal(1))
    effects.carry_out([come], wrong, by=wrong.applicant_id, now=when)
    right = supplies.record("WH-02", {}, when, login="warehouse_keeper", state="running")
    right.corrects_id = wrong.id
    db.session.flush()
    if anew:  # of another item
        other = PostsStock("in", supplies.stock().id, "A-01", Decimal(anew), Decimal(1))
        effects.carry_out([other], right, by=right.applicant_id, now=when)
    route.finish(right, "finished", by=right.applicant_id, now=when)
    assert [text for _login, text in warned()] == [
        f"库存品“{item.label}”现有 16 {item.unit}，低于最低库存 20"
    ]


@both_databases
def test_the_ledger_marks_what_is_low(supplies: Supplies) -> None:
    assert marks()[ANGLE, "A-01"] == ""
    move(supplies, (ANGLE, "A-01", -310), (ANGLE, "B-02", 5))
    assert (marks()[ANGLE, "A-01"], marks()[ANGLE, "B-02"]) == ("below_minimum", "below_minimum")
    item = supplies.stock(CYLINDER)
    item.reorder_point = Decimal(17)
    db.session.flush()
    assert marks()[CYLINDER, "A-01"] == "below_reorder"
    record = supplies.record("PU-04", {}, at(days(1)), login="buyer")
    effects.carry_out([OrdersStock(item.id, Decimal(1))], record, by=record.applicant_id, now=at(days(1)))
    db.session.flush()
    assert marks()[CYLINDER, "A-01"] == "", "what is on order counts"


def test_the_page_says_it_in_words(
    supplies: Supplies, app: Flask, sign_in: Callable[[FlaskClient, str], FlaskClient]
) -> None:
    move(supplies, (ANGLE, "A-01", -310))
    db.session.commit()
    text = sign_in(app.test_client(), "warehouse_supervisor").get("/registers/stock_ledger").text
    assert text.count("低于最低库存</span>") == 1
    bell = sign_in(app.test_client(), "warehouse_supervisor").get("/notices").text
    assert "低于最低库存 100" in bell
