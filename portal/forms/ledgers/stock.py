"""The books of the warehouse."""

from __future__ import annotations

from portal.forms.columns import ITEM as ITEM_CODE
from portal.forms.columns import LINK, Column
from portal.forms.ledgers.ledger import POSTED, REVERSED, Ledger
from portal.lib.i18n import _l
from portal.queries import master_books, stock_books

ITEM = (Column("code", _l("编号"), ITEM_CODE), Column("name", _l("品名规格")))
MOVES = {
    "in": _l("入库"),
    "out": _l("出库"),
    "sale": _l("销售"),
    "scrap": _l("报损"),
    "adjust": _l("盘点调整"),
    "opening": _l("期初"),
    "reversal": _l("冲销"),
}
LEVELS = {"below_minimum": _l("低于最低库存"), "below_reorder": _l("低于订货点")}
ORDERS = {"order": _l("订货"), "received": _l("到货"), "reversal": _l("冲销")}

STOCK = (
    Ledger(
        "warehouse_journal",
        _l("流水帐"),
        "ledger",
        "warehouse",
        (
            Column("id", _l("行号"), "integer"),
            POSTED[0],
            Column("kind", _l("类别"), "choice", MOVES),
            *ITEM,
            Column("place", _l("库位")),
            Column("quantity", _l("数量"), "decimal"),
            Column("unit", _l("单位")),
            Column("balance", _l("结存"), "decimal"),
            Column("unit_cost", _l("单价"), "money"),
            Column("value", _l("金额"), "money"),
            Column("batch", _l("批号")),
            *POSTED[1:],
        ),
        stock_books.journal,
        clause="PU-P-01#posting",
    ),
    Ledger(
        "order_journal",
        _l("在途流水帐"),
        "ledger",
        "purchasing",
        (
            Column("id", _l("行号"), "integer"),
            POSTED[0],
            Column("kind", _l("类别"), "choice", ORDERS),
            *ITEM,
            Column("quantity", _l("数量"), "decimal"),
            Column("unit", _l("单位")),
            Column("balance", _l("在途结存"), "decimal"),
            *POSTED[1:],
        ),
        stock_books.orders,
        ("warehouse",),
        clause="PU-P-01#on-order",
    ),
    Ledger(
        "stock_ledger",
        _l("库存台帐"),
        "ledger",
        "warehouse",
        (
            *ITEM,
            Column("category", _l("类别")),
            Column("place", _l("库位")),
            Column("quantity", _l("结存"), "decimal"),
            Column("unit", _l("单位")),
            Column("on_order", _l("在途"), "decimal"),
            Column("level", _l("库存状态"), "choice", LEVELS, warns=True),
            Column("minimum", _l("最低库存"), "decimal"),
            Column("maximum", _l("最高库存"), "decimal"),
            Column("reorder_point", _l("订货点"), "decimal"),
            Column("unit_cost", _l("单价"), "money"),
            Column("value", _l("金额"), "money"),
            Column("moved_at", _l("最近变动"), "datetime"),
            Column("record", _l("盘点冻结"), LINK),
        ),
        stock_books.balances,
        ("purchasing",),
        clause="PU-P-01#posting",
    ),
    Ledger(
        "stock_list",
        _l("库存清单"),
        "view",
        "warehouse",
        (
            *ITEM,
            Column("place", _l("库位")),
            Column("quantity", _l("数量"), "decimal"),
            Column("unit", _l("单位")),
            Column("counted_at", _l("最近盘点"), "datetime"),
            Column("counted_by", _l("盘点登记人")),
        ),
        stock_books.balances,
        ("purchasing", "engineering", "quality"),
        clause="PU-P-01#count-update",
    ),
    Ledger(
        "count_journal",
        _l("盘点流水账"),
        "ledger",
        "warehouse",
        (
            Column("record", _l("盘存报表"), LINK),
            Column("round", _l("盘点次数"), "integer"),
            Column("count_date", _l("盘点日期"), "date"),
            *ITEM,
            Column("place", _l("库位")),
            Column("before", _l("帐面数量"), "decimal"),
            Column("counted", _l("实盘数量"), "decimal"),
            Column("difference", _l("差异"), "decimal"),
            Column("value", _l("差异金额"), "money"),
            Column("reason", _l("原因")),
            Column("approved_by", _l("审核人")),
            POSTED[0],
            POSTED[2],
            REVERSED,
        ),
        stock_books.counts,
        clause="PU-P-01#count-update",
    ),
    Ledger(
        "entry_ledger",
        _l("入库台帐"),
        "ledger",
        "warehouse",
        (
            Column("date", _l("入库日期"), "date"),
            Column("slip_no", _l("单号"), LINK),
            Column("item", _l("物品")),
            Column("quantity", _l("数量"), "decimal"),
            Column("price", _l("单价"), "money"),
            Column("supplier", _l("供应商")),
            POSTED[0],
            Column("posted_by", _l("库管员")),
            REVERSED,
        ),
        lambda: master_books.entries("entry_ledger", "item", "supplier", "slip_no"),
        ("purchasing",),
        clause="PU-P-01#book-entry",
    ),
)
