"""The stages of a project as its page shows them: how each stands, what it waits for, what may be begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain import projects as kinds
from portal.domain.roles import ROLE
from portal.forms.catalogue import FORMS
from portal.forms.titles import form_title, record_path, register_path
from portal.lib.i18n import _l
from portal.models import Project
from portal.queries import about, ledgers, projects
from portal.queries.actors import Actor
from portal.queries.projects import Stage

WAITING, SKIPPED = "waiting", "skipped"
LOOKS = {
    kinds.PASSED: "finished",
    kinds.PREPARING: "running",
    kinds.SUBMITTED: "running",
    kinds.TO_BE_CORRECTED: "overdue",
    kinds.REFUSED: "overdue",
    WAITING: "",
    SKIPPED: "voided",
    kinds.OPEN: "soon",
}
WORDS = {
    **kinds.STAGE_STATES,
    kinds.OPEN: _l("可以办理"),
    WAITING: _l("等待前置阶段"),
    SKIPPED: _l("不办理"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A stage as the page shows it."""

    key: str
    title: Any
    state: str
    state_text: str
    look: str
    waits_for: list[str]
    planned_on: date | None
    late: bool
    submitted_on: date | None
    passed_on: date | None
    paper_no: str
    owner: str
    by: str  # who sees to it
    authority: Any
    number: str
    href: str
    open_now: bool
    begins: list[tuple[str, str]]  # title and address of each form that the person may begin for it now


def steps(project: Project, by: Actor, today: date, spoken: str) -> list[Step]:
    """The stages in their order."""
    found = projects.stages(project)
    known = ledgers.readable({one.row.record.number for one in found if one.row.record}, by)
    people = about.people({id for id in project.people.values() if isinstance(id, int)})
    return [_step(project, one, by, (known, people), today, spoken) for one in found]


def _step(project: Project, one: Stage, by: Actor, read: tuple[Any, Any], today: date, spoken: str) -> Step:
    known, people = read
    row = one.row
    state = state_of(one)
    number = row.record.number if row.record else ""
    open_now = one.ready and project.state not in (*kinds.OVER, "held")
    return Step(
        key=row.key,
        title=one.kind.title,
        state=state,
        state_text=str(WORDS[state]),
        look=LOOKS[state],
        waits_for=[str(before.title) for before in one.waits_for] if row.applies and not one.passed else [],
        planned_on=row.planned_on,
        late=bool(row.applies and not one.passed and row.planned_on and row.planned_on < today),
        submitted_on=row.submitted_on,
        passed_on=row.passed_on,
        paper_no=row.paper_no,
        owner=row.owner.name if row.owner else "",
        by=_sees_to(project, one, people),
        authority=one.kind.authority,
        number=number,
        href=record_path(known[number], number) if number in known else "",
        open_now=open_now,
        begins=_beginnings(project, one, by, spoken) if open_now else [],
    )


def _sees_to(project: Project, one: Stage, people: Any) -> str:
    """The name of whoever sees to a stage, else the role."""
    if one.row.owner is not None:
        return one.row.owner.name
    person = people.get(project.people.get(one.kind.role))
    return person.name if person is not None else str(ROLE[one.kind.role].title)


def state_of(one: Stage) -> str:
    """How a stage stands: as its row says, else whether it applies, waits, or may be started."""
    if not one.row.applies:
        return SKIPPED
    if one.row.state == kinds.OPEN and one.waits_for:
        return WAITING
    return one.row.state


def _beginnings(project: Project, one: Stage, by: Actor, spoken: str) -> list[tuple[str, str]]:
    """The forms of the stage that the person may begin, with the project filled in."""
    found = []
    for code in one.kind.forms:
        field = project_field(code)
        if field and by.may_open(FORMS[code].opened_by):
            found.append((form_title(code, spoken), f"{register_path(code)}new?{field}={project.code}"))
    return found


def project_field(code: str) -> str:
    """The name of the field by which a form names its project; nothing where it names none."""
    if code not in FORMS:
        return ""
    fields = (field for field in FORMS[code]() if field.kind == "project" and not field.computed)
    return next((field.name for field in fields), "")
