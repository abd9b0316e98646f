"""The books of the bookshop."""

from __future__ import annotations

from portal.forms.columns import LINK, Column
from portal.forms.ledgers.ledger import POSTED, Ledger
from portal.forms.warehouse.payment_slip import PAYMENT_WAYS
from portal.lib.i18n import _l
from portal.queries import shop_books

WAY = Column("way", _l("付款方式"), "choice", PAYMENT_WAYS)

BOOKSHOP = (
    Ledger(
        "sales_ledger",
        _l("销售台帐"),
        "ledger",
        "warehouse",
        (
            Column("date", _l("销售日期"), "date"),
            Column("slip_no", _l("收费单号"), LINK),
            Column("item", _l("图书")),
            Column("quantity", _l("数量"), "integer"),
            Column("price", _l("单价"), "money"),
            Column("amount", _l("金额"), "money"),
            WAY,
            Column("cashier", _l("收银员")),
            *POSTED,
        ),
        shop_books.sales,
        clause="PU-P-01#payment",
    ),
    Ledger(
        "shop_takings",
        _l("收银日结"),
        "view",
        "warehouse",
        (
            Column("date", _l("日期"), "date"),
            Column("cashier", _l("收银员")),
            WAY,
            Column("slips", _l("收费单数"), "integer"),
            Column("quantity", _l("册数"), "integer"),
            Column("amount", _l("实收金额"), "money"),
        ),
        shop_books.takings,
        clause="PU-P-01#takings",
    ),
)
