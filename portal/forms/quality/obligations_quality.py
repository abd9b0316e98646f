"""Obligations of quality information and of the monthly quality report."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.obligations import Case, Look, Number, Obligation, Turn, asked_in
from portal.domain.permissions import role_key
from portal.forms.quality import kpi, periods
from portal.lib.i18n import _l, both
from portal.queries import quality_reports

LATEST = 3  # months back for which a report is still asked for
REPORTERS = {
    kpi.QUALITY: (role_key("quality_inspector"),),
    kpi.SERVICE: (role_key("quality_inspector"),),
    kpi.SECURITY: (role_key("security_officer"),),
}


def monthly_reports(look: Look) -> Iterator[Case]:
    """R83: from the first working day of a month, the indicators of the month before are reported."""
    for month in periods.reported(look, LATEST):
        for scope, to in REPORTERS.items():
            yield Case(
                f"{month.key}:{scope}",
                to,
                look.at(month.day(look.numbers["day"])),
                f"{month.key} {both(kpi.SCOPES[scope])['zh']}",
                {"period": month.key, "scope": scope},
                kept=bool(quality_reports.of_period(month.key, scope)),
            )


OBLIGATIONS = (
    Obligation(
        "O73",
        "R73",
        "quality",
        _l("处理 A 类、B 类质量信息"),
        _l("质量信息传递单已提交"),
        _l("质量部经理；A 类另有主管副总经理和管理者代表"),
        _l("A 类 1 小时内、B 类 24 小时内阅知；质量部 24 小时内处理"),
        _l("已阅知并处理，提出部门已确认关闭"),
        "QA-01",
        _l("告知总经理"),
        (role_key("general_manager"),),
        turns=(
            asked_in("QA-01"),
            Turn("QA-01", "quality_handling"),
            Turn("QA-01", "management_read"),
            Turn("QA-01", "originator_confirm"),
        ),
        clause="QA-P-01#quality-classes",
    ),
    Obligation(
        "O83",
        "R83",
        "quality",
        _l("每月报告质量检验及指标完成情况"),
        _l("每月第一个工作日"),
        _l("检验人员；信息安全指标由信息安全管理员报告"),
        _l("当月 5 日，遇长假不早于第二个工作日"),
        _l("上月的报告已提交，并由信息中心接收"),
        "QA-02",
        _l("告知质量部经理"),
        (role_key("quality_manager"),),
        (Number("day", _l("报告期限（每月几日）"), 5, "", high=28),),
        cases=monthly_reports,
        turns=(Turn("QA-02", "quality_sign"), Turn("QA-02", "deputy_read"), Turn("QA-02", "centre_receipt")),
        clause="QA-P-01#indicators",
    ),
)
