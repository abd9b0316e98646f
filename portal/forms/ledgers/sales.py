"""The books of sales: what customers owe and pay, prices."""

from __future__ import annotations

from portal.forms.columns import LINK, Column
from portal.forms.ledgers.ledger import ENTERED, Ledger
from portal.lib.i18n import _l
from portal.queries import prices, receivables

SALES = (
    Ledger(
        "receivables",
        _l("应收及回款台帐"),
        "ledger",
        "customer_service",
        (
            Column("code", _l("客户编号")),
            Column("name", _l("客户名称")),
            Column("of", _l("合同/订单"), LINK),
            Column("row", _l("款项")),
            Column("due_on", _l("应付日期"), "date"),
            Column("debit", _l("应收"), "money"),
            Column("paid_on", _l("回款时间"), "date"),
            Column("credit", _l("回款"), "money"),
            Column("balance", _l("客户欠款"), "money"),
            Column("way", _l("回款方式")),
            Column("account", _l("账号信息")),
            Column("handler", _l("经手人")),
            *ENTERED,
        ),
        receivables.book,
    ),
    Ledger(
        "price_list",
        _l("统一定价表"),
        "ledger",
        "customer_service",
        (
            Column("code", _l("产品编码")),
            Column("name", _l("产品名称")),
            Column("price", _l("统一定价"), "money"),
            Column("valid_from", _l("生效日期"), "date"),
            Column("valid_to", _l("失效日期"), "date"),
            *ENTERED,
        ),
        prices.book,
    ),
)
