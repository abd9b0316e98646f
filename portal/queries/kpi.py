"""What the key performance indicators are counted from: records, turns, signatures and lines of the books.

Each source selects `record_id`, `at` (the moment that decides the month) and `value` (1 or 0 of a share, a mark of a
mean), so that the same source gives the figures of a month and the records behind them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import now
from portal.models import Content, LedgerEntry, Record, Signature, Task
from portal.queries import stage_answers
from portal.queries.corrected import is_corrected
from portal.queries.months import Month, month_of, within

Source = sa.Select[*tuple[Any, ...]]
GIVEN_UP = ("refused", "voided", "withdrawn")
FAULTS = 3  # most frequent faults that are named


def _this_moment() -> datetime:
    return now()


_now: sa.BindParameter[datetime] = sa.bindparam("now", callable_=_this_moment, type_=Task.due_at.type)


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a month, and the sum of their values."""

    many: int = 0
    total: float = 0.0


def by_month(source: Source, months: Sequence[Month]) -> dict[str, Count]:
    """What a source counts in each of these successive months."""
    counted = source.subquery()
    rows = (
        sa.select(month_of(counted.c.at, months).label("part"), counted.c.value)
        .where(*within(counted.c.at, months))
        .subquery()
    )
    query = sa.select(rows.c.part, sa.func.count().label("many"), sa.func.sum(rows.c.value).label("total"))
    found = {row.part: row for row in db.session.execute(query.group_by(rows.c.part))}
    return {
        month.key: Count(found[month.key].many, float(found[month.key].total or 0))
        if month.key in found
        else Count()
        for month in months
    }


def submitted(code: str) -> Source:
    """The records of a form that count, by their submission."""
    return _records(Record.submitted_at, sa.literal(1.0)).where(*_counts(code))


def passed(code: str, kinds: Collection[str] = ()) -> Source:
    """The inspections of a form, by their submission: whether the verdict is that the lot passed."""
    verdict = Content.answers["verdict"].as_string()
    query = (
        _records(Record.submitted_at, _one_if(verdict == "pass"))
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(*_counts(code))
    )
    return query.where(Content.answers["record_kind"].as_string().in_(kinds)) if kinds else query


def judged(code: str, step: str, verdict: str) -> Source:
    """The records of a form whose step has judged them, by their submission: whether they passed."""
    answer = stage_answers.text(step, verdict)
    query = _records(Record.submitted_at, _one_if(answer == "pass"))
    return query.where(*_counts(code), answer.is_not(None))


def punctual(code: str) -> Source:
    """The finished records of a form, by their end: whether each turn was taken in time."""
    late = sa.exists().where(
        Task.record_id == Record.id, Task.kind == "sign", Task.state == "done", Task.done_at > Task.due_at
    )
    query = _records(Record.closed_at, _one_if(~late))
    return query.where(Record.form_code == code, Record.state == "finished", ~is_corrected(Record.id))


def turns(forms: str = "", step: str = "") -> Source:
    """The turns of forms whose code begins so that were due or are done, by their deadline: whether they were taken in time."""
    in_time = sa.and_(Task.done_at.is_not(None), Task.done_at <= Task.due_at)
    query = sa.select(
        Task.record_id.label("record_id"), Task.due_at.label("at"), _one_if(in_time).label("value")
    ).where(Task.kind == "sign", Task.due_at.is_not(None), _is_over())
    if forms:
        query = query.where(Task.form_code.startswith(forms, autoescape=True))
    return query.where(Task.step == step) if step else query


def obligations() -> Source:
    """What the obligations have asked for and was kept or missed, by its deadline: whether it was kept in time."""
    return sa.select(
        Task.record_id.label("record_id"),
        Task.due_at.label("at"),
        _one_if(Task.missed_at.is_(None)).label("value"),
    ).where(
        *(Task.obligation.is_not(None), Task.due_at.is_not(None), _is_over()),
        sa.or_(Task.state == "done", Task.missed_at.is_not(None)),
    )


def solved(code: str, step: str, confirmed: str) -> Source:
    """The records whose `step` was due, by that deadline: whether the `confirmed` step was signed by then."""
    due = (
        sa.select(sa.func.max(Task.due_at))
        .where(Task.record_id == Record.id, Task.kind == "sign", Task.step == step)
        .correlate(Record)
        .scalar_subquery()
    )
    signed = (
        sa.select(sa.func.max(Signature.signed_at))
        .where(Signature.record_id == Record.id, Signature.step == confirmed, Signature.act == "signed")
        .correlate(Record)
        .scalar_subquery()
    )
    in_time = sa.and_(signed.is_not(None), signed <= due)
    return _records(due, _one_if(in_time)).where(
        *_counts(code), due.is_not(None), sa.or_(signed.is_not(None), due <= _now)
    )


def answered_yes(code: str, step: str, name: str) -> Source:
    """The signatures of a step, by their moment: whether a question was answered yes."""
    answer = Signature.answers[name].as_boolean()
    return (
        sa.select(
            Signature.record_id.label("record_id"),
            Signature.signed_at.label("at"),
            _one_if(answer).label("value"),
        )
        .join(Record, Record.id == Signature.record_id)
        .where(
            *(Record.form_code == code, Signature.step == step, Signature.act == "signed"),
            *(answer.is_not(None), ~is_corrected(Record.id)),
        )
    )


def of_severity(code: str, step: str, severity: str) -> Source:
    """The records of a form that a step has found to be of a severity, by their submission."""
    return submitted(code).where(stage_answers.text(step, "severity") == severity)


def marks(ledger: str, name: str, module: str) -> Source:
    """The lines of a plain ledger about a module, by their posting, with a mark that each holds."""
    mark = sa.cast(LedgerEntry.facts[name].as_string(), sa.Float)
    return sa.select(
        LedgerEntry.record_id.label("record_id"), LedgerEntry.posted_at.label("at"), mark.label("value")
    ).where(
        *(LedgerEntry.ledger == ledger, LedgerEntry.facts["module"].as_string() == module),
        *(mark.is_not(None), ~is_corrected(LedgerEntry.record_id)),
    )


def faults(
    code: str, month: Month, table: str, column: str, bad: str, kinds: Collection[str] = ()
) -> list[str]:
    """What a form's inspections of a month found wrong most often: `column` of the rows of `table` where `bad` says so.

    `bad` is a quantity that is not zero, or an answer that is no.
    """
    query = (
        sa.select(Content.answers[table])
        .join(Record, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(*_counts(code), Record.submitted_at >= month.begin, Record.submitted_at < month.end),
            Content.answers["verdict"].as_string() != "pass",
        )
    )
    if kinds:
        query = query.where(Content.answers["record_kind"].as_string().in_(kinds))
    found: Counter[str] = Counter()
    for rows in db.session.scalars(query):
        found.update(str(row.get(column) or "") for row in rows or () if _is_bad(row.get(bad)))
    return [fault for fault, _many in found.most_common(FAULTS + 1) if fault][:FAULTS]


def _is_bad(given: Any) -> bool:
    return given is False or (isinstance(given, str) and float(given) > 0)


def _is_over() -> sa.ColumnElement[bool]:
    """Whether a task is done, or waits beyond its time."""
    waits = sa.and_(Task.state.in_(("open", "stuck")), Task.due_at <= _now)
    return sa.or_(Task.state == "done", waits)


def _records(at: Any, value: Any) -> Source:
    return sa.select(Record.id.label("record_id"), at.label("at"), value.label("value"))


def _counts(code: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (Record.form_code == code, Record.state.not_in(GIVEN_UP), ~is_corrected(Record.id))


def _one_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[float]:
    return sa.case((condition, 1.0), else_=0.0)
