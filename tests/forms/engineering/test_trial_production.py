"""RD-25: the trial in the workshop, its tests, and what its conclusion sets going."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.lib.clock import day
from portal.queries import kpi, projects
from portal.queries.months import Month
from tests.forms.customer_service.shop import days, wrong, wrong_in
from tests.forms.engineering.product_room import ENGINEER, Room


def papers(room: Room, **changed: Any) -> list[dict[str, Any]]:
    """The papers of a trial, the second one changed."""
    rows: list[dict[str, Any]] = room.trial(room.new())["documents_ready"]
    rows[1] |= changed
    return rows


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"done_on": None}, "done_on"),
        ({"done_on": days(1)}, "done_on"),
        ({"done": False}, "done_on"),
        ({"done": False, "done_on": None}, "remark"),
    ],
)
def test_each_paper_is_there_since_a_day_or_it_is_said_why_not(
    room: Room, changed: dict[str, Any], name: str
) -> None:
    product = room.new("trial_production")
    sheet = room.sheet("RD-25", ENGINEER, **room.trial(product, documents_ready=papers(room, **changed)))
    assert wrong_in(sheet, "documents_ready", 1) == {name}


@pytest.mark.requirement("R79")
def test_it_waits_for_the_first_sample_and_is_announced_ahead(room: Room) -> None:
    early = room.new("first_sample_review")
    assert wrong(room.sheet("RD-25", ENGINEER, **room.trial(early))) == {"plan"}
    product = room.new("trial_production")
    assert wrong(room.sheet("RD-25", ENGINEER, **room.trial(product, trial_on=days(-1)))) == {"trial_on"}
    room.submit("RD-25", ENGINEER, **room.trial(product))
    assert wrong(room.sheet("RD-25", ENGINEER, **room.trial(product))) == {"plan"}, "one at a time"


def test_the_yield_is_computed_and_nothing_is_good_that_was_not_made(room: Room) -> None:
    record = room.submit("RD-25", ENGINEER, **room.trial(room.new("trial_production")))
    stage = room.stage(record, made_quantity=48, good_quantity=46, yield_rate=Decimal(100))
    assert stage.yield_rate.data == Decimal("95.83")
    half = room.stage(record, made_quantity=800, good_quantity=1)
    assert half.yield_rate.data == Decimal("0.13"), "half of a hundredth counts up, as everywhere"
    assert wrong(room.stage(record, made_quantity=48, good_quantity=49)) == {"good_quantity"}
    assert wrong(room.stage(record, made_quantity=0, good_quantity=0)) == {"made_quantity"}


def test_nothing_is_reported_before_the_day(room: Room) -> None:
    record = room.submit("RD-25", ENGINEER, **room.trial(room.new("trial_production"), trial_on=days(3)))
    assert wrong(room.stage(record, made_quantity=5, good_quantity=5)) == {"made_quantity"}
    room.refuse(record)
    assert record.state == "returned", "the trial is repeated"


def test_what_fails_its_tests_does_not_pass(room: Room) -> None:
    record = room.submit("RD-25", ENGINEER, **room.trial(room.new("trial_production")))
    room.sign(record, made_quantity=50, good_quantity=40)
    assert room.signers(record) == {"quality_inspector"}
    failing = [{"item": "噪声", "limit": "68", "result": "72", "pass": False}]
    assert wrong(room.stage(record, test_items=failing, test_verdict="pass")) == {"test_verdict"}
    room.sign(room.sign(record, test_items=failing, test_verdict="fail"))
    assert wrong(room.stage(record, trial_verdict="pass")) == {"trial_verdict"}
    room.sign(record, trial_verdict="repeat")
    assert record.state == "finished"


@pytest.mark.requirement("R79")
def test_a_pass_opens_the_batch_review_and_its_problems_are_followed(room: Room) -> None:
    product = room.new("trial_production")
    record = room.tried(product, problems=[{**room.problem(), "cause": "参数未固化"}])
    assert projects.passed(product.id, "trial_production")
    (line,) = room.lines("improvement_actions", record)
    assert (line["action"], line["due"]) == ("壳体缩水：筋厚减薄", days(10).isoformat())
    assert room.drafted(record, "QA-19")["action_no"] == line["no"]
    (paper,) = room.file(record)
    assert paper["document"] == "RD-25"


def test_a_repeated_trial_gets_a_draft_and_counts_as_a_lot_that_failed(room: Room) -> None:
    product = room.new("trial_production")
    record = room.tried(product, "repeat")
    assert room.at(product, "trial_production").state == "refused"
    assert room.file(record) == []
    assert room.drafted(record, "RD-25")["plan"] == product
    room.tried(product)
    month = Month.of(day(room.now))
    counted = kpi.by_month(kpi.judged("RD-25", "rd_conclusion", "trial_verdict"), [month])[month.key]
    assert (counted.many, counted.total) == (2, 1.0)


def test_a_trial_that_is_stopped_is_told(room: Room) -> None:
    product = room.new("trial_production")
    record = room.tried(product, "stop", problems=[{**room.problem(), "cause": "不明"}])
    assert room.lines("improvement_actions", record) == []
    assert room.drafts(record, "RD-25") == []
    assert room.heard(record, "general_manager") == ["试产结论为停止：滨江花园"]
    assert not projects.passed(product.id, "trial_production")
