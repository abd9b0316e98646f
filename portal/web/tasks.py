"""Tasks as administrators see them: where and whose, never what the record says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.domain.roles import ROLE
from portal.lib.i18n import _, _l, language
from portal.models import Task
from portal.queries import people

KINDS = {
    "correct": _l("待更正"),
    "open": _l("待填写"),
    "entry": _l("补充登记"),
    "ask": _l("待办事项"),
}


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task without the content of its record."""

    id: int
    number: str
    form: str
    step: str
    kind: str
    state: str
    holders: str
    since: datetime
    due_at: datetime | None
    reroutable: bool


def shown(task: Task) -> ShownTask:
    """The task, with titles in the reader's language."""
    definition: dict[str, Any] = task.record.form_version.definition if task.record is not None else {}
    step = next((one for one in definition.get("steps", ()) if one["key"] == task.step), None)
    return ShownTask(
        id=task.id,
        number=task.record.number if task.record is not None else "",
        form=definition["title"][language()] if definition else task.form_code,
        step=step["title"][language()] if step is not None else str(KINDS.get(task.kind, task.kind)),
        kind=task.kind,
        state=task.state,
        holders=holders(task),
        since=task.created_at,
        due_at=task.due_at,
        reroutable=task.kind in ("sign", "added") and task.state in ("open", "stuck"),
    )


def holders(task: Task) -> str:
    """Who holds the task, in words."""
    return _("、").join(_holder(holder.key) for holder in task.holders) or _("（无）")


def _holder(key: str) -> str:
    kind, _colon, rest = key.partition(":")
    if kind == "role":
        return str(ROLE[rest].title) if rest in ROLE else rest
    if kind == "head":
        return _("%(department)s负责人", department=people.department_name(int(rest), language()))
    return people.name_of(int(rest))
