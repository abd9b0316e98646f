"""What differs between two revisions of a document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.clauses import clauses, named
from portal.lib.passages import Passage, cells, passages
from portal.lib.redline import Change, compare, summary
from portal.lib.wording import after, before
from portal.storage.shipped import shipped

OLD = """# 目的 {#purpose}

为了规范采购。

# 到货 {#arrival}

库管员自到货之日起4小时内通知质检员，
填写 PU-06 进货检验单。

1. 核对数量
2. 检查外观
   - 包装
   - 标识

| 项目 | 期限 | 责任人 |
|---|---|---|
| 检验 | 4小时 | 质检员 |
| 入库 | 1天 | 库管员 |

## 拒收 {#refusal}

不合格的退回供应商。

# 付款 {#payment}

凭发票付款。
"""

NEW = """# 目的 {#purpose}

为了规范采购。

# 付款 {#payment}

凭发票付款。

# 到货检验 {#arrival .record}

库管员自到货之日起24小时内书面通知质检员，填写 PU-06 进货检验单。

1. 核对数量
2. 拍照
3. 检查外观
   - 包装
   - 标签

| 项目 | 期限 | 责任人 |
|:---|--:|---|
| 检验 | 24小时 | 质检员 |
| 入库 | 1天 | 库房主管 |

## 紧急放行 {#urgent}

经批准可以放行。
"""


def by_id(found: list[Change]) -> dict[str, Change]:
    """The changes by the ids of their clauses."""
    return {change.id: change for change in found}


def lines(change: Change) -> list[str]:
    """What is shown of each passage that differs."""
    return [
        "".join(text if kind == "=" else f"[{kind}{text}]" for kind, text in block.shown)
        for block in change.blocks
        if block.state != "same"
    ]


def test_clauses_are_told_apart_by_their_ids() -> None:
    found = compare(OLD, NEW)
    assert [(one.id, one.kind, one.number_before, one.number_after) for one in found] == [
        ("purpose", "same", "1", "1"),
        ("payment", "moved", "3", "2"),
        ("arrival", "changed", "2", "3"),
        ("refusal", "removed", "2.1", ""),
        ("urgent", "added", "", "3.1"),
    ]
    assert summary(found) == {"added": 1, "removed": 1, "changed": 1, "moved": 1, "same": 1}
    assert by_id(found)["arrival"].renumbered
    assert not by_id(found)["purpose"].renumbered
    assert by_id(found)["arrival"].record == (False, True)


def test_inside_a_clause_passages_and_words() -> None:
    arrival = by_id(compare(OLD, NEW))["arrival"]
    assert arrival.heading == (("=", "到货"), ("+", "检验"))
    assert arrival.title == "到货检验"
    assert lines(arrival) == [
        "库管员自到货之日起[-4][+24]小时内[+书面]通知质检员，填写 PU-06 进货检验单。",
        "[+拍照]",
        "[-标识][+标签]",
        "检验 | [-4][+24]小时 | 质检员",
        "入库 | 1天 | [-库管员][+库房主管]",
    ]
    kinds = [(block.kind, block.state, block.depth) for block in arrival.blocks]
    assert kinds == [
        ("paragraph", "changed", 0),
        ("numbered", "same", 1),
        ("numbered", "added", 1),
        ("numbered", "same", 1),
        ("item", "same", 2),
        ("item", "changed", 2),
        ("header", "same", 0),
        ("row", "changed", 0),
        ("row", "changed", 0),
    ]
    assert arrival.blocks[-1].cells[2] == (("-", "库管员"), ("+", "库房主管"))


def test_a_renamed_and_moved_clause_is_still_the_same() -> None:
    found = by_id(compare("# 甲 {#a}\n\n一\n\n# 乙 {#b}\n\n二", "# 丙 {#b}\n\n二\n\n# 甲 {#a}\n\n一"))
    assert found["b"].heading == (("-", "乙"), ("+", "丙"))
    assert [one.moved for one in found.values()].count(True) == 1
    assert {one.kind for one in found.values()} <= {"changed", "moved", "same"}


def test_a_clause_put_under_another_has_moved_and_those_below_it_go_with_it() -> None:
    old = "# 甲 {#a}\n\n# 乙 {#b}\n\n## 丙 {#c}\n\n一\n\n### 丁 {#d}\n\n二\n"
    new = "# 甲 {#a}\n\n## 丙 {#c}\n\n一\n\n### 丁 {#d}\n\n二\n\n# 乙 {#b}\n"
    found = by_id(compare(old, new))
    assert {one.id for one in found.values() if one.moved} == {"c"}
    assert found["d"].renumbered


def test_numbers_that_shift_are_no_move() -> None:
    found = by_id(compare("# 甲 {#a}\n# 乙 {#b}\n", "# 新 {#n}\n# 甲 {#a}\n# 乙 {#b}\n"))
    assert [one.kind for one in found.values()] == ["added", "same", "same"]
    assert found["a"].renumbered


def test_a_chapter_replaced_leaves_its_clauses_where_they_were() -> None:
    found = by_id(compare("# 甲 {#a}\n\n## 乙 {#b}\n", "# 丙 {#c}\n\n## 乙 {#b}\n"))
    assert {one.id: one.kind for one in found.values()} == {"c": "added", "a": "removed", "b": "same"}


def test_an_id_that_was_lost_is_found_by_the_title() -> None:
    (change,) = compare("# 目的 {#purpose}\n\n规范。", "# 目的 {#mu-di}\n\n规范。")
    assert (change.kind, change.id, change.id_before) == ("changed", "mu-di", "purpose")


def test_what_stands_before_the_first_heading() -> None:
    found = compare("旧说明。\n\n# 甲 {#a}", "新说明。\n\n# 甲 {#a}")
    assert (found[0].id, found[0].number_after, found[0].kind) == ("", "", "changed")
    assert lines(found[0]) == ["[-旧][+新]说明。"]
    assert [one.id for one in compare("# 甲 {#a}", "# 甲 {#a}")] == ["a"]


def test_lines_broken_in_another_place_are_no_change() -> None:
    (change,) = compare("# 甲 {#a}\n\n第一句，\n第二句。\n\n\n- 项", "# 甲 {#a}\n第一句，第二句。\n* 项")
    assert change.kind == "same"


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", ["[+3 | 4]"]),
        (
            "| a | b |\n|---|---|\n| 甲 | 2 |",
            "| a | b | c |\n|---|---|---|\n| 甲 | 2 | 3 |",
            ["a | b[+ | c]", "甲 | 2[+ | 3]"],
        ),
        ("{{flow PU-04}}", "{{flow PU-06}}", ["[-{{flow PU-04}}]", "[+{{flow PU-06}}]"]),
        ("第一段。", "- 第一段。", ["第一段。"]),
        ("```\na\nb\n```", "```\na\nc\n```", ["a\n[-b][+c]"]),
    ],
)
def test_other_passages(old: str, new: str, shown: list[str]) -> None:
    (change,) = compare(f"# 甲 {{#a}}\n\n{old}", f"# 甲 {{#a}}\n\n{new}")
    assert lines(change) == shown


def test_passages() -> None:
    text = "一\n\n1. 甲\n   续\n   - 子\n\n   又\n2.\n\n二\n\n| a | b |\n|--|--|\n| \\| | |\n\n> 引\n\n{{records}}\n"
    found = list(passages(text))
    assert found == [
        Passage("paragraph", "一"),
        Passage("numbered", "甲续", 1),
        Passage("item", "子", 2),
        Passage("paragraph", "又", 1),
        Passage("paragraph", "二"),
        Passage("header", "a | b"),
        Passage("row", r"\| | "),
        Passage("quote", "引"),
        Passage("part", "{{records}}"),
    ]
    assert cells(found[6].text) == [r"\|", ""]


marks = st.sampled_from(
    [
        "# 甲 {#a}\n",
        "## 乙 {#b}\n",
        "# 丙\n",
        "\n\n",
        "\n",
        "- ",
        "1. ",
        "  ",
        "| a | b |\n|--|--|\n| c | ",
        "> ",
        "```\n",
    ]
)
documents = st.lists(st.one_of(marks, st.text("库管员4 小时。，a*|\\[](#)", max_size=10)), max_size=25).map(
    "".join
)


def unmarked(text: str) -> list[str]:
    """The passages of a text."""
    return [one.text for one in passages(text)]


@given(documents, documents)
def test_both_revisions_can_be_put_together_again(old: str, new: str) -> None:
    found = compare(old, new)
    was, is_ = clauses(old), clauses(new)
    assert [one.number_after for one in found if one.number_after] == [one.number for one in is_]
    assert sorted(one.number_before for one in found if one.number_before) == sorted(
        one.number for one in was
    )
    texts = {one.number: one for one in was}
    news = {one.number: one for one in is_}
    for change in found:
        if change.number_before:
            clause = texts[change.number_before]
            assert before(change.heading) == clause.title
            assert [before(one.pieces) for one in change.blocks if one.state != "added"] == unmarked(
                clause.text
            )
        if change.number_after:
            clause = news[change.number_after]
            assert after(change.heading) == clause.title
            assert [after(one.pieces) for one in change.blocks if one.state != "removed"] == unmarked(
                clause.text
            )


@given(documents)
def test_nothing_differs_from_itself(text: str) -> None:
    assert {one.kind for one in compare(text, text)} <= {"same"}


@pytest.mark.parametrize(
    "one", [one for one in shipped() if one.edition > 1], ids=lambda one: f"{one.code}.{one.edition}"
)
def test_the_revisions_that_come_with_the_portal(one: object) -> None:
    former = next(each for each in shipped() if (each.code, each.edition) == (one.code, one.edition - 1))  # type: ignore[attr-defined]
    found = compare(former.text, one.text)  # type: ignore[attr-defined]
    assert any(change.kind != "same" for change in found)
    for change in found:
        clause = named(former.clauses, change.id_before or change.id)
        if clause and change.number_before:
            kept = [before(block.pieces) for block in change.blocks if block.state != "added"]
            assert kept == unmarked(clause.text)
