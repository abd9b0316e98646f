"""Months that a report speaks of, written as YYYY-MM."""

from __future__ import annotations

import re

from portal.forms.base import Sheet
from portal.lib.i18n import _l

PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def refuse_odd(sheet: Sheet, given: str | None) -> bool:
    """Says no to a period that is no month, or is still to come; tells whether it is good."""
    if not given:
        return False
    if not PERIOD.fullmatch(given):
        sheet.refuse("period", _l("期间请写成年-月，例如 2026-05"))
        return False
    if given > f"{sheet.today:%Y-%m}":
        sheet.refuse("period", _l("期间不能晚于本月"))
        return False
    return True
