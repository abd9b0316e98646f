"""Text cleaned, folded, made harmless and taken apart into cells."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.text import clean, first_line, fold, neutralise_cell, next_version, parse_pasted_rows

anything = st.text(st.characters(exclude_categories=()))
cells = anything.map(lambda text: clean(text, multiline=True))


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("  张三 ", "张三"),
        ("\u3000锅炉\u3000房\u3000", "锅炉\u3000房"),
        ("（甲），：；！１２", "（甲），：；！１２"),  # Chinese punctuation and full width stay
        ("a\x00b\x1bc\x7f", "abc"),
        ("a\ud800b", "ab"),
        ("a\u200bb\u200d\ufeffc\u00ad", "abc"),
        ("evil\u202egnp.exe\u2066", "evilgnp.exe"),
        ("e\u0301", "\u00e9"),
        ("e\u200b\u0301", "\u00e9"),
        ("a\ufffe\ufdd0b", "ab"),
        ("one\r\ntwo\tthree", "one two three"),
        ("葛\U000e0100", "葛\U000e0100"),  # a variant of the character, as in some names
        ("\u3164a\u2800\uffa0\u115f", "a"),  # letters by name, drawn as nothing
        ("\u2800 \u3164", ""),
        (" \ufe0f\U000e0100 \u180b", ""),  # variants of no character
        ("☎\ufe0f", "☎\ufe0f"),
        ("𠮷野", "𠮷野"),
        ("\u200b \x00", ""),
    ],
)
def test_clean(given_text: str, kept: str) -> None:
    assert clean(given_text) == kept


def test_lines_and_tabs_stay_where_they_are_wanted() -> None:
    assert clean("\n一\r\n二\r三\t四\u2028五\x00\n", multiline=True) == "一\n二\n三\t四\n五"


@given(anything, st.booleans())
def test_cleaning_twice_changes_nothing(text: str, multiline: bool) -> None:
    once = clean(text, multiline=multiline)
    assert clean(once, multiline=multiline) == once
    once.encode()


@given(anything)
def test_clean_text_of_one_line_is_one_line(text: str) -> None:
    assert len(clean(text).splitlines()) <= 1


def test_fold_makes_widths_and_capitals_equal() -> None:
    assert fold("ＡＢＣ１２３（ｘ）") == fold("abc123(X)") == "abc123(x)"
    assert fold("Straße") == fold("STRASSE")


@given(anything)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.proves("S29")
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_looks_like_a_formula_is_shown_as_text(start: str) -> None:
    assert neutralise_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("harmless", ["", "锅炉", "a=b", "'=1", "1-2"])
def test_a_harmless_cell_stays_as_it_is(harmless: str) -> None:
    assert neutralise_cell(harmless) == harmless


@pytest.mark.parametrize(
    ("pasted", "rows"),
    [
        ("", []),
        ("\r\n\r\n", []),
        ("阀门\t2\r\n法兰\t4\r\n", [["阀门", "2"], ["法兰", "4"]]),
        ('"第一行\n第二行"\t3\r\n', [["第一行\n第二行", "3"]]),
        ('"say ""hi""\tnow"\tb', [['say "hi"\tnow', "b"]]),
        ('管 5"\t2\n阀 3"\t1', [['管 5"', "2"], ['阀 3"', "1"]]),
        ('"A" 级\t1\n"B" 级\t2', [['"A" 级', "1"], ['"B" 级', "2"]]),
        ('"没有结束\t1\nb\t2', [['"没有结束', "1"], ["b", "2"]]),
        ("a\tb\tc\nd\n\t\t\ne\tf", [["a", "b", "c"], ["d", "", ""], ["e", "f", ""]]),
        ("\ufeffa\x00\t b ", [["a", "b"]]),
        ("a\u2028b\tc", [["a\nb", "c"]]),
    ],
)
def test_pasted_rows(pasted: str, rows: list[list[str]]) -> None:
    assert parse_pasted_rows(pasted) == rows


def test_a_cell_longer_than_csv_takes_is_still_read() -> None:
    assert parse_pasted_rows("x" * 200_000 + "\ty") == [["x" * 200_000, "y"]]


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n).filter(any))))
def test_what_a_spreadsheet_copies_comes_back(rows: list[list[str]]) -> None:
    copied = io.StringIO()
    csv.writer(copied, "excel-tab").writerows(rows)
    assert parse_pasted_rows(copied.getvalue()) == rows


@given(anything)
def test_anything_pasted_gives_a_rectangle_of_clean_cells(pasted: str) -> None:
    rows = parse_pasted_rows(pasted)
    assert len({len(row) for row in rows}) <= 1
    assert all(clean(cell, multiline=True) == cell for row in rows for cell in row)


@pytest.mark.parametrize(
    ("version", "next_one"),
    [("V1", "V2"), ("V9", "V10"), ("1.9", "1.10"), ("第 3 版", "第 4 版"), ("A", ""), ("", "")],
)
def test_the_version_after_one(version: str, next_one: str) -> None:
    assert next_version(version) == next_one


def test_first_line_of_a_text() -> None:
    assert first_line("漏水\n三楼") == "漏水"
    assert first_line("漏水三楼", 2) == "漏水"
    assert first_line("") == first_line(None) == ""
