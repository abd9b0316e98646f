"""What a customer may be: kinds, states, classes, and how they were found."""

from __future__ import annotations

from portal.lib.i18n import _l

CUSTOMER_KINDS = {
    "company": _l("企业客户"),
    "individual": _l("个人客户"),
    "owner": _l("业主(业户)"),
    "dealer": _l("销售商(零售商)"),
}
CUSTOMER_STATES = {
    "prospect": _l("意向客户"),
    "new": _l("新客户"),
    "cooperating": _l("合作中"),
    "quiet": _l("超过一周未订货"),
    "not_cooperating": _l("超过一个月未合作"),
    "ended": _l("已终止"),
    "blocked": _l("停止交易"),
}

CUSTOMER_CLASSES = {
    "key": _l("重点"),
    "ordinary": _l("普通"),
    "to_follow_up": _l("待跟进"),
    "not_cooperating": _l("不合作"),
}
MARKETING_CHANNELS = {
    "online_marketing": _l("网上营销"),
    "traditional_marketing": _l("传统营销"),
    "telephone_marketing": _l("电话营销"),
    "other": _l("其他"),
}
