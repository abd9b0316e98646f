"""The books of products: their files, who got which technical papers, where the originals are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.models import LedgerEntry, Task, TaskHolder
from portal.queries import master_books
from portal.queries.corrected import is_corrected
from portal.queries.days import TODAY
from portal.queries.ledgers import Source
from portal.queries.technical_papers import ARCHIVE, FILE, ISSUES

IN_USE, TO_RETURN, RETURNED = "in_use", "to_return", "returned"


def product_file() -> Source:
    """产品档案: every paper of every product; the newest version whose day has come is in force, those before it obsolete."""
    later, facts = aliased(LedgerEntry), LedgerEntry.facts
    newer = sa.exists().where(
        *_same_paper(later, FILE, ("project_id", "document", "title")),
        sa.func.coalesce(later.facts["effective_on"].as_string(), "") <= TODAY,
    )
    posted = facts["state"].as_string()
    to_come = sa.func.coalesce(facts["effective_on"].as_string(), "") > TODAY
    state = sa.case(
        (is_corrected(LedgerEntry.record_id), "obsolete"),
        (posted != "effective", posted),
        (newer.correlate(LedgerEntry), "obsolete"),
        (to_come, "to_come"),
        else_="effective",
    )
    source = master_books.entries(
        FILE,
        "project",
        "document",
        "title",
        "version",
        "number",
        "sample_no",
        "place",
        found={"state": state},
    )
    return replace(source, picked={"state": state, "document": facts["document"].as_string()})


def issues() -> Source:
    """技术文件发放登记表: each department's copies of a version, and whether they are in use, to be returned or returned."""
    state = _copies_state()
    source = master_books.entries(
        ISSUES, "project", "title", "version", "department", "signed_by", found={"state": state}
    )
    facts = LedgerEntry.facts
    return replace(source, picked={"state": state, "department": facts["department"].as_string()})


def archive() -> Source:
    """技术文件归档控制登记表: where the original of each version is kept, and by whom."""
    return master_books.entries(ARCHIVE, "project", "title", "version", "archive_no", "place", "keeper")


def _copies_state() -> Any:
    """What has become of the copies that a line tells of.

    They come back with the next version that the same department gets, or with the correction of this one: it says so
    when it signs for that, or ticks off the task that asks for them.
    """
    later = aliased(LedgerEntry)
    same = _same_paper(later, ISSUES, ("project_id", "document", "title", "department"))
    done = (
        sa.exists()
        .where(
            Task.record_id == later.record_id,
            Task.kind == "ask",
            Task.state == "done",
            TaskHolder.task_id == Task.id,
            TaskHolder.key == later.facts["key"].as_string(),
        )
        .correlate(later)
    )
    replaced = sa.exists().where(*same).correlate(LedgerEntry)
    back = (
        sa.exists()
        .where(*same, sa.or_(later.facts["old_version_recalled"].as_boolean(), done))
        .correlate(LedgerEntry)
    )
    wrong = is_corrected(LedgerEntry.record_id)
    return sa.case((back, RETURNED), (sa.or_(replaced, wrong), TO_RETURN), else_=IN_USE)


def _same_paper(later: Any, ledger: str, names: tuple[str, ...]) -> list[Any]:
    """That a later line is about the same paper."""
    numbers = ("project_id",)
    return [
        later.ledger == ledger,
        later.id > LedgerEntry.id,
        ~is_corrected(later.record_id),
        *(
            _fact(later, name, number=name in numbers) == _fact(LedgerEntry, name, number=name in numbers)
            for name in names
        ),
    ]


def _fact(line: Any, name: str, *, number: bool) -> Any:
    return line.facts[name].as_integer() if number else line.facts[name].as_string()
