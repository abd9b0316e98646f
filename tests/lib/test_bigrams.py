"""Index words: what is typed fits where it stands in the text, and nowhere else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.bigrams import EDGE, Phrase, code_words, folded, phrases, plain, words

CHINESE = "动火作业票焊接阀门"
SIGNS = CHINESE + "ab12Ａ８-，。 \n㎡é"
TEXTS = st.text(st.sampled_from(SIGNS), max_size=25)
ANYTHING = st.text(max_size=20)


def fits(phrase: Phrase, text: str) -> bool:
    """Whether an index of the text's words, by their places, finds the phrase."""
    there = words(text)
    last = len(phrase.words) - 1
    return any(
        all(
            word.startswith(wanted) if at == last and phrase.open else word == wanted
            for at, (wanted, word) in enumerate(zip(phrase.words, there[start:], strict=False))
        )
        for start in range(len(there) - last)
    )


@given(text=TEXTS, typed=TEXTS)
def test_index_finds_what_stands_in_the_plain_text(text: str, typed: str) -> None:
    for phrase in phrases(typed):
        assert fits(phrase, text) == (phrase.plain in plain(text)), phrase


@given(
    text=st.text(st.sampled_from(CHINESE), max_size=20),
    typed=st.text(st.sampled_from(CHINESE), min_size=1, max_size=5),
)
def test_of_chinese_any_part_is_found_and_nothing_else(text: str, typed: str) -> None:
    (phrase,) = phrases(typed)
    assert fits(phrase, text) == (typed in text)


@given(before=TEXTS, typed=st.text(st.sampled_from(CHINESE + "ab12 "), min_size=1, max_size=8), after=TEXTS)
def test_what_stands_there_is_found_whatever_is_around_it(before: str, typed: str, after: str) -> None:
    for phrase in phrases(typed):
        assert fits(phrase, f"{before} {typed} {after}")


@given(text=ANYTHING)
def test_any_text_bears_it(text: str) -> None:
    for word in words(text):
        assert word
        assert not re.search(r"[\s'\"\\|]", word)
    for phrase in phrases(text):
        assert phrase.plain.strip(EDGE)
        assert fits(phrase, text) or len(text) > 8


@given(text=TEXTS)
def test_width_and_case_make_no_difference(text: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) if one.isascii() and one.isalnum() else one for one in text)
    assert words(wide) == words(text) == words(text.upper())
    assert folded(wide) == folded(text)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("锅", [Phrase(("锅",), True, "锅")]),
        ("锅炉", [Phrase(("锅炉",), False, "锅炉")]),
        ("动火作业", [Phrase(("动火", "火作", "作业"), False, "动火作业")]),
        ("PU-04", [Phrase(("pu", "04"), True, "|pu|04")]),
        ("Ａ座3号", [Phrase(("a", "座", "3", "号"), True, "|a|座|3|号")]),
        ("锅炉 dn", [Phrase(("锅炉",), False, "锅炉"), Phrase(("dn",), True, "|dn")]),
        ("，。 '\" ％", []),
    ],
)
def test_what_was_typed_is_split_at_spaces_only(typed: str, wanted: list[Phrase]) -> None:
    assert phrases(typed) == wanted


def test_numbers_are_found_by_their_parts() -> None:
    assert code_words("PU-04-2026-0042") == ["pu0420260042", "042", "42"]
    assert code_words("0572-5550101")[0] == "05725550101"
    assert code_words("—") == []
