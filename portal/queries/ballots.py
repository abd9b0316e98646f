"""The ballot boxes of the employee surveys, and what the answers of a year came to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.hashing import canonical_json
from portal.models import Ballot, BallotBox, BallotVoter, Content, Person, Record, RoleGrant
from portal.queries import rights
from portal.queries.corrected import is_corrected

FORM = "QA-16"


def boxes() -> list[BallotBox]:
    """Every box, the latest year first."""
    return list(db.session.scalars(sa.select(BallotBox).order_by(BallotBox.year.desc())))


def open_box() -> BallotBox | None:
    """The box into which ballots are cast now; None if there is none."""
    query = sa.select(BallotBox).where(BallotBox.closed_at.is_(None)).order_by(BallotBox.year.desc())
    return db.session.scalars(query.limit(1)).first()


def of_year(year: int) -> BallotBox | None:
    """The box of a year."""
    return db.session.scalar(sa.select(BallotBox).where(BallotBox.year == year))


def has_voted(box: BallotBox, person_id: int) -> bool:
    """Whether somebody's ballot is in the box."""
    return db.session.get(BallotVoter, (box.id, person_id)) is not None


def voters(box: BallotBox) -> int:
    """How many have cast a ballot; of a closed box the number kept at its closing."""
    if box.closed_at is not None:
        return box.cast or 0
    query = sa.select(sa.func.count()).select_from(BallotVoter).where(BallotVoter.box_id == box.id)
    return db.session.scalar(query) or 0


def cast(box: BallotBox) -> list[dict[str, Any]]:
    """The ballots in a box, in the order of what they say."""
    query = sa.select(Ballot.answers).where(Ballot.box_id == box.id)
    return in_order(db.session.scalars(query))


def in_order(ballots: Any) -> list[dict[str, Any]]:
    """Ballots in an order that depends on nothing but what they say."""
    return sorted(ballots, key=canonical_json)


def asked(today: date) -> int:
    """How many people are asked: everybody at work but auditors, who write nothing."""
    auditing = sa.select(RoleGrant.person_id).where(RoleGrant.role == "auditor", *rights.in_force(today))
    query = sa.select(sa.func.count(Person.id)).where(Person.active, Person.id.not_in(auditing))
    return db.session.scalar(query) or 0


def answers(year: int) -> list[dict[str, Any]]:
    """The stored answers of a year that were received and still count."""
    query = (
        sa.select(Content.answers)
        .join(Record, sa.and_(Record.id == Content.record_id, Record.version == Content.version))
        .where(
            *(Record.form_code == FORM, Record.state == "finished", ~is_corrected(Record.id)),
            Content.answers["year"].as_integer() == year,
        )
    )
    return list(db.session.scalars(query))


def means(answers: Collection[dict[str, Any]], items: Sequence[str]) -> dict[str, Decimal]:
    """The mean of each item; nothing where nobody answered."""
    if not answers:
        return {}
    return {item: sum((Decimal(one[item]) for one in answers), Decimal(0)) / len(answers) for item in items}


def asked_in(year: int, today: date) -> int:
    """How many people were asked in a year: as counted when its box was closed; everybody at work where it had none."""
    box = of_year(year)
    return box.asked if box is not None and box.asked is not None else asked(today)
