"""The books of the case library, and of the service system's versions."""

from __future__ import annotations

from portal.domain.roles import DEPARTMENTS
from portal.forms.columns import DEPARTMENT, LINK, Column
from portal.forms.customer_service.case_words import AVOID_AT, GROUPS
from portal.forms.ledgers.ledger import ENTERED, Ledger
from portal.lib.i18n import _l
from portal.queries import cases, master_books, service_system

EVERYBODY = tuple(one.key for one in DEPARTMENTS)

CASES = (
    Ledger(
        cases.LIBRARY,
        _l("案例库"),
        "ledger",
        "customer_service",
        (
            Column("case_no", _l("案例编号"), LINK),
            Column("title", _l("案例标题")),
            Column("category", _l("问题类别"), "choice", GROUPS),
            Column("project", _l("项目")),
            Column("problem", _l("问题说明")),
            Column("photos", _l("照片")),
            Column("lesson", _l("经验教训")),
            Column("responsible_department", _l("责任部门"), DEPARTMENT),
            Column("how_to_avoid", _l("规避措施")),
            Column("stage", _l("应规避阶段"), "choice", AVOID_AT),
            Column("keywords", _l("关键词")),
            Column("times_used", _l("使用次数"), "integer"),
            Column("last_used_in", _l("最近用于"), LINK),
            ENTERED[0],
            *ENTERED[2:],
        ),
        cases.library,
        EVERYBODY,
        clause="CS-P-02#library-entry",
    ),
    Ledger(
        cases.USES,
        _l("案例使用记录"),
        "view",
        "customer_service",
        (
            Column("case", _l("案例")),
            Column("project", _l("新项目")),
            Column("result", _l("成果")),
            Column("version", _l("成果版本")),
            Column("adopted", _l("已采纳"), "yes_no"),
            Column("used_on", _l("使用日期"), "date"),
            *ENTERED[1:],
        ),
        lambda: master_books.entries(cases.USES, "case", "project", "result"),
        EVERYBODY,
        clause="CS-P-02#result-review",
    ),
    Ledger(
        "system_issue",
        _l("客户服务体系下发签收单"),
        "view",
        "customer_service",
        (
            Column("version", _l("签收版本")),
            Column("department", _l("签收部门"), DEPARTMENT),
            Column("signed_by", _l("签收人")),
            Column("signed_on", _l("签收时间"), "datetime"),
            Column("record", _l("来源记录"), LINK),
        ),
        service_system.receipts,
        clause="CS-P-02#issue",
    ),
)
