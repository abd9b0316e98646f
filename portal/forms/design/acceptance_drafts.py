"""What comes next before a website is accepted: its checklist, or the acceptance itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.effects import Effect, Opens
from portal.forms.design.websites import plan, planned_on, waits
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.queries import projects, websites


def next_draft(
    record: Filed, project: Any, *, tested: bool = False, checked: bool = False
) -> Iterator[Effect]:
    """A draft for the project's designer: of DS-14 once tests and checklist are through, of DS-19 while that is missing.

    `tested` and `checked` say which of the two this record has just brought about.
    """
    to = projects.holder(project, "designer")
    tested = tested or projects.passed(project.id, "test")
    if not (checked or projects.passed(project.id, "checklist")):
        answers = {"project": record["project"], "checked_version": record["program_version"]}
        if not waits(record, project, "DS-19"):
            yield Opens("DS-19", answers, to=to)
    elif tested and not (websites.under_way(project.id, "DS-14") or waits(record, project, "DS-14")):
        names, due = "acceptance_checklist" if checked else "", planned_on(project.id, "acceptance")
        yield Opens("DS-14", _known(record, project), to=to, names_as=names, due=due)


def _known(record: Filed, project: Any) -> dict[str, Any]:
    """What this record and those before it say about the site."""
    deployed, checklist = websites.newest(project.id, "DS-11"), websites.newest(project.id, "DS-19")
    known: dict[str, Any] = {
        "project": record["project"],
        "site_address": record["domain"] or project.facts.get("site_address"),
        "accepted_version": record["deployed_version"]
        or (deployed.answers.get("deployed_version") if deployed else None),
        "acceptance_checklist": Ref(checklist.id, checklist.label) if checklist else None,
    }
    return {**plan(project.id, "acceptance"), **{name: one for name, one in known.items() if one}}
