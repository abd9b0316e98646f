"""Measures that a form has decided: each is a line of 纠正改进措施台帐 and is followed to its end by a QA-19."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from portal.domain.effects import Effect, Opens, PostsEntry
from portal.forms.filed import Filed
from portal.forms.kinds import Ref

Measure = tuple[str, Ref | None, date | None]
"""What is to be done, by whom, until when."""


def follow(
    record: Filed, measures: Iterable[Measure], *, department: Ref | None = None, first: int = 1
) -> Iterator[Effect]:
    """Enters each measure in the ledger at once and leaves the quality department a draft to track it by.

    A record that follows the measures of several departments one after the other says with which number each begins.
    """
    for place, (action, owner, due) in enumerate(measures, first):
        yield PostsEntry(
            "improvement_actions",
            {
                "no": f"{record.number}/{place}",
                "source": record.number,
                "action": action,
                "owner": owner.text if owner else "",
                "department": department.text if department else "",
                "due": due.isoformat() if due else "",
            },
        )
        yield Opens(
            "QA-19",
            {"action": action, "owner": owner, "department": department, "due_on": due},
            to="role:quality_inspector",
            names_as="source_record",
            due=due,
        )
