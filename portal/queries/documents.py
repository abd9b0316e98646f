"""What document control asks of the books: versions, requests and releases under way, copies in somebody's hands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import (
    Content,
    ControlledDocument,
    Department,
    Person,
    Record,
    RecordSubject,
    Signature,
)
from portal.models.records import OPEN
from portal.queries.corrected import is_corrected
from portal.queries.goods import named, opening_answers, stage_answers
from portal.queries.goods import state as state_of

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


@dataclass(frozen=True, slots=True)
class Request:
    """A change request as a release sees it."""

    document_id: int | None
    new_version: str
    finished: bool
    corrected: bool


def request(record_id: int) -> Request:
    """What a change request asks for."""
    wanted = stage_answers(record_id, "controller_receipt").get("new_version") or ""
    corrected = bool(db.session.scalar(sa.select(is_corrected(record_id))))
    return Request(named(record_id, "document"), wanted, state_of(record_id) == "finished", corrected)


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
    planned = stage_answers(record_id, "release").get("effective_on")
    signed = received(record_id, "release").values()
    return Release(
        given.get("document_no") or "",
        given.get("version") or "",
        max(date.fromisoformat(planned), *signed) if planned else None,
    )


def last_review(number: str, version: str) -> Record | None:
    """The last release form by which a version of a document was reviewed and stayed as it is."""
    answers = Content.answers
    query = (
        sa.select(Record)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            Record.form_code == RELEASE,
            Record.state == "finished",
            ~is_corrected(Record.id),
            answers["document_no"].as_string() == number,
            answers["version"].as_string() == version,
            answers["purpose"].as_string() == "confirm",
        )
    )
    return db.session.scalars(query.order_by(Record.id.desc()).limit(1)).unique().one_or_none()


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
