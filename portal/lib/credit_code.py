"""The unified social credit code of Chinese organisations (GB 32100-2015): 18 signs, the last of them a check digit."""

from __future__ import annotations

import re

from portal.lib.text import half_width

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
CODE = re.compile(f"[{SIGNS}]{{2}}[0-9]{{6}}[{SIGNS}]{{10}}")


def normal(text: str) -> str:
    """The code as it is kept: half width, capital letters, no blanks or hyphens."""
    return re.sub(r"[\s-]", "", half_width(text)).upper()


def is_valid(code: str) -> bool:
    """Whether the code has the right signs in the right places, and its check digit agrees."""
    return bool(CODE.fullmatch(code)) and code[-1] == check_digit(code[:-1])


def check_digit(first: str) -> str:
    """The last sign of a code that begins with these 17."""
    weighted = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first))
    return SIGNS[-weighted % 31]
