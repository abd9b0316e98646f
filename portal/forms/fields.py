"""The field types of the forms: WTForms fields that know when they apply and how they are kept.

Every field is required unless it says `required=False`. `when` hides it unless its condition
holds, `required_when` demands an answer only then; both are enforced on the server. A `computed`
field is filled by the form's `compute`, whatever the browser sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import wtforms
from wtforms import validators as check
from wtforms.utils import unset_value
from wtforms.widgets import TextArea

from portal.domain.conditions import Condition
from portal.forms.kinds import KINDS, ZONE
from portal.lib.i18n import _l
from portal.lib.numbers import parse_decimal
from portal.lib.text import clean

REQUIRED = _l("请填写“%(label)s”")
CHOOSE = _l("请选择“%(label)s”")


class Answer(wtforms.Field):
    """What all field types share."""

    kind = "text"
    ask: Any = REQUIRED
    data: Any
    raw_data: Any
    errors: Any
    process_errors: list[Any]

    def __init__(
        self,
        label: Any = "",
        *,
        required: bool = True,
        when: Condition | None = None,
        required_when: Condition | None = None,
        computed: bool = False,
        help: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label=label, description=help, **kwargs)
        self.required = required
        self.when = when
        self.required_when = required_when
        self.computed = computed

    @property
    def blank(self) -> bool:
        """Whether no answer is given."""
        return self.data in (None, "", [], ())

    def applies(self, form: Any) -> bool:
        """Whether the field is visible under the answers given."""
        return self.when is None or self.when.holds(form.known())

    def demanded(self, form: Any) -> bool:
        """Whether an answer must be given under the answers given."""
        if self.required_when is not None:
            return self.required_when.holds(form.known())
        return self.required

    def clear(self) -> None:
        """Forgets what was given."""
        self.data = None
        self.raw_data = None
        self.process_errors = []

    def validate(self, form: Any, extra_validators: Iterable[Any] = ()) -> bool:
        """Runs the checks that apply; a hidden field is cleared, a computed one accepted."""
        self.errors = []
        if not self.applies(form):
            self.clear()
            return True
        if self.computed:
            return True
        if self.blank and not self.process_errors:
            if self.demanded(form):
                self.errors = [str(self.ask) % {"label": self.label.text}]
            return not self.errors
        super().validate(form, tuple(extra_validators))
        self.errors = list(self.errors)[:1]
        return not self.errors

    def dump(self) -> Any:
        """The answer as JSON; None if not given."""
        return None if self.blank else KINDS[self.kind].dump(self.data)

    def describe(self) -> dict[str, Any]:
        """What the frozen definition adds for this type."""
        return {}


class Text(Answer, wtforms.StringField):
    """One line of text, up to `max` characters."""

    def __init__(self, label: Any = "", *, max: int = 200, **kwargs: Any) -> None:
        message = _l("不能超过 %(max)d 个字")
        super().__init__(label, validators=[check.Length(max=max, message=message)], **kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Takes the text without control characters and outer blanks."""
        self.data = clean(valuelist[0]) if valuelist else ""


class LongText(Answer, wtforms.StringField):
    """Text of several lines, up to `max` characters."""

    kind = "long_text"
    widget = TextArea()

    def __init__(self, label: Any = "", *, max: int = 5000, **kwargs: Any) -> None:
        message = _l("不能超过 %(max)d 个字")
        super().__init__(label, validators=[check.Length(max=max, message=message)], **kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Takes the text without control characters, line breaks kept."""
        self.data = clean(valuelist[0], multiline=True) if valuelist else ""


class Phone(Text, wtforms.TelField):
    """A telephone number: digits, with + - ( ) and blanks."""

    kind = "phone"

    def pre_validate(self, form: Any) -> None:
        """Refuses what no telephone can dial."""
        digits = "".join(c for c in self.data if c.isascii() and c.isdigit())
        if not 5 <= len(digits) <= 20 or any(c not in "0123456789+-() 转#" for c in self.data):
            raise check.ValidationError(str(_l("请填写正确的电话号码，例如 13800138000 或 010-65541234")))


class Email(Text, wtforms.EmailField):
    """A mail address."""

    kind = "email"

    def pre_validate(self, form: Any) -> None:
        """Refuses what is plainly no address."""
        name, at, host = self.data.partition("@")
        if not (name and at and "." in host.strip(".")) or " " in self.data or "@" in host:
            raise check.ValidationError(str(_l("请填写正确的邮箱地址，例如 name@company.cn")))


class Day(Answer, wtforms.DateField):
    """A date between 1900 and 2200."""

    kind = "date"
    ask = CHOOSE

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads 2026-05-12, also with slashes, dots or 年月日."""
        self.data = None
        text = clean(valuelist[0]) if valuelist else ""
        if not text:
            return
        try:
            self.data = date.fromisoformat(_iso_day(text))
        except ValueError:
            raise ValueError(str(_l("请填写正确的日期，例如 2026-05-12"))) from None
        if not 1900 <= self.data.year <= 2200:
            raise ValueError(str(_l("年份应在 1900 至 2200 之间")))


class Moment(Answer, wtforms.DateTimeLocalField):
    """A date and time in the company's zone; the answer is an aware moment in UTC."""

    kind = "datetime"
    ask = CHOOSE

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return f"{self.data.astimezone(ZONE):%Y-%m-%dT%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads 2026-05-12T14:30 or 2026-05-12 14:30."""
        self.data = None
        text = clean(valuelist[0]) if valuelist else ""
        if not text:
            return
        day, _blank, clock = text.replace("T", " ").partition(" ")
        try:
            local = datetime.fromisoformat(f"{_iso_day(day)}T{clock.strip()}")
        except ValueError:
            raise ValueError(str(_l("请填写正确的日期和时间，例如 2026-05-12 14:30"))) from None
        if local.tzinfo is not None or not 1900 <= local.year <= 2200:
            raise ValueError(str(_l("请填写正确的日期和时间，例如 2026-05-12 14:30")))
        self.data = local.replace(tzinfo=ZONE).astimezone(UTC)


class TimeOfDay(Answer, wtforms.TimeField):
    """A time of the day."""

    kind = "time"


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
            except ValueError:
                raise ValueError(str(_l("请填写整数"))) from None

    def pre_validate(self, form: Any) -> None:
        """Keeps to the range."""
        if self.data is not None and not self.low <= self.data <= self.high:
            raise check.ValidationError(_range(self.low, self.high))


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
        return "" if self.data is None else format(self.data, "f")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads 1,234.50 and full-width digits; more decimals than allowed are refused, not rounded."""
        self.data = None
        text = clean(valuelist[0]) if valuelist else ""
        if text:
            try:
                self.data = parse_decimal(text, type(self).places)
            except ValueError:
                raise ValueError(
                    str(_l("请填写数字，小数不超过 %(places)d 位")) % {"places": type(self).places}
                ) from None

    def pre_validate(self, form: Any) -> None:
        """Keeps to the range."""
        if self.data is not None and not self.low <= self.data <= self.high:
            raise check.ValidationError(_range(self.low, self.high))


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
        return {"maximum": self.maximum}


class Choice(Answer, wtforms.SelectField):
    """One of a list of `{value: label}`."""

    kind = "choice"
    ask = CHOOSE

    def __init__(self, label: Any = "", choices: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        self._choices = self.labels = choices or {}  # WTForms would take lazy labels for groups

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Takes the chosen value; nothing when none is chosen."""
        self.data = (valuelist[0] or None) if valuelist else None

    def pre_validate(self, form: Any) -> None:
        """Refuses what is not in the list."""
        if self.data not in self.labels:
            raise check.ValidationError(str(_l("请从列表中选择")))

    def describe(self) -> dict[str, Any]:
        """The choices."""
        return {"choices": self.labels}


class MultiChoice(Answer, wtforms.SelectMultipleField):
    """Any number of a list of `{value: label}`."""

    kind = "multi_choice"
    ask = CHOOSE

    def __init__(self, label: Any = "", choices: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        self._choices = self.labels = choices or {}  # WTForms would take lazy labels for groups

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Takes the chosen values in the order of the list."""
        chosen = set(valuelist)
        self.data = [value for value in self.labels if value in chosen]
        if chosen - set(self.labels) - {""}:
            raise ValueError(str(_l("请从列表中选择")))

    def describe(self) -> dict[str, Any]:
        """The choices."""
        return {"choices": self.labels}


class YesNo(Answer):
    """Yes or no; neither is preset."""

    kind = "yes_no"
    ask = CHOOSE

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads `yes` and `no`."""
        text = valuelist[0] if valuelist else ""
        self.data = {"yes": True, "no": False}.get(text)
        if text and self.data is None:
            raise ValueError(str(_l("请选择是或否")))

    def _value(self) -> str:
        return {True: "yes", False: "no"}.get(self.data, "")


class Row(wtforms.FormField):
    """One row of a table; its answers are handed over as such, whatever its columns are called."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Fills the row."""
        if data is unset_value:
            data = self.default() if callable(self.default) else self.default
        self._obj = self.object_data = data
        self.form = self.form_class(
            formdata, answers=data, prefix=self.name + self.separator, meta={"_parent_form": self._form}
        )


class Rows(Answer, wtforms.FieldList):
    """A table whose rows are small forms: `Rows(label, RowForm)`."""

    kind = "line_items"
    entries: list[Any]
    ask = _l("“%(label)s”至少需要 %(count)d 行")

    def __init__(
        self,
        label: Any = "",
        row: type[Any] | None = None,
        *,
        at_least: int = 1,
        most: int = 1000,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, unbound_field=Row(row), max_entries=most, **kwargs)
        self.row: type[Any] = row  # type: ignore[assignment]
        self.at_least = at_least if self.required or self.required_when else 0
        self.most = most

    @property
    def rows(self) -> list[Any]:
        """The row forms."""
        return [entry.form for entry in self.entries]

    @property
    def data(self) -> list[dict[str, Any]]:
        """Typed answers row by row; rows left wholly empty do not count."""
        return [row.answers() for row in self.rows if not row.empty()]

    @data.setter
    def data(self, value: Any) -> None:
        pass

    def clear(self) -> None:
        """Forgets the rows."""
        self.entries = []

    def drop_empty(self) -> None:
        """Takes out rows left wholly empty."""
        for index in reversed(range(len(self.entries))):
            if self.entries[index].form.empty():
                self.pop_entry(index)

    def validate(self, form: Any, extra_validators: Iterable[Any] = ()) -> bool:
        """Checks each row, then that there are enough of them; `errors` holds the table's own."""
        self.errors = []
        if not self.applies(form):
            self.clear()
            return True
        self.drop_empty()
        good = True
        known = form.known()
        for row in self.rows:
            row.context = known
            good = row.validate() and good
        if not self.entries and (self.computed or not self.demanded(form)):
            return good
        if len(self.entries) < self.at_least and not self.computed:
            self.errors = [str(self.ask) % {"label": self.label.text, "count": self.at_least}]
        return good and not self.errors

    def dump(self) -> Any:
        """Rows as JSON."""
        return [row.dump() for row in self.rows if not row.empty()] or None

    def describe(self) -> dict[str, Any]:
        """The columns."""
        return {"columns": list(self.row())}


def _iso_day(text: str) -> str:
    for mark in "年月/.":
        text = text.replace(mark, "-")
    parts = text.replace("日", "").strip("-").split("-")
    return "-".join(part.zfill(2) for part in parts)


def _range(low: Any, high: Any) -> str:
    if high >= 1_000_000_000:
        return str(_l("不能小于 %(low)s")) % {"low": low}
    return str(_l("应在 %(low)s 至 %(high)s 之间")) % {"low": low, "high": high}
