"""Papers of authorities that projects hold, and how their procedures stand, for obligations and charts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.domain import projects as kinds
from portal.extensions import db
from portal.models import LedgerEntry, Project, ProjectStage, Record
from portal.queries.corrected import is_corrected

LEDGER = "external_papers"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of a project that is under way, as a form has registered it."""

    project: Project
    record_id: int
    form: str  # that gets a new one
    name: str
    expires_on: date | None  # None: without end


def of_projects() -> list[Paper]:
    """Every paper of permit projects under way, oldest first; corrected records do not count."""
    query = (
        sa.select(LedgerEntry.facts, LedgerEntry.record_id, Record.form_code, Project)
        .join(Record, Record.id == LedgerEntry.record_id)
        .join(Project, Project.id == LedgerEntry.facts["project_id"].as_integer())
        .where(
            LedgerEntry.ledger == LEDGER,
            Project.kind == kinds.PERMIT.key,
            Project.state.not_in(kinds.OVER),
            ~is_corrected(Record.id),
        )
        .order_by(LedgerEntry.id)
    )
    return [
        Paper(project, record_id, form, str(facts["paper"]), _day(facts.get("expires_on")))
        for facts, record_id, form, project in db.session.execute(query)
    ]


def holds(facts: Mapping[str, Any], but: int | None = None) -> bool:
    """Whether the ledger has this paper of the project already, with this number and end; not by record `but`.

    What was corrected does not count.
    """
    same = (
        LedgerEntry.facts["project_id"].as_integer() == facts["project_id"],
        *(LedgerEntry.facts[name].as_string() == facts[name] for name in ("paper", "number", "expires_on")),
    )
    query = (
        sa.select(LedgerEntry.id)
        .where(LedgerEntry.ledger == LEDGER, *same, ~is_corrected(LedgerEntry.record_id))
        .where(LedgerEntry.record_id != but if but else sa.true())
        .limit(1)
    )
    return db.session.scalar(query) is not None


def states() -> dict[str, Counter[str]]:
    """How many permit projects under way stand at each state of each procedure; those that do not apply left out."""
    query = (
        sa.select(ProjectStage.key, ProjectStage.state, sa.func.count())
        .join(Project, Project.id == ProjectStage.project_id)
        .where(
            Project.kind == kinds.PERMIT.key,
            Project.state.not_in(kinds.OVER),
            ProjectStage.applies.is_(True),
        )
        .group_by(ProjectStage.key, ProjectStage.state)
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for key, state, count in db.session.execute(query):
        found[key][state] = count
    return found


def days_taken(since: date) -> dict[str, list[int]]:
    """For each procedure the days from handing in to the paper, of papers issued since a day."""
    query = (
        sa.select(ProjectStage.key, ProjectStage.submitted_on, ProjectStage.passed_on)
        .join(Project, Project.id == ProjectStage.project_id)
        .where(
            Project.kind == kinds.PERMIT.key,
            ProjectStage.state == kinds.PASSED,
            ProjectStage.submitted_on.is_not(None),
            ProjectStage.passed_on >= since,
        )
    )
    found: dict[str, list[int]] = defaultdict(list)
    for row in db.session.execute(query).mappings():
        found[row["key"]].append((row["passed_on"] - row["submitted_on"]).days)
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
