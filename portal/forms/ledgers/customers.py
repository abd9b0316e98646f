"""The books of customers."""

from __future__ import annotations

from portal.forms.columns import LINK, Column
from portal.forms.customer_words import CUSTOMER_CLASSES, CUSTOMER_KINDS, CUSTOMER_STATES
from portal.forms.ledgers.ledger import ENTERED, Ledger
from portal.lib.i18n import _l
from portal.queries import dealers, master_books

CUSTOMERS = (
    Ledger(
        "customer_master",
        _l("客户资料库"),
        "master",
        "customer_service",
        (
            Column("code", _l("客户编号")),
            Column("name", _l("客户名称")),
            Column("kind", _l("客户类型"), "choice", CUSTOMER_KINDS),
            Column("status", _l("状态"), "choice", CUSTOMER_STATES),
            Column("contact", _l("联系人")),
            Column("phone", _l("联系电话")),
            Column("region", _l("区域")),
            Column("class", _l("分类"), "choice", CUSTOMER_CLASSES),
            Column("owner", _l("负责人")),
            Column("custodian", _l("资料管理专人")),
            Column("last_order_on", _l("最近订货日期"), "date"),
            Column("last_sales_follow_up", _l("业务最近跟进"), "datetime"),
            Column("file_number", _l("档案编号")),
            Column("credit_limit", _l("信用额度"), "money"),
            Column("credit_days", _l("账期（天）"), "integer"),
            Column("arrears", _l("欠款"), "money"),
        ),
        master_books.customers,
    ),
    Ledger(
        "customer_file_numbers",
        _l("客户档案编号台帐"),
        "ledger",
        "customer_service",
        (
            Column("file_no", _l("档案编号")),
            Column("customer", _l("客户")),
            Column("contract", _l("合同")),
            Column("electronic_made", _l("电子档案"), "yes_no"),
            Column("paper_made", _l("纸质档案"), "yes_no"),
            Column("shelf_place", _l("存放位置")),
            Column("made_on", _l("建档日期"), "date"),
            Column("days", _l("建档用时（天）"), "integer"),
            Column("missing_papers", _l("缺少资料")),
            *ENTERED[1:],
        ),
        lambda: master_books.entries(
            "customer_file_numbers", "file_no", "customer", "contract", "shelf_place"
        ),
    ),
    Ledger(
        "customer_papers",
        _l("客户证照台帐"),
        "ledger",
        "customer_service",
        (
            Column("customer", _l("客户")),
            Column("paper", _l("证照资料")),
            Column("number", _l("证照编号")),
            Column("issuer", _l("发证机关")),
            Column("issued_on", _l("发证日期"), "date"),
            Column("expires_on", _l("有效期至"), "date", ends=True),
            Column("original_seen", _l("已核对原件"), "yes_no"),
            Column("scan", _l("扫描件")),
            Column("guarantor", _l("担保人")),
            Column("guarantee_amount", _l("担保金额"), "money"),
            *ENTERED[1:],
        ),
        lambda: master_books.entries("customer_papers", "customer", "paper", "number", "issuer", "guarantor"),
    ),
    Ledger(
        "credit_ledger",
        _l("信用额度账期台帐"),
        "ledger",
        "customer_service",
        (
            Column("code", _l("客户编号")),
            Column("name", _l("客户名称")),
            Column("old_limit", _l("原额度"), "money"),
            Column("new_limit", _l("新额度"), "money"),
            Column("old_days", _l("原账期（天）"), "integer"),
            Column("new_days", _l("新账期（天）"), "integer"),
            Column("effective_on", _l("生效日期"), "date"),
            *ENTERED,
        ),
        master_books.credit,
    ),
    Ledger(
        "overdue_complaints",
        _l("逾期投诉跟踪表"),
        "view",
        "customer_service",
        (
            Column("record", _l("投诉编号"), LINK),
            Column("title", _l("投诉人")),
            Column("date", _l("日期"), "date"),
            Column("days_late", _l("逾期天数"), "integer"),
            Column("reason", _l("逾期原因")),
            Column("told_customer_at", _l("告知客户时间"), "datetime"),
            Column("customer_answer", _l("客户意见")),
            Column("posted_by", _l("登记人")),
        ),
        lambda: master_books.side_entries("CS-51", "overdue_tracking", "overdue_entries"),
        ("quality",),
    ),
    Ledger(
        "dealers",
        _l("销售商档案及考核表"),
        "view",
        "customer_service",
        (
            Column("dealer", _l("销售商")),
            Column("dealer_region", _l("经销区域")),
            Column(
                "dealer_level",
                _l("销售商等级"),
                "choice",
                {"first": _l("一级"), "second": _l("二级"), "third": _l("三级")},
            ),
            Column("dealer_score", _l("季度考核得分"), "score"),
            Column("orders", _l("本季合同/订单数"), "integer"),
            Column("complaints", _l("本季投诉数"), "integer"),
            *ENTERED,
        ),
        dealers.book,
    ),
)
