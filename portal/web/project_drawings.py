"""The pictures of a project's page: its stages as a graph, and its plan on a line of days."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from portal.domain import projects as kinds
from portal.lib import gantt as plan
from portal.lib import stage_graph
from portal.models import Project
from portal.queries import projects
from portal.web.project_steps import SKIPPED, WAITING, Step

BARS: dict[str, plan.State] = {kinds.PASSED: "done", SKIPPED: "skipped", WAITING: "open", kinds.OPEN: "open"}


def graph(project: Project, steps: list[Step]) -> Markup:
    """The stages that the project goes through, and what waits for what."""
    applying = {one.key for one in steps if one.state != SKIPPED}
    nodes = [
        stage_graph.Node(one.key, str(one.title), one.state, _note(one), one.href)
        for one in steps
        if one.key in applying
    ]
    edges = [
        (before, one.row.key)
        for one in projects.stages(project)
        for before in one.row.after
        if {before, one.row.key} <= applying
    ]
    return Markup(stage_graph.draw(nodes, edges))  # nosec B704 -- drawn by us, texts escaped


def _note(one: Step) -> str:
    return f"{one.passed_on or one.planned_on or ''}"


def gantt(steps: list[Step], project: Project, today: date) -> Markup:
    """The planned stages from day to day; nothing while none is planned."""
    rows = {one.row.key: one.row for one in projects.stages(project)}
    bars = [
        plan.Bar(
            str(one.title),
            rows[one.key].starts_on,
            one.planned_on,
            "late" if one.late else BARS.get(one.state, "current"),
            one.state_text,
            one.passed_on,
        )
        for one in steps
        if one.planned_on and one.state != SKIPPED
    ]
    return Markup(plan.draw(bars, today)) if bars else Markup()  # nosec B704 -- drawn by us, texts escaped
