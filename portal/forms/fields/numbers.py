"""Fields for numbers: whole ones, decimals, money, percentages, points."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import wtforms
from wtforms import validators as check

from portal.forms.fields.answer import Answer
from portal.lib.i18n import _l
from portal.lib.numbers import NumberError, parse_decimal
from portal.lib.text import clean

TOO_LARGE = _l("数字太大，整数部分不能超过 12 位")


class Integer(Answer, wtforms.IntegerField):
    """A whole number between `low` and `high`."""

    kind = "integer"

    def __init__(self, label: Any = "", *, low: int = 0, high: int = 1_000_000_000, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.low, self.high = low, high

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads digits, full-width ones and thousands commas too."""
        self.data = None
        text = clean(valuelist[0]) if valuelist else ""
        if text:
            try:
                self.data = int(parse_decimal(text, 0))
            except NumberError as error:
                raise ValueError(str(TOO_LARGE if error.code == "too_large" else _l("请填写整数"))) from None

    def pre_validate(self, form: Any) -> None:
        """Keeps to the range."""
        if self.data is not None and not self.low <= self.data <= self.high:
            raise check.ValidationError(_range(self.data, self.low, self.high))


class Number(Answer, wtforms.DecimalField):
    """A decimal between `low` and `high` with at most `places` decimals."""

    kind = "decimal"
    places = 3

    def __init__(
        self,
        label: Any = "",
        *,
        low: Decimal | int = 0,
        high: Decimal | int = Decimal("999999999999"),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, places=None, **kwargs)
        self.low, self.high = Decimal(low), Decimal(high)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        text = "" if self.data is None else format(self.data, "f")
        return text.rstrip("0").rstrip(".") if "." in text and self.kind != "money" else text

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads 1,234.50 and full-width digits; more decimals than allowed are refused, not rounded."""
        self.data = None
        text = clean(valuelist[0]) if valuelist else ""
        if text:
            try:
                self.data = parse_decimal(text, type(self).places)
            except NumberError as error:
                said = TOO_LARGE if error.code == "too_large" else _l("请填写数字，小数不超过 %(places)d 位")
                raise ValueError(str(said) % {"places": type(self).places}) from None

    def pre_validate(self, form: Any) -> None:
        """Keeps to the range."""
        if self.data is not None and not self.low <= self.data <= self.high:
            raise check.ValidationError(_range(self.data, self.low, self.high))


class Money(Number):
    """An amount in yuan, two decimals."""

    kind = "money"
    places = 2


class Percent(Number):
    """A percentage from 0 to 100."""

    kind = "percent"
    places = 2

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        super().__init__(label, **{"high": 100, **kwargs})


class Score(Number):
    """Points from 0 to `maximum`, one decimal."""

    kind = "score"
    places = 1

    def __init__(self, label: Any = "", *, maximum: int = 100, **kwargs: Any) -> None:
        super().__init__(label, high=maximum, **kwargs)
        self.maximum = maximum

    def describe(self) -> dict[str, Any]:
        """The full marks."""
        return {"maximum": int(self.maximum)}


def _range(value: Any, low: Any, high: Any) -> str:
    """What is wrong with a number outside its range; a bound nobody comes near is named only when passed."""
    if high < 1_000_000_000:
        return str(_l("应在 %(low)s 至 %(high)s 之间")) % {"low": low, "high": high}
    if value < low:
        return str(_l("不能小于 %(low)s")) % {"low": low}
    return str(_l("不能大于 %(high)s")) % {"high": f"{high:,f}"}
