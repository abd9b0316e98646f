"""Obligations of the surveys among customers and employees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.domain.obligations import Case, Look, Number, Obligation, Turn, draft_of
from portal.domain.permissions import role_key
from portal.lib.i18n import _l
from portal.queries import surveys

NAMED = 3  # customers that a title names
JANUARY, DECEMBER = 1, 12
LONG = timedelta(days=180)  # after its day a report that nobody made is history
TELL_GENERAL_MANAGER = (role_key("general_manager"),)
PLANNERS = (role_key("quality_manager"), role_key("quality_inspector"))


def yearly_survey(look: Look) -> Iterator[Case]:
    """R43: a survey each year, planned in January or 365 days after the last, whichever comes first."""
    year, span = look.today.year, timedelta(days=look.numbers["year"])
    last = surveys.last_roll_up()
    begin = date(year, JANUARY, look.numbers["begin"])
    overdue = last is not None and look.today >= last + span
    if look.today < begin and not overdue:
        return
    planned_by = max(
        date(year, JANUARY, look.numbers["planned"]), look.since + timedelta(days=look.numbers["first"])
    )
    yield Case(
        f"{year}",
        PLANNERS,
        look.at(planned_by),
        _about(year, surveys.unanswered_since(look.at(look.today - span))),
        {"year": year},
        kept=surveys.planned_in(year),
    )


def _about(year: int, customers: list[str]) -> str:
    """The year, and some of those whom nobody has asked for so long."""
    more = "…" if len(customers) > NAMED else ""
    return f"{year} {' / '.join(customers[:NAMED])}{more}".strip()


def employee_report(look: Look) -> Iterator[Case]:
    """The employees are asked every year, and what they say is reported by its end; late is better than never."""
    for year in (look.today.year - 1, look.today.year):
        due = date(year, DECEMBER, 31)
        asked_from = due - timedelta(days=look.numbers["before"])
        if due >= look.since and asked_from <= look.today <= due + LONG:
            yield Case(
                f"{year}",
                (role_key("hr_manager"),),
                look.at(due),
                f"{year}",
                {"year": year},
                kept=bool(surveys.report_of(year)),
            )


def _reminder(key: str, form: str, title: Any, who: Any, told: Any, manager: str) -> Obligation:
    """Customers who do not answer are reminded; the manager of the department that asks is told."""
    return Obligation(
        key,
        "",
        "quality",
        title,
        _l("调查问卷发出后客户没有答复"),
        who,
        _l("发出后两周"),
        _l("客户已答复"),
        form,
        told,
        (role_key(manager),),
        turns=(Turn(form, surveys.ANSWER),),
        clause="QA-P-02#sending",
    )


OBLIGATIONS = (
    Obligation(
        "O43",
        "R43",
        "quality",
        _l("每年开展顾客满意度调查"),
        _l("每年 1 月 10 日，或上次得分汇总满 365 天，以先到者为准"),
        _l("质量部经理"),
        _l("计划 1 月 31 日前；问卷在调查截止日期前；截止后两周内汇总"),
        _l("年度计划已提交；问卷已发出；得分汇总已签署"),
        "QA-13",
        _l("列出没有答复的顾客，告知总经理"),
        TELL_GENERAL_MANAGER,
        (
            Number("year", _l("两次调查最多相隔"), 365, _l("天"), fixed=True),
            Number("begin", _l("1 月几日起安排"), 10, _l("日"), high=31),
            Number("planned", _l("1 月几日前完成计划"), 31, _l("日"), high=31),
            Number("first", _l("第一次安排时，完成计划的时间"), 21, _l("天")),
        ),
        cases=yearly_survey,
        turns=(
            *(draft_of(code) for code in surveys.FORMS.values()),
            Turn(surveys.PLAN, surveys.ROLL_UP),
        ),
        clause="QA-P-02#yearly",
    ),
    Obligation(
        "O46",
        "R46",
        "quality",
        _l("满意度未达标须采取纠正措施"),
        _l("评定时总分或某个模块低于达标准则"),
        _l("质量部经理，然后是小组组长"),
        _l("D3 24 小时，D5 7 个工作日，D8 约 30 天"),
        _l("8D 报告已提交并关闭"),
        "QA-15",
        _l("告知主管副总经理"),
        (role_key("deputy_general_manager"),),
        turns=(draft_of("QA-15"), Turn(surveys.PLAN, "assessment")),
        clause="QA-P-02#below-standard",
    ),
    Obligation(
        "OS-21",
        "",
        "quality",
        _l("每年开展员工满意度调查并提出报告"),
        _l("每年年底前"),
        _l("人力资源部经理"),
        _l("12 月 31 日"),
        _l("员工满意度报告已提交并批准"),
        "QA-17",
        _l("告知总经理"),
        TELL_GENERAL_MANAGER,
        (Number("before", _l("提前安排"), 60, _l("天")),),
        cases=employee_report,
        turns=(Turn("QA-17", "department_comment"), Turn("QA-17", "gm_approval")),
        clause="QA-P-02#employee-report",
    ),
    _reminder(
        "OS-28",
        "QA-10",
        _l("催促客户答复满意度调查"),
        _l("发出问卷的销售部人员"),
        _l("告知销售部经理"),
        "sales_manager",
    ),
    _reminder(
        "OS-28-QA-11",
        "QA-11",
        _l("催促客户答复服务满意度调查"),
        _l("发出问卷的服务部人员"),
        _l("告知客服主管"),
        "customer_service_supervisor",
    ),
    _reminder(
        "OS-28-QA-12",
        "QA-12",
        _l("催促客户答复产品质量满意度调查"),
        _l("发出问卷的质量部人员"),
        _l("告知质量部经理"),
        "quality_manager",
    ),
)
