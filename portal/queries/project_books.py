"""The registers of projects: one line for each project, and for permits one for each stage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.domain import projects as kinds
from portal.lib.i18n import _
from portal.models import Customer, Person, Project, ProjectStage, Record
from portal.queries import projects
from portal.queries.keyset import Order
from portal.queries.ledgers import Source

FACTS = ("code", "name", "state", "address", "starts_on", "finishes_on", "finished_on")


def of_kind(
    kind: str, people: Iterable[str], stages: Iterable[str] = (), facts: Iterable[str] = ()
) -> Source:
    """The projects of a kind, newest first: their people by role, how far they are, and some stages with plan and day.

    A stage gives the cells `<key>_planned` and `<key>_passed`, `facts` are those of the project.
    """
    roles = {role: aliased(Person) for role in people}
    query = sa.select(
        *(getattr(Project, name) for name in FACTS),
        Customer.name.label("customer"),
        Record.number.label("record"),
        projects.count_of_stages().label("stages"),
        projects.count_of_stages(ProjectStage.state == kinds.PASSED).label("passed"),
        *(one.name.label(role) for role, one in roles.items()),
        *(_of_stage(key, ProjectStage.planned_on).label(f"{key}_planned") for key in stages),
        *(_of_stage(key, ProjectStage.passed_on).label(f"{key}_passed") for key in stages),
        *(Project.facts[name].as_string().label(name) for name in facts),
    ).where(Project.kind == kind)
    query = query.outerjoin(Customer, Customer.id == Project.customer_id)
    query = query.outerjoin(Record, Record.id == Project.record_id)
    for role, one in roles.items():
        query = query.outerjoin(one, one.id == Project.people[role].as_integer())
    return Source(
        query=query,
        order=Order((Project.id,), (int,), descending=True),
        lines=lambda row: [{**row._mapping, "progress": f"{row.passed}/{row.stages}"}],
        text=(Project.name, Project.code, Project.address),
        picked={"state": Project.state},
    )


def permits() -> Source:
    """项目前期手续进度台帐: every stage of every permit project, those that do not apply too."""
    query = (
        sa.select(
            *(
                ProjectStage.id,
                ProjectStage.key,
                ProjectStage.applies,
                ProjectStage.after,
                ProjectStage.state,
            ),
            *(ProjectStage.planned_on, ProjectStage.submitted_on, ProjectStage.accepted_on),
            *(ProjectStage.passed_on, ProjectStage.paper_no, Project.name, Project.code),
            Record.number.label("record"),
        )
        .join(Project, Project.id == ProjectStage.project_id)
        .outerjoin(Record, Record.id == ProjectStage.record_id)
        .where(Project.kind == kinds.PERMIT.key)
    )
    return Source(
        query=query,
        order=Order((Project.id, ProjectStage.position), (int, int)),
        lines=lambda row: [_stage(row)],
        text=(Project.name, Project.code, ProjectStage.paper_no),
        picked={"state": ProjectStage.state},
    )


def _stage(row: Any) -> dict[str, Any]:
    stage = kinds.STAGES[kinds.PERMIT.key, row.key]
    before = _("、").join(str(kinds.STAGES[kinds.PERMIT.key, key].title) for key in row.after)
    days = (row.passed_on - row.submitted_on).days if row.passed_on and row.submitted_on else None
    return {
        **row._mapping,
        "project": f"{row.name} {row.code}",
        "stage": str(stage.title),
        "authority": str(stage.authority),
        "prerequisites": before,
        "applies": bool(row.applies),
        "days": days,
    }


def _of_stage(key: str, column: Any) -> sa.ScalarSelect[date | None]:
    return (
        sa.select(column)
        .where(ProjectStage.project_id == Project.id, ProjectStage.key == key)
        .correlate(Project)
        .scalar_subquery()
    )
