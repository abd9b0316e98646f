"""Routes: which step comes next, whose work a step judges, and how a step is called."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.conditions import equals
from portal.domain.permissions import Authority, own_keys
from portal.domain.signoff import (
    Back,
    Close,
    Entry,
    Route,
    Signers,
    Step,
    applicant,
    either,
    every,
    head_of,
    heads_in,
    outside,
    person_in,
    project_person,
    role,
)


@pytest.mark.parametrize(
    ("by", "mode"),
    [
        (role("a"), "one"),
        (applicant(), "one"),
        (person_in("p"), "one"),
        (head_of(), "one"),
        (project_person("p", "a"), "one"),
        (either(role("a"), role("b")), "any"),
        (either(role("a"), either(role("b"), role("c"))), "any"),
        (every(role("a"), person_in("p")), "all"),
        (every(role("a")), "all"),
        (heads_in("rows", "department"), "all"),
        (outside("customer"), "external"),
    ],
)
def test_the_mode_of_a_step(by: Signers, mode: str) -> None:
    assert by.mode == mode


@given(held=st.lists(st.booleans(), max_size=8), start=st.integers(-1, 7))
def test_the_next_step_is_the_first_after_it_that_takes_place(held: list[bool], start: int) -> None:
    steps = [
        Step(f"s{n}", "", role("a"), when=None if n % 2 else equals(f"f{n}", True)) for n in range(len(held))
    ]
    answers = {f"f{n}": holds for n, holds in enumerate(held)}
    route = Route(*steps)
    if start >= len(steps):
        return
    takes_place = [n for n in range(start + 1, len(steps)) if n % 2 or held[n]]
    found = route.following(None if start < 0 else f"s{start}", answers)
    assert (found.key if found else None) == (f"s{takes_place[0]}" if takes_place else None)


def test_a_key_that_is_none_is_a_mistake() -> None:
    route = Route(Step("a", "", role("x")), entries=(Entry("e", "", role("x"), object),))
    assert route.entry("e").key == "e"
    for ask in (lambda: route.step("b"), lambda: route.entry("a"), lambda: route.following("b", {})):
        with pytest.raises(KeyError):
            ask()


@given(meanings=st.lists(st.sampled_from(["done", "filled", "approved", "checked"]), min_size=1, max_size=8))
def test_a_step_judges_the_work_since_the_judgement_before(meanings: list[str]) -> None:
    route = Route(*(Step(f"s{n}", "", role("a"), meaning=one) for n, one in enumerate(meanings)))
    judging = [n for n, one in enumerate(meanings) if one in ("approved", "checked")]
    for n in range(len(meanings)):
        since = max((at for at in judging if at < n), default=-1)
        assert set(route.judged(f"s{n}")) == {f"s{at}" for at in range(since + 1, n)}


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [({"x": 1}, Back("a", equals("x", 1))), ({"x": 2}, Close(equals("x", 2))), ({"x": 3}, None), ({}, None)],
)
def test_the_first_outcome_that_holds_counts(answers: dict[str, Any], outcome: Any) -> None:
    ways = (Back("a", equals("x", 1)), Close(equals("x", 2)), Back("b", equals("x", 1)))
    assert Step("s", "", role("a"), outcomes=ways).outcome(answers) == outcome


def test_an_outcome_without_condition_always_holds() -> None:
    assert Step("s", "", role("a"), outcomes=(Back("a"),)).outcome({}) == Back("a")


def test_a_key_of_a_scope_covers_its_forms() -> None:
    assert Authority("role:buyer").covers("PU-04")
    assert Authority("role:buyer", forms=frozenset({"PU-04"})).covers("PU-04")
    assert not Authority("role:buyer", forms=frozenset({"PU-04"})).covers("PU-05")
    assert own_keys(7, ["buyer"], [3]) == ("person:7", "role:buyer", "head:3", "everyone")
