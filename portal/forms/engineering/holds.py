"""Works that are stopped: by which records, and how they go on once none of them stands against it any more."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain import projects as kinds
from portal.domain.effects import ChangesProject, Effect
from portal.forms.filed import Filed
from portal.lib.clock import day
from portal.models import Project
from portal.queries import projects


def hold(record: Filed) -> Iterator[Effect]:
    """Stops the project of a record, unless it is over; the project remembers how it stood, and which records hold it."""
    project = projects.project(record["project"].id)
    yield from _release(record, project)
    if project is None or project.state in kinds.OVER:
        return
    holding = _holding(project)
    facts: dict[str, object] = {"held_by": sorted(holding | {record.id})}
    if project.state != "held":
        facts["held_from"] = project.state
    if record.id not in holding:
        yield ChangesProject(project.id, {"state": "held"}, facts)


def release(record: Filed) -> Iterator[Effect]:
    """Lets go on as before what the record has stopped, if no other one still does."""
    yield from _release(record)


def _release(record: Filed, but: Project | None = None) -> Iterator[Effect]:
    """Of all projects: a record that was returned may have named another one than now."""
    for project in projects.under_way("works", kinds.PROJECT_STATES):
        holding = _holding(project)
        left = holding - record.itself
        if project is but or left == holding:
            continue
        goes_on = project.state == "held" and not left
        values = {"state": project.facts.get("held_from") or "running"} if goes_on else {}
        facts: dict[str, object] = {"held_by": sorted(left)}
        if goes_on:
            facts["resumed_on"] = day(record.now).isoformat()
        yield ChangesProject(project.id, values, facts)


def _holding(project: Project) -> set[int]:
    """The records that hold a project."""
    return set(project.facts.get("held_by") or ())
