"""The pages of document control: the list of documents in all their versions, the register of copies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.models import (
    ControlledDocument,
    Department,
    DocumentRevision,
    LedgerEntry,
    Person,
    Record,
)
from portal.queries import master_books
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.days import TODAY
from portal.queries.document_copies import is_repeated, is_returned, same_copy
from portal.queries.documents import COPIES, DOCUMENTS, RETURNS
from portal.queries.keyset import Order
from portal.queries.ledgers import Source

_BELOW = 2**30  # documents without a text stand below the texts that were taken in
_TAKEN_IN = DocumentRevision.release_id.is_(None) & DocumentRevision.effective_on.is_not(None)


def external() -> Source:
    """外来文件清单: the standards, laws and drawings that others have issued, by version as those of the company."""
    return listed("external")


def listed(kind: str = "") -> Source:
    """受控文件清单 (of one kind): every version released, newest first, then those that were taken in without a release.

    The newest version whose day has come is in force, or under revision; those before it are obsolete, those after
    it wait for their day. What is obsolete is reviewed no more and stands at the end.
    """
    later = aliased(LedgerEntry)
    newer = sa.exists().where(
        later.ledger == DOCUMENTS,
        later.id > LedgerEntry.id,
        later.facts["number"].as_string() == LedgerEntry.facts["number"].as_string(),
        sa.func.coalesce(later.facts["effective_on"].as_string(), "") <= TODAY,
        ~is_corrected(later.record_id),
    )
    old = sa.or_(newer, is_corrected(LedgerEntry.record_id))
    facts, row = LedgerEntry.facts, ControlledDocument
    to_come = facts["effective_on"].as_string() > TODAY
    texts = ("number", "title", "kind", "version", "approved_on", "effective_on", "owner", "issuer")
    review, nothing = sa.cast(row.next_review_on, sa.String), sa.cast(sa.null(), sa.String)
    released = (
        sa.select(
            LedgerEntry.id.label("id"),
            *(facts[name].as_string().label(name) for name in texts),
            sa.case((old | (row.state == "obsolete"), nothing), else_=sa.func.coalesce(
                review, facts["next_review"].as_string()
            )).label("next_review"),
            sa.case(
                (old, "obsolete"), (to_come & (sa.func.coalesce(row.state, "") != "obsolete"), "to_come"), else_=sa.func.coalesce(row.state, "effective")
            ).label("state"),
            Record.number.label("record"),
            Person.name.label("posted_by"),
            reversed_by(LedgerEntry.record_id).label("reversed_by"),
            LedgerEntry.posted_at,
        )
        .join(Record, Record.id == LedgerEntry.record_id)
        .join(Person, Person.id == LedgerEntry.posted_by_id)
        .outerjoin(row, row.code == facts["number"].as_string())
        .where(LedgerEntry.ledger == DOCUMENTS)
    )  # fmt: skip
    line = aliased(LedgerEntry)
    entered = sa.exists().where(line.ledger == DOCUMENTS, line.facts["number"].as_string() == row.code)
    loaded = (
        sa.select(
            -row.id - _BELOW, row.code, row.name, row.kind, row.version, nothing,
            sa.cast(row.effective_on, sa.String), Department.name, nothing, review, row.state, nothing, nothing, nothing,
            sa.cast(sa.null(), LedgerEntry.posted_at.type),
        )
        .outerjoin(Department, Department.id == row.department_id)
        .where(~entered, row.code.not_in(sa.select(DocumentRevision.document_no).where(_TAKEN_IN)))
    )  # fmt: skip
    lines = sa.union_all(released, _taken_in(), loaded).subquery()
    stands = sa.case((lines.c.state == "obsolete", 0), else_=1)
    query = sa.select(lines).where(lines.c.kind == kind) if kind else sa.select(lines)
    return Source(
        query=query,
        order=Order((stands, lines.c.id), (int, int), descending=True),
        lines=lambda found: [dict(found._mapping)],
        text=(lines.c.number, lines.c.title, lines.c.version, lines.c.owner, lines.c.issuer, lines.c.record),
        at=lines.c.posted_at,
        picked={"state": lines.c.state, "kind": lines.c.kind},
    )


def _taken_in() -> Any:
    """The texts that came into the library with the portal, by the same rules."""
    one, later, row = DocumentRevision, aliased(DocumentRevision), ControlledDocument
    since, nothing = sa.cast(one.effective_on, sa.String), sa.cast(sa.null(), sa.String)
    newer = sa.exists().where(
        later.document_no == one.document_no,
        later.id > one.id,
        sa.cast(later.effective_on, sa.String) <= TODAY,
    )
    old = sa.or_(newer, row.state == "obsolete")
    return (
        sa.select(
            -one.id, one.document_no, one.name, one.kind, one.number, nothing, since, Department.name, nothing,
            sa.case((old, nothing), else_=sa.cast(row.next_review_on, sa.String)),
            sa.case((old, "obsolete"), (since > TODAY, "to_come"), else_=row.state),
            nothing, nothing, nothing, sa.cast(sa.null(), LedgerEntry.posted_at.type),
        )
        .join(row, row.id == one.document_id)
        .join(Department, Department.id == one.department_id)
        .where(_TAKEN_IN)
    )  # fmt: skip


def issued() -> Source:
    """文件发放/回收登记簿: each copy with its return; a copy of a version that is obsolete names the day by which it comes back."""
    back, row = aliased(LedgerEntry), aliased(ControlledDocument)

    def returned(value: Any) -> Any:
        query = sa.select(value).where(
            back.ledger == RETURNS, ~is_corrected(back.record_id), *same_copy(back)
        )
        return query.order_by(back.id.desc()).limit(1).correlate(LedgerEntry).scalar_subquery()

    since = (
        sa.select(sa.cast(row.effective_on, sa.String))
        .where(
            row.id == LedgerEntry.facts["document_id"].as_integer(),
            row.version != LedgerEntry.facts["version"].as_string(),
            ~is_returned(()),
            ~is_corrected(LedgerEntry.record_id),
        )
        .correlate(LedgerEntry)
        .scalar_subquery()
    )
    found = {
        "returned_on": returned(back.facts["returned_on"].as_string()),
        "destroyed": returned(back.facts["destroyed"].as_boolean()),
        "recall_by": since,
    }
    source = master_books.entries(COPIES, "document", "copy_no", "holder", "person", found=found)
    return replace(source, query=source.query.where(~is_repeated()))
