"""Conditions: what each comparison makes of answers given, not given, and of the company's limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import conditions
from portal.domain.conditions import (
    above,
    all_of,
    any_of,
    any_row,
    differs,
    equals,
    filled,
    includes,
)
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition

ROWS = [{"kind": "a", "amount": Decimal(3)}, {"kind": "b", "amount": Decimal(8)}]
CASES: list[tuple[Any, dict[str, Any], bool]] = [
    (equals("x", "a"), {"x": "a"}, True),
    (equals("x", "a"), {"x": "b"}, False),
    (equals("x", "a"), {}, False),
    (equals("x", False), {"x": False}, True),
    (equals("x", False), {"x": None}, False),
    (differs("x", "a"), {"x": "b"}, True),
    (differs("x", "a"), {"x": "a"}, False),
    (differs("x", "a"), {}, False),
    (differs("x", "a"), {"x": None}, False),
    (includes("x", "a"), {"x": ["b", "a"]}, True),
    (includes("x", "a"), {"x": []}, False),
    (includes("x", "a"), {"x": None}, False),
    (above("x", 100), {"x": Decimal("100.01")}, True),
    (above("x", 100), {"x": Decimal(100)}, False),
    (above("x", 100), {"x": 101}, True),
    (above("x", 100), {}, False),
    (above("x", "@limit"), {"x": Decimal(6), "@limit": Decimal(5)}, True),
    (above("x", "@limit"), {"x": Decimal(5), "@limit": Decimal(5)}, False),
    (above("x", "@limit"), {"x": Decimal(6)}, False),
    (above("x", "y"), {"x": Decimal(6), "y": Decimal(5)}, True),
    (filled("x"), {"x": "a"}, True),
    (filled("x"), {"x": 0}, True),
    (filled("x"), {"x": False}, True),
    (filled("x"), {"x": ""}, False),
    (filled("x"), {"x": []}, False),
    (filled("x"), {}, False),
    (any_row("rows", "kind", "equals", "b"), {"rows": ROWS}, True),
    (any_row("rows", "kind", "equals", "c"), {"rows": ROWS}, False),
    (any_row("rows", "amount", "above", 5), {"rows": ROWS}, True),
    (any_row("rows", "amount", "above", "@limit"), {"rows": ROWS, "@limit": Decimal(5)}, True),
    (any_row("rows", "amount", "above", "@limit"), {"rows": ROWS, "@limit": Decimal(9)}, False),
    (any_row("rows", "kind", "equals", "b"), {"rows": None}, False),
    (any_row("rows", "kind", "equals", "b"), {}, False),
    (all_of(filled("x"), equals("y", 1)), {"x": 1, "y": 1}, True),
    (all_of(filled("x"), equals("y", 1)), {"x": 1, "y": 2}, False),
    (any_of(filled("x"), equals("y", 1)), {"y": 1}, True),
    (any_of(filled("x"), equals("y", 1)), {}, False),
]


@pytest.mark.parametrize(("condition", "answers", "holds"), CASES)
def test_what_holds(condition: Any, answers: dict[str, Any], holds: bool) -> None:
    assert condition.holds(answers) is holds


def test_an_unknown_comparison_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="resembles"):
        conditions.Test("x", "resembles").holds({"x": 1})


def test_it_names_the_fields_that_it_reads() -> None:
    assert all_of(filled("x"), any_of(equals("y", 1), above("z", "@limit"))).fields() == {"x", "y", "z"}


def test_its_plain_form_is_json() -> None:
    condition = all_of(above("x", Decimal("1.5")), any_row("rows", "kind", "equals", "b"))
    assert condition.as_dict() == {
        "op": "all",
        "parts": [
            {"field": "x", "op": "above", "value": "1.5"},
            {"field": "rows", "op": "any_row", "value": ("kind", "equals", "b")},
        ],
    }


def test_it_can_be_spoken(context: Flask) -> None:
    condition = any_of(above("total", 50_000), filled("note"))
    said = condition.words(
        lambda name: {"total": "金额", "note": "说明"}[name], lambda name, value: f"{value}"
    )
    assert said == "「金额」超过「50000」，或已填写「说明」"


def test_rows_are_spoken_of_by_their_column(context: Flask) -> None:
    tender = next(field for field in definition(FORMS["PL-11"])["fields"] if field["name"] == "legal_basis")
    assert tender["when"]["zh"] == "「招标内容」中有一行的「招标」为「否」"
    assert tender["when"]["en"] == '"Items" has a row whose "Tender" is "no"'


@given(
    answers=st.dictionaries(
        st.sampled_from("xyz"), st.none() | st.integers(-5, 5) | st.sampled_from(["a", ""])
    ),
    value=st.integers(-5, 5) | st.sampled_from(["a", ""]),
)
def test_equal_and_different_never_hold_together(answers: dict[str, Any], value: Any) -> None:
    same, other = equals("x", value).holds(answers), differs("x", value).holds(answers)
    assert not (same and other)
    assert (same or other) == (answers.get("x") is not None)
