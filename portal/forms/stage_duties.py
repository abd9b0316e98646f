"""Planned days of project stages as obligations: each stage is asked for before its day, and told when it is late."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import timedelta

from portal.domain.obligations import Case, Cases, Look
from portal.forms import catalogue
from portal.forms.kinds import Ref
from portal.forms.references import Project
from portal.queries import projects
from portal.queries.projects import Stage

LONG = timedelta(days=180)  # after its day a case that nobody took up is history


def due(
    kind: str, keys: Collection[str], *, form: Callable[[Stage], str] | None = None, days: str = "before"
) -> Cases:
    """The cases of the planned stages of projects of a kind; `days` names the number of days they are asked before."""

    def cases(look: Look) -> Iterator[Case]:
        for one in projects.planned(kind, keys, max(look.since, look.today - LONG)):
            row, project = one.row, one.row.project
            assert row.planned_on is not None
            if row.planned_on > look.today + timedelta(days=look.numbers.get(days, 0)):
                continue
            code = form(one) if form else one.kind.forms[0]
            yield Case(
                f"{project.id}:{row.key}:{row.planned_on}",
                (projects.sees_to(row, project, one.kind),),
                look.at(row.planned_on),
                f"{project.label} {one.kind.title}",
                _answers(code, Ref(project.id, project.label)),
                customer=project.customer_id,
                project=project.id,
                kept=one.passed,
                form=code,
            )

    return cases


def _answers(code: str, project: Ref) -> dict[str, Ref]:
    """The project, under the name by which the form asks for it."""
    named = [field.short_name for field in catalogue.FORMS[code]() if isinstance(field, Project)]
    return {named[0]: project} if named else {}
