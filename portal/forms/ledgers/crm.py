"""The books of the market: products, chances, campaigns, and all that was spoken with customers."""

from __future__ import annotations

from portal.forms.columns import LINK, Column
from portal.forms.customer_words import MARKETING_CHANNELS
from portal.forms.ledgers.ledger import RECORD, Ledger
from portal.lib.i18n import _l
from portal.queries import market_books, products

PRODUCT_STATES = {"on_sale": _l("在售"), "discontinued": _l("停售")}
OUTCOMES = {"quote": _l("报价"), "won": _l("赢单"), "lost": _l("丢单")}
CONTACT_WAYS = {
    "telephone": _l("电话"),
    "visit": _l("上门"),
    "wechat": _l("微信"),
    "e_mail": _l("邮件"),
    "meeting": _l("会议"),
    "sms": _l("短信"),
    "other": _l("其他"),
}
CONTACT_RESULTS = {
    "interested": _l("有意向"),
    "quoted": _l("已报价"),
    "ordered": _l("已订货"),
    "to_go_on": _l("继续跟进"),
    "not_interested": _l("无意向"),
    "cooperates_again": _l("恢复合作"),
    "not_now": _l("暂无意向"),
    "ended": _l("终止"),
    "very_satisfied": _l("很满意"),
    "satisfied": _l("满意"),
    "neutral": _l("一般"),
    "dissatisfied": _l("不满意"),
}

CRM = (
    Ledger(
        "product_catalogue",
        _l("产品目录"),
        "master",
        "customer_service",
        (
            Column("code", _l("产品编码")),
            Column("line", _l("产品线(分类)")),
            Column("name", _l("产品名称")),
            Column("model", _l("型号规格")),
            Column("unit", _l("单位")),
            Column("stocked", _l("库存管理"), "yes_no"),
            Column("warranty_months", _l("保修期(月)"), "integer"),
            Column("price", _l("统一定价"), "money"),
            Column("state", _l("状态"), "choice", PRODUCT_STATES),
            RECORD,
        ),
        products.catalogue,
        ("engineering", "design", "purchasing", "warehouse", "quality"),
        clause="CR-P-01#products",
    ),
    Ledger(
        "sales_forecast",
        _l("销售预测表"),
        "view",
        "customer_service",
        (
            Column("month", _l("预计成交月份")),
            Column("customer", _l("客户")),
            Column("products", _l("产品")),
            Column("expected_amount", _l("预计金额"), "money"),
            Column("probability", _l("成交概率"), "percent"),
            Column("weighted_amount", _l("加权金额"), "money"),
            Column("month_amount", _l("当月加权合计"), "money"),
            Column("outcome", _l("结果"), "choice", OUTCOMES),
            Column("record", _l("客户机会"), LINK),
        ),
        market_books.forecast,
        clause="CR-P-02#opportunity",
    ),
    Ledger(
        "campaigns",
        _l("市场推广活动记录"),
        "view",
        "customer_service",
        (
            Column("campaign", _l("推广活动")),
            Column("channel", _l("市场推广渠道"), "choice", MARKETING_CHANNELS),
            Column("responses", _l("响应数"), "integer"),
            Column("worth_following", _l("值得跟进"), "integer"),
            Column("quoted", _l("已报价"), "integer"),
            Column("won", _l("赢单"), "integer"),
            Column("amount", _l("赢单预计金额"), "money"),
        ),
        market_books.campaigns,
        clause="CR-P-02#response",
    ),
    Ledger(
        "follow_ups",
        _l("客户跟踪记录"),
        "register",
        "customer_service",
        (
            Column("at", _l("跟进时间"), "datetime"),
            Column("customer", _l("客户")),
            Column("way", _l("跟进方式"), "choice", CONTACT_WAYS),
            Column("person", _l("跟进对象")),
            Column("details", _l("沟通细节")),
            Column("result", _l("跟进结果"), "choice", CONTACT_RESULTS),
            Column("author", _l("跟进人")),
            RECORD,
        ),
        market_books.follow_ups,
        clause="CR-P-01#follow-up",
    ),
)
