"""What the management review asks of the books: the newest papers that it looks at, and which years were reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import Content, Record
from portal.queries.corrected import is_corrected


def newest(codes: Sequence[str]) -> dict[str, tuple[str, date]]:
    """The newest finished record of each of these forms that still counts: its number and the day of its end."""
    found = {code: db.session.execute(_NEWEST, {"code": code}).first() for code in codes}
    return {code: (row.number, day(row.closed_at)) for code, row in found.items() if row}


def approved(code: str, field: str, years: Sequence[int]) -> dict[int, date]:
    """For which of these years a record of the form has ended well and still counts, and when it did."""
    year = Content.answers[field].as_integer()
    query = (
        sa.select(year, Record.closed_at)
        .join(Record, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code == code, Record.state == "finished", ~is_corrected(Record.id)),
            year.in_(years),
        )
        .order_by(Record.id)
    )
    return {found: day(at) for found, at in db.session.execute(query) if at}


def planned(code: str, field: str, year: int) -> date | None:
    """The day that the newest record of the form for a year plans, if one ended well and still counts."""
    query = (
        sa.select(Content.answers["planned_on"].as_string())
        .join(Record, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code == code, Record.state == "finished", ~is_corrected(Record.id)),
            Content.answers[field].as_integer() == year,
        )
        .order_by(Record.id.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    return date.fromisoformat(found) if found else None


# One form at a time: its newest is at the end of an index, and the others need not be read.
_NEWEST = (
    sa.select(Record.number, Record.closed_at)
    .where(
        *(Record.form_code == sa.bindparam("code"), Record.state == "finished"),
        *(Record.closed_at.is_not(None), ~is_corrected(Record.id)),
    )
    .order_by(Record.id.desc())
    .limit(1)
)
