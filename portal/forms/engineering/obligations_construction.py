"""Obligations of construction: the acceptances are held on the days that the schedule in force gives them."""

from __future__ import annotations

from portal.domain.obligations import Number, Obligation
from portal.domain.permissions import role_key
from portal.forms.engineering.schedule_rows import STAGES
from portal.forms.stage_duties import due
from portal.lib.i18n import _l

DAYS = _l("天")

OBLIGATIONS: tuple[Obligation, ...] = (
    Obligation(
        "OS-15",
        "",
        "engineering",
        _l("按施工进度计划验收"),
        _l("已批准的施工进度计划中各项验收的计划日期"),
        _l("项目的工长"),
        _l("计划的验收日期"),
        _l("验收合格，该阶段通过"),
        "EN-21",
        _l("告知工程部经理"),
        (role_key("engineering_manager"),),
        (Number("before", _l("提前提醒"), 3, DAYS, low=0, high=30),),
        cases=due("works", tuple(STAGES.values())),
        clause="EN-P-01#schedule",
    ),
)
