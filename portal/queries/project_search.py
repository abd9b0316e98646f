"""The list of projects: found by words, kind and state, each with how far it is and what is late."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from portal.domain import projects as kinds
from portal.lib.pinyin import needle
from portal.models import Customer, Project, ProjectStage
from portal.queries import projects
from portal.queries.keyset import Order, Page

WORDS = 6  # of what was typed that are looked at
ORDER = Order((Project.id,), (int,), descending=True)


def page(
    typed: str,
    shown: Collection[str],
    person_id: int,
    kind: str,
    state: str,
    today: date,
    cursor: str,
    size: int,
) -> Page:
    """One page of the projects of these kinds, and of those whose team the person is in, newest first."""
    query = sa.select(
        Project,
        Customer.name.label("customer"),
        Customer.code.label("customer_code"),
        projects.count_of_stages().label("stages"),
        projects.count_of_stages(ProjectStage.state == kinds.PASSED).label("passed"),
        projects.count_of_stages(ProjectStage.state != kinds.PASSED, ProjectStage.planned_on < today).label(
            "late"
        ),
        _next_day().label("next_on"),
    ).outerjoin(Customer, Customer.id == Project.customer_id)
    query = query.where(sa.or_(Project.kind.in_(shown), _names(person_id)))
    if kind:
        query = query.where(Project.kind == kind)
    if state:
        query = query.where(Project.state == state)
    for word in typed.split()[:WORDS]:
        query = query.where(_fits(word))
    return ORDER.page(query, cursor, size)


def _names(person_id: int) -> sa.ColumnElement[bool]:
    """Whether the person is in the project's team."""
    roles = sorted({role for kind in kinds.KINDS.values() for role in kind.people})
    return sa.or_(*(Project.people[role].as_integer() == person_id for role in roles))


def _fits(word: str) -> sa.ColumnElement[bool]:
    ways: list[sa.ColumnElement[bool]] = [
        Project.address.icontains(word, autoescape=True),
        Customer.name.icontains(word, autoescape=True),
    ]
    if spelt := needle(word):
        ways.append(Project.search_key.contains(spelt, autoescape=True))
    return sa.or_(*ways)


def _next_day() -> sa.ScalarSelect[date | None]:
    """The earliest planned day of what has not passed."""
    return (
        sa.select(sa.func.min(ProjectStage.planned_on))
        .where(
            ProjectStage.project_id == Project.id,
            ProjectStage.applies.is_(True),
            ProjectStage.state != kinds.PASSED,
        )
        .correlate(Project)
        .scalar_subquery()
    )
