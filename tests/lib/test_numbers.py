"""Numbers read strictly, shown with commas and written in capitals."""

import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.lib.numbers import NumberError, chinese_capital, money, parse_decimal

amounts = st.integers(-(10**14) + 1, 10**14 - 1).map(lambda cents: Decimal(cents).scaleb(-2))


@pytest.mark.parametrize(
    ("text", "places", "number"),
    [
        ("1234.5", 2, "1234.50"),
        ("1,234.50", 2, "1234.50"),
        ("１２３", 0, "123"),
        ("１，２３４．５", 2, "1234.50"),
        ("￥1,234", 2, "1234.00"),
        ("¥ 8", 2, "8.00"),
        ("-￥8", 2, "-8.00"),
        ("￥－8", 2, "-8.00"),
        ("−3", 0, "-3"),
        ("+3", 0, "3"),
        ("\u3000 .5 ", 1, "0.5"),
        ("5.", 0, "5"),
        ("007", 0, "7"),
        ("1.500", 1, "1.5"),
        ("-0", 2, "0.00"),
        ("999,999,999,999.99", 2, "999999999999.99"),
    ],
)
def test_numbers_as_people_write_them(text: str, places: int, number: str) -> None:
    assert str(parse_decimal(text, places)) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \u3000", "empty"),
        *(
            (text, "not_a_number")
            for text in ("NaN", "Infinity", "1e5", "1_000", "0x10", ".", "-", "￥", "--1")
        ),
        *(
            (text, "not_a_number")
            for text in ("1,5", "12,34", ",123", "1234,567", "1 234", "1.2.3", "1,234,", "¥-¥1")
        ),
        *((text, "not_a_number") for text in ("5²", "①", "½", "٣", "三", "1\x002", "(1)", "5元")),
        ("1.005", "too_many_places"),
        ("1000000000000", "too_large"),
        ("9" * 100_000, "too_large"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(NumberError) as refused:
        parse_decimal(text, 2)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1234.5", "1,234.50"),
        ("0", "0.00"),
        ("-0.001", "0.00"),
        ("2.675", "2.68"),
        ("-1000000", "-1,000,000.00"),
    ],
)
def test_money(amount: str, shown: str) -> None:
    assert money(Decimal(amount)) == shown


@given(amounts)
def test_money_is_read_back(amount: Decimal) -> None:
    assert parse_decimal(money(amount), 2) == amount
    assert parse_decimal(f"￥{money(amount)}", 2) == amount


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        ("12300", "壹万贰仟叁佰元整"),
        ("0", "零元整"),
        ("10", "壹拾元整"),
        ("0.5", "伍角整"),
        ("0.05", "伍分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("100005000", "壹亿零伍仟元整"),
        ("1001000", "壹佰万壹仟元整"),
        ("10010", "壹万零壹拾元整"),
        ("-3.2", "负叁元贰角整"),
        ("0.005", "壹分"),
        ("-0.001", "零元整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_chinese_capitals(amount: str, capitals: str) -> None:
    assert chinese_capital(Decimal(amount)) == capitals


@given(amounts)
@example(Decimal("100005000.00"))
def test_capitals_say_the_whole_amount(amount: Decimal) -> None:
    capitals = chinese_capital(amount)
    assert read_capitals(capitals) == amount
    assert "零零" not in capitals
    assert not re.search("零[拾佰仟万亿角分整]", capitals)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1E12", "-1E12", "999999999999.995"])
def test_an_amount_beyond_words_is_refused(amount: str) -> None:
    with pytest.raises(NumberError):
        chinese_capital(Decimal(amount))


def read_capitals(text: str) -> Decimal:
    """Read capitals back, digit by digit, by a rule of its own."""
    units = {"拾": 10, "佰": 100, "仟": 1000}
    cents = group = digit = yuan = 0
    for char in text:
        if char in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(char)
        elif char in units:
            group, digit = group + digit * units[char], 0
        elif char in "亿万元":
            yuan += (group + digit) * {"亿": 10**8, "万": 10**4, "元": 1}[char]
            group = digit = 0
        elif char in "角分":
            cents, digit = cents + digit * {"角": 10, "分": 1}[char], 0
    return Decimal(-1 if text[0] == "负" else 1) * (yuan * 100 + cents) / 100
