"""What the forms of the case library ask of the books: cases, how often each was used, complaints that a design caused."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.domain.permissions import head_key, role_key
from portal.extensions import db
from portal.lib.clock import midnight
from portal.models import Content, Department, LedgerEntry, Record, Signature
from portal.queries import master_books
from portal.queries.corrected import is_corrected
from portal.queries.ledgers import Source

LIBRARY, USES = "case_library", "case_uses"
GONE = ("refused", "voided")


@dataclass(frozen=True, slots=True)
class Case:
    """A case of the library: the project that it comes from, and what was learnt."""

    project: dict[str, Any]
    lesson: str


def case(record_id: int | None) -> Case | None:
    """The case that a card has entered into the library; None while it has not, or when another corrects it."""
    if record_id is None:
        return None
    query = (
        sa.select(LedgerEntry.facts)
        .where(
            LedgerEntry.ledger == LIBRARY,
            LedgerEntry.record_id == record_id,
            ~is_corrected(LedgerEntry.record_id),
        )
        .order_by(LedgerEntry.id.desc())
        .limit(1)
    )
    facts = db.session.scalar(query)
    return Case(facts["project_named"], facts["lesson"]) if facts else None


def unknown(cases: Iterable[Any]) -> list[str]:
    """Those of the cards that stand in no library yet, by what they are called; paper numbers pass."""
    return [one.text for one in cases if one is not None and one.id and case(one.id) is None]


def readers() -> tuple[str, ...]:
    """Whose keys open the card of every case: those who bring cases into new projects, and the heads."""
    heads = db.session.scalars(sa.select(Department.id).order_by(Department.id))
    return (
        role_key("customer_service_supervisor"),
        role_key("design_manager"),
        *(head_key(id) for id in heads),
    )


def library() -> Source:
    """案例库: every case, newest first, with how often it was used and by what last."""
    use = aliased(LedgerEntry)
    uses = sa.and_(use.ledger == USES, use.about_id == LedgerEntry.record_id, ~is_corrected(use.record_id))
    last = aliased(Record)
    found = {
        "times_used": sa.select(sa.func.count(use.id)).where(uses).scalar_subquery(),
        "last_used_in": sa.select(last.number)
        .join(use, use.record_id == last.id)
        .where(uses)
        .order_by(use.id.desc())
        .limit(1)
        .scalar_subquery(),
    }
    searched = ("title", "keywords", "problem", "lesson", "how_to_avoid", "project", "responsible_department")
    return master_books.entries(LIBRARY, *searched, found=found)


def drawings_reviewed(project_id: int) -> bool:
    """Whether the internal review of a project's drawings (CS-12) is closed, so that they may go to the agency (PL-37)."""
    query = (
        sa.select(Record.id)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.form_code == "CS-12",
            Record.state == "finished",
            ~is_corrected(Record.id),
            Content.answers[("new_project", "id")].as_integer() == project_id,
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None


def design_department() -> Department | None:
    """The department that designs; None while there is none."""
    return db.session.scalar(sa.select(Department).where(Department.key == "design"))


def caused_by_design(since: date, until: date, but: Collection[int] = ()) -> list[str]:
    """The complaints (CS-51) of these days that were found to be the design department's, by number and title."""
    begin, end = map(midnight, (since, until + timedelta(days=1)))
    query = (
        sa.select(Record.number, Record.title, Signature.answers)
        .join(Signature, Signature.record_id == Record.id)
        .where(
            Record.form_code == "CS-51",
            Record.submitted_at >= begin,
            Record.submitted_at < end,
            Record.state.not_in(GONE),
            Record.id.not_in(list(but)),
            ~is_corrected(Record.id),
            Signature.step == "investigation",
            Signature.act == "signed",
        )
        .order_by(Record.id, Signature.id)
    )
    design = design_department()
    last = {f"{number} {title}": answers for number, title, answers in db.session.execute(query)}
    return [
        label
        for label, answers in last.items()
        if design and (answers.get("responsible_department") or {}).get("id") == design.id
    ]
