"""What the forms of a website share: who signs for the project, the customer's confirmation, links to its other records."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.domain.conditions import Test, any_row, equals
from portal.domain.deadlines import working_days
from portal.domain.signoff import Back, Step, outside, project_person
from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Day
from portal.forms.kinds import Ref
from portal.lib.i18n import _l
from portal.queries import projects, websites

DESIGNER = project_person("project", "designer")
PROGRAMMER = project_person("project", "programmer")
PROJECT_MANAGER = project_person("project", "project_manager")
DESIGN_MANAGER = project_person("project", "design_manager")
PASS = equals("test_conclusion", "pass")


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
        """What is confirmed was there by then."""
        moments.refuse_future(self, "confirmed_on")
        text = _l("确认日期不能早于完成日期")
        moments.refuse_earlier(self, "confirmed_on", self.context.get("finished_on"), text)


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
