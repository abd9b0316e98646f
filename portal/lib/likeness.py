"""What two entries of one customer have in common, however they were typed: name, credit code, telephone."""

from __future__ import annotations

from portal.lib.pinyin import needle
from portal.lib.text import fold

UNDIALLED = "-+() "  # marks between the digits of a telephone


def plain_name(name: str | None) -> str:
    """A name as it is compared: letters and digits, half width, small."""
    return needle(name or "")


def plain_code(code: str | None) -> str:
    """A credit code or identity number as it is compared and kept: half width, capitals, no blanks."""
    return "".join(fold(code or "").upper().split())


def dialled(phone: str | None) -> str:
    """A telephone as it is dialled, without marks between its digits."""
    return "".join(sign for sign in phone or "" if sign not in UNDIALLED)
