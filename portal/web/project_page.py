"""A project's page: what is known of it, its money, people, tasks and records, and its line of time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.domain import projects as kinds
from portal.forms import customer_parts
from portal.forms.project_parts import OTHER, PARTS
from portal.forms.project_words import PEOPLE
from portal.forms.sentences import sentence, who
from portal.lib.clock import minute
from portal.lib.i18n import _l
from portal.models import Project
from portal.queries import about, project_page, settlement
from portal.queries.actors import Actor
from portal.queries.keyset import Page
from portal.web.amounts import yuan
from portal.web.customer_cards import Card, line
from portal.web.customer_page import Fact
from portal.web.customer_time_line import Happening, of_record
from portal.web.project_steps import SKIPPED, Step
from portal.web.todos import Todo, todos

EACH, FEW, MANY, SIZE = 5, 6, 20, 30  # records of a part, tasks at first and at most, lines of time


def figures(project: Project, found: list[Step], today: date) -> list[tuple[Any, str, bool]]:
    """What tells how far the project is: title, figure, whether it is a bad one."""
    mine = [one for one in found if one.state != SKIPPED]
    late = sum(one.late for one in mine)
    ahead = [one.planned_on for one in mine if one.planned_on and one.state != kinds.PASSED]
    ends = project.finishes_on
    overdue = bool(ends and ends < today and project.state not in kinds.OVER)
    return [
        (_l("进度"), f"{sum(one.state == kinds.PASSED for one in mine)}/{len(mine)}", False),
        (_l("计划完成"), f"{ends or '—'}", overdue),
        (_l("最近的期限"), f"{min(ahead) if ahead else '—'}", bool(ahead and min(ahead) < today)),
        (_l("逾期阶段"), f"{late}", late > 0),
    ]


def money(project: Project) -> list[tuple[Any, str, bool]]:
    """What a site costs its customer and what is paid of it; other projects have no account of their own."""
    books = settlement.of(project) if project.kind == kinds.WORKS.key else None
    if books is None or not books.payable:
        return []
    return [
        (_l("合同价"), yuan(books.contract_price), False),
        (_l("增减及水电"), yuan(books.besides), False),
        (_l("已付款"), yuan(books.paid), False),
        (_l("未付余额"), yuan(books.balance), project.state == "held"),
    ]


def facts(project: Project, by: Actor) -> list[Fact]:
    """What is known of the project."""
    known = project.facts
    permit_kind, air_defence = known.get("project_kind", ""), known.get("air_defence_kind", "")
    days = " — ".join(f"{one or '…'}" for one in (project.starts_on, project.finishes_on))
    every = (
        Fact(_l("项目类型"), str(kinds.PERMIT_KINDS.get(permit_kind, ""))),
        Fact(_l("人防建设方式"), str(kinds.AIR_DEFENCE_KINDS.get(air_defence, ""))),
        Fact(_l("建设单位"), known.get("construction_unit", "")),
        Fact(_l("地块"), known.get("plot", "")),
        Fact(_l("客户"), project.customer.name if project.customer else "", _customer(project, by)),
        Fact(_l("地址"), project.address or known.get("site_address", "")),
        Fact(_l("图纸版本"), known.get("drawing_version", "")),
        Fact(_l("产品编号"), known.get("product_no", "")),
        Fact(_l("计划起止"), days if project.starts_on or project.finishes_on else ""),
        Fact(_l("完成日期"), f"{project.finished_on or ''}"),
    )
    return [fact for fact in every if fact.text]


def _customer(project: Project, by: Actor) -> str:
    """The address of the customer's page, if that is for the person."""
    one = project.customer
    return f"/customer-service/customers/{one.code}" if one and customer_parts.may_see(by) else ""


def team(project: Project) -> list[Fact]:
    """The people of the project by their roles."""
    people = about.people({id for id in project.people.values() if isinstance(id, int)})
    return [
        Fact(title, people[project.people[role]].name)
        for role, title in PEOPLE.items()
        if project.people.get(role) in people
    ]


def tasks(project: Project, by: Actor, spoken: str, at: datetime) -> list[Todo]:
    """What is open for the project, and who has it."""
    return todos(project_page.tasks(project.id, by, MANY), spoken, at)


def cards(project: Project, by: Actor, spoken: str, at: datetime) -> list[Card]:
    """The project's records in their parts, the newest of each."""
    parts = {part.key: part for part in (*PARTS[project.kind], OTHER)}
    by_form = {code: part.key for part in PARTS[project.kind] for code in part.forms}
    found: dict[str, list[Any]] = {key: [] for key in parts}
    for row in about.newest(project_page.records(project.id), by, by_form, EACH):
        found[row.part].append(row)
    return [
        Card(parts[key], [line(row, spoken, at, but=project.label) for row in rows], rows[0].many)
        for key, rows in found.items()
        if rows
    ]


def time_line(project: Project, by: Actor, cursor: str, spoken: str) -> Page:
    """A page of what happened with the project."""
    icons = {code: part.icon for part in PARTS[project.kind] for code in part.forms}
    found = project_page.time_line(project.id, by, cursor, SIZE)
    rows = [
        of_record(at, row, icons.get(row.form_code, OTHER.icon), spoken, project.label)
        if source == project_page.RECORD
        else Happening(minute(at), "chevron-right", sentence(row), "", [], "", "", who(row))
        for at, source, row in found.rows
    ]
    return Page(rows, found.previous, found.following)
