"""What the forms of construction share: the customer of a project, whether a project still goes on, who is who in it."""

from __future__ import annotations

from typing import Any

from portal.domain import projects as kinds
from portal.forms.base import Sheet
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.lib.i18n import _, _l
from portal.models import Project
from portal.queries import projects, service, sites

OVER = {
    "ended": _l("“%(project)s”已终止"),
    "completed": _l("“%(project)s”已完成"),
    "delivered": _l("“%(project)s”已交付"),
}
HELD = _l("“%(project)s”已暂停，恢复后才能继续")


def field(sheet: Sheet, name: str) -> Any:
    """The field of this name."""
    return next(one for one in sheet if one.short_name == name)


def project_of(sheet: Sheet) -> Project | None:
    """The project that the sheet names, or the record so far."""
    named = next((one.data for one in sheet if one.short_name == "project"), sheet.context.get("project"))
    return projects.project(named.id) if isinstance(named, Ref) else None


def refuse_over(sheet: Sheet, *, held: bool = False) -> None:
    """Says no to a project that is over, or (with `held`) rests; what was done in it may still be corrected."""
    project = project_of(sheet)
    if project is None or sheet.itself:
        return
    if project.state in kinds.OVER:
        sheet.refuse("project", OVER[project.state], project=project.name)
    elif held and project.state == "held":
        sheet.refuse("project", HELD, project=project.name)


def refuse_second(sheet: Sheet, code: str) -> None:
    """Says no while another record of the form is under way in the project: each would undo what the other does."""
    project = project_of(sheet)
    if project and (others := sites.open_numbers(code, project.id, sheet.itself)):
        text = _l("该工程的%(numbers)s还在办理，办结后再发起")
        sheet.refuse("project", text, numbers=_("、").join(others))


def fill_customer(sheet: Sheet, name: str = "customer") -> None:
    """The customer of the project, where nobody has typed another."""
    project, customer = project_of(sheet), field(sheet, name)
    if project and project.customer_id and customer.data is None and not customer.text:
        customer.data = Ref(project.customer_id, service.customer_label(project.customer_id))


def refuse_stranger(sheet: Sheet, name: str = "customer") -> None:
    """Says no to a customer who is not the project's."""
    project, customer = project_of(sheet), field(sheet, name).data
    if project and project.customer_id and customer and customer.id != project.customer_id:
        sheet.refuse(name, _l("与工程的客户不一致，请核对"))


def refuse_foreign(sheet: Sheet, name: str) -> None:
    """Says no to a record of another project."""
    project, named = project_of(sheet), field(sheet, name).data
    other = sites.project_of(named.id) if named else None
    if project and other is not None and other != project.id:
        sheet.refuse(name, _l("这条记录属于另一个工程，请核对"))


def refuse_supervisor(sheet: Sheet, name: str) -> None:
    """Says no to the project's supervisor as the one who puts something right, as they look at it afterwards."""
    project, named = project_of(sheet), field(sheet, name).data
    if project and named and project.people.get("site_supervisor") == named.id:
        sheet.refuse(name, _l("监理负责复查，不能同时是整改责任人"))


def with_customer(record: Filed) -> dict[str, Any]:
    """The project of a record and its customer, as drafts of other forms name them."""
    project = projects.project(record["project"].id)
    found: dict[str, Any] = {"project": record["project"]}
    if project and project.customer_id:
        found["customer"] = Ref(project.customer_id, service.customer_label(project.customer_id))
    return found


def extension(record: Filed, cause: str, reason: Any, *, days: int | None = None) -> dict[str, Any]:
    """What a draft of EN-10 begins with: why the project takes longer, and the day from which that counts."""
    answers = {**with_customer(record), "cause": cause, "reason": str(reason)}
    if agreed := sites.agreed_finish(projects.project(record["project"].id)):
        answers["old_finish"] = agreed
    return answers if days is None else {**answers, "days": days}
