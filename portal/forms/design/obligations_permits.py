"""Obligations of the permits: procedures are through on their planned day, papers are renewed before they end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from portal.domain import projects as kinds
from portal.domain.obligations import Case, Look, Number, Obligation
from portal.domain.permissions import role_key
from portal.forms import catalogue
from portal.forms.kinds import Ref
from portal.forms.stage_duties import LONG, due
from portal.lib.i18n import _l
from portal.queries import permit_papers, projects
from portal.queries.permit_papers import Paper

OFFICER, MANAGER = "planning_officer", (role_key("planning_manager"),)
DAYS = _l("天")


def planned_permits(look: Look) -> Iterator[Case]:
    """Each procedure of a tracker is taken up before its planned day, with its own form."""
    keys = [stage.key for stage in kinds.PERMIT.stages if stage.forms[0] in catalogue.FORMS]
    yield from due(kinds.PERMIT.key, keys)(look)


def expiring_papers(look: Look) -> Iterator[Case]:
    """A paper of a project under way is renewed before it ends, by the form that has registered it."""
    every = permit_papers.of_projects()
    newest = {(one.project.id, one.name): one for one in every}
    first, last = look.today - LONG, look.today + timedelta(days=look.numbers["before"])
    for one in every:
        expires = one.expires_on
        if expires is None or not max(first, look.since) <= expires <= last:
            continue
        if not projects.applying(one.project, one.form):  # the form could not even be submitted
            continue
        yield _case(one, expires, newest[one.project.id, one.name], look)


def _case(one: Paper, expires: date, later: Paper, look: Look) -> Case:
    project = one.project
    return Case(
        f"{project.id}:{one.name}:{expires}",
        (projects.holder(project, OFFICER),),
        look.at(expires),
        f"{project.label} {one.name} {expires}",
        {"project": Ref(project.id, project.label)},
        customer=project.customer_id,
        project=project.id,
        record=one.record_id,
        kept=(later.expires_on or date.max) > expires,
        form=one.form,
    )


OBLIGATIONS: tuple[Obligation, ...] = (
    Obligation(
        "OS-20",
        "",
        "design",
        _l("前期手续按计划取得"),
        _l("项目前期手续进度台帐中的计划完成日期将至"),
        _l("规划经办人"),
        _l("计划完成日期"),
        _l("手续已取得"),
        "PL-01",
        _l("告知规划设计部经理"),
        MANAGER,
        (Number("before", _l("提前提醒"), 20, DAYS),),
        cases=planned_permits,
        clause="PL-P-01#planned-days",
    ),
    Obligation(
        "OS-07-P",
        "",
        "design",
        _l("项目批文到期更新"),
        _l("外来证照批文台帐中在办项目的批文有效期将至"),
        _l("规划经办人"),
        _l("有效期截止日"),
        _l("新批文已登记"),
        "PL-01",
        _l("告知规划设计部经理"),
        MANAGER,
        (Number("before", _l("提前提醒"), 60, DAYS),),
        cases=expiring_papers,
        clause="PL-P-01#external-papers",
    ),
)
