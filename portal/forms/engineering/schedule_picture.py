"""The picture of EN-05 施工进度计划: what is planned, and how far the works have come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.projects import OPEN, PASSED
from portal.forms.engineering.schedule_rows import ACCEPTANCES, STAGES
from portal.lib.gantt import Bar, State
from portal.queries import projects


@dataclass(frozen=True, slots=True)
class Planned:
    """An acceptance as planned, and the stage of the project as it stands; no stage where the project is unknown."""

    title: str
    on: date
    state: str = OPEN
    applies: bool = True
    passed_on: date | None = None

    @property
    def passed(self) -> bool:
        """Whether the works have been accepted."""
        return self.state == PASSED


def bars(answers: Mapping[str, Any], today: date) -> list[Bar]:
    """Activities and acceptances in the order of their days."""
    project = projects.project(answers["project"].id) if answers.get("project") else None
    stages = {one.row.key: one for one in projects.stages(project)} if project else {}
    planned = [_planned(row, stages) for row in answers.get("acceptance_dates") or ()]
    planned.sort(key=lambda one: one.on)
    begun = not stages or stages["start"].passed
    found = [_work(row, planned, begun, today) for row in answers.get("activities") or ()]
    found += [_acceptance(one, today) for one in planned]
    return sorted(found, key=lambda bar: (bar.starts or bar.ends, bar.ends, bar.starts is None))


def _planned(row: Mapping[str, Any], stages: Mapping[str, Any]) -> Planned:
    stage = stages.get(STAGES[row["acceptance"]])
    title = str(ACCEPTANCES[row["acceptance"]])
    if stage is None:
        return Planned(title, row["planned_on"])
    return Planned(title, row["planned_on"], stage.row.state, stage.row.applies, stage.row.passed_on)


def _acceptance(one: Planned, today: date) -> Bar:
    """A single day: done once it has passed, late once its day has gone by without."""
    state: State = "open"
    if not one.applies:
        state = "skipped"
    elif one.passed:
        state = "done"
    elif one.on < today:
        state = "late"
    elif one.state != OPEN:
        state = "current"
    return Bar(one.title, None, one.on, state, done_on=one.passed_on if state == "done" else None)


def _work(row: Mapping[str, Any], planned: list[Planned], begun: bool, today: date) -> Bar:
    """Work is known to be done once the acceptance that follows it has passed; until then its days tell."""
    start, finish = row["start"], row["finish"]
    covering = next((one for one in planned if one.applies and one.on >= finish), None)
    state: State = "open"
    progress = None
    if covering is not None and covering.passed:
        state = "done"
    elif finish < today and covering is not None and covering.on < today:
        state = "late"
    elif start <= today and not begun:
        state = "late" if finish < today else "open"
    elif start <= today:
        state = "current"
        days = (finish - start).days + 1
        progress = min(100, round(100 * ((today - start).days + 1) / days))
    return Bar(row["activity"], start, finish, state, row["trade"] or "", progress=progress)
