"""The main indices of a scheme, each held against what the planning conditions ask for."""

from __future__ import annotations

import re
from decimal import Decimal

from portal.forms.base import Sheet
from portal.forms.fields import Choice, Text
from portal.lib.i18n import _, _l

MOST, LEAST = (
    ("≤", "<=", "＜", "<", "不大于", "不超过", "不高于"),
    ("≥", ">=", "＞", ">", "不小于", "不低于", "不少于"),
)
INDICES = {
    "land_area": _l("用地面积"),
    "floor_area": _l("总建筑面积"),
    "plot_ratio": _l("容积率"),
    "density": _l("建筑密度"),
    "green_ratio": _l("绿地率"),
    "height": _l("建筑高度"),
    "parking": _l("停车位"),
}
NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Index(Sheet):
    """One index: what is asked for, what is designed, and how far they are apart."""

    item = Choice(_l("指标"), INDICES)
    required = Text(_l("规划条件"), help=_l("例如：≤2.0、≥30%、不少于120个"))
    designed = Text(_l("设计值"))
    difference = Text(_l("与规划条件相比"), computed=True)

    def compute(self) -> None:
        """The difference in numbers, as far as both texts give one."""
        self.difference.data = compared(self.required.data or "", self.designed.data or "")


def compared(required: str, designed: str) -> str:
    """By how much the designed number differs, and whether it keeps within what is required; empty without numbers."""
    asked, given = _number(required), _number(designed)
    if asked is None or given is None:
        return ""
    gap = given - asked
    told = _("一致") if not gap else f"{gap:+,f}"
    if not (within := keeps(required, designed)) and within is not None:
        return _("%(gap)s，不符合", gap=told)
    return _("%(gap)s，符合", gap=told) if within else told


def keeps(required: str, designed: str) -> bool | None:
    """Whether the designed number keeps within the required one; None where the condition sets no bound."""
    asked, given = _number(required), _number(designed)
    if asked is None or given is None:
        return None
    if required.strip().startswith(MOST):
        return given <= asked
    if required.strip().startswith(LEAST):
        return given >= asked
    return None


def _number(text: str) -> Decimal | None:
    found = NUMBER.search(text.replace(",", "").replace("，", ""))
    return Decimal(found[0]) if found else None
