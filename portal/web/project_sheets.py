"""The sheet on which a stage of a project is adjusted by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

from portal.domain.projects import KINDS
from portal.forms.base import Sheet
from portal.forms.fields import Day, LongText, MultiChoice, YesNo
from portal.forms.kinds import Ref
from portal.forms.references import Person
from portal.lib.i18n import _l
from portal.models import Project
from portal.queries.projects import Stage


class StageSheet(Sheet):
    """Whether a stage applies, what it waits for, when it is planned, who sees to it, and why that changes."""

    applies = YesNo(_l("是否办理"))
    after: MultiChoice
    starts_on = Day(_l("计划开始"), required=False)
    planned_on = Day(_l("计划完成"), required=False)
    owner = Person(_l("负责人"), required=False)
    reason = LongText(_l("调整原因"), max=500)

    def check(self) -> None:
        """A stage ends after it begins."""
        starts, ends = self.starts_on.data, self.planned_on.data
        if starts and ends and ends < starts:
            self.refuse("planned_on", _l("计划完成不能早于计划开始"))

    def values(self) -> dict[str, Any]:
        """The answers as columns of the stage."""
        return {
            "applies": bool(self.applies.data),
            "after": list(self.after.data or ()),
            "starts_on": self.starts_on.data,
            "planned_on": self.planned_on.data,
            "owner_id": self.owner.data.id if self.owner.data else None,
        }


def sheet_of(project: Project, stage: Stage, posted: Any = None, **kwargs: Any) -> StageSheet:
    """The sheet of a stage, filled with how it stands unless something was posted."""
    row = stage.row
    now = {
        "applies": row.applies,
        "after": list(row.after),
        "starts_on": row.starts_on,
        "planned_on": row.planned_on,
        "owner": Ref(row.owner.id, row.owner.label) if row.owner else None,
    }
    return _of_kind(project.kind, row.key)(posted, answers=now, **kwargs)


@cache
def _of_kind(kind: str, key: str) -> type[StageSheet]:
    """The sheet with the other stages of the kind to wait for."""
    others = {stage.key: stage.title for stage in KINDS[kind].stages if stage.key != key}
    after = MultiChoice(_l("前置阶段"), others, required=False, help=_l("这些阶段都通过后，本阶段才能办理"))
    return type("StageSheet", (StageSheet,), {"after": after})
