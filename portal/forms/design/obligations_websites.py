"""Obligations of websites: the days of their phases, the looks at them each month, their domains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from portal.domain.obligations import Case, Look, Number, Obligation
from portal.forms import stage_duties
from portal.forms.kinds import Ref
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import projects, websites
from portal.queries.websites import Paper

PHASE = "OS-18"
PHASES = ("design", "program", "test", "acceptance")
MANAGER = ("role:design_manager",)
DAYS, MONTHS = _l("天"), _l("个月")
LONG = timedelta(days=180)  # after its day a case that nobody took up is history


def phases(look: Look) -> Iterator[Case]:
    """A phase is asked for before its day, once it may begin and unless its form is in somebody's hands already.

    Whatever the reason, one that is not through after its day is told; its owner is not given a second form then.
    """
    for case in stage_duties.due("web", PHASES)(look):
        key = case.occurrence.split(":")[1]
        stage, late = projects.stage(case.project, key), replace(case, occurrence=f"{case.occurrence}:late")
        work = websites.in_work(case.project, case.form)
        waiting = websites.left(case.project, case.form, duty=PHASE)
        if case.kept:
            yield from (case, late)
        elif stage and stage.ready and not (work or waiting):
            yield case
        elif case.due and case.due <= look.now and not websites.missed(PHASE, case.occurrence):
            about = work.id if work else waiting.record_id if waiting else None
            yield replace(late, record=about or _begun_by(case.project), to_fill=False)


def _begun_by(project_id: int | None) -> int | None:
    """The record that tells the days of a project, else the one that has begun it."""
    schedule, project = websites.newest(project_id, "DS-02"), projects.project(project_id)
    return schedule.id if schedule else project.record_id if project else None


def monthly_checks(look: Look) -> Iterator[Case]:
    """A site that was delivered is looked at in each of the months that follow.

    A check answers one month, the earliest that is open when it is made; so one that comes late is not lost.
    """
    checks = websites.checks()
    for project in websites.delivered(months_later(look.today, -look.numbers["months"]) - LONG):
        assert project.finished_on is not None
        left = sorted(date.fromisoformat(one.answers["checked_on"]) for one in checks.get(project.id, ()))
        for first in _months(project.finished_on, look.numbers["months"]):
            last = months_later(first, 1) - timedelta(days=1)
            answer = next((on for on in left if on >= first), None)
            if answer is not None:
                left.remove(answer)
            if first <= look.today and last >= max(look.since, look.today - LONG):
                yield Case(
                    f"{project.id}:{first:%Y-%m}",
                    (projects.holder(project, "programmer"),),
                    look.at(last),
                    f"{project.label} {first:%Y-%m}",
                    _site(project),
                    customer=project.customer_id,
                    project=project.id,
                    kept=answer is not None,
                )


def _months(delivered: date, many: int) -> Iterator[date]:
    """The first days of the months after the delivery."""
    first = delivered.replace(day=1)
    return (months_later(first, n) for n in range(1, many + 1))


def _site(project: Any) -> dict[str, Any]:
    """The project and its address, as the check begins with them."""
    known: dict[str, Any] = {"project": Ref(project.id, project.label)}
    if address := project.facts.get("site_address"):
        known["site_address"] = address
    return known


def domains(look: Look) -> Iterator[Case]:
    """A domain is looked at before it expires; a later check that tells of a later day has renewed it."""
    since = max(look.since, look.today - LONG)
    for id, papers in websites.checks().items():
        project = projects.project(id)
        told = {on: paper for paper in papers if (on := _expires(paper)) is not None}
        last = next((on for paper in reversed(papers) if (on := _expires(paper)) is not None), None)
        for on, paper in told.items():
            asked = on - timedelta(days=look.numbers["before"])
            if project is None or last is None or not since <= on <= last or asked > look.today:
                continue
            yield Case(
                f"{id}:{on}",
                (projects.holder(project, "programmer"),),
                look.at(on),
                f"{project.label} {on}",
                _site(project),
                customer=project.customer_id,
                project=project.id,
                record=paper.id,
                kept=on < last,
            )


def _expires(paper: Paper) -> date | None:
    text = paper.answers.get("domain_expires_on")
    return date.fromisoformat(text) if text else None


OBLIGATIONS = (
    Obligation(
        PHASE,
        "",
        "design",
        _l("按项目进度完成网站的各阶段"),
        _l("客户已确认的项目方案确认单中，一个阶段的完成日期将到"),
        _l("阶段的负责人"),
        _l("该阶段的计划完成日期"),
        _l("该阶段的确认单已由客户或第一负责人确认"),
        "DS-07",
        _l("告知设计部经理"),
        MANAGER,
        (Number("before", _l("提前提醒"), 3, DAYS, low=0, high=60),),
        cases=phases,
        clause="WD-P-01#phases",
    ),
    Obligation(
        "OS-19",
        "",
        "design",
        _l("交付后逐月跟踪检查网站"),
        _l("网站交付后的每个月，直到设定的月数"),
        _l("项目的程序负责人"),
        _l("当月月底"),
        _l("网站跟踪检查维护记录已由部门经理审阅"),
        "DS-17",
        _l("告知设计部经理"),
        MANAGER,
        (Number("months", _l("跟踪检查"), 12, MONTHS, high=60),),
        cases=monthly_checks,
        clause="WD-P-01#maintenance",
    ),
    Obligation(
        "OS-19-D",
        "",
        "design",
        _l("网站域名到期前检查"),
        _l("最近一次跟踪检查记下的域名到期日将到"),
        _l("项目的程序负责人"),
        _l("域名到期日"),
        _l("新的跟踪检查维护记录写明更晚的到期日"),
        "DS-17",
        _l("告知设计部经理"),
        MANAGER,
        (Number("before", _l("提前提醒"), 60, DAYS),),
        cases=domains,
        clause="WD-P-01#domains",
    ),
)
