"""RD-20: what is called good has passed every test; only then the first sample review may be held."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.queries import projects
from tests.forms.customer_service.shop import NOW, wrong
from tests.forms.engineering.product_room import ENGINEER, Room

FAILING = {"result": "72 dB(A)", "pass": False}


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"test_to": NOW + timedelta(hours=1)}, "test_to"),
        ({"test_from": NOW - timedelta(minutes=30)}, "test_to"),
        ({"sample_quantity": 0}, "sample_quantity"),
        ({"tests": []}, "tests"),
    ],
)
def test_what_cannot_be_is_refused(room: Room, changed: dict[str, Any], name: str) -> None:
    sheet = room.sheet("RD-20", ENGINEER, **room.tested(room.new("function_test"), **changed))
    assert wrong(sheet) == {name}


def test_a_failed_test_is_no_pass_and_a_fail_says_why(room: Room) -> None:
    product, failing = room.new("function_test"), [room.test(**FAILING)]
    assert wrong(room.sheet("RD-20", ENGINEER, **room.tested(product, tests=failing))) == {"conclusion"}
    failed = room.tested(product, tests=failing, conclusion="fail")
    assert wrong(room.sheet("RD-20", ENGINEER, **failed)) == {"failure_analysis"}
    twice = room.tested(product, tests=[room.test(), room.test()])
    assert wrong(room.sheet("RD-20", ENGINEER, **twice)) == {"tests"}


@pytest.mark.requirement("R79")
def test_a_pass_opens_the_first_sample_review_and_enters_the_file(room: Room) -> None:
    product = room.new("function_test")
    record = room.submit("RD-20", ENGINEER, **room.tested(product))
    assert room.at(product, "function_test").state == "preparing"
    room.sign(room.sign(record))
    assert projects.passed(product.id, "function_test")
    (paper,) = room.file(record)
    assert (paper["title"], paper["sample_no"]) == ("功能测试报告", "YP-01")


@pytest.mark.requirement("R79")
def test_a_fail_has_the_design_revised_and_shuts_the_review_again(room: Room) -> None:
    product = room.new("function_test")
    room.sign(room.sign(room.submit("RD-20", ENGINEER, **room.tested(product))))
    failed = room.tested(
        product, tests=[room.test(**FAILING)], conclusion="fail", failure_analysis="消声腔过小"
    )
    record = room.sign(room.sign(room.submit("RD-20", ENGINEER, **failed)))
    assert room.at(product, "function_test").state == "refused"
    assert room.file(record) == []
    (asked,) = room.asked(record)
    assert room.held(asked) == {ENGINEER}
    room.sign(room.sign(room.submit("RD-20", ENGINEER, **room.tested(product, sample_no="YP-02"))))
    assert projects.passed(product.id, "function_test")


def test_a_late_failure_leaves_a_sample_that_was_passed(room: Room) -> None:
    product = room.new("trial_production")
    failed = room.tested(
        product, tests=[room.test(**FAILING)], conclusion="fail", failure_analysis="批次件异常"
    )
    room.sign(room.sign(room.submit("RD-20", ENGINEER, **failed)))
    assert projects.passed(product.id, "first_sample_review")
    assert room.at(product, "function_test").state == "passed"
