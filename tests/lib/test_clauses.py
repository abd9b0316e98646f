"""The headings of a text, read in one go whatever somebody has typed, and their ids."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.clause_ids import with_ids
from portal.lib.clause_pairs import ClausePairs
from portal.lib.clauses import clauses, lines, marks, parts, settle
from portal.lib.docx_markdown import Writer
from portal.lib.markdown import pictures
from portal.lib.markup import one_line

MANY = 20_000  # what takes more than one look at each sign would not come to an end
HEADING = re.compile(r"^(#{1,4})\s+(.*?)\s*(?:\{([^{}]*)\})?\s*$")  # what a heading is, tried slowly


@given(st.text(alphabet="#a {}.x\t条", max_size=24))
def test_a_heading_is_what_the_slow_rule_says(line: str) -> None:
    (found,) = [one.heading for one in lines(line)]
    wanted = HEADING.match(line)
    assert (found is None) == (wanted is None)
    if found and wanted:
        assert (found.level, found.title, found.marks) == (len(wanted[1]), wanted[2], wanted[3] or "")


@pytest.mark.proves("S32")
@pytest.mark.parametrize(
    "text",
    [
        f"# a{' ' * MANY}b",
        f"# a{'{' * MANY}",
        f"# a{' {' * MANY}",
        f"{'`' * MANY} x ` y",
        f"a{' ' * MANY}b\nc",
        f"a{'[' * MANY}",
        "# a\n" * MANY,
    ],
    ids=["spaces", "braces", "open", "fence", "line", "brackets", "headings"],
)
def test_whatever_is_typed_is_read_at_once(text: str) -> None:
    assert clauses(text) is not None
    assert one_line(text)
    assert Writer().escape(text, set())


def test_headings_of_one_name_get_ids_of_their_own() -> None:
    settled = settle("# 附则\n# 附则\n# 附则 {#fu-ze-2}\n# 附则")
    assert [one.id for one in clauses(settled)] == ["fu-ze", "fu-ze-3", "fu-ze-2", "fu-ze-4"]
    many = settle("# 甲\n" * 3000)
    assert len({one.id for one in clauses(many)}) == 3000
    assert len(ClausePairs.of(many, many).pairs) == 3001


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("# 甲 {#a}\n````\n```\n# 非 {#x}\n````\n# 乙 {#b}", ["a", "b"]),
        ("# 甲 {#a}\n```\n~~~\n# 非 {#x}\n```\n# 乙 {#b}", ["a", "b"]),
        ("# 甲 {#a}\n```一行```以内\n# 乙 {#b}", ["a", "b"]),
        ("# 甲 {#a}\n```\n没有结束\n# 非 {#x}", ["a"]),
    ],
)
def test_code_ends_with_its_own_mark(text: str, ids: list[str]) -> None:
    assert [one.id for one in clauses(text)] == ids


def test_nothing_is_drawn_inside_code() -> None:
    assert parts("{{records}}\n```\n{{flow PU-04}}\n```") == [("records", "")]


def test_marks_name_the_line() -> None:
    found = marks("# 甲 {#a}\n### 乙 {#a}\n## 丙 {#B_1}")
    assert [(one.line, one.problem, one.words) for one in found] == [
        (2, "level", "乙"),
        (2, "twice", "a"),
        (3, "id", "B_1"),
    ]


def test_a_heading_typed_anew_keeps_its_id() -> None:
    old = "# 目的 {#purpose}\n\n# 抽样 {#sampling .record}"
    assert with_ids("# 目的\n\n# 抽样\n\n# 附则", old) == (
        "# 目的 {#purpose}\n\n# 抽样 {#sampling .record}\n\n# 附则 {#fu-ze}"
    )


@pytest.mark.parametrize(
    ("new", "wanted"),
    [
        # a copy stands before the clause that it was made of, under another name
        (
            "# 送检 {#sampling .record}\n\n# 抽样 {#sampling .record}",
            "# 送检 {#song-jian .record}\n\n# 抽样 {#sampling .record}",
        ),
        # neither is called as before: the first keeps the id
        ("# 送检 {#sampling}\n\n# 抽查 {#sampling}", "# 送检 {#sampling}\n\n# 抽查 {#chou-cha}"),
        ("# 目的 {.added}", "# 目的 {#purpose .added}"),
        ("# 取样 {#sampling}", "# 取样 {#sampling}"),
        ("# 抽样 {#purpose}\n\n# 目的 {#sampling}", "# 抽样 {#purpose}\n\n# 目的 {#sampling}"),
        ("# 抽样\n\n# 抽样", "# 抽样 {#sampling .record}\n\n# 抽样 {#chou-yang}"),
    ],
)
def test_an_id_stays_with_its_clause(new: str, wanted: str) -> None:
    assert with_ids(new, "# 目的 {#purpose}\n\n# 抽样 {#sampling .record}") == wanted


def test_pictures_of_a_text() -> None:
    text = "![总图](a.png)\n\n# 甲\n\n| 图 |\n|---|\n| ![](%E9%97%A8.png) |\n\n![外](https://x.example/b.png)"
    assert pictures(text) == ["a.png", "门.png"]
