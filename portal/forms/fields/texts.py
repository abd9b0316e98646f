"""Fields for words: one line, several lines, telephone numbers, mail addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import wtforms
from wtforms import validators as check
from wtforms.widgets import TextArea

from portal.forms.fields.answer import Answer
from portal.lib.i18n import _l
from portal.lib.text import clean, half_width

DIALLED = re.compile(r"[0-9+\-() 转#]+")
ADDRESS = re.compile(r"""[^\s@<>()\[\],;:"]+@([^\W_]([\w-]*[^\W_])?\.)+[^\W\d_]{2,}""")


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

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Takes full-width characters as plain ones."""
        super().process_formdata([half_width(text) for text in valuelist])

    def pre_validate(self, form: Any) -> None:
        """Refuses what no telephone can dial."""
        digits = sum(c.isdigit() for c in self.data)
        if not (5 <= digits <= 20 and DIALLED.fullmatch(self.data)):
            raise check.ValidationError(str(_l("请填写正确的电话号码，例如 13800138000 或 010-65541234")))


class Email(Text, wtforms.EmailField):
    """A mail address."""

    kind = "email"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Takes full-width characters as plain ones."""
        super().process_formdata([half_width(text) for text in valuelist])

    def pre_validate(self, form: Any) -> None:
        """Refuses what is plainly no address."""
        if len(self.data) > 254 or not ADDRESS.fullmatch(self.data):
            raise check.ValidationError(str(_l("请填写正确的邮箱地址，例如 name@company.cn")))
