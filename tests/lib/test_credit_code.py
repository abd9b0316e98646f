"""Unified social credit codes: the check digit of GB 32100-2015."""

from __future__ import annotations

import pytest

from portal.lib.credit_code import check_digit, is_valid, normal


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91330106673959654P", "9111000071093123XX"])
def test_codes_of_the_standard_and_of_real_companies(code: str) -> None:
    assert is_valid(code)
    assert check_digit(code[:17]) == code[17]


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y44",  # check digit
        "91350100M000100Y34",  # two signs exchanged
        "91350100M000100Y4",
        "91350100M000100Y433",
        "9135O100M000100Y43",  # a letter among the digits of the region
        "91350100I000100Y43",  # a letter that the standard leaves out
        "91350100m000100Y43",
        "９1350100M000100Y43",
        "",
    ],
)
def test_what_is_no_code(code: str) -> None:
    assert not is_valid(code)


def test_one_sign_changed_is_always_found() -> None:
    code = "91350100M000100Y43"
    for place in range(17):
        other = "2" if code[place] != "2" else "7"
        assert not is_valid(code[:place] + other + code[place + 1 :]), place


def test_it_is_kept_in_one_way() -> None:
    assert normal(" ９１350100-m000100 y43 ") == "91350100M000100Y43"
