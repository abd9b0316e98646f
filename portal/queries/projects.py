"""Projects and their stages: how far each has come, what is planned, what waits for what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.domain import projects as kinds
from portal.domain.permissions import person_key, role_key
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.lib.hashing import canonical_json, sha256
from portal.models import Person, Project, ProjectStage


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a project with its declaration, and the stages that it still waits for."""

    row: ProjectStage
    kind: kinds.StageKind
    waits_for: tuple[kinds.StageKind, ...]

    @property
    def passed(self) -> bool:
        """Whether it has been gone through."""
        return self.row.state == kinds.PASSED

    @property
    def ready(self) -> bool:
        """Whether it may be started, or gone on with, now."""
        return self.row.applies and not self.passed and not self.waits_for


def named(code: str) -> Project:
    """The project with this code.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Project).where(Project.code == code))
    if found is None:
        raise NotFound
    return found


def project(project_id: int | None) -> Project | None:
    """The project with this id; None for a name without one."""
    return db.session.get(Project, project_id) if project_id else None


def opened_by(records: Collection[int]) -> Project | None:
    """The project that one of these records has opened; None while there is none."""
    return db.session.scalar(sa.select(Project).where(Project.record_id.in_(records)))


def stages(project: Project) -> list[Stage]:
    """All stages of a project, in their order, those too that it does not go through."""
    query = sa.select(ProjectStage).where(ProjectStage.project_id == project.id)
    return standing(project.kind, db.session.scalars(query.order_by(ProjectStage.position)).all())


def standing(kind: str, rows: Sequence[ProjectStage]) -> list[Stage]:
    """The stages of one project with what they wait for."""
    passed = {row.key for row in rows if row.state == kinds.PASSED}
    applying = {row.key for row in rows if row.applies}
    return [
        Stage(
            row,
            kinds.STAGES[kind, row.key],
            tuple(kinds.STAGES[kind, key] for key in kinds.waiting(row.after, passed, applying)),
        )
        for row in rows
    ]


def stage(project_id: int | None, key: str) -> Stage | None:
    """One stage of a project; None where the project is unknown or has none."""
    found = project(project_id)
    return next((one for one in stages(found) if one.row.key == key), None) if found else None


def fingerprint(row: ProjectStage) -> str:
    """How a stage stands, in short: what its sheet shows, and whether it has been gone through."""
    said = [row.state, row.applies, row.after, row.owner_id, *map(str, (row.starts_on, row.planned_on))]
    return sha256(canonical_json(said))[:16]


def passed(project_id: int | None, key: str) -> bool:
    """Whether the project has gone through the stage."""
    found = stage(project_id, key)
    return found is not None and found.passed


def applying(project: Project, form: str) -> bool:
    """Whether the project goes through a stage that the form works on, or the form works on none."""
    worked_on = [one for one in stages(project) if form in one.kind.forms]
    return not worked_on or any(one.row.applies for one in worked_on)


def count_of_stages(*where: Any) -> sa.ScalarSelect[int]:
    """How many stages a project goes through that fulfil these conditions; asked beside `Project`."""
    return (
        sa.select(sa.func.count(ProjectStage.id))
        .where(ProjectStage.project_id == Project.id, ProjectStage.applies.is_(True), *where)
        .correlate(Project)
        .scalar_subquery()
    )


def planned(kind: str, keys: Collection[str], since: date) -> list[Stage]:
    """The stages of projects under way with a planned day not before `since`, passed or not."""
    query = (
        sa.select(ProjectStage)
        .join(Project, Project.id == ProjectStage.project_id)
        .where(
            Project.kind == kind,
            Project.state.not_in(kinds.OVER),
            ProjectStage.applies.is_(True),
            ProjectStage.planned_on >= since,
        )
        .order_by(ProjectStage.id)
    )
    rows = [row for row in db.session.scalars(query) if row.key in keys]
    return [Stage(row, kinds.STAGES[kind, row.key], ()) for row in rows]


def under_way(kind: str, states: Iterable[str] = ("running", "held")) -> list[Project]:
    """The projects of a kind in these states, by code."""
    query = sa.select(Project).where(Project.kind == kind, Project.state.in_(tuple(states)))
    return list(db.session.scalars(query.order_by(Project.code)))


def sees_to(row: ProjectStage, project: Project, kind: kinds.StageKind) -> str:
    """The authority key of whoever sees to a stage: its owner, else the project's person, else the role."""
    owner = row.owner_id
    return person_key(owner) if owner and not _has_left(owner) else holder(project, kind.role)


def holder(project: Project, role: str) -> str:
    """The authority key of the project's person for a role, if they are still here; else of all who hold the role."""
    person: Any = project.people.get(role)
    return person_key(person) if person and not _has_left(person) else role_key(role)


def _has_left(person_id: int) -> bool:
    found = db.session.get(Person, person_id)
    return found is not None and not found.active
