"""The obligations of customer service."""

from __future__ import annotations

from portal.domain.obligations import Obligation, Turn
from portal.domain.permissions import role_key
from portal.lib.i18n import _l

OBLIGATIONS = (
    Obligation(
        "O65",
        "R65",
        "customer_service",
        _l("投诉立即回访安抚"),
        _l("客户投诉登记表已提交"),
        _l("客服专员"),
        _l("接到投诉后 1 小时"),
        _l("“回访安抚”已签署"),
        "CS-51",
        _l("告知客服主管"),
        (role_key("customer_service_supervisor"),),
        turns=(Turn("CS-51", "call_back"),),
    ),
)
