"""The books of suppliers and of papers from outside."""

from __future__ import annotations

from portal.forms.columns import SAID, Column
from portal.forms.ledgers.ledger import ENTERED, Ledger
from portal.lib.i18n import _l
from portal.queries import master_books, supplier_books

SUPPLIER_STATES = {
    "approved": _l("合格供应商"),
    "trial": _l("试用"),
    "suspended": _l("暂停"),
    "removed": _l("已除名"),
    "blocked": _l("停止交易"),
}
WORKS = (
    Ledger(
        "approved_suppliers",
        _l("合格供应商名录"),
        "master",
        "purchasing",
        (
            Column("code", _l("供应商编号")),
            Column("name", _l("供应商")),
            Column("goods", _l("供应产品")),
            Column("status", _l("状态"), "choice", SUPPLIER_STATES),
            Column("score", _l("综合得分"), "decimal"),
            Column("contact", _l("联系人")),
            Column("phone", _l("联系电话")),
            Column("credit_code", _l("统一社会信用代码")),
            Column("inspected", _l("检验数量"), "decimal"),
            Column("passed", _l("合格数量"), "decimal"),
            Column("pass_rate", _l("合格率"), "percent"),
            Column("returns", _l("退货次数"), "integer"),
            Column("licences_until", _l("证照有效期至"), "date", ends=True),
            Column("next_evaluation_on", _l("下次评价日期"), "date", ends=True),
        ),
        supplier_books.suppliers,
        ("warehouse", "quality"),
        clause="PU-P-02#list-use",
    ),
    Ledger(
        "external_papers",
        _l("外来证照批文台帐"),
        "ledger",
        "design",
        (
            Column("paper", _l("证照批文"), SAID),
            Column("number", _l("文号")),
            Column("issuer", _l("发证机关"), SAID),
            Column("issued_on", _l("发证日期"), "date"),
            Column("expires_on", _l("有效期至"), "date", ends=True),
            Column("project", _l("项目")),
            Column("owner", _l("持有单位")),
            Column("scan", _l("扫描件")),
            *ENTERED[1:],
        ),
        lambda: master_books.entries("external_papers", "paper", "number", "issuer", "project", "owner"),
        ("engineering", "purchasing"),
        clause="PL-P-01#external-papers",
    ),
)
