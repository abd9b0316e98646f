"""Obligations of what must not wait on a site: the report on a major accident, the payments after acceptances."""

from __future__ import annotations

from portal.domain.obligations import Obligation, Turn, asked_in, draft_of
from portal.domain.permissions import role_key
from portal.lib.i18n import _l

MANAGER = (role_key("engineering_manager"),)
MANAGER_TOLD = _l("告知工程部经理")

OBLIGATIONS = (
    Obligation(
        "O27",
        "R27",
        "engineering",
        _l("重大质量事故一天内书面上报"),
        _l("限期整改通知单判定为重大质量事故"),
        _l("项目的工长"),
        _l("发现后 24 小时"),
        _l("重大质量事故书面处理意见及说明已提交"),
        "EN-26",
        MANAGER_TOLD,
        MANAGER,
        turns=(draft_of("EN-26"),),
        clause="EN-P-01#major-accident",
    ),
    Obligation(
        "O30",
        "R30",
        "engineering",
        _l("催缴工程中期款、尾款"),
        _l("中期验收或竣工验收通过"),
        _l("项目的工程监理和工长；到账由财务主管确认"),
        _l("催缴通知的付款期限"),
        _l("“财务确认收款”已签署为到账"),
        "EN-27",
        _l("工程暂停，付清后恢复；告知工程部经理"),
        MANAGER,
        turns=(draft_of("EN-27"), Turn("EN-27", "finance_confirm"), asked_in("EN-27")),
        clause="EN-P-01#reminder",
    ),
)
