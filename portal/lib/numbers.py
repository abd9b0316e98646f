"""Numbers as people write them: read strictly, shown with commas, and written out in Chinese capitals."""

import re
from decimal import ROUND_HALF_UP, Decimal

from portal.lib.text import HALF_WIDTH

WHOLE_DIGITS = 12
"""The most digits before the decimal point: everything below one trillion (一万亿)."""

_PLAIN = HALF_WIDTH | {0xFFE5: "¥", 0x2212: "-"}
_NUMBER = re.compile(
    r"(?:¥ *(?:[+-] *)?|(?:[+-] *)?(?:¥ *)?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]*))?"
)
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_CENT = Decimal("0.01")


class NumberError(ValueError):
    """Not a number this field can take; `code` is empty, not_a_number, too_many_places or too_large."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_decimal(text: str, places: int) -> Decimal:
    """Return the number a person typed, with exactly so many decimal places.

    Commas between thousands, full-width characters, a sign and ￥ are read. Nothing is rounded: too many
    places are an error, unless they are zeros.
    """
    text = text.translate(_PLAIN).strip()
    if not text:
        raise NumberError("empty")
    match = _NUMBER.fullmatch(text)
    if not match or not (match[1] or match[2]):
        raise NumberError("not_a_number")
    whole = match[1].replace(",", "").lstrip("0")
    fraction = (match[2] or "").rstrip("0")
    if len(whole) > WHOLE_DIGITS:
        raise NumberError("too_large")
    if len(fraction) > places:
        raise NumberError("too_many_places")
    number = Decimal(f"{whole or '0'}.{fraction.ljust(places, '0')}")
    return number.copy_negate() if "-" in text and number else number


def money(amount: Decimal) -> str:
    """Return an amount as 1,234.50, rounded half up to two places."""
    return f"{_to_cents(amount):,.2f}"


def chinese_capital(amount: Decimal) -> str:
    """Return an amount in yuan as Chinese capitals (大写金额), rounded half up to two places.

    As the rules for bills have it, 整 closes an amount without 分, and 零 stands for zeros within.
    """
    cents = _to_cents(amount)
    if abs(cents) >= 10**WHOLE_DIGITS:
        raise NumberError("too_large")
    yuan, rest = divmod(int(abs(cents) * 100), 100)
    jiao, fen = divmod(rest, 10)
    words = "负" if cents < 0 else ""
    if yuan or not rest:
        words += _capital_whole(yuan) + "元"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif yuan and fen:
        words += "零"
    return words + (_DIGITS[fen] + "分" if fen else "整")


def _to_cents(amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise NumberError("not_a_number")
    return amount.quantize(_CENT, ROUND_HALF_UP) + 0  # adding 0 turns -0.00 into 0.00


def _capital_whole(number: int) -> str:
    """A whole number in capitals, four digits at a time."""
    if not number:
        return _DIGITS[0]
    words, gap = "", False
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        group, number = divmod(number, size)
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += _DIGITS[0]
        words, gap = words + _capital_group(group) + unit, False
    return words


def _capital_group(group: int) -> str:
    """One to four digits in capitals, with one 零 for each run of zeros between other digits."""
    words, gap = "", False
    for size, unit in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit, group = divmod(group, size)
        if digit:
            words += (_DIGITS[0] if gap else "") + _DIGITS[digit] + unit
        gap = bool(words) and not digit
    return words
