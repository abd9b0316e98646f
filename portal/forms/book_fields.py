"""Fields of books: their number and their class."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wtforms import validators as check

from portal.forms.fields import Text
from portal.lib.i18n import _l
from portal.lib.isbn import IsbnError, isbn13
from portal.lib.text import half_width

# A class of 中国图书馆分类法: one of its 22 letters (T with a second one), digits with a dot after the third, and what is
# divided further by form, place, language or relation.
CLASS = re.compile(
    r"(?:T[BDEFGHJKLMNPQSTUV]|[A-KN-VXZ])(?:\d{1,3}|\d{3}(?:\.\d{1,3})+)?[A-Z]{0,2}"
    r"(?:[-=]\d[\d.]*|\([\d.=-]+\)|<[\d.-]+>|[:+][A-Z]{0,2}\d*(?:\.\d+)*)*"
)
WRONG = {
    "old": _l("这是旧的统一书号，不能登记，请填写书上的 ISBN；没有 ISBN 的旧书不能由书店进货"),
    "shape": _l("请填写 13 位或 10 位的 ISBN，例如 978-7-112-05510-4"),
    "check_digit": _l("ISBN 的校验位不对，请核对每一位数字"),
}


class BookNo(Text):
    """The number of a book, kept as the thirteen digits of its ISBN however it is written."""

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        super().__init__(label, max=40, **kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Takes the number in its one form; one that is wrong stays as it was typed."""
        super().process_formdata(valuelist)
        try:
            self.data = isbn13(self.data) if self.data else ""
        except IsbnError as error:
            raise ValueError(str(WRONG[error.code])) from None

    def pre_validate(self, form: Any) -> None:
        """Refuses one from elsewhere than a page that is not in its one form."""
        try:
            good = isbn13(self.data) == self.data
        except IsbnError as error:
            raise check.ValidationError(str(WRONG[error.code])) from None
        if not good:
            raise check.ValidationError(str(WRONG["shape"]))


class ClassNo(Text):
    """The class of a book by 中国图书馆分类法, such as TU7-62."""

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        super().__init__(label, max=40, **kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Takes small letters and full-width signs as the plain ones."""
        super().process_formdata(["".join(half_width(text).upper().split()) for text in valuelist])

    def pre_validate(self, form: Any) -> None:
        """Refuses what is no class number."""
        if not CLASS.fullmatch(self.data):
            raise check.ValidationError(str(_l("请填写《中国图书馆分类法》的分类号，例如 TU7-62、TP311.56")))
