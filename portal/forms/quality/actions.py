"""Measures that a form has decided: each is a line of 纠正改进措施台帐 and is followed to its end by a QA-19."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from portal.domain.effects import Effect, Opens, PostsEntry
from portal.forms.filed import Filed
from portal.forms.kinds import Ref

Measure = tuple[str, Ref | None, date | None]
"""What is to be done, by whom, until when."""


def follow(
    record: Filed, measures: Iterable[Measure], *, department: Ref | None = None, first: int = 1
) -> Iterator[Effect]:
    """Enters each measure in the ledger at once and leaves the quality department a draft to track it by.

    `first` is the number of the first one, where a record has entered others before.
    """
    for place, measure in enumerate(measures, first):
        action, owner, due = measure
        facts = _facts(record, place, measure, department)
        yield PostsEntry("improvement_actions", facts)
        yield Opens(
            "QA-19",
            {
                "action_no": facts["no"],
                "action": action,
                "owner": owner,
                "department": department,
                "due_on": due,
            },
            to="role:quality_inspector",
            names_as="source_record",
            due=due,
        )


def proven(
    record: Filed, measures: Iterable[Measure], result: str, *, department: Ref | None = None, first: int = 1
) -> Iterator[Effect]:
    """Enters measures that the record itself has seen done and found effective: nobody needs to follow them."""
    for place, measure in enumerate(measures, first):
        facts = _facts(record, place, measure, department)
        yield PostsEntry("improvement_actions", {**facts, "result": result, "verified": True})


def _facts(record: Filed, place: int, measure: Measure, department: Ref | None) -> dict[str, Any]:
    action, owner, due = measure
    return {
        "no": f"{record.number}/{place}",
        "source": record.number,
        "action": action,
        "owner": owner.text if owner else "",
        "department": department.text if department else "",
        "due": due.isoformat() if due else "",
    }
