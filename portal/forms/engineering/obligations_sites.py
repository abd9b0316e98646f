"""Obligations of building sites: a call to the customer and a look at the site each week, hazards gone in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from portal.domain.obligations import Case, Look, Obligation
from portal.domain.permissions import role_key
from portal.forms.definition import fields
from portal.forms.engineering.site_check import Hazard
from portal.forms.kinds import Ref, load
from portal.lib.clock import iso_week
from portal.lib.i18n import _l
from portal.queries import projects, site_weeks, works

MANAGER = (role_key("engineering_manager"),)
MANAGER_TOLD = _l("告知工程部经理")
WEEK = timedelta(days=7)
BACK = timedelta(days=28)  # what is told of a week later than that, nobody asks for any more
OPEN_FOR = timedelta(days=180)
WARNED = time(9)

Weeks = Callable[[datetime], set[tuple[int, str]]]


GOING, RESUMED = "going_since", "resumed_on"  # days among a project's facts


def _weekly(look: Look, states: tuple[str, ...], done: Weeks, begun: tuple[str, ...]) -> Iterator[Case]:
    """This week and the last of each works project: asked on Monday, warned on Friday, missed on the Monday after.

    A week that was over before the works went on, as the facts `begun` have it, owes nothing.
    """
    this = look.today - timedelta(days=look.today.weekday())
    kept = done(look.now - BACK)
    for project in projects.under_way("works", states):
        days = [date.fromisoformat(project.facts[name]) for name in begun if project.facts.get(name)]
        first = max([look.since, *days])
        for monday in (this - WEEK, this):
            sunday, week = monday + timedelta(days=6), iso_week(monday)
            if sunday < first:
                continue
            yield Case(
                f"{project.id}:{week}",
                (projects.holder(project, "foreman"),),
                look.at(sunday),
                f"{week} {project.label}",
                {"project": Ref(project.id, project.label)},
                customer=project.customer_id,
                remind_at=look.at(monday + timedelta(days=4), WARNED),
                kept=(project.id, week) in kept,
            )


def calls(look: Look) -> Iterator[Case]:
    """R28: the customer of each project is telephoned every week."""
    yield from _weekly(look, ("running", "held"), site_weeks.called, (GOING,))


def checks(look: Look) -> Iterator[Case]:
    """The site of each running project is looked at every week."""
    yield from _weekly(look, ("running",), site_weeks.checked, (GOING, RESUMED))


def notices(look: Look) -> Iterator[Case]:
    """Each hazard that is still there after its limit becomes a notice of rectification."""
    found = list(site_weeks.past_hazards(look.today, look.now - OPEN_FOR))
    written = site_weeks.notices({one.record_id for one in found})
    columns = fields(Hazard())
    for one in found:
        row, project = load(columns, one.row), one.answers["project"]
        yield Case(
            f"{one.record_id}:{one.place}",
            (works.holder(project["id"], "site_supervisor"),),
            look.at(one.limit + timedelta(days=1)),
            f"{one.record} {row['hazard']}",
            {
                "project": Ref(project["id"], project["text"]),
                "acceptance_record": Ref(one.record_id, one.record),
                "found_at": datetime.fromisoformat(one.answers["checked_at"]),
                "problem": row["hazard"],
                "opinion": row["measure"],
                "responsible_person": row["owner"],
            },
            record=one.record_id,
            kept=one.place < written[one.record_id],
        )


OBLIGATIONS: tuple[Obligation, ...] = (
    Obligation(
        "O28",
        "R28",
        "engineering",
        _l("每周与客户电话联系"),
        _l("每周一，进行中或暂停的工程项目"),
        _l("项目的工长"),
        _l("当周星期日"),
        _l("当周有一份接通的每周客户电话联系记录"),
        "EN-29",
        _l("星期五提醒工长；星期一告知工程部经理"),
        MANAGER,
        cases=calls,
        clause="EN-P-01#weekly-call",
    ),
    Obligation(
        "OS-16",
        "",
        "engineering",
        _l("每周检查工地安全和文明施工"),
        _l("每周一，进行中的工程项目"),
        _l("项目的工长"),
        _l("当周星期日"),
        _l("当周的工地安全文明检查已由监理签字"),
        "EN-30",
        MANAGER_TOLD,
        MANAGER,
        cases=checks,
        clause="EN-S-01#weekly-check",
    ),
    Obligation(
        "OS-16A",
        "",
        "engineering",
        _l("逾期未消除的隐患发限期整改通知单"),
        _l("工地检查发现的隐患超过期限，消除情况尚未签署"),
        _l("项目的工程监理"),
        _l("期限的次日"),
        _l("限期整改通知单已提交，或隐患已消除"),
        "EN-25",
        MANAGER_TOLD,
        MANAGER,
        cases=notices,
        clause="EN-S-01#overdue-hazards",
    ),
)
