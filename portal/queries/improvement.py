"""纠正改进措施台帐: each measure that a form has decided, with its fate as its tracker (QA-19) tells it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import Content, LedgerEntry, Person, Record, RecordLink
from portal.queries import stage_answers
from portal.queries.chart_figures import Source as Figures
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.days import TODAY
from portal.queries.keyset import Order
from portal.queries.ledgers import Source

LEDGER, TRACKER = "improvement_actions", "QA-19"
REPORT, VERIFY = "owner_report", "quality_verify"  # the steps of the tracker
TO_TRACK, OPEN, OVERDUE, DONE, EFFECTIVE = "to_track", "open", "overdue", "done", "effective"
GIVEN_UP = ("refused", "voided")

_tracker, _paper = aliased(Record), aliased(Content)


def actions() -> Source:
    """Every measure, newest first."""
    names = ("owner", "department", "due", "done_on", "result", "verified", "rounds", "tracker", "state")
    query = _followed(
        *(LedgerEntry.id, LedgerEntry.posted_at, LedgerEntry.facts, Record.number.label("record")),
        *(Person.name.label("posted_by"), reversed_by(LedgerEntry.record_id).label("reversed_by")),
        *(
            sa.func.coalesce(_paper.answers[(name, "text")].as_string(), _fact(name)).label(name)
            for name in ("owner", "department")
        ),
        _due().label("due"),
        sa.func.coalesce(stage_answers.text(REPORT, "done_on", of=_tracker), _fact("done_on")).label(
            "done_on"
        ),
        sa.func.coalesce(stage_answers.text(REPORT, "result", of=_tracker), _fact("result")).label("result"),
        sa.or_(_is_proven(), _tracker.state == "finished").label("verified"),
        _tracker.round.label("rounds"),
        _tracker.number.label("tracker"),
        _state().label("state"),
    ).join(Person, Person.id == LedgerEntry.posted_by_id)
    kept = ("posted_at", "record", "posted_by", "reversed_by")
    return Source(
        query=query,
        order=Order((LedgerEntry.id,), (int,), descending=True),
        lines=lambda row: [{**row.facts, **{name: getattr(row, name) for name in (*names, *kept)}}],
        text=(*(_fact(name) for name in ("no", "source", "action", "owner", "department")), Record.number),
        at=LedgerEntry.posted_at,
        picked={"state": _state()},
    )


def by_state() -> Figures:
    """The measures that still count, by what has become of them."""
    query = _followed(Record.id.label("record_id"), _state().label("part"))
    return query.where(~is_corrected(LedgerEntry.record_id))


def overdue(numbers: Collection[str]) -> set[str]:
    """Those of the measures with these numbers that should have been done by now."""
    query = _followed(_fact("no")).where(
        _fact("no").in_(list(numbers)), _state() == OVERDUE, ~is_corrected(LedgerEntry.record_id)
    )
    return set(db.session.scalars(query))


def unfinished(record_id: int) -> list[str]:
    """The numbers of the measures of a record that have not been found effective yet."""
    query = _followed(_fact("no")).where(
        LedgerEntry.record_id == record_id, _state() != EFFECTIVE, ~is_corrected(LedgerEntry.record_id)
    )
    return list(db.session.scalars(query.order_by(LedgerEntry.id)))


def left(source: Any) -> sa.ScalarSelect[int]:
    """How many measures of a record (an alias of `Record`) have not been found effective yet."""
    query = _followed(sa.func.count()).where(LedgerEntry.record_id == source.id, _state() != EFFECTIVE)
    return query.correlate(source).scalar_subquery()


def is_effective(number: sa.ColumnElement[str]) -> sa.Exists:
    """Whether the measure that the line at hand calls by this number has been verified as effective by its tracker."""
    tracker, paper = aliased(Record), aliased(Content)
    return sa.exists().where(
        *(RecordLink.target_id == LedgerEntry.record_id, RecordLink.kind == "named"),
        *(tracker.id == RecordLink.source_id, tracker.form_code == TRACKER, tracker.state == "finished"),
        *(paper.record_id == tracker.id, paper.version == tracker.version),
        ~is_corrected(tracker.id),
        paper.answers["action_no"].as_string() == number,
    )


def line(source_id: int, number: str) -> dict[str, Any] | None:
    """The measure that a record has entered under a number; None if there is none."""
    query = (
        sa.select(LedgerEntry.facts)
        .where(
            *(LedgerEntry.ledger == LEDGER, LedgerEntry.record_id == source_id, _fact("no") == number),
            ~is_corrected(LedgerEntry.record_id),
        )
        .order_by(LedgerEntry.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def tracked_by(source_id: int, number: str, but: Collection[int] = ()) -> str:
    """The number of another tracker of the measure; nothing if there is none."""
    query = (
        sa.select(Record.number)
        .join(RecordLink, sa.and_(RecordLink.source_id == Record.id, RecordLink.kind == "named"))
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(RecordLink.target_id == source_id, Record.form_code == TRACKER, Record.id.not_in(list(but))),
            *(Record.state.not_in(GIVEN_UP), ~is_corrected(Record.id)),
            Content.answers["action_no"].as_string() == number,
        )
        .limit(1)
    )
    return db.session.scalar(query) or ""


def _followed(*columns: Any) -> sa.Select[Any]:
    """The lines of the ledger, each with the record that posted it and its tracker, if it has one."""
    return (
        sa.select(*columns)
        .select_from(LedgerEntry)
        .join(Record, Record.id == LedgerEntry.record_id)
        .outerjoin(
            _tracker, _tracker.id == sa.case((Record.form_code == TRACKER, Record.id), else_=_tracking())
        )
        .outerjoin(_paper, sa.and_(_paper.record_id == _tracker.id, _paper.version == _tracker.version))
        .where(LedgerEntry.ledger == LEDGER)
    )


def _tracking() -> sa.ScalarSelect[int]:
    """The tracker of a line: found among the few records that name its source, so that a long ledger stays fast."""
    tracker, paper = aliased(Record), aliased(Content)
    return (
        sa.select(tracker.id)
        .join(RecordLink, RecordLink.source_id == tracker.id)
        .join(paper, sa.and_(paper.record_id == tracker.id, paper.version == tracker.version))
        .where(
            *(RecordLink.target_id == LedgerEntry.record_id, RecordLink.kind == "named"),
            *(tracker.form_code == TRACKER, tracker.state.not_in(GIVEN_UP), ~is_corrected(tracker.id)),
            paper.answers["action_no"].as_string() == _fact("no"),
        )
        .order_by(tracker.id.desc())
        .limit(1)
        .correlate(LedgerEntry)
        .scalar_subquery()
    )


def _fact(name: str) -> sa.ColumnElement[str]:
    found: sa.ColumnElement[str] = LedgerEntry.facts[name].as_string()
    return found


def _due() -> sa.ColumnElement[Any]:
    """The day that the last verification has set, else the tracker's, else the source's."""
    again = stage_answers.text(VERIFY, "new_due", of=_tracker)
    return sa.func.coalesce(again, _paper.answers["due_on"].as_string(), _fact("due"))


def _is_proven() -> sa.ColumnElement[bool]:
    """Whether the source itself has shown that the measure works."""
    return sa.func.coalesce(LedgerEntry.facts["verified"].as_boolean(), sa.false())


def _state() -> sa.ColumnElement[str]:
    return sa.case(
        (sa.or_(_is_proven(), _tracker.state == "finished"), EFFECTIVE),
        (_tracker.step == VERIFY, DONE),
        (sa.and_(_due() != "", _due() < TODAY), OVERDUE),
        (_tracker.id.is_not(None), OPEN),
        else_=TO_TRACK,
    )
