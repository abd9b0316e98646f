"""The words of the stock plan, and how long its periods are."""

from __future__ import annotations

from portal.lib.i18n import _l

PERIODS = {"month": _l("月度"), "quarter": _l("季度"), "year": _l("年度")}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
COUNTS = {"monthly_spot": _l("月度抽盘"), "yearly_full": _l("年度全盘")}
