"""RD-04: each stage once, in its order, and what its approval sets in the project."""

from __future__ import annotations

from typing import Any

import pytest

from portal.forms.kinds import Ref
from portal.models import Record
from tests.forms.customer_service.shop import days, wrong, wrong_in
from tests.forms.engineering.product_room import ENGINEER, Room


def row(room: Room, stage: str, start: int, finish: int, owner: str = ENGINEER) -> dict[str, Any]:
    """A stage from a day to a day."""
    return {"stage": stage, "start": days(start), "finish": days(finish), "owner": room.person(owner)}


def schedule(room: Room, product: Ref, *rows: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Design and first review, then production."""
    usual = (row(room, "design", 1, 20), row(room, "initial_review", 21, 25, "rd_manager"))
    return {"plan": product, "stages": list(rows or usual), "mass_production_on": days(120), **changed}


def agreed(room: Room, product: Ref, *rows: dict[str, Any], **changed: Any) -> Record:
    """A schedule that everybody agrees to."""
    record = room.submit("RD-04", ENGINEER, **schedule(room, product, *rows, **changed))
    while record.state == "running":
        room.sign(record)
    return record


def test_product_route_and_revision_are_the_portals(room: Room) -> None:
    product = room.new("design", route="customer_route")
    typed = {**schedule(room, product), "product": "别的", "revision": 7}
    sheet = room.sheet("RD-04", ENGINEER, **typed)
    assert (sheet.product.data, sheet.route.data, sheet.revision.data) == ("滨江花园", "customer_route", 1)


def test_approval_gives_each_stage_its_dates_and_its_owner(room: Room) -> None:
    product = room.new("design")
    agreed(room, product)
    review = room.at(product, "initial_review")
    assert (review.starts_on, review.planned_on) == (days(21), days(25))
    assert review.owner_id == room.actor("rd_manager").id
    assert room.at(product, "tooling").planned_on is None
    assert room.at(product, "mass_production").planned_on == days(120)


def test_a_revision_says_why_and_takes_dates_away(room: Room) -> None:
    product = room.new("design")
    agreed(room, product)
    again = schedule(room, product, row(room, "design", 1, 30))
    assert wrong(room.sheet("RD-04", ENGINEER, **again)) == {"revision_reason"}
    record = agreed(room, product, row(room, "design", 1, 30), revision_reason="模具推迟")
    assert record.title.endswith("2")
    assert room.at(product, "design").planned_on == days(30)
    assert room.at(product, "initial_review").planned_on is None


def test_a_stage_stands_once_and_not_before_what_it_waits_for(room: Room) -> None:
    product = room.new("design")
    twice = [row(room, "design", 1, 5), row(room, "design", 6, 9)]
    assert wrong(room.sheet("RD-04", ENGINEER, **schedule(room, product, *twice))) == {"stages"}
    early = [row(room, "design", 1, 20), row(room, "initial_review", 5, 19)]
    sheet = room.sheet("RD-04", ENGINEER, **schedule(room, product, *early))
    assert wrong_in(sheet, "stages", 1) == {"finish"}
    backwards = [row(room, "design", 9, 8)]
    sheet = room.sheet("RD-04", ENGINEER, **schedule(room, product, *backwards))
    assert wrong_in(sheet, "stages", 0) == {"finish"}


def test_a_stage_waits_for_those_too_that_stand_further_before(room: Room) -> None:
    product = room.new("design")
    rows = [row(room, "initial_review", 21, 25), row(room, "first_sample_review", 5, 24)]
    sheet = room.sheet("RD-04", ENGINEER, **schedule(room, product, *rows))
    assert wrong_in(sheet, "stages", 1) == {"finish"}


def test_production_lies_ahead(room: Room) -> None:
    product = room.new("design")
    rows = [row(room, "design", -20, -5)]
    answers = schedule(room, product, *rows, mass_production_on=days(-1))
    assert wrong(room.sheet("RD-04", ENGINEER, **answers)) == {"mass_production_on"}


def test_nothing_is_finished_after_mass_production_begins(room: Room) -> None:
    product = room.new("design")
    sheet = room.sheet("RD-04", ENGINEER, **schedule(room, product, mass_production_on=days(24)))
    assert wrong_in(sheet, "stages", 1) == {"finish"}
    rows = [row(room, "mass_production", 100, 110)]
    assert wrong(room.sheet("RD-04", ENGINEER, **schedule(room, product, *rows))) == {"mass_production_on"}


def test_one_schedule_at_a_time(room: Room) -> None:
    product = room.new("design")
    record = room.submit("RD-04", ENGINEER, **schedule(room, product))
    assert wrong(room.sheet("RD-04", ENGINEER, **schedule(room, product))) == {"plan"}
    room.refuse(record)
    assert record.state == "returned", "a department that cannot keep a day sends it back"
    room.correct(record, ENGINEER, remark="已与生产部商定")


@pytest.mark.parametrize("state", ["held", "ended"])
def test_a_project_that_rests_is_not_planned(room: Room, state: str) -> None:
    product = room.new("design")
    room.project(product).state = state
    assert wrong(room.sheet("RD-04", ENGINEER, **schedule(room, product))) == {"plan"}


def test_the_managers_own_schedule_is_approved_by_the_general_manager(room: Room) -> None:
    record = room.submit("RD-04", "rd_manager", **schedule(room, room.new("design")))
    while record.step == "departments_agree":
        room.sign(record)
    assert record.state == "running", "nobody judges their own work, and somebody else may"
    room.sign(record)
    assert record.state == "finished"
