"""What document control asks of the books: versions, requests and releases under way, copies in somebody's hands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.lib.clock import day
from portal.models import (
    Content,
    ControlledDocument,
    Department,
    LedgerEntry,
    Person,
    Record,
    RecordSubject,
    Signature,
)
from portal.models.records import OPEN
from portal.queries import master_books
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.days import TODAY
from portal.queries.goods import named, opening_answers, stage_answers
from portal.queries.goods import state as state_of
from portal.queries.keyset import Order
from portal.queries.ledgers import Source

DOCUMENTS = "documents"
COPIES = "document_copies"
RETURNS = "document_returns"
SYSTEM = "KF-TX"  # the customer service system's number in the list of controlled documents
RELEASE, REQUEST, ISSUE = "DC-01", "DC-02", "DC-03"


def find(document_id: int) -> ControlledDocument | None:
    """A controlled document; None if there is none."""
    return db.session.get(ControlledDocument, document_id)


def by_number(number: str) -> ControlledDocument | None:
    """The controlled document with this number; None if there is none."""
    return db.session.scalar(sa.select(ControlledDocument).where(ControlledDocument.code == number))


def numbered(numbers: Collection[str]) -> set[str]:
    """Those of these numbers that are numbers of controlled documents."""
    query = sa.select(ControlledDocument.code).where(ControlledDocument.code.in_(numbers))
    return set(db.session.scalars(query))


def versions(number: str, but: Collection[int] = ()) -> list[str]:
    """Every version of a document that was ever released, oldest first, without those that these records released.

    The version with which a document was loaded comes first.
    """
    query = (
        sa.select(LedgerEntry.facts["version"].as_string())
        .where(
            LedgerEntry.ledger == DOCUMENTS,
            LedgerEntry.facts["number"].as_string() == number,
            LedgerEntry.record_id.not_in(list(but)),
            ~is_corrected(LedgerEntry.record_id),
        )
        .order_by(LedgerEntry.id)
    )
    released = list(db.session.scalars(query))
    document = by_number(number)
    loaded = document is not None and document.release_id is None and document.version
    return list(dict.fromkeys([*([document.version] if document and loaded else []), *released]))


@dataclass(frozen=True, slots=True)
class Request:
    """A change request as a release sees it."""

    document_id: int | None
    new_version: str
    finished: bool


def request(record_id: int) -> Request:
    """What a change request asks for."""
    wanted = stage_answers(record_id, "controller_receipt").get("new_version") or ""
    return Request(named(record_id, "document"), wanted, state_of(record_id) == "finished")


def request_under_way(document_id: int, but: Collection[int] = ()) -> str:
    """The number of a change request for the document that nobody has refused and no release has answered yet."""
    query = (
        sa.select(Record.number, Record.state)
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "document"))
        .where(
            Record.form_code == REQUEST,
            RecordSubject.row_id == document_id,
            Record.id.not_in(list(but)),
            ~is_corrected(Record.id),
        )
        .order_by(Record.id.desc())
    )
    document = find(document_id)
    revised = document is not None and document.state == "under_revision"
    for number, state in db.session.execute(query):
        if state in OPEN or (state == "finished" and revised):
            return str(number)
    return ""


def release_under_way(number: str, but: Collection[int] = ()) -> str:
    """The number of a release of the document that is not over yet."""
    query = (
        sa.select(Record.number)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            Record.form_code == RELEASE,
            Record.state.in_(OPEN),
            Record.id.not_in(list(but)),
            Content.answers["document_no"].as_string() == number,
        )
    )
    return db.session.scalar(query.order_by(Record.id).limit(1)) or ""


@dataclass(frozen=True, slots=True)
class Release:
    """A release as the issue of its copies sees it."""

    number: str
    version: str
    effective_on: date | None


def release(record_id: int) -> Release:
    """What a release has put into force."""
    given = opening_answers(record_id)
    effective = stage_answers(record_id, "release").get("effective_on")
    return Release(
        given.get("document_no") or "",
        given.get("version") or "",
        date.fromisoformat(effective) if effective else None,
    )


def head(department_id: int) -> Person | None:
    """Who leads a department; None if nobody does."""
    department = db.session.get(Department, department_id)
    return db.session.get(Person, department.head_id) if department and department.head_id else None


def received(record_id: int, step: str) -> dict[str, date]:
    """When each party has signed the step of a record last, by authority key."""
    query = (
        sa.select(Signature.authority["key"].as_string(), Signature.signed_at)
        .where(Signature.record_id == record_id, Signature.step == step, Signature.act == "signed")
        .order_by(Signature.id)
    )
    return {key: day(at) for key, at in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Copy:
    """A numbered copy that somebody has in their hands."""

    document_id: int
    version: str
    copy_no: str
    holder: str
    issued_on: str


def copies(document_id: int, but: Collection[int] = ()) -> list[Copy]:
    """Every copy of a document ever issued, whatever became of it, without those that these records issued."""
    return _copies(but, LedgerEntry.facts["document_id"].as_integer() == document_id)


def open_copies(document_id: int, version: str | None = None, but: Collection[int] = ()) -> list[Copy]:
    """The copies of a document (of a version) that were not returned; `but` names records whose recalls do not count."""
    wanted = [LedgerEntry.facts["document_id"].as_integer() == document_id]
    if version is not None:
        wanted.append(LedgerEntry.facts["version"].as_string() == version)
    return _copies((), *wanted, ~_is_returned(but))


def entered(record_id: int) -> list[dict[str, Any]]:
    """The copies that a record has entered, as they stand now."""
    query = sa.select(LedgerEntry.facts).where(
        LedgerEntry.ledger == COPIES, LedgerEntry.record_id == record_id, ~_is_repeated()
    )
    return list(db.session.scalars(query.order_by(LedgerEntry.id)))


def to_recall() -> list[Copy]:
    """The copies of versions that are not in force any more."""
    document = aliased(ControlledDocument)
    old = sa.exists().where(
        document.id == LedgerEntry.facts["document_id"].as_integer(),
        sa.or_(document.version != LedgerEntry.facts["version"].as_string(), document.state == "obsolete"),
    )
    return _copies((), old, ~_is_returned(()))


def _copies(but: Collection[int], *where: Any) -> list[Copy]:
    query = (
        sa.select(LedgerEntry.facts)
        .where(
            LedgerEntry.ledger == COPIES,
            LedgerEntry.record_id.not_in(list(but)),
            ~is_corrected(LedgerEntry.record_id),
            ~_is_repeated(),
            *where,
        )
        .order_by(LedgerEntry.id)
    )
    names = ("document_id", "version", "copy_no", "holder", "issued_on")
    return [Copy(*(facts[name] for name in names)) for facts in db.session.scalars(query)]


def _same_copy(one: Any) -> list[Any]:
    """That another line is about the same copy of the same version."""
    facts = LedgerEntry.facts
    return [
        one.facts["document_id"].as_integer() == facts["document_id"].as_integer(),
        one.facts["version"].as_string() == facts["version"].as_string(),
        one.facts["copy_no"].as_string() == facts["copy_no"].as_string(),
    ]


def _is_repeated() -> sa.Exists:
    """Whether the same record has entered the copy again after a round back."""
    later = aliased(LedgerEntry)
    return (
        sa.exists()
        .where(
            later.ledger == COPIES,
            later.id > LedgerEntry.id,
            later.record_id == LedgerEntry.record_id,
            *_same_copy(later),
        )
        .correlate(LedgerEntry)
    )


def _is_returned(but: Collection[int]) -> sa.Exists:
    back = aliased(LedgerEntry)
    return (
        sa.exists()
        .where(
            back.ledger == RETURNS,
            back.record_id.not_in(list(but)),
            ~is_corrected(back.record_id),
            *_same_copy(back),
        )
        .correlate(LedgerEntry)
    )


def recalls(document_id: int) -> tuple[list[str], set[str]]:
    """The old versions that issues of a document have recalled, one for each that is over, and those under way."""
    query = (
        sa.select(Content.answers["old_version"].as_string(), Record.state)
        .join(Record, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            Record.form_code == ISSUE,
            Record.state.in_((*OPEN, "finished")),
            ~is_corrected(Record.id),
            Content.answers[("document", "id")].as_integer() == document_id,
        )
    )
    found = [(version, state) for version, state in db.session.execute(query) if version]
    over = [version for version, state in found if state == "finished"]
    return over, {version for version, state in found if state != "finished"}


def requests_given_up(document_id: int) -> int:
    """How many change requests for a document were refused or given up."""
    query = (
        sa.select(sa.func.count())
        .select_from(Record)
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "document"))
        .where(
            Record.form_code == REQUEST,
            RecordSubject.row_id == document_id,
            Record.state.in_(("refused", "voided")),
        )
    )
    return db.session.scalar(query) or 0


def to_review(before: date) -> list[ControlledDocument]:
    """The documents in force whose next review is due before this day, but the service system, which has its own way."""
    query = sa.select(ControlledDocument).where(
        ControlledDocument.next_review_on < before,
        ControlledDocument.state != "obsolete",
        ControlledDocument.code != SYSTEM,
    )
    return list(db.session.scalars(query.order_by(ControlledDocument.id)))


def all_documents() -> list[ControlledDocument]:
    """Every controlled document, by number."""
    return list(db.session.scalars(sa.select(ControlledDocument).order_by(ControlledDocument.code)))


def states() -> dict[str, int]:
    """How many controlled documents are in each state."""
    query = sa.select(ControlledDocument.state, sa.func.count()).group_by(ControlledDocument.state)
    return {state: many for state, many in db.session.execute(query)}  # noqa: C416 -- rows are not pairs to mypy


def reviews(today: date, soon: timedelta) -> dict[str, int]:
    """How many documents in force are to be reviewed: overdue, soon, later."""
    due = ControlledDocument.next_review_on
    when = sa.case((due < today, "overdue"), (due <= today + soon, "soon"), else_="later")
    query = (
        sa.select(when, sa.func.count())
        .where(due.is_not(None), ControlledDocument.state != "obsolete")
        .group_by(when)
    )
    return {key: many for key, many in db.session.execute(query)}  # noqa: C416 -- rows are not pairs to mypy


# Pages


def external() -> Source:
    """外来文件清单: the standards, laws and drawings that others have issued, by version as those of the company."""
    return listed("external")


def listed(kind: str = "") -> Source:
    """受控文件清单 (of one kind): every version released, newest first, and the documents as loaded, of which none was released.

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
            sa.case((old, nothing), else_=sa.func.coalesce(
                review, facts["next_review"].as_string()
            )).label("next_review"),
            sa.case(
                (old, "obsolete"), (to_come, "to_come"), else_=sa.func.coalesce(row.state, "effective")
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
            -row.id, row.code, row.name, row.kind, row.version, nothing,
            sa.cast(row.effective_on, sa.String), Department.name, nothing, review, row.state, nothing, nothing, nothing,
            sa.cast(sa.null(), LedgerEntry.posted_at.type),
        )
        .outerjoin(Department, Department.id == row.department_id)
        .where(~entered)
    )  # fmt: skip
    lines = sa.union_all(released, loaded).subquery()
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


def issued() -> Source:
    """文件发放/回收登记簿: each copy with its return; a copy of a version that is obsolete names the day by which it comes back."""
    back, row = aliased(LedgerEntry), aliased(ControlledDocument)

    def returned(value: Any) -> Any:
        query = sa.select(value).where(
            back.ledger == RETURNS, ~is_corrected(back.record_id), *_same_copy(back)
        )
        return query.order_by(back.id.desc()).limit(1).correlate(LedgerEntry).scalar_subquery()

    since = (
        sa.select(sa.cast(row.effective_on, sa.String))
        .where(
            row.id == LedgerEntry.facts["document_id"].as_integer(),
            row.version != LedgerEntry.facts["version"].as_string(),
            ~_is_returned(()),
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
    return replace(source, query=source.query.where(~_is_repeated()))
