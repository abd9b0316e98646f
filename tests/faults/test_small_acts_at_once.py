"""Four clicks at the same moment on what is done beside a signature: a signer added, a copy, another last day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.lib.clock import today
from portal.models import Draft, Notice, Task
from tests.faults.acts import MANAGER, ORDERS, rows
from tests.faults.test_administration_at_once import click, noted, person
from tests.web.conftest import Desk

pytestmark = [pytest.mark.both_databases, pytest.mark.proves("F5", "F6")]


@pytest.mark.parametrize("where", ["before", "after", "advice"])
def test_a_signer_is_added_once(desk: Desk, where: str) -> None:
    number = desk.walker.open("PU-04")
    named = {"_act": where, "_reason": "请把关", "_person": person(desk, "general_manager").number}
    path, added = f"{ORDERS}{number}/turns", rows(Task, Task.kind.in_(("added", "advice")))
    click(desk, MANAGER, path, {**named, **desk.turn(MANAGER, number)}, added)


def test_a_copy_is_given_once(desk: Desk) -> None:
    number, cashier = desk.walker.open("PU-04"), person(desk)
    mine = rows(Notice, Notice.kind == "copied", Notice.person_id == cashier.id)
    click(desk, MANAGER, f"{ORDERS}{number}/readers", {"_person": cashier.number}, mine)
    assert desk.one(noted("copied_to")) == 1
    click(
        desk,
        MANAGER,
        f"{ORDERS}{number}/readers",
        {"_person": person(desk, "buyer_2").number},
        noted("copied_to"),
    )


def test_a_record_is_copied_into_one_draft(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    click(desk, "buyer", f"{ORDERS}{number}/copies", {}, rows(Draft))


def test_a_box_gets_another_last_day_once(desk: Desk) -> None:
    box, days = "/quality/employee-survey/box", [f"{today() + timedelta(days=many)}" for many in (9, 12)]
    click(desk, "hr_manager", box, {"closes_on": days[0]}, noted("ballot_box_opened"))
    click(desk, "hr_manager", f"{box}/last-day", {"closes_on": days[1]}, noted("ballot_box_extended"))
