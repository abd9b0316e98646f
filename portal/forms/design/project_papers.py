"""What the permit forms of a project say of each other: the records they name, and what is known of it already."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.forms.base import Sheet
from portal.forms.fields import Integer, Number, Text
from portal.forms.kinds import Ref
from portal.forms.references import RecordLink
from portal.lib.i18n import _l
from portal.queries import goods, project_papers, projects
from portal.queries.pick import record_label

FIELDS = (Text, Number, Integer)  # what a form takes over from a project's facts and earlier papers
NEVER = ("sealed_copies", "copies", "scheme_version")


def refuse_foreign(sheet: Sheet, *under_way: str) -> None:
    """Says no beside each record that is about another project, or not finished unless its field is in `under_way`."""
    project = next(field.data for field in sheet if field.short_name == "project")
    for field in sheet:
        if not isinstance(field, RecordLink) or not isinstance(field.data, Ref) or field.data.id is None:
            continue
        about = project_papers.project_of(field.data.id)
        if project and about != project.id:
            sheet.refuse(field.short_name, _l("%(record)s不是本项目的记录", record=field.data.text))
        elif field.short_name not in under_way and goods.state(field.data.id) != "finished":
            sheet.refuse(field.short_name, _l("%(record)s尚未办结", record=field.data.text))


def applies(project_id: int | None, stage: str) -> bool:
    """Whether the project goes through a stage."""
    found = projects.stage(project_id, stage)
    return found is not None and found.row.applies


def known(sheet: Sheet) -> dict[str, Any]:
    """What a form may begin with once it is known for which project: its facts, its papers, and what they say."""
    project = sheet.context.get("project")
    row = projects.project(project.id) if isinstance(project, Ref) else None
    if row is None:
        return {}
    found: dict[str, Any] = {"project": project}
    answers: dict[str, Any] = {}
    for field in sheet:
        if isinstance(field, RecordLink) and field.targets:
            record = project_papers.latest(row.id, field.targets)
            if record is not None:
                found[field.short_name] = Ref(record.id, record_label(record))
                answers |= _plain(goods.opening_answers(record.id))
    answers |= _plain(row.facts)
    for field in sheet:
        name = field.short_name
        if type(field) in FIELDS and not field.computed and name not in NEVER and name in answers:
            found[name] = _typed(field, answers[name])
    return {name: value for name, value in found.items() if value is not None}


def _plain(answers: Any) -> dict[str, Any]:
    """Answers that are texts or numbers."""
    return {name: value for name, value in answers.items() if isinstance(value, str | int)}


def _typed(field: Any, value: str | int) -> Any:
    """The stored value as the field takes it; None where it does not fit."""
    if isinstance(field, Text):
        return str(value)
    try:
        number = Decimal(value)
    except ArithmeticError:
        return None
    return int(number) if isinstance(field, Integer) else number
