"""Obligations of the information centre: departments report each month, the centre puts their reports together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.obligations import Case, Look, Number, Obligation, Turn
from portal.domain.permissions import head_key, role_key
from portal.forms.kinds import Ref
from portal.forms.quality import periods
from portal.forms.quality.department_report import AT_ONCE, MONTHLY, items
from portal.lib.i18n import _l
from portal.queries import information

OFFICERS = (role_key("information_officer"),)
CENTRE_HEAD = (role_key("information_centre_head"),)
MONTHS = 2  # so long a report that nobody has made is asked for


def department_reports(look: Look) -> Iterator[Case]:
    """R74: each department reports on the month before, and on information of class A at once."""
    for month in periods.reported(look, MONTHS):
        period = month.key
        done = {one.department_id for one in information.reports(period) if one.kind == MONTHLY}
        for id, name in information.departments():
            yield Case(
                f"{id}:{period}",
                (head_key(id),),
                look.closing(month.day(look.numbers["day"])),
                f"{name} {period}",
                {
                    "department": Ref(id, name),
                    "kind": MONTHLY,
                    "period": period,
                    "items": items(id, period),
                },
                kept=id in done,
            )
    yield from _class_a(look)


def _class_a(look: Look) -> Iterator[Case]:
    found = information.class_a(max(look.since, look.today - timedelta(days=31 * MONTHS)))
    told = information.named_in_reports({one.id for one in found})
    names = dict(information.departments())
    for one in found:
        if one.department_id not in names or one.classified_at is None:
            continue
        yield Case(
            f"a:{one.id}",
            (head_key(one.department_id),),
            one.classified_at + timedelta(hours=look.numbers["hours"]),
            one.label,
            {
                "department": Ref(one.department_id, names[one.department_id]),
                "kind": AT_ONCE,
                "period": f"{look.today:%Y-%m}",
                "items": [{"record": Ref(one.id, one.label)}],
                "sorted_information": one.title,
            },
            record=one.id,
            kept=one.id in told,
        )


def consolidated_reports(look: Look) -> Iterator[Case]:
    """R74: the centre reports to the management representative."""
    for month in periods.reported(look, MONTHS):
        period = month.key
        if look.today < month.following + timedelta(days=look.numbers["from"] - 1):
            continue
        yield Case(
            period,
            OFFICERS,
            look.closing(month.day(look.numbers["day"])),
            period,
            {"period": period},
            kept=information.consolidated(period) is not None,
        )


DAY_OF_MONTH = _l("日")

OBLIGATIONS = (
    Obligation(
        "O74",
        "R74",
        "quality",
        _l("部门信息分析整理报告"),
        _l("每月第一个工作日；登记了A类质量信息"),
        _l("各部门负责人"),
        _l("每月 5 日前，遇长假不早于第二个工作日；A类质量信息立即报告"),
        _l("报告已提交"),
        "IC-04",
        _l("告知信息管理人员，列出未交报告的部门"),
        OFFICERS,
        (
            Number("day", _l("每月报告截止"), 5, DAY_OF_MONTH, high=28),
            Number("hours", _l("A类质量信息的报告时限"), 24, _l("小时")),
        ),
        department_reports,
        (Turn("IC-04", "deputy_read"), Turn("IC-04", "centre_receipt")),
        clause="QA-P-01#department-reports",
    ),
    Obligation(
        "O74b",
        "R74",
        "quality",
        _l("信息归类分析汇总报告"),
        _l("每月 6 日"),
        _l("信息管理人员"),
        _l("每月 10 日前"),
        _l("汇总报告已提交"),
        "IC-05",
        _l("告知信息中心主任"),
        CENTRE_HEAD,
        (
            Number("from", _l("每月从哪一天起"), 6, DAY_OF_MONTH, high=28),
            Number("day", _l("每月汇总截止"), 10, DAY_OF_MONTH, high=28),
        ),
        consolidated_reports,
        (Turn("IC-05", "centre_head"), Turn("IC-05", "representative")),
        clause="QA-P-01#consolidated-reports",
    ),
)
