"""RD-05: the four reviews are planned, and the design answers to what was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from portal.forms.engineering.design_plan import InputVerification
from portal.forms.engineering.product_words import REVIEWS
from portal.forms.kinds import Ref
from portal.queries import projects
from portal.services import route
from tests.forms.customer_service.shop import days, wrong, wrong_in
from tests.forms.engineering.product_room import ENGINEER, Room


def reviews(*dates: int) -> list[dict[str, Any]]:
    """The four reviews at these days."""
    planned = zip(REVIEWS, dates or (30, 60, 90, 120), strict=True)
    return [{"review": key, "planned_on": days(on), "people": "五部门"} for key, on in planned]


def design(room: Room, product: Ref, **changed: Any) -> dict[str, Any]:
    """A design plan."""
    part = {"stage": "结构", "start": days(1), "finish": days(20), "output": "图纸"}
    return {
        "plan": product,
        "design_team": [{"person": room.person(ENGINEER), "task": "结构"}],
        "design_stages": [part],
        "reviews": reviews(),
        "design_input": "噪声不高于 68 dB(A)\n滤筒可反吹",
        **changed,
    }


def verified(*met: bool) -> list[dict[str, Any]]:
    """Requirements that were tested."""
    return [
        {"requirement": f"要求 {n}", "way": "test", "result": "见记录", "met": one}
        for n, one in enumerate(met)
    ]


@pytest.mark.requirement("R79")
def test_all_four_reviews_are_planned_in_their_order(room: Room) -> None:
    product = room.new("design")
    assert wrong(room.sheet("RD-05", ENGINEER, **design(room, product, reviews=reviews()[:3]))) == {"reviews"}
    double = [*reviews()[:3], reviews()[0]]
    assert "reviews" in wrong(room.sheet("RD-05", ENGINEER, **design(room, product, reviews=double)))
    early = design(room, product, reviews=reviews(30, 60, 59, 120))
    assert wrong_in(room.sheet("RD-05", ENGINEER, **early), "reviews", 2) == {"planned_on"}


def test_a_review_to_be_held_lies_ahead(room: Room) -> None:
    product = room.new("design")
    late = design(room, product, reviews=reviews(-1, 60, 90, 120))
    assert wrong_in(room.sheet("RD-05", ENGINEER, **late), "reviews", 0) == {"planned_on"}
    held = design(room, room.new("tooling"), reviews=reviews(-1, 60, 90, 120))
    assert not room.sheet("RD-05", ENGINEER, **held).errors, "the first review has been held"


@pytest.mark.requirement("R79")
def test_approval_plans_the_reviews_and_the_end_passes_the_design(room: Room) -> None:
    product = room.new("design")
    record = room.submit("RD-05", ENGINEER, **design(room, product))
    assert room.at(product, "design").state == "preparing"
    room.sign(record)
    assert room.at(product, "batch_review").planned_on == days(120)
    assert not projects.passed(product.id, "design")
    assert room.signers(record) == {ENGINEER}
    room.sign(record, verification=verified(True, True))
    assert record.state == "finished"
    assert projects.passed(product.id, "design")
    (paper,) = room.file(record)
    assert (paper["document"], paper["title"]) == ("RD-05", "设计和开发输入验证记录")
    assert (paper["project_id"], paper["state"], paper["number"]) == (product.id, "effective", record.number)


def test_the_verification_begins_with_each_line_that_was_asked_for(room: Room) -> None:
    record = room.sign(room.submit("RD-05", ENGINEER, **design(room, room.new("design"))))

    stage: Any = InputVerification(context=route.known(record))
    assert [row["requirement"] for row in stage.verification.data] == ["噪声不高于 68 dB(A)", "滤筒可反吹"]


def test_a_requirement_that_is_not_met_sends_the_design_back(room: Room) -> None:
    product = room.new("design")
    record = room.sign(room.submit("RD-05", ENGINEER, **design(room, product)))
    room.sign(record, verification=verified(True, False))
    assert record.state == "returned"
    assert not projects.passed(product.id, "design")
    assert room.file(record) == []
    room.correct(record, ENGINEER, interfaces="已修改结构")
    assert record.step == "rd_approval"


def test_a_plan_given_up_gives_its_stage_back(room: Room) -> None:
    product = room.new("design")
    record = room.submit("RD-05", ENGINEER, **design(room, product))
    assert wrong(room.sheet("RD-05", ENGINEER, **design(room, product))) == {"plan"}, "one at a time"
    route.finish(record, "voided", by=record.applicant_id, now=room.now)
    assert room.at(product, "design").state == "open"
