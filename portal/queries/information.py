"""What the information centre's forms ask of the books: plans, pieces of information, reports, codes, replies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.roles import TOP
from portal.extensions import db
from portal.lib.clock import day, midnight, months_later
from portal.models import Content, Department, LedgerKey, Person, Record, Signature, Task
from portal.queries import stage_answers
from portal.queries.corrected import is_corrected
from portal.queries.owed import ALIVE
from portal.queries.pick import record_label
from portal.queries.visible import visible_to

ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of information (IC-01): what it is called, its classes as far as it has got, its department."""

    id: int
    label: str
    title: str
    information_class: str
    quality_class: str
    department_id: int | None
    classified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """A department's report (IC-04) of a month."""

    id: int
    label: str
    department_id: int
    department: str
    kind: str
    items: tuple[int, ...]
    state: str


def plan(record_id: int) -> tuple[bool, date, date]:
    """Whether a collection plan is approved and stands, and the days from which and until which it holds."""
    query = (
        sa.select(Record.state, is_corrected(Record.id), Content.answers)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(Record.id == record_id)
    )
    state, corrected, answers = db.session.execute(query).one()
    first, last = (date.fromisoformat(answers[name]) for name in ("time_from", "time_limit"))
    return state == "finished" and not corrected, first, last


def plan_in_force(today: date) -> tuple[int, str] | None:
    """Id and label of the newest approved plan that holds today."""
    here = today.isoformat()
    query = (
        sa.select(Record)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(Record.form_code == "IC-13", Record.state == "finished", ~is_corrected(Record.id)),
            Content.answers["time_from"].as_string() <= here,
            Content.answers["time_limit"].as_string() >= here,
        )
        .order_by(Record.id.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    return (found.id, record_label(found)) if found is not None else None


def priorities() -> str:
    """What the last consolidated report (IC-05) wants collected next."""
    wanted = Content.answers["collection_priorities"].as_string()
    query = (
        sa.select(wanted)
        .join(Record, sa.and_(Record.id == Content.record_id, Record.version == Content.version))
        .where(Record.form_code == "IC-05", Record.state == "finished", ~is_corrected(Record.id))
        .order_by(Record.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or ""


def same_title(title: str, but: Collection[int]) -> list[str]:
    """Numbers of other pieces of information with this title."""
    query = sa.select(Record.number).where(
        *(Record.form_code == "IC-01", Record.title == title, Record.state.in_(ALIVE)),
        *(Record.id.not_in(list(but)), ~is_corrected(Record.id)),
    )
    return list(db.session.scalars(query.order_by(Record.id)))


def next_code(letters: str, year: int) -> str:
    """The first free archive code of a class and year."""
    start = f"{letters}-{year}-"
    taken = db.session.scalars(
        sa.select(LedgerKey.key).where(LedgerKey.ledger == ARCHIVE, LedgerKey.key.startswith(start))
    )
    ends = (key.removeprefix(start) for key in taken)
    last = max((int(end) for end in ends if end.isascii() and end.isdigit()), default=0)
    return f"{start}{last + 1:04d}"


def holder_of(code: str) -> int | None:
    """The record that an archive code belongs to."""
    held = db.session.get(LedgerKey, (ARCHIVE, code))
    return held.record_id if held is not None else None


def pieces(first: date, until: date, department_id: int | None = None) -> list[Piece]:
    """The information submitted from a day on and before another, of a department or of all."""
    return _pieces(*_since(first, until), department_id=department_id)


def named(ids: Iterable[int]) -> dict[int, Piece]:
    """These pieces of information, by id."""
    wanted = list(ids)
    return {one.id: one for one in _pieces(Record.id.in_(wanted))} if wanted else {}


def class_a(since: date) -> list[Piece]:
    """The information that was classified as class A from a day on."""
    found = _pieces(Record.submitted_at >= midnight(months_later(since, -3)))
    start = midnight(since)
    return [
        one
        for one in found
        if one.quality_class == "class_a" and one.classified_at is not None and one.classified_at >= start
    ]


def counts(period: str, but: Collection[int] = ()) -> list[tuple[str, int, int]]:
    """How much was classified of each class in a month (YYYY-MM) and in the month before: class, count, last."""
    first = month(period)
    before = months_later(first, -1)
    here = _count(pieces(first, months_later(first, 1)), but)
    last = _count(pieces(before, first), but)
    return [(one, here[one], last[one]) for one in sorted(here.keys() | last.keys())]


def reports(period: str, but: Collection[int] = ()) -> list[Report]:
    """The departments' reports (IC-04) of a month that are not given up."""
    query = (
        sa.select(Record, Content.answers)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(Record.form_code == "IC-04", Record.state.in_(ALIVE), ~is_corrected(Record.id)),
            *(Record.id.not_in(list(but)), Content.answers["period"].as_string() == period),
        )
        .order_by(Record.id)
    )
    return [_report(record, answers) for record, answers in db.session.execute(query)]


def report_days(since: datetime, seen_by: Any) -> list[tuple[str, date]]:
    """Of each monthly report (IC-04) since a moment: its month, and the day on which it was made."""
    period, kind = Content.answers["period"].as_string(), Content.answers["kind"].as_string()
    query = (
        sa.select(period, Record.submitted_at)
        .join(Record, sa.and_(Record.id == Content.record_id, Record.version == Content.version))
        .where(
            *(Record.form_code == "IC-04", Record.state.in_(ALIVE), ~is_corrected(Record.id)),
            *(Record.submitted_at >= since, kind == "monthly"),
        )
    )
    rows = db.session.execute(query if seen_by is None else visible_to(query, seen_by))
    return [(period, day(at)) for period, at in rows]


def named_in_reports(ids: Collection[int]) -> set[int]:
    """Those of these pieces of information that a department's report (IC-04) names."""
    query = (
        sa.select(Content.answers)
        .join(Record, sa.and_(Record.id == Content.record_id, Record.version == Content.version))
        .where(Record.form_code == "IC-04", Record.state.in_(ALIVE), ~is_corrected(Record.id))
    )
    found = {id for answers in db.session.scalars(query) for id in _items(answers)}
    return found & set(ids)


def consolidated(period: str, but: Collection[int] = ()) -> tuple[str, str] | None:
    """Number and state of the consolidated report (IC-05) of a month."""
    query = (
        sa.select(Record.number, Record.state)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(Record.form_code == "IC-05", Record.state.in_(ALIVE), ~is_corrected(Record.id)),
            *(Record.id.not_in(list(but)), Content.answers["period"].as_string() == period),
        )
        .order_by(Record.id)
        .limit(1)
    )
    row = db.session.execute(query).first()
    return (row.number, row.state) if row is not None else None


def answered(code: str, name: str, value: str, but: Collection[int] = ()) -> str:
    """The number of a record of this form whose opening section says the same; nothing for none."""
    query = (
        sa.select(Record.number)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(Record.form_code == code, Record.state.in_(ALIVE), ~is_corrected(Record.id)),
            *(Record.id.not_in(list(but)), Content.answers[name].as_string() == value),
        )
        .limit(1)
    )
    return db.session.scalar(query) or ""


def issues(year: int) -> int:
    """How many bulletins (IC-08) have been begun in a year."""
    first = date(year, 1, 1)
    query = sa.select(sa.func.count(Record.id)).where(
        Record.form_code == "IC-08", *_since(first, date(year + 1, 1, 1))
    )
    return db.session.scalar(query) or 0


def replies(record_id: int, step: str, name: str) -> list[tuple[str, str]]:
    """What each department has answered at a step in the record's round: its name as signed, and the answer."""
    query = (
        sa.select(Signature.authority, Signature.answers, Task.slot)
        .join(Record, sa.and_(Record.id == Signature.record_id, Record.round == Signature.round))
        .join(Task, Task.id == Signature.task_id)
        .where(Signature.record_id == record_id, Signature.step == step, Signature.act == "signed")
        .order_by(Task.slot)
    )
    return [
        (authority.get("department", ""), answers[name])
        for authority, answers, _slot in db.session.execute(query)
        if answers.get(name)
    ]


def department_of(person_id: int) -> tuple[int, str] | None:
    """Id and name of the department that somebody works in."""
    found = db.session.get(Person, person_id)
    return (found.department_id, found.department.name) if found is not None else None


def departments() -> list[tuple[int, str]]:
    """The departments that report to the information centre, those with a head below the management: id and name."""
    below = sa.and_(Department.head_id.is_not(None), Department.key != TOP)
    query = sa.select(Department).where(below).order_by(Department.id)
    return [(one.id, one.name) for one in db.session.scalars(query)]


def month(period: str) -> date:
    """The first day of a month written YYYY-MM."""
    return date.fromisoformat(f"{period}-01")


def month_before(today: date) -> str:
    """The month before the one of this day, as YYYY-MM."""
    return f"{months_later(today.replace(day=1), -1):%Y-%m}"


def _since(first: date, until: date) -> tuple[Any, Any]:
    return Record.submitted_at >= midnight(first), Record.submitted_at < midnight(until)


def _pieces(*where: Any, department_id: int | None = None) -> list[Piece]:
    classified = (
        sa.select(sa.func.max(Signature.signed_at))
        .where(
            *(Signature.record_id == Record.id, Signature.step == "classification"),
            *(Signature.act == "signed", Signature.round == Record.round),
        )
        .correlate(Record)
        .scalar_subquery()
    )
    department = Content.answers["department"]["id"].as_integer()
    query = (
        sa.select(
            Record,
            stage_answers.text("classification", "information_class").label("information_class"),
            stage_answers.text("classification", "quality_class").label("quality_class"),
            department.label("department_id"),
            classified.label("classified_at"),
        )
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(Record.form_code == "IC-01", Record.state.in_(ALIVE), ~is_corrected(Record.id), *where)
        .order_by(Record.id)
    )
    if department_id is not None:
        query = query.where(department == department_id)
    return [
        Piece(
            row.Record.id,
            record_label(row.Record),
            row.Record.title,
            row.information_class or "",
            row.quality_class or "",
            row.department_id,
            row.classified_at,
        )
        for row in db.session.execute(query)
    ]


def _count(found: list[Piece], but: Collection[int]) -> Counter[str]:
    return Counter(one.information_class for one in found if one.information_class and one.id not in but)


def _items(answers: dict[str, Any]) -> list[int]:
    rows = answers.get("items") or ()
    return [row["record"]["id"] for row in rows if row.get("record") and row["record"]["id"]]


def _report(record: Record, answers: dict[str, Any]) -> Report:
    given = answers["department"]
    return Report(
        record.id,
        record_label(record),
        given["id"],
        given["text"],
        answers.get("kind") or "monthly",
        tuple(_items(answers)),
        record.state,
    )
