"""The obligations of the stock plan: owed on its days, kept by what is submitted, missed, called off."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.extensions import db
from portal.forms.duties import OBLIGATIONS
from portal.models import Record, Task
from tests.conftest import both_databases
from tests.forms.customer_service.shop import TODAY, days
from tests.forms.customer_service.test_customer_obligations import at
from tests.forms.supplies import Supplies

CASES = ("O60", "OS-12")


@pytest.fixture
def supplies(context: Flask) -> Supplies:
    """The small company's warehouse, whose obligations count from today."""
    found = Supplies()
    for key in CASES:
        found.since(key, TODAY)
    return found


def counted(supplies: Supplies, plan: Record, on: int, **changed: Any) -> Record:
    """A stock-take of a plan."""
    item = supplies.stock()
    line = {"item": supplies.ref(item), "place": "A-01", "counted": Decimal(400)}
    answers = {
        "count_kind": "monthly_spot",
        "count_date": days(on),
        "frozen_at": at(days(on)),
        "places": "一号库",
        "team": "库管员、财务",
        "lines": [line],
        "stock_plan": supplies.ref(plan),
        **changed,
    }
    return supplies.record("WH-06", answers, at(days(on)), login="warehouse_keeper", state="running")


def looked_through(supplies: Supplies, plan: Record, on: int) -> Record:
    """A look for scrap that found nothing."""
    answers = {"stock_plan": supplies.ref(plan), "list_date": days(on), "damage_found": False}
    supplies.now = at(days(on))
    return supplies.submit("WH-17", "warehouse_keeper", **answers)


def test_every_one_that_comes_by_its_case_is_tried_here() -> None:
    mine = {one.key for one in OBLIGATIONS.values() if one.department == "warehouse" and one.cases}
    assert mine == set(CASES)


def test_os12_a_stocktake_is_asked_for_some_days_before(supplies: Supplies) -> None:
    plan = supplies.agreed(count_dates=[supplies.count_on(days(20)), supplies.count_on(days(50))])
    assert supplies.run("OS-12", at(days(16))).made == 0
    assert supplies.run("OS-12", at(days(17))).made == 1
    assert supplies.run("OS-12", at(days(18))).made == 0, "asked for once"
    task = supplies.only("OS-12")
    assert supplies.held(task) == {"warehouse_keeper"}
    begun = supplies.answers(task)
    assert (begun["count_kind"], begun["count_date"]) == ("monthly_spot", days(20))
    assert begun["team"] == "库管员、财务"
    assert begun["stock_plan"] == supplies.ref(plan)


@pytest.mark.parametrize(
    ("scope", "places", "remark"),
    [("b-02，A-01 及周边", "B-02、A-01", None), ("一号库", None, "库存计划的盘点范围：一号库")],
)
def test_os12_the_sheet_begins_with_places_that_it_takes(
    supplies: Supplies, scope: str, places: str | None, remark: str | None
) -> None:
    supplies.agreed(count_dates=[supplies.count_on(days(20), scope=scope)])
    supplies.run("OS-12", at(days(18)))
    begun = supplies.answers(supplies.only("OS-12"))
    assert (begun.get("places"), begun.get("remark")) == (places, remark)


@both_databases
def test_os12_it_is_kept_by_a_stocktake_of_the_plan(supplies: Supplies) -> None:
    plan = supplies.agreed(count_dates=[supplies.count_on(days(20)), supplies.count_on(days(50))])
    supplies.run("OS-12", at(days(20)))
    task = supplies.only("OS-12")
    counted(supplies, plan, 16)  # too early to be this one
    counted(supplies, supplies.agreed(), 20)  # of another plan
    supplies.run("OS-12", at(days(20)))
    assert supplies.state(task) == "open"
    counted(supplies, plan, 20)
    supplies.run("OS-12", at(days(20)))
    assert supplies.state(task) == "done"
    supplies.run("OS-12", at(days(47)))
    second = [one for one in supplies.waiting("OS-12") if one.record_id == plan.id]
    assert len(second) == 1, "each day asks for a stock-take of its own"


def test_os12_a_full_count_is_no_spot_check(supplies: Supplies) -> None:
    plan = supplies.agreed(count_dates=[supplies.count_on(days(20), "yearly_full")])
    supplies.run("OS-12", at(days(20)))
    task = supplies.only("OS-12")
    counted(supplies, plan, 20)
    supplies.run("OS-12", at(days(20)))
    assert supplies.state(task) == "open"
    counted(supplies, plan, 20, count_kind="yearly_full")
    supplies.run("OS-12", at(days(20)))
    assert supplies.state(task) == "done"


def test_os12_it_is_missed_and_told(supplies: Supplies) -> None:
    supplies.agreed(count_dates=[supplies.count_on(days(20))])
    assert supplies.run("OS-12", at(days(20), 23)).missed == 0
    assert supplies.run("OS-12", at(days(21))).missed == 1
    assert "warehouse_supervisor" in supplies.told()
    assert supplies.run("OS-12", at(days(22))).missed == 0


def called_off(supplies: Supplies, key: str, plan: Record) -> Task:
    """The task of a plan that was taken back."""
    supplies.run(key, at(days(30)))
    task = supplies.only(key)
    plan.state = "voided"
    db.session.flush()
    supplies.run(key, at(days(30)))
    return task


@pytest.mark.parametrize("key", CASES)
def test_a_plan_that_is_taken_back_calls_its_days_off(supplies: Supplies, key: str) -> None:
    dates = {"count_dates": [supplies.count_on(days(30))], "scrap_check_dates": [supplies.check_on(days(30))]}
    assert supplies.state(called_off(supplies, key, supplies.agreed(**dates))) == "cancelled"


@pytest.mark.parametrize("key", CASES)
def test_a_plan_that_is_not_agreed_owes_nothing(supplies: Supplies, key: str) -> None:
    record = supplies.submit("WH-18", "warehouse_supervisor", **supplies.plan())
    supplies.sign(record)
    assert supplies.run(key, at(days(30))).made == 0


def test_o60_r60_the_one_named_is_asked_to_look_for_scrap(supplies: Supplies) -> None:
    plan = supplies.agreed(scrap_check_dates=[supplies.check_on(days(30))])
    assert supplies.run("O60", at(days(26))).made == 0
    assert supplies.run("O60", at(days(27))).made == 1
    task = supplies.only("O60")
    assert supplies.held(task) == {"warehouse_keeper_2"}
    begun = supplies.answers(task)
    assert (begun["stock_plan"], begun["list_date"]) == (supplies.ref(plan), days(30))


def test_o60_who_is_no_keeper_cannot_be_asked(supplies: Supplies) -> None:
    supplies.agreed(scrap_check_dates=[supplies.check_on(days(30), owner="buyer")])
    supplies.run("O60", at(days(30)))
    assert supplies.held(supplies.only("O60")) == {"warehouse_keeper"}


def test_o60_nothing_found_is_an_answer_too(supplies: Supplies) -> None:
    plan = supplies.agreed(scrap_check_dates=[supplies.check_on(days(30)), supplies.check_on(days(60))])
    supplies.run("O60", at(days(30)))
    task = supplies.only("O60")
    looked_through(supplies, plan, 30)
    supplies.run("O60", at(days(30)))
    assert supplies.state(task) == "done"
    supplies.run("O60", at(days(60)))
    assert supplies.only("O60").case_name != task.case_name


def test_o60_it_is_missed_and_told(supplies: Supplies) -> None:
    supplies.agreed(scrap_check_dates=[supplies.check_on(days(30))])
    assert supplies.run("O60", at(days(31))).missed == 1
    assert "warehouse_supervisor" in supplies.told()


@pytest.mark.parametrize("key", CASES)
def test_days_before_the_obligation_counts_are_history(context: Flask, key: str) -> None:
    supplies = Supplies()
    supplies.since(key, days(1))
    supplies.agreed(scrap_check_dates=[supplies.check_on(TODAY)], count_dates=[supplies.count_on(TODAY)])
    assert supplies.run(key, at(days(2))).made == 0
