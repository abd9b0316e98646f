"""The books of sales: contracts and orders, deliveries, single machines, what customers owe and pay, prices."""

from __future__ import annotations

from portal.forms.columns import LINK, Column
from portal.forms.ledgers.ledger import ENTERED, Ledger
from portal.lib.i18n import _l
from portal.queries import machines, prices, receivables, sales_books

MACHINE_STATES = {
    "produced": _l("已生产"),
    "in_stock": _l("在库"),
    "in_transit": _l("在途运输"),
    "delivered": _l("已交付"),
}

SALES = (
    Ledger(
        "orders",
        _l("合同/订单登记表"),
        "view",
        "customer_service",
        (
            Column("record", _l("合同/订单"), LINK),
            Column("contract_no", _l("合同编号")),
            Column("customer", _l("客户")),
            Column("products", _l("产品")),
            Column("amount", _l("金额"), "money"),
            Column("start_date", _l("开始日期"), "date"),
            Column("end_date", _l("终止日期"), "date"),
            Column("signer", _l("我方签署人")),
            Column("delivered", _l("已交付数量"), "decimal"),
            Column("to_deliver", _l("未交付数量"), "decimal"),
            Column("paid", _l("已回款"), "money"),
            Column("open", _l("未回款"), "money"),
            Column("state", _l("状态"), "choice", {"open": _l("未完"), "closed": _l("已交付并结清")}),
            Column("submitted_at", _l("登记时间"), "datetime"),
        ),
        sales_books.contracts_and_orders,
        ("warehouse",),
    ),
    Ledger(
        "deliveries",
        _l("交付记录"),
        "view",
        "customer_service",
        (
            Column("customer", _l("客户")),
            Column("of", _l("合同/订单"), LINK),
            Column("product", _l("产品")),
            Column("item", _l("库存品")),
            Column("quantity", _l("签收数量"), "decimal"),
            Column("serial_no", _l("机编号")),
            Column("delivered_on", _l("交付日期"), "date"),
            Column("receiver", _l("签收人")),
            Column("damaged", _l("短少或破损"), "yes_no"),
            *ENTERED,
        ),
        sales_books.deliveries,
        ("warehouse",),
    ),
    Ledger(
        "unit_file",
        _l("产品单机(车辆)信息档案"),
        "ledger",
        "customer_service",
        (
            Column("code", _l("机编号")),
            Column("name", _l("型号")),
            Column("product", _l("产品")),
            Column("state", _l("状态"), "choice", MACHINE_STATES),
            Column("place", _l("存放地点")),
            Column("customer", _l("客户")),
            Column("contract", _l("合同/订单"), LINK),
            Column("delivered_on", _l("交付日期"), "date"),
            Column("warranty_until", _l("质保到期"), "date", ends=True),
            Column("repairs", _l("维修次数"), "integer"),
            Column("complaints", _l("投诉次数"), "integer"),
        ),
        machines.book,
        ("warehouse", "quality", "engineering"),
    ),
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
