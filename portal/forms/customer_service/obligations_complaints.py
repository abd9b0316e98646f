"""Obligations of complaints, return visits and follow-up calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.obligations import Case, Look, Number, Obligation, Turn, draft_of
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import owed

OFFICER, SUPERVISOR, DIRECTOR = _l("客服专员"), _l("客服主管"), _l("客服中心主任")
TELL_SUPERVISOR = ("role:customer_service_supervisor",)
SUPERVISOR_TOLD = _l("告知客服主管")
CASES = ("CS-51", "CS-76")
LONG = timedelta(days=30)  # after its day a call that nobody made is history


def follow_up_calls(look: Look) -> Iterator[Case]:
    """R76: three calls after every complaint and repair."""
    rounds = [look.numbers[key] for key in ("first", "second", "third")]
    first, last = max(look.since, look.today - LONG), look.today + timedelta(days=look.numbers["before"])
    spans = [(first - timedelta(days=days), last - timedelta(days=days)) for days in rounds]
    found = owed.closed(CASES, spans)
    made = owed.rounds_called([id for one in found for id in (one.record_id, one.corrects) if id])
    for one in found:
        for number, days in enumerate(rounds, 1):
            planned = day(one.at) + timedelta(days=days)
            if not first <= planned <= last:
                continue
            yield Case(
                f"{one.record_id}:{number}",
                ("role:customer_service_officer",),
                look.at(planned),
                one.label,
                {
                    "customer": Ref(*one.customer) if one.customer else None,
                    "case_record": Ref(one.record_id, one.label),
                    "planned_on": planned,
                    "round": number,
                },
                customer=one.customer[0] if one.customer else None,
                record=one.record_id,
                kept=not made.isdisjoint({(one.record_id, number), (one.corrects, number)}),
            )


OBLIGATIONS = (
    Obligation(
        "O18",
        "R18",
        "customer_service",
        _l("回访问题由主管当场解决"),
        _l("回访记录中客户提出了问题"),
        SUPERVISOR,
        _l("1 小时内，且不过当天下班"),
        _l("“主管当场处理”已签署"),
        "CS-39",
        _l("记录自动上报主管副总经理"),
        ("role:deputy_general_manager",),
        turns=(Turn("CS-39", "issue_handling"),),
        clause="CS-P-03#one-hour",
    ),
    Obligation(
        "O20",
        "R20",
        "customer_service",
        _l("跨部门问题协商处理"),
        _l("主管不能当场拍板，转相关部门"),
        _l("被要求协调的部门负责人"),
        _l("1 小时内"),
        _l("“跨部门协调处理”已签署且已解决"),
        "CS-39",
        _l("记录自动上报主管副总经理"),
        ("role:deputy_general_manager",),
        turns=(Turn("CS-39", "cross_department"),),
        clause="CS-P-03#cross-department",
    ),
    Obligation(
        "O19",
        "R19、R21",
        "customer_service",
        _l("问题不过夜：上报处理"),
        _l("当天下班时问题仍未解决，或相关部门未能解决"),
        _l("主管副总经理"),
        _l("上报后 4 小时"),
        _l("“上报上级领导”已签署，写明措施、责任人和期限"),
        "CS-39",
        _l("告知总经理"),
        ("role:general_manager",),
        turns=(Turn("CS-39", "escalation"),),
        clause="CS-P-03#escalation",
    ),
    Obligation(
        "O63",
        "R63",
        "customer_service",
        _l("听到投诉立即反馈"),
        _l("任何员工接到投诉并填写反馈单"),
        _l("接到投诉的员工；客户服务中心接收"),
        _l("接到投诉后 1 小时"),
        _l("客户服务中心已接收反馈单"),
        "CS-50",
        _l("反馈单标记为迟报，告知客服主管"),
        TELL_SUPERVISOR,
        turns=(Turn("CS-50", "centre_receipt"),),
        clause="CS-P-04#relay",
    ),
    Obligation(
        "O64",
        "R64",
        "customer_service",
        _l("投诉未反馈的处分决定"),
        _l("投诉的首先接到人没有提交反馈单"),
        _l("客服主管，然后是行政部门"),
        _l("2 个工作日"),
        _l("警告处分通知单已签署，或写明理由后搁置"),
        "AD-01",
        SUPERVISOR_TOLD,
        TELL_SUPERVISOR,
        turns=(draft_of("AD-01", offer=True), Turn("AD-01", "administration_decision")),
        clause="CS-P-04#warning",
    ),
    Obligation(
        "O65",
        "R65",
        "customer_service",
        _l("投诉立即回访安抚"),
        _l("客户投诉登记表已提交"),
        OFFICER,
        _l("接到投诉后 1 小时"),
        _l("“回访安抚”已签署"),
        "CS-51",
        SUPERVISOR_TOLD,
        TELL_SUPERVISOR,
        turns=(Turn("CS-51", "call_back"),),
        clause="CS-P-04#call-back",
    ),
    Obligation(
        "O67",
        "R67",
        "customer_service",
        _l("逾期投诉每日跟踪并告知客户"),
        _l("投诉超过处理期限仍未关闭"),
        OFFICER,
        _l("当天"),
        _l("当天的逾期跟踪已登记，并已告知客户"),
        "CS-51",
        _l("告知客服中心主任"),
        ("role:customer_service_director",),
        turns=(Turn("CS-51", "overdue_tracking"),),
        clause="CS-P-04#overdue",
    ),
    Obligation(
        "O68",
        "R68",
        "customer_service",
        _l("客诉八项改善报告"),
        _l("投诉关闭时要求八项报告"),
        _l("受理负责人"),
        _l("关闭后 30 天"),
        _l("报告已发送客户"),
        "CS-59",
        _l("告知质量部经理"),
        ("role:quality_manager",),
        turns=(draft_of("CS-59"), Turn("CS-59", "to_customer")),
        clause="CS-P-04#report",
    ),
    Obligation(
        "O76",
        "R76",
        "customer_service",
        _l("投诉、报修后定期电话访问"),
        _l("投诉或报修关闭后第 7、30、90 天"),
        OFFICER,
        _l("计划访问日期"),
        _l("已接通客户的电话访问跟踪记录"),
        "CS-100",
        SUPERVISOR_TOLD,
        TELL_SUPERVISOR,
        (
            Number("first", _l("第一次访问：关闭后"), 7, _l("天")),
            Number("second", _l("第二次访问：关闭后"), 30, _l("天")),
            Number("third", _l("第三次访问：关闭后"), 90, _l("天")),
            Number("before", _l("提前提醒"), 2, _l("天"), low=0),
        ),
        cases=follow_up_calls,
        turns=(Turn("CS-100", "call_again"),),
        clause="CS-P-06#follow-up-calls",
    ),
)
