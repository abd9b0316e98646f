"""The settlement of construction sites: what each costs, what was paid for it, what is left."""

from __future__ import annotations

from portal.domain.projects import PROJECT_STATES
from portal.forms.columns import Column
from portal.forms.ledgers.ledger import Ledger
from portal.lib.i18n import _l
from portal.queries import settlement_book

SETTLEMENT = (
    Ledger(
        "project_settlement",
        _l("工程结算台帐"),
        "view",
        "engineering",
        (
            Column("code", _l("工程编号")),
            Column("project", _l("工程")),
            Column("contract_price", _l("合同价"), "money"),
            Column("water_and_electricity", _l("水电改造"), "money"),
            Column("added", _l("增项"), "money"),
            Column("deducted", _l("减项"), "money"),
            Column("payable", _l("应付合计"), "money"),
            Column("paid", _l("已付款"), "money"),
            Column("balance", _l("未付余额"), "money"),
            Column("state", _l("状态"), "choice", PROJECT_STATES),
        ),
        settlement_book.book,
        clause="EN-P-01#settlement",
    ),
)
