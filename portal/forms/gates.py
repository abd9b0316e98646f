"""Gates of projects: a form that works on a stage opens once the stages before it have passed."""

from __future__ import annotations

from portal.domain import projects as kinds
from portal.forms.base import Sheet
from portal.forms.kinds import Ref
from portal.lib.i18n import _, _l
from portal.models import Project as Row
from portal.queries import projects


def refuse_closed(sheet: Sheet, field: str, key: str, *, project: Ref | None = None) -> None:
    """Says no beside the field that names the project, while its stage may not be worked on.

    That is when the project does not go through the stage, is over or held, or when a stage before has not passed. A
    stage that has passed already may be worked on again; `project` is given where the field names another thing.
    """
    refuse_left_out(sheet, field, key, project=project)
    found = _named(sheet, field, project)
    stage = projects.stage(found.id, key) if found is not None else None
    if found is None or stage is None:
        return
    if found.state == "held":
        sheet.refuse(field, _l("“%(project)s”已暂停，恢复后才能继续", project=found.name))
    elif stage.waits_for:
        names = _("、").join(str(one.title) for one in stage.waits_for)
        sheet.refuse(field, _l("须先通过：%(stages)s", stages=names))


def refuse_left_out(sheet: Sheet, field: str, key: str, *, project: Ref | None = None) -> None:
    """Says no beside a project that does not go through the stage, or is over; what prepares a stage may come early."""
    found = _named(sheet, field, project)
    if found is None:
        return
    stage = projects.stage(found.id, key)
    if stage is None or not stage.row.applies:
        title = kinds.STAGES[found.kind, key].title if stage else key
        sheet.refuse(field, _l("“%(project)s”不办理“%(stage)s”", project=found.name, stage=title))
    elif found.state == "ended":
        sheet.refuse(field, _l("“%(project)s”已终止", project=found.name))


def _named(sheet: Sheet, field: str, project: Ref | None) -> Row | None:
    named = project or next(one.data for one in sheet if one.short_name == field)
    return projects.project(named.id) if named is not None else None
