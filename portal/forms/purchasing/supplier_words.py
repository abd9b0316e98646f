"""The words in which suppliers are spoken of."""

from __future__ import annotations

from portal.lib.i18n import _l

VERDICTS = {"approved": _l("合格供应商"), "on_trial": _l("试用"), "not_approved": _l("不合格供应商")}
STATUS = {"approved": "approved", "on_trial": "trial", "not_approved": "removed"}
"""What becomes of a supplier after a verdict."""

NEW, YEARLY, AGAIN = "new_supplier", "yearly", "re_evaluation"
KINDS = {NEW: _l("新供应商"), YEARLY: _l("年度评价"), AGAIN: _l("重新评价")}
