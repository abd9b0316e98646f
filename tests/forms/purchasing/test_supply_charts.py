"""The charts of purchasing and the warehouse: what they count, and the records behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.forms import charts
from portal.forms.charts import Asked
from portal.models import Record
from portal.queries import chart_figures
from portal.queries.actors import Actor
from tests.conftest import both_databases
from tests.forms.customer_service.shop import TODAY, days
from tests.forms.customer_service.test_customer_obligations import at
from tests.forms.supplies import ANGLE, CYLINDER, PIPES, Supplies

SINCE = 90


@pytest.fixture
def supplies(context: Flask) -> Supplies:
    """The small company's purchasing and warehouse."""
    return Supplies()


def ask(department: str, key: str, seen_by: Actor | None = None) -> tuple[Any, Asked]:
    """A chart and the question: the last 90 days."""
    chart = next(one for one in charts.of_department(department) if one.key == key)
    return chart, Asked(department, at(TODAY - timedelta(days=SINCE)), at(TODAY, 20), "zh", seen_by)


def bars(department: str, key: str, seen_by: Actor | None = None) -> dict[str, tuple[Any, ...]]:
    """The bars of a chart by their labels."""
    chart, asked = ask(department, key, seen_by)
    return {bar.label: bar.values for bar in chart.ask(asked)}


def behind(supplies: Supplies, department: str, key: str, part: str = "") -> list[str]:
    """The numbers of the records behind a part, as the auditor sees them."""
    chart, asked = ask(department, key)
    found = chart_figures.behind(chart.source(asked), part, supplies.actor("auditor"), limit=50)
    return [row.number for row in found]


def inspected(supplies: Supplies, supplier: str, delivered: int, good: int, on: date) -> Record:
    """A finished inspection."""
    line = {
        "item": supplies.ref(supplies.stock()),
        "delivered": Decimal(delivered),
        "good": Decimal(good),
        "bad": Decimal(delivered - good),
    }
    answers = {"supplier": supplies.ref(supplies.supplier(supplier)), "lines": [line]}
    return supplies.record("PU-06", answers, at(on), login="quality_inspector")


@both_databases
def test_pass_rates_are_those_of_all_goods_of_a_supplier(supplies: Supplies) -> None:
    inspected(supplies, "S0001", 100, 100, days(-3))
    first = inspected(supplies, "S0001", 300, 260, days(-2))
    inspected(supplies, PIPES, 50, 50, days(-2))
    inspected(supplies, PIPES, 50, 0, days(-200))
    assert bars("purchasing", "supplier_pass_rate") == {
        "浙北钢材供应有限公司": (90.0,),
        "德清恒通管业有限公司": (100.0,),
    }
    of_steel = behind(supplies, "purchasing", "supplier_pass_rate", supplies.supplier().label)
    assert of_steel[0] == first.number
    assert len(of_steel) == 2


@both_databases
def test_inspections_that_were_corrected_do_not_count(supplies: Supplies) -> None:
    wrong = inspected(supplies, "S0001", 100, 10, days(-3))
    inspected(supplies, "S0001", 100, 90, days(-2)).corrects_id = wrong.id
    db.session.flush()
    assert bars("purchasing", "supplier_pass_rate") == {"浙北钢材供应有限公司": (90.0,)}


def order(supplies: Supplies, promised: int, amount: str = "1000.00", on: int = -40) -> Record:
    """An order that its supplier has promised for a day."""
    answers = {"supplier": supplies.ref(supplies.supplier()), "lines": [], "total_amount": Decimal(amount)}
    record = supplies.record("PU-04", answers, at(days(on)), login="buyer")
    supplies.signature(record, "supplier_answer", at(days(on)), promised_date=str(days(promised)))
    return record


def receive(supplies: Supplies, ordered: Record, on: int) -> None:
    """Goods of an order that came on a day."""
    answers = {"order": supplies.ref(ordered), "received_at": at(days(on))}
    supplies.record("PU-05", answers, at(days(on)), login="buyer", state="running")
    db.session.flush()


@both_databases
def test_deliveries_are_told_by_what_was_promised(supplies: Supplies) -> None:
    receive(supplies, order(supplies, -10), -10)
    receive(supplies, order(supplies, -10), -12)
    receive(supplies, order(supplies, -10), -9)
    overdue = order(supplies, -1)
    order(supplies, 0)  # its day is not over
    order(supplies, 5)
    assert bars("purchasing", "deliveries") == {"按期到货": (2,), "晚到": (1,), "逾期未到": (1,)}
    assert behind(supplies, "purchasing", "deliveries", "overdue") == [overdue.number]


@both_databases
def test_amounts_are_told_by_month_without_gaps(supplies: Supplies) -> None:
    order(supplies, 5, "1000.40", -5)
    order(supplies, 5, "500.00", -2)
    order(supplies, 5, "70.00", -70)
    order(supplies, 5, "9.00", -200)
    assert bars("purchasing", "purchase_amount") == {
        "2026-03": (70,),
        "2026-04": (0,),
        "2026-05": (1500,),
    }
    assert len(behind(supplies, "purchasing", "purchase_amount", "2026-05")) == 2


@both_databases
def test_the_stock_is_worth_what_its_books_say(supplies: Supplies) -> None:
    found = bars("warehouse", "stock_worth")
    assert found["钢材"] == (13000,)
    assert found["零件"] == (15040,)
    assert next(iter(found.values()))[0] == max(value for (value,) in found.values())


@both_databases
def test_what_runs_low_is_counted_once(supplies: Supplies) -> None:
    assert bars("warehouse", "low_stock") == {}
    supplies.stock(ANGLE).minimum = Decimal(401)
    supplies.stock(ANGLE).reorder_point = Decimal(500)
    supplies.stock(CYLINDER).reorder_point = Decimal(17)
    db.session.flush()
    assert bars("warehouse", "low_stock") == {"钢材": (1, 0), "零件": (0, 1)}


def test_who_does_not_read_the_ledger_sees_neither(supplies: Supplies) -> None:
    assert bars("warehouse", "stock_worth", supplies.actor("buyer"))["钢材"] == (13000,)
    salesperson = supplies.actor("salesperson")
    assert bars("warehouse", "stock_worth", salesperson) == bars("warehouse", "low_stock", salesperson) == {}


@both_databases
def test_stocktakes_tell_too_much_and_too_little_apart(supplies: Supplies) -> None:
    for value, on in (("120.50", -3), ("-80.00", -3), ("-20.00", -2), ("-5.00", -70), ("-7.00", -200)):
        supplies.record("WH-06", {"difference_value": Decimal(value)}, at(days(on)), login="warehouse_keeper")
    early = at(date(2026, 5, 1), 6)  # in the company's May, still in April of the world's clock
    supplies.record("WH-06", {"difference_value": Decimal("3.50")}, early, login="warehouse_keeper")
    found = bars("warehouse", "count_differences")
    assert found["2026-05"] == (124, 100)
    assert (found["2026-03"], found["2026-04"]) == ((0, 5), (0, 0))


@both_databases
def test_write_offs_are_told_by_cause(supplies: Supplies) -> None:
    lines = [
        {"item": supplies.ref(supplies.stock()), "cause": "storage", "value": Decimal("30.00")},
        {"item": supplies.ref(supplies.stock()), "cause": "handling", "value": Decimal("12.00")},
        {"item": supplies.ref(supplies.stock()), "cause": "handling", "value": Decimal("8.00")},
    ]
    both = supplies.record("WH-17", {"lines": lines}, at(days(-3)), login="warehouse_keeper")
    supplies.record("WH-17", {"lines": lines[:1]}, at(days(-2)), login="warehouse_keeper")
    supplies.record("WH-17", {"lines": lines[:1]}, at(days(-200)), login="warehouse_keeper")
    assert bars("warehouse", "write_off_causes") == {"保管": (60,), "搬运": (20,)}
    assert behind(supplies, "warehouse", "write_off_causes", "handling") == [both.number]


@pytest.mark.parametrize("room", ["purchasing", "warehouse"])
@pytest.mark.parametrize("login", ["purchasing_manager", "warehouse_supervisor", "auditor", "employee"])
def test_the_front_page_stands_with_and_without_data(
    client: FlaskClient, sign_in: Callable[[FlaskClient, str], FlaskClient], room: str, login: str
) -> None:
    browser = sign_in(client, login)
    assert browser.get(f"/{room}/?period=365").status_code == 200
    for one in charts.of_department(room):
        assert browser.get(f"/{room}/charts/{one.key}").status_code == 200, one.key
