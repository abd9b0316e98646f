"""Measures that a form has decided: each is a line of 纠正改进措施台帐 and is followed to its end by a QA-19."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from portal.domain.effects import Effect, Opens, PostsEntry
from portal.forms import moments
from portal.forms.base import Sheet
from portal.forms.fields import Day, LongText
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Person
from portal.lib.clock import day
from portal.lib.i18n import _l

Measure = tuple[str, Ref | None, date | None]
"""What is to be done, by whom, until when."""


class ImprovementAction(Sheet):
    """A row of a table of measures."""

    action = LongText(_l("措施"))
    owner = Person(_l("负责人"))
    due = Day(_l("期限"))

    def check(self) -> None:
        """A measure lies ahead; one that is put right later keeps its day."""
        moments.refuse_past(self, "due", _l("改进措施的期限不能早于今天"))


def measures(rows: Iterable[dict[str, Any]] | None) -> list[Measure]:
    """The rows of such a table."""
    return [(row["action"], row["owner"], row["due"]) for row in rows or ()]


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
        done = {"done_on": day(record.now).isoformat(), "result": result, "verified": True}
        yield PostsEntry("improvement_actions", {**facts, **done})


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
