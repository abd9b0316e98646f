"""Building sites week by week: whose customer was telephoned, what was checked, which hazards are past their limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day, iso_week
from portal.models import Content, Record, RecordLink
from portal.queries.corrected import is_corrected
from portal.queries.pick import record_label

CALL, CHECK, NOTICE = "EN-29", "EN-30", "EN-25"
GIVEN_UP = ("refused", "voided")


@dataclass(frozen=True, slots=True)
class PastHazard:
    """A hazard past its limit that nobody has eliminated, as its row of a site check tells of it."""

    record_id: int
    record: str  # label of the check
    place: int  # number of the row among those past their limit, from 0
    limit: date
    row: dict[str, Any]
    answers: dict[str, Any]  # stored opening answers of the check


def called(since: datetime) -> set[tuple[int, str]]:
    """Projects whose customer was reached on the telephone, each with the week; told of since then."""
    told = _told(CALL, since, Record.state.not_in(GIVEN_UP))
    return {(one["project"]["id"], one["week"]) for _id, one in told if one.get("reached")}


def checked(since: datetime) -> set[tuple[int, str]]:
    """Projects whose site was checked, and the check signed by its supervisor, each with the week."""
    told = _told(CHECK, since, Record.state == "finished")
    return {
        (one["project"]["id"], iso_week(day(datetime.fromisoformat(one["checked_at"])))) for _id, one in told
    }


def past_hazards(today: date, since: datetime) -> Iterator[PastHazard]:
    """The hazards of checks since then whose limit lies before today while their elimination is still awaited."""
    for id, answers in _told(CHECK, since, Record.state == "running", Record.step == "elimination"):
        limits = [(date.fromisoformat(row["limit"]), row) for row in answers.get("hazards") or ()]
        label = record_label(db.session.get_one(Record, id))
        for place, (limit, row) in enumerate(one for one in limits if one[0] < today):
            yield PastHazard(id, label, place, limit, row, answers)


def notices(record_ids: Collection[int]) -> Counter[int]:
    """How many notices of rectification each of these checks has led to."""
    query = (
        sa.select(RecordLink.target_id)
        .join(Record, Record.id == RecordLink.source_id)
        .where(
            RecordLink.target_id.in_(record_ids),
            RecordLink.kind == "named",
            Record.form_code == NOTICE,
            Record.state.not_in(GIVEN_UP),
        )
    )
    return Counter(db.session.scalars(query))


def _told(code: str, since: datetime, *where: Any) -> list[tuple[int, dict[str, Any]]]:
    """Ids and stored opening answers of the form's records since then that count."""
    query = (
        sa.select(Record.id, Content.answers)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(Record.form_code == code, Record.submitted_at >= since, ~is_corrected(Record.id), *where)
        .order_by(Record.id)
    )
    return [(row.id, row.answers) for row in db.session.execute(query)]
