"""What a level of risk is called, and who may look at risks."""

from __future__ import annotations

from typing import Any

from portal.lib.i18n import _l

BANDS = {"low": _l("低风险"), "medium": _l("中风险"), "high": _l("高风险"), "extreme": _l("极高风险")}
_UP_TO = ((4, "low"), (9, "medium"), (16, "high"))


def band(level: int) -> str:
    """The band of a level, which is likelihood times impact."""
    return next((key for most, key in _UP_TO if level <= most), "extreme")


def may_see(actor: Any) -> bool:
    """Whether the person may look at all risks: of the quality department, of management, or an auditor."""
    return bool(actor.sees_books_of("quality"))
