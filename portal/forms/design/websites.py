"""What the forms of a website share: who signs for the project, the customer's confirmation, links to its other records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from portal.domain.conditions import Test, any_row, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, SetsStage
from portal.domain.projects import STAGES, TO_BE_CORRECTED, WEB
from portal.domain.signoff import Back, Step, outside, project_person
from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Day
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import history, projects, websites

TEAM = ("designer", "programmer", "project_manager", "design_manager")  # who name each other's records
DESIGNER = project_person("project", "designer")
PROGRAMMER = project_person("project", "programmer")
PROJECT_MANAGER = project_person("project", "project_manager")
DESIGN_MANAGER = project_person("project", "design_manager")
PASS = equals("test_conclusion", "pass")
PLANNED = ("DS-07", "DS-08", "DS-14")  # the forms that tell the planned day themselves


def failed(checklist: str) -> Test:
    """Whether a point of a checklist has failed."""
    return any_row(checklist, "result", "equals", "fail")


def approvals() -> tuple[Step, ...]:
    """The department's manager, then the project's, each of whom may send it back to its author."""
    return (
        Step("manager_confirm", _l("部门经理确认"), DESIGN_MANAGER, within=working_days(1), bulk=True),
        Step(
            "project_manager_confirm", _l("项目经理确认"), PROJECT_MANAGER, within=working_days(1), bulk=True
        ),
    )


def customer_confirmation(fills: type[Stage], back: str = "applicant") -> Step:
    """The customer's word; a refusal leads back."""
    return Step(
        "customer_confirm",
        _l("客户确认"),
        outside("customer"),
        meaning="confirmed",
        within=working_days(3),
        fills=fills,
        on_refusal=Back(back),
    )


class Confirmation(Stage):
    """The day on which the customer has confirmed."""

    confirmed_on = Day(_l("确认日期"))

    def check(self) -> None:
        """What is confirmed was there by then, and before the customer."""
        refuse_word_of(self, "confirmed_on")
        text = _l("确认日期不能早于完成日期")
        moments.refuse_earlier(self, "confirmed_on", self.context.get("finished_on"), text)


def refuse_word_of(stage: Stage, name: str) -> None:
    """Says no beside the day of the customer's word, unless it lies between the first submission and now."""
    moments.refuse_future(stage, name)
    if stage.itself:
        text = _l("不能早于本单首次提交的日期")
        moments.refuse_earlier(stage, name, day(moments.submitted_at(stage)), text)


def refuse_early(sheet: Sheet, key: str) -> None:
    """Says no beside the project while its stage may not be worked on, and beside one that is delivered.

    What was signed before the delivery may still be corrected.
    """
    refuse_closed(sheet, "project", key)
    named = next(field.data for field in sheet if field.short_name == "project")
    found = projects.project(named.id) if named else None
    if found is not None and found.state == "delivered" and not sheet.itself:
        sheet.refuse("project", _l("“%(project)s”已交付，后续工作请用跟踪检查维护记录", project=found.name))


def refuse_before(sheet: Sheet, *names: str) -> None:
    """Says no beside each day that lies before the day on which the project began."""
    named = next((field.data for field in sheet if field.short_name == "project"), None)
    found = projects.project(named.id) if named else None
    for name in names:
        text = _l("不能早于项目的开始日期")
        moments.refuse_earlier(sheet, name, found.starts_on if found else None, text)


def next_version(form: Any, name: str) -> int:
    """One more than the last version that the project's records were finished with, and than each round sent back.

    A round that was only withdrawn makes none.
    """
    record, project = form.context.get("@record_id"), form.project.data
    before = websites.last_version(project.id, form.code, name) if project and project.id else 0
    return before + 1 + (history.decided_rounds(record) if record else 0)


def refuse_foreign(sheet: Sheet, name: str, project: Ref | None) -> None:
    """Says no beside a link to a record that is not signed to its end, or belongs to another project."""
    named = next(field.data for field in sheet if field.short_name == name)
    if not (named and named.id and project and project.id):
        return
    of = websites.counts_for(named.id)
    if of is None:
        sheet.refuse(name, _l("这张记录还没有办结，或已被更正"))
    elif of != project.id:
        sheet.refuse(name, _l("这张记录不是这个项目的"))


def waits(record: Filed, project: Any, code: str) -> bool:
    """Whether somebody has a form of the project to fill in or to sign already, other than through this record."""
    found = websites.in_work(project.id, code, record.itself) or websites.left(
        project.id, code, record.itself
    )
    return found is not None


def next_phase(
    record: Filed, project: Any, key: str, known: Mapping[str, Any] | None = None, *, names_as: str = ""
) -> Iterator[Effect]:
    """A draft of a stage's form for its role, until the planned day; none beside one that waits already."""
    if not waits(record, project, STAGES[WEB.key, key].forms[0]):
        yield _draft(record, project, key, known or {}, names_as=names_as)


def over_again(record: Filed, project: Any, key: str, known: Mapping[str, Any]) -> Iterator[Effect]:
    """A stage is to be done once more, and with it its form, unless that is in work."""
    yield SetsStage(project.id, key, {"state": TO_BE_CORRECTED, "passed_on": None})
    if not websites.in_work(project.id, STAGES[WEB.key, key].forms[0], record.itself):
        yield replace(_draft(record, project, key, known), anew=True)


def _draft(record: Filed, project: Any, key: str, known: Mapping[str, Any], *, names_as: str = "") -> Opens:
    stage, until = STAGES[WEB.key, key], planned_on(project.id, key)
    code = stage.forms[0]
    planned = {"planned_on": until} if until and code in PLANNED else {}
    answers = {"project": record["project"], **planned, **known}
    return Opens(code, answers, to=projects.holder(project, stage.role), names_as=names_as, due=until)


def customer_of(project: Ref | None) -> Ref | None:
    """The customer for whom a project is made."""
    found = projects.project(project.id) if project else None
    customer = found.customer if found else None
    return Ref(customer.id, customer.label) if customer else None


def person_of(project: Ref | None, role: str) -> int | None:
    """The id of whoever holds a role in a project."""
    found = projects.project(project.id) if project else None
    return found.people.get(role) if found else None


def planned_on(project_id: int, key: str) -> date | None:
    """Until when the schedule wants a stage to be through."""
    stage = projects.stage(project_id, key)
    return stage.row.planned_on if stage else None


def plan(project_id: int, key: str) -> dict[str, Any]:
    """The planned day of a stage as answers of its form."""
    day = planned_on(project_id, key)
    return {"planned_on": day} if day else {}
