"""WH-18: limits of the stock, days of the stock-takes and of the looks for scrap; and who names a plan."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask

from portal.forms.kinds import Ref
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.supplies import ANGLE, CYLINDER, Supplies

MANAGERS = {"purchasing_manager", "purchasing_manager_2"}


@pytest.fixture
def supplies(context: Flask) -> Supplies:
    """The small company's warehouse."""
    return Supplies()


@pytest.mark.parametrize(
    ("least", "point", "most", "refused"),
    [
        (100, 150, 300, set()),
        (100, 100, 100, set()),
        (0, 0, 0, set()),
        (100, 99, 300, {"reorder"}),
        (100, 301, 300, {"reorder"}),
        (301, 301, 300, {"maximum", "reorder"}),
    ],
)
def test_the_reorder_point_lies_between_least_and_most(
    supplies: Supplies, least: int, point: int, most: int, refused: set[str]
) -> None:
    sheet = supplies.sheet(
        "WH-18", "warehouse_supervisor", **supplies.plan(items=[supplies.planned(ANGLE, least, point, most)])
    )
    assert wrong_in(sheet, "items") == refused


@pytest.mark.parametrize(
    ("period", "end", "refused"),
    [
        ("month", 30, False),
        ("month", 31, True),
        ("quarter", 91, False),
        ("quarter", 92, True),
        ("year", 364, False),
        ("year", 365, True),
        ("year", -1, True),
        ("year", 40, False),
    ],
)
def test_a_period_is_as_long_as_it_is_called(
    supplies: Supplies, period: str, end: int, refused: bool
) -> None:
    near = supplies.plan(
        period=period,
        period_end=days(end),
        count_dates=[supplies.count_on(TODAY)],
        scrap_check_dates=[supplies.check_on(TODAY)],
    )
    found = wrong(supplies.sheet("WH-18", "warehouse_supervisor", **near))
    assert ("period_end" in found) is refused


def test_its_days_lie_within_the_period(supplies: Supplies) -> None:
    for day, refused in ((days(-1), {"on"}), (TODAY, set()), (days(90), set()), (days(91), {"on"})):
        sheet = supplies.sheet(
            "WH-18",
            "warehouse_supervisor",
            **supplies.plan(count_dates=[supplies.count_on(day)], scrap_check_dates=[supplies.check_on(day)]),
        )
        assert wrong_in(sheet, "count_dates") == wrong_in(sheet, "scrap_check_dates") == refused
        assert not sheet.validate() if refused else sheet.validate()


def test_nothing_stands_twice_and_nothing_is_left_out(supplies: Supplies) -> None:
    twice = {
        "items": [supplies.planned(), supplies.planned()],
        "count_dates": [supplies.count_on(days(3)), supplies.count_on(days(3))],
        "scrap_check_dates": [supplies.check_on(days(3)), supplies.check_on(days(3))],
    }
    assert wrong(supplies.sheet("WH-18", "warehouse_supervisor", **supplies.plan(**twice))) == set(twice)
    none = {name: [] for name in twice}
    assert wrong(supplies.sheet("WH-18", "warehouse_supervisor", **supplies.plan(**none))) == set(twice)


def test_the_limits_hold_when_both_have_agreed(supplies: Supplies) -> None:
    record = supplies.submit(
        "WH-18", "warehouse_supervisor", **supplies.plan(items=[supplies.planned(ANGLE, 120, 200, 900)])
    )
    other = supplies.stock(CYLINDER).minimum
    assert supplies.signers(record) == MANAGERS
    supplies.sign(record)
    assert supplies.signers(record) == {"finance_supervisor"}
    assert supplies.stock().minimum == 100
    supplies.sign(record)
    item = supplies.stock()
    assert (record.state, item.minimum, item.reorder_point, item.maximum) == ("finished", 120, 200, 900)
    assert supplies.stock(CYLINDER).minimum == other


@pytest.mark.parametrize("signed", [0, 1])
def test_a_refusal_is_a_reason_to_revise(supplies: Supplies, signed: int) -> None:
    record = supplies.submit("WH-18", "warehouse_supervisor", **supplies.plan())
    for _turn in range(signed):
        supplies.sign(record)
    supplies.refuse(record)
    assert (record.state, supplies.stock().minimum) == ("returned", 100)
    supplies.correct(record, "warehouse_supervisor", items=[supplies.planned(ANGLE, 50, 60, 70)])
    supplies.sign(supplies.sign(record))
    assert supplies.stock().reorder_point == 60


def test_a_corrected_plan_says_what_the_items_of_the_first_are_to_be(supplies: Supplies) -> None:
    first = supplies.agreed(items=[supplies.planned(ANGLE), supplies.planned(CYLINDER, 1, 2, 3)])
    for rows, refused in (
        ([supplies.planned(ANGLE)], {"items"}),
        ([supplies.planned(CYLINDER, 0, 0, 9), supplies.planned(ANGLE)], set()),
    ):
        sheet = supplies.sheet("WH-18", "warehouse_supervisor", corrects=first, **supplies.plan(items=rows))
        assert wrong(sheet) == refused


def test_only_the_supervisor_plans(supplies: Supplies) -> None:
    assert supplies.actor("warehouse_supervisor").may_open(("warehouse_supervisor",))
    assert not supplies.actor("warehouse_keeper").may_open(("warehouse_supervisor",))


# Who names a plan


def test_a_plan_that_is_not_agreed_is_no_plan_yet(supplies: Supplies) -> None:
    waiting = supplies.ref(supplies.submit("WH-18", "warehouse_supervisor", **supplies.plan()))
    agreed = supplies.ref(supplies.agreed())
    for code in ("WH-06", "WH-17"):
        assert "stock_plan" in wrong(supplies.sheet(code, "warehouse_keeper", stock_plan=waiting)), code
        assert "stock_plan" not in wrong(supplies.sheet(code, "warehouse_keeper", stock_plan=agreed)), code


def test_r60_a_look_that_found_nothing_is_a_record_too(supplies: Supplies) -> None:
    plan = supplies.ref(supplies.agreed())
    found_nothing = {"stock_plan": plan, "list_date": TODAY, "damage_found": False}
    record = supplies.submit("WH-17", "warehouse_keeper", **found_nothing)
    assert record.title == "检查未发现须报损的货品"
    before = supplies.stock().unit_cost
    supplies.sign(record, supervisor_opinion="已现场复核")
    assert (record.state, supplies.stock().unit_cost) == ("finished", before)


def test_what_was_found_is_listed_and_shown(supplies: Supplies) -> None:
    plan = supplies.ref(supplies.agreed())
    nothing = {"stock_plan": plan, "list_date": TODAY}
    assert wrong(supplies.sheet("WH-17", "warehouse_keeper", **nothing)) == {"damage_found"}
    found = wrong(supplies.sheet("WH-17", "warehouse_keeper", **nothing, damage_found=True))
    assert found == {"lines", "photos"}
    item = supplies.stock()
    line = {
        "item": Ref(item.id, item.label),
        "place": "A-01",
        "quantity": Decimal(1),
        "cause": "storage",
        "usable": False,
    }
    sheet = supplies.sheet("WH-17", "warehouse_keeper", **nothing, lines=[line])
    assert (wrong(sheet), sheet.damage_found.data) == ({"photos"}, True)
