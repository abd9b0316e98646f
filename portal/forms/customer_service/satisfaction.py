"""How satisfied a customer says to be."""

from __future__ import annotations

from portal.lib.i18n import _l

SATISFACTION = {
    "very_satisfied": _l("很满意"),
    "satisfied": _l("满意"),
    "neutral": _l("一般"),
    "dissatisfied": _l("不满意"),
}
