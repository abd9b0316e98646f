"""Works that are stopped: by which records, and how they go on once none of them stands against it any more."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain import projects as kinds
from portal.domain.effects import ChangesProject, Effect
from portal.forms.filed import Filed
from portal.queries import projects


def hold(record: Filed) -> Iterator[Effect]:
    """Stops the project of a record, unless it is over; the project remembers how it stood, and which records hold it."""
    project = projects.project(record["project"].id)
    if project is None or project.state in kinds.OVER:
        return
    holding = set(project.facts.get("held_by") or ())
    facts: dict[str, object] = {"held_by": sorted(holding | {record.id})}
    if project.state != "held":
        facts["held_from"] = project.state
    if record.id not in holding:
        yield ChangesProject(project.id, {"state": "held"}, facts)


def release(record: Filed) -> Iterator[Effect]:
    """Lets the project of a record go on as before, if the record has stopped it and no other one still does."""
    project = projects.project(record["project"].id)
    holding = set((project.facts.get("held_by") if project else None) or ())
    left = holding - record.itself
    if project is None or left == holding:
        return
    goes_on = project.state == "held" and not left
    values = {"state": project.facts.get("held_from") or "running"} if goes_on else {}
    yield ChangesProject(project.id, values, {"held_by": sorted(left)})
