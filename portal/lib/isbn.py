"""Numbers of books: read as people write them and scanners send them, kept as the thirteen digits of ISBN-13."""

import re
from itertools import cycle

from portal.lib.text import half_width

_PREFIX = re.compile(r"ISBN(?:-1[03])?[:\s]*", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212\u30fb]")
_BEFORE_ISBN = re.compile(r"\d{4,5}[.·•\u30fb・]\d{1,5}")
_SHAPE = re.compile(r"\d{9}[\dX]|97[89]\d{10}")


class IsbnError(ValueError):
    """No number of a book that can be kept; `code` is old (统一书号, before ISBN), shape or check_digit."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def isbn13(text: str) -> str:
    """Return the thirteen digits of an ISBN, with hyphens, blanks, full-width digits or as ISBN-10.

    Raises:
        IsbnError: it is none.
    """
    plain = _PREFIX.sub("", half_width(text)).strip().upper()
    if _BEFORE_ISBN.fullmatch(plain):
        raise IsbnError("old")
    digits = _BETWEEN.sub("", plain)
    if not _SHAPE.fullmatch(digits):
        raise IsbnError("shape")
    if len(digits) == 13:
        if _check_digit(digits[:12]) != digits[12]:
            raise IsbnError("check_digit")
        return digits
    weights = zip(range(10, 0, -1), digits, strict=True)
    if sum(weight * (10 if one == "X" else int(one)) for weight, one in weights) % 11:
        raise IsbnError("check_digit")
    return f"978{digits[:9]}{_check_digit('978' + digits[:9])}"


def _check_digit(twelve: str) -> str:
    """The last digit of an EAN-13."""
    total = sum(int(one) * weight for one, weight in zip(twelve, cycle((1, 3)), strict=False))
    return str(-total % 10)
