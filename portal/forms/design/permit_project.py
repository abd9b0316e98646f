"""The project that a permit tracker (PL-01) opens, and how it ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.effects import ChangesProject, Closes, Effect, Made, OpensProject, SetsStage
from portal.forms.design import permits
from portal.forms.design.permit_tracker_parts import STAGES
from portal.forms.filed import Filed
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import project_papers, projects, rights


def opened(record: Filed) -> Iterator[Effect]:
    """The project with its facts, people and planned days; its day of opening stays."""
    facts = {name: record[name] for name in ("project_kind", "air_defence_kind", "plot", "construction_unit")}
    facts |= {name: _text(record[name]) for name in ("land_area", "floor_area")}
    people = {permits.PLANNING: record["officer"].id}
    for key in ("planning_manager", "land_development_manager"):
        holders = rights.holders(key, day(record.now))
        if len(holders) == 1:
            people[key] = holders[0].id
    values = {
        "name": record["project_name"],
        "state": "running",
        "address": record["location"],
        "people": people,
        "finishes_on": max(filter(None, (row["planned_on"] for row in record["stages"])), default=None),
    }
    yield OpensProject("permit", values, facts)
    for row in record["stages"]:
        yield SetsStage(Made("project"), STAGES[row["no"] - 1].key, {"planned_on": row["planned_on"]})


def given_up(record: Filed) -> Iterator[Effect]:
    """The project of a tracker that comes to nothing ends; after a correction it stands as the tracker before had left it."""
    project, former = projects.opened_by({record.id}), record["@corrects"]
    if project is None:
        return
    if former is not None:
        outcome = project_papers.said(former, "finish", "outcome")
        yield ChangesProject(project.id, {"state": outcome or "running", "record_id": former})
        return
    yield ChangesProject(project.id, {"state": "ended"})
    yield from closed(project.id, record)


def closed(project_id: int, record: Filed) -> Iterator[Effect]:
    """Nothing is applied for any more in a project that has ended."""
    for other in project_papers.all_under_way(project_id):
        yield Closes(other, _l("项目已终止：%(number)s", number=record.number))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
