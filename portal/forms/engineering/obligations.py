"""The obligations of engineering."""

from __future__ import annotations

from portal.domain.obligations import Obligation, Turn
from portal.domain.permissions import role_key
from portal.forms.engineering import (
    obligations_construction,
    obligations_payments,
    obligations_products,
    obligations_sites,
)
from portal.lib.i18n import _l

MANAGER = (role_key("engineering_manager"),)
MANAGER_TOLD = _l("告知工程部经理")

OBLIGATIONS = (
    Obligation(
        "O22",
        "R22",
        "engineering",
        _l("交底记录 24 小时内交工程部"),
        _l("技术交底四方签字完成"),
        _l("项目的工程监理"),
        _l("交底结束后 24 小时"),
        _l("“监理交工程部”已签署"),
        "EN-18",
        MANAGER_TOLD,
        MANAGER,
        turns=(Turn("EN-18", "delivery"),),
        clause="EN-P-01#delivery",
    ),
    Obligation(
        "O26",
        "R26",
        "engineering",
        _l("质量问题限期整改"),
        _l("限期整改通知单已提交"),
        _l("整改责任人"),
        _l("通知单写明的期限"),
        _l("复查合格"),
        "EN-25",
        MANAGER_TOLD,
        MANAGER,
        turns=(Turn("EN-25", "rectification"), Turn("EN-25", "recheck")),
        clause="EN-P-01#rectification",
    ),
    *obligations_payments.OBLIGATIONS,
    *obligations_construction.OBLIGATIONS,
    *obligations_sites.OBLIGATIONS,
    *obligations_products.OBLIGATIONS,
)
