"""The books of improvement: measures and what has become of them."""

from __future__ import annotations

from portal.forms.columns import DEPARTMENT, LINK, Column
from portal.forms.ledgers.ledger import POSTED, REVERSED, Ledger
from portal.lib.i18n import _l
from portal.queries import improvement

ACTION_STATES = {
    improvement.TO_TRACK: _l("待跟踪"),
    improvement.OPEN: _l("进行中"),
    improvement.OVERDUE: _l("已逾期"),
    improvement.DONE: _l("已完成待验证"),
    improvement.EFFECTIVE: _l("验证有效"),
}

IMPROVEMENT = (
    Ledger(
        improvement.LEDGER,
        _l("纠正改进措施台帐"),
        "ledger",
        "quality",
        (
            Column("no", _l("措施编号")),
            Column("source", _l("来源"), LINK),
            Column("action", _l("措施"), "long_text"),
            Column("owner", _l("责任人")),
            Column("department", _l("责任部门"), DEPARTMENT),
            Column("due", _l("期限"), "date"),
            Column("state", _l("状态"), "choice", ACTION_STATES),
            Column("done_on", _l("完成日期"), "date"),
            Column("result", _l("实施结果"), "long_text"),
            Column("verified", _l("已验证"), "yes_no"),
            Column("rounds", _l("轮次"), "integer"),
            Column("tracker", _l("跟踪表"), LINK),
            POSTED[0],
            POSTED[2],
            REVERSED,
        ),
        improvement.actions,
        ("engineering", "warehouse", "purchasing", "design", "customer_service"),
        clause="QA-P-02#tracking",
    ),
)
