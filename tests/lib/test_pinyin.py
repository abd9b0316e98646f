"""People and things found by what one types on a Latin keyboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.pinyin import initials, needle, spellings
from portal.lib.text import fold


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("张三丰", "zsf"),
        ("单雄信", "sxx"),
        ("仇英", "qy"),
        ("曾国藩", "zgf"),
        ("尉迟恭", "ycg"),
        ("欧阳修", "oyx"),
        ("解缙", "xj"),
        ("李雷 Leo", "llleo"),
        ("", ""),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("张三", "zhangsan"),
        ("张三", "zs"),
        ("张三", "ZhangS"),
        ("张三", "zhang san"),
        ("张三", "三"),
        ("单雄信", "shan"),
        ("单雄信", "dxx"),
        ("单雄信", "sxx"),
        ("仇英", "qiuying"),
        ("曾国藩", "zengguofan"),
        ("尉迟恭", "yuchigong"),
        ("尉迟恭", "ycg"),
        ("重庆锅炉厂", "chongqing"),
        ("吕布", "lvbu"),
        ("吕布", "lübu"),
        ("西安", "xi'an"),
        ("PLC控制柜", "plckzg"),
        ("阀门 DN-100", "dn100"),
        ("阀门 DN-100", "famendn100"),
        ("ＡＢＢ（单梁）起重机", "abbdanliang"),
        ("John Smith", "john smith"),
        ("𠮷野家", "𠮷ye"),
    ],
)
def test_typed_text_finds_it(text: str, typed: str) -> None:
    assert needle(typed) in spellings(text)


def test_a_key_reads_as_words_without_repeats() -> None:
    assert spellings("张三") == "张三 zhangsan zs"
    assert spellings("abc") == "abc"
    assert spellings("DN-100") == "dn-100 dn100"
    assert spellings("单一") == "单一 danyi chanyi shanyi dy cy sy"
    assert spellings(" ") == ""


@given(st.text())
def test_any_text_is_found_by_itself_and_by_any_piece_of_it(text: str) -> None:
    key = spellings(text)
    assert key == key.lower() or key == fold(key)
    assert needle(text) in key
    assert not needle(text) or initials(text)


@given(st.text(st.characters(codec="gb2312", min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_everyday_chinese_is_always_spelt_in_small_latin_letters(text: str) -> None:
    letters = initials(text)
    assert len(letters) == len(needle(text))
    assert letters.isascii()
    assert letters.islower()
