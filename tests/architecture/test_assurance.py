"""The lists of what is to be proven and the marks of the tests fit each other."""

from __future__ import annotations

from portal.config import ROOT
from portal.domain.assurance import CHECKS, LISTS
from tests.proofs import claims
from tools import assurance

CLAIMS = claims(ROOT, [ROOT / "tests"])


def test_every_check_has_a_test_or_says_what_is_lacking() -> None:
    assert sorted(id for id, check in CHECKS.items() if id not in CLAIMS and not check.gap) == []


def test_the_page_of_the_lists_is_up_to_date() -> None:
    assert assurance.PAGE.read_text(encoding="utf-8") == assurance.page(), "run tools/assurance.py"


def test_no_test_names_a_check_that_there_is_not() -> None:
    assert {id: tests for id, tests in CLAIMS.items() if id not in CHECKS} == {}


def test_ids_are_counted_without_gaps() -> None:
    for one in LISTS:
        assert [check.id for check in one.checks] == [
            f"{one.prefix}{number}" for number in range(1, len(one.checks) + 1)
        ]
    assert len(CHECKS) == sum(len(one.checks) for one in LISTS), "two lists share an id"
