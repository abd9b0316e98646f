"""The obligations of product development: reviews and stages are asked for before their day, kept, missed."""

from __future__ import annotations

from datetime import date

import pytest

from portal.extensions import db
from portal.forms.duties import OBLIGATIONS
from portal.forms.kinds import Ref
from portal.models import Draft
from portal.services import records
from tests.forms.customer_service.shop import NOW, TODAY, days
from tests.forms.customer_service.test_customer_obligations import at
from tests.forms.engineering.product_room import ENGINEER, Room
from tests.forms.engineering.test_design_plan import design

CASES = ("O79", "OS-17")


@pytest.fixture(autouse=True)
def since(room: Room) -> None:
    """The obligations count from today."""
    for key in CASES:
        room.since(key, TODAY)


def plan(room: Room, product: Ref, key: str, on: date, owner: str = "") -> None:
    """A stage has its day, perhaps an owner."""
    stage = room.at(product, key)
    stage.planned_on = on
    stage.owner_id = room.actor(owner).id if owner else None
    db.session.flush()


@pytest.mark.requirement("R79")
def test_o79_a_review_is_asked_for_a_week_before_its_day(room: Room) -> None:
    product = room.new("initial_review")
    plan(room, product, "initial_review", days(20))
    assert room.run("O79", at(days(12))).made == 0
    assert room.run("O79", at(days(13))).made == 1
    task = room.only("O79")
    assert room.held(task) == {ENGINEER}
    assert task.form_code == "RD-16"
    assert room.answers(task)["review_stage"] == "initial_review"
    assert room.answers(task)["plan"] == product
    room.passed(product)
    room.run("O79", at(days(14)))
    assert room.state(task) == "done"


@pytest.mark.requirement("R79")
def test_o79_a_review_that_was_not_held_is_told(room: Room) -> None:
    product = room.new("initial_review")
    plan(room, product, "initial_review", days(2))
    room.run("O79")
    assert room.run("O79", at(days(3))).missed == 1
    assert room.told() == {"rd_manager"}
    assert OBLIGATIONS["O79"].by_text


def test_os17_every_other_stage_is_its_owners(room: Room) -> None:
    product = room.new("design")
    plan(room, product, "design", days(5), "rd_manager")
    plan(room, product, "initial_review", days(5))
    room.run("OS-17")
    task = room.only("OS-17")
    assert (task.form_code, room.held(task)) == ("RD-05", {"rd_manager"})
    assert room.answers(task)["plan"] == product
    assert room.run("OS-17", at(days(6))).missed == 1
    assert room.told() == {"rd_manager"}


def test_os17_what_passes_with_a_review_is_not_asked_for_twice(room: Room) -> None:
    product = room.new("first_sample_review")
    plan(room, product, "samples", days(5))
    room.run("OS-17")
    task = room.only("OS-17")
    assert (task.form_code, room.answers(task)["review_stage"]) == ("RD-16", "first_sample_review")
    plan(room, product, "first_sample_review", days(6))
    room.run("OS-17")
    assert room.state(task) == "cancelled", "it is asked for as a review"
    room.run("O79")
    assert room.answers(room.only("O79"))["review_stage"] == "first_sample_review"


def test_os17_after_the_batch_review_papers_are_what_is_missing(room: Room) -> None:
    product = room.new("mass_production")
    for key in ("output_documents",):
        room.at(product, key).state = "open"
    plan(room, product, "mass_production", days(5))
    room.run("OS-17", NOW)
    assert room.only("OS-17").form_code == "RD-10"


def test_os17_papers_are_asked_for_by_what_is_missing(room: Room) -> None:
    product = room.new("output_documents")
    room.put_out(product, "RD-10", "RD-11")
    plan(room, product, "output_documents", days(5))
    room.run("OS-17")
    assert room.only("OS-17").form_code == "RD-12"


def test_a_stage_of_the_technical_manager_is_not_stuck(room: Room) -> None:
    product = room.new("design")
    plan(room, product, "design", days(5), "rd_manager")
    room.run("OS-17")
    draft = db.session.get(Draft, room.only("OS-17").draft_id)
    form, by = room.sheet("RD-05", "rd_manager", **design(room, product)), room.actor("rd_manager")
    record = records.submit(form, by, key="taken up", now=NOW, draft=draft)
    assert record.state == "running"
    assert "general_manager" in room.signers(record)
