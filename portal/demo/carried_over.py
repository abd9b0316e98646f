"""Projects begun before the portal: what was done by then stands in their stages without records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.demo import market, rows
from portal.domain import projects as kinds
from portal.extensions import db
from portal.models import Project, ProjectStage

if TYPE_CHECKING:
    from portal.demo.story import World

NAMES = {
    "works": (
        ("云溪雅苑", "金桂花园", "运河一号", "南太湖壹品", "凤凰城", "东港新村", "仁皇山庄", "西西那堤"),
        ("样板间装修工程", "会所装修工程", "办公楼改造工程", "商铺装修工程", "大堂翻新工程"),
    ),
    "product": (
        ("便携式", "静音型", "工业级", "折叠式", "第二代", "轻量化"),
        ("除尘器", "升降平台", "巡检车", "工具箱", "新风机", "移动脚手架"),
    ),
    "web": (
        ("湖丝", "莫干山旅游", "太湖蟹业", "绿山建材", "安吉白茶", "南浔木业"),
        ("企业网站", "商城", "门户改版", "会员平台"),
    ),
    "permit": (
        ("科创园", "人才公寓", "滨河公园", "东部新城", "产业园三期", "物流中心"),
        ("一期", "二期", "南地块", "北地块"),
    ),
}
EVERY, FIRST, LATE_EVERY = (
    12,
    6,
    7,
)  # days from one stage to the next, days to the next one, one project of so many is late
FACTS: dict[str, dict[str, Any]] = {
    "works": {"contract_price": "286000", "drawing_version": "A", "waterproofing": True},
    "product": {"route": "company_route"},
    "web": {"site_kind": "company_site"},
    "permit": {"project_kind": "not_municipal", "air_defence_kind": "on_site"},
}


def project(world: World, kind: str, stage: str) -> Project:
    """A new project of the kind in which the stage may be worked on now, all those that it waits for having passed."""
    first, second = NAMES[kind]
    team = market.TEAMS[kind]
    customer = world.one("customer") if kind != "product" else None
    facts = dict(FACTS[kind])
    if kind == "permit" and stage == "site_opinion":
        facts["project_kind"] = "municipal_road"
    row: Project = rows.add(
        "project",
        name=f"{world.rng.choice(first)}{world.rng.choice(second)}",
        kind=kind,
        customer_id=customer.id if customer else None,
        address=world.rng.choice(("湖州市吴兴区", "长兴县雉城街道", "德清县武康街道")),
        people={role: world.person(role).id for role in team},
        facts=facts,
        starts_on=world.today - timedelta(days=30),
        finishes_on=world.today + timedelta(days=120),
    )
    if stage:
        pass_until(row, stage, world.today - timedelta(days=3))
    return row


def pass_until(row: Project, stage: str, on: date) -> None:
    """Everything that the stage waits for, directly or not, has passed."""
    query = sa.select(ProjectStage).where(ProjectStage.project_id == row.id)
    found = {one.key: one for one in db.session.scalars(query)}
    ahead = list(found[stage].after) if stage in found else []
    while ahead:
        one = found[ahead.pop()]
        if one.applies and one.state != kinds.PASSED:
            one.state, one.passed_on = kinds.PASSED, on
        ahead += one.after
    db.session.flush()


def place(row: Project, passed: int, today: date) -> None:
    """The first stages of a project have passed one after the other until the day."""
    found = _applying(row)[:passed]
    for position, one in enumerate(found):
        one.state, one.passed_on = kinds.PASSED, today - timedelta(days=EVERY * (len(found) - position))
    row.starts_on = today - timedelta(days=EVERY * (len(found) + 1))
    db.session.flush()


def plan(today: date) -> None:
    """What is left of the projects under way is planned from the day on; of some the next stage is a little late."""
    query = sa.select(Project).where(Project.state.in_(("preparing", "running"))).order_by(Project.id)
    for place_, row in enumerate(db.session.scalars(query)):
        first = -2 if place_ % LATE_EVERY == 0 else FIRST
        left = [one for one in _applying(row) if one.state != kinds.PASSED and one.planned_on is None]
        for position, one in enumerate(left):
            one.planned_on = today + timedelta(days=EVERY * position + first)
            one.starts_on = one.planned_on - timedelta(days=EVERY - 2)
        if left and row.finishes_on is None:
            row.finishes_on = left[-1].planned_on
    db.session.flush()


def _applying(row: Project) -> list[ProjectStage]:
    query = sa.select(ProjectStage).where(ProjectStage.project_id == row.id, ProjectStage.applies.is_(True))
    return list(db.session.scalars(query.order_by(ProjectStage.position)))
