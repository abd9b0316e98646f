"""What differs in the wording of a text, readable in Chinese."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.wording import Pieces, after, before, compare_wording, likeness, readable


def shown(pieces: Pieces) -> str:
    """On one line: what goes in [-...], what comes in [+...]."""
    return "".join(text if kind == "=" else f"[{kind}{text}]" for kind, text in pieces)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("4小时", "24小时", "[-4][+24]小时"),
        ("于2026-05-01起施行", "于2026-06-01起施行", "于[-2026-05-01][+2026-06-01]起施行"),
        ("限额5,000元", "限额15,000元", "限额[-5,000][+15,000]元"),
        ("填写PU-04。", "填写PU-06。", "填写[-PU-04][+PU-06]。"),
        ("保存十五年", "保存二十年", "保存[-十五][+二十]年"),
        ("误差３．５毫米", "误差３．０毫米", "误差[-３．５][+３．０]毫米"),
        ("送交 reviewer 审核", "送交 review 审核", "送交 [-reviewer][+review] 审核"),
        ("库管员", "库房主管", "[-库管员][+库房主管]"),
        ("到货", "到货检验", "到货[+检验]"),
        (
            "采购员下单前核对库存。",
            "门卫凭出门证放行车辆。",
            "[-采购员下单前核对库存。][+门卫凭出门证放行车辆。]",
        ),
        (
            "不合格品应当隔离存放，挂红牌，并在3日内处理。",
            "不合格品应当单独存放并挂红牌，于2个工作日内处理。",
            "不合格品应当[-隔离][+单独]存放[-，][+并]挂红牌，[-并在3][+于2个工作]日内处理。",
        ),
        (
            "采购经理审批后，由采购员下达订单，并在当日通知库管员。",
            "采购经理在2个工作日内审批；超过5万元的，由总经理审批。审批后，采购员当日下达订单，并通知库管员和质检员。",
            "采购经理[+在2个工作日内审批；超过5万元的，由总经理审批。]审批后，[-由]采购员[+当日]下达订单，并[-在当日]通知"
            "库管员[+和质检员]。",
        ),
        ("", "新增。", "[+新增。]"),
        ("删去。", "", "[-删去。]"),
        ("", "", ""),
        ("照旧。", "照旧。", "照旧。"),
    ],
)
def test_chinese(old: str, new: str, found: str) -> None:
    assert shown(compare_wording(old, new)) == found


def test_a_long_text_is_compared_sentence_by_sentence() -> None:
    sentences = [f"第{at}批货物由库管员在{at}小时内清点，并登记在台帐上。" for at in range(100, 200)]
    changed = [*sentences]
    changed[40] = "第140批货物由库管员在14小时内清点，并登记在台帐上。"
    changed.insert(70, "遗失的标签要补贴。")
    del changed[10]
    assert shown(compare_wording("".join(sentences), "".join(changed))).count("[") == 4
    assert "在[-140][+14]小时内" in shown(compare_wording("".join(sentences), "".join(changed)))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("**库管员**登记", "**库管员**当日登记", "库管员[+当日]登记"),
        ("**库管员**登记", "库管员登记", "[-**]库管员[-**]登记"),
        ("见[回访](CS-P-03#calls)。", "另见[回访](CS-P-03#calls)。", "[+另]见回访。"),
        (
            "见[回访](CS-P-03#calls)。",
            "见[回访](CS-P-03#visits)。",
            "见[回访[-](CS-P-03#calls)][+](CS-P-03#visits)]。",
        ),
        ("第[1]项", "第[2]项", "第[[-1][+2]]项"),
    ],
)
def test_marks_are_shown_only_where_nothing_else_tells_the_change(old: str, new: str, found: str) -> None:
    assert shown(readable(compare_wording(old, new))) == found


texts = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from("的日4 2-A库管员。，\n**[](#a)一十𰀀𰀁"), max_size=120).map("".join),
)


@given(texts, texts)
def test_both_texts_can_be_put_together_again(old: str, new: str) -> None:
    pieces = compare_wording(old, new)
    assert before(pieces) == old
    assert after(pieces) == new
    assert all(text for _kind, text in pieces)
    assert "==" not in (kinds := "".join(kind for kind, _text in pieces))
    assert "+-" not in kinds
    if not set("*~[") & {*old, *new}:
        assert readable(pieces) == pieces


@given(
    st.lists(st.tuples(st.integers(0, 9999), st.sampled_from("日元件批"))),
    st.lists(st.tuples(st.integers(0, 9999), st.sampled_from("日元件批"))),
)
def test_numbers_are_never_cut(old: list[tuple[int, str]], new: list[tuple[int, str]]) -> None:
    one, other = ("".join(f"{number}{word}" for number, word in side) for side in (old, new))
    pieces = compare_wording(one, other)
    for left, right in pairwise(pieces):
        sides = {left[0], right[0]}
        if sides != {"-", "+"}:
            assert not (left[1][-1].isdigit() and right[1][0].isdigit())


def test_a_whole_document_in_one_paragraph() -> None:
    dice = random.Random(7)
    text = "".join(
        dice.choice("采购员在下单前核对库存经理审批后由仓库主管通知质检员。") for _ in range(20_000)
    )
    assert before(compare_wording(text, text[::-1])) == text
    assert likeness(text, text) == 1
    assert likeness(text, "") == 0


def test_pictures_and_escaped_signs_are_shown_as_they_read() -> None:
    def shown(old: str, new: str) -> str:
        return "".join(text for _kind, text in readable(compare_wording(old, new)))

    assert shown("见 ![](image-1.png)。", "另见 ![](image-1.png)。") == "另见 image-1.png。"
    assert shown(r"第 \# 号", r"第 \# 件") == "第 # 号件"
