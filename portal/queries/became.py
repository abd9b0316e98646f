"""What has become of drafts that were left under a key: still waiting, taken up, a record under way, over."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.models import Draft, Person, Record, RecordLink

OVER = ("finished", "refused", "voided")
WAITING, TAKEN_UP, RUNNING, CLOSED = "waiting", "taken_up", "running", "closed"


def joined(query: Any, key: Any) -> tuple[Any, sa.ColumnElement[str]]:
    """The query with the draft or record of each row's key, and how that stands: one of the four words.

    Columns added: `holder` and `applicant` by their names, `number`, `form_code` and `title` of the record, `stood`.
    A record is over when all that it has opened is over as well.
    """
    next_, left = aliased(Record), aliased(Draft)
    goes_on = sa.exists().where(
        RecordLink.source_id == Record.id,
        RecordLink.kind == "opened",
        next_.id == RecordLink.target_id,
        next_.state.not_in(OVER),
    )
    waits = sa.exists().where(left.source_id == Record.id)
    holder, applicant = aliased(Person), aliased(Person)
    stood = sa.case(
        (Record.id.is_(None) & holder.id.is_(None), WAITING),
        (Record.id.is_(None), TAKEN_UP),
        (Record.state.not_in(OVER) | goes_on | waits, RUNNING),
        else_=CLOSED,
    )
    added = query.add_columns(
        holder.name.label("holder"),
        applicant.name.label("applicant"),
        Record.number,
        Record.form_code,
        Record.title,
        stood.label("stood"),
    )
    whole = (
        added.outerjoin(Draft, Draft.key == key)
        .outerjoin(holder, holder.id == Draft.person_id)
        .outerjoin(Record, Record.key == key)
        .outerjoin(applicant, applicant.id == Record.applicant_id)
    )
    return whole, stood
