"""Projects for tests of forms, with everything passed that a stage waits for."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.demo import carried_over, rows
from portal.forms.kinds import Ref

DAY = date(2026, 5, 12)


def begun(kind: str, stage: str = "", *, people: dict[str, int] | None = None, **facts: Any) -> Ref:
    """A project of the kind whose stage may be worked on now."""
    row = rows.add(
        "project",
        name="滨江花园",
        kind=kind,
        people=people or {},
        facts={**carried_over.FACTS[kind], **facts},
    )
    if stage:
        carried_over.pass_until(row, stage, DAY)
    return Ref(row.id, row.label)
