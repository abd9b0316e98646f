"""The ballot box of the employee survey: who has voted, and what was voted, with nothing that ties the two.

No row has a moment, a number of its own or an order of casting; `services/ballots.py` says how ballots are written.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class BallotBox(Base):
    """The survey of a year: open until it is closed; how many were asked and answered is kept from its closing on."""

    __tablename__ = "ballot_boxes"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    closes_on: Mapped[date]
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    asked: Mapped[int | None]
    cast: Mapped[int | None]


class Ballot(Base):
    """One ballot of an open box; its position is its place in the order of what the ballots say."""

    __tablename__ = "ballots"
    box_id: Mapped[int] = mapped_column(sa.ForeignKey("ballot_boxes.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answers: Mapped[dict[str, Any]]


class BallotVoter(Base):
    """Somebody who has cast a ballot into an open box."""

    __tablename__ = "ballot_voters"
    box_id: Mapped[int] = mapped_column(sa.ForeignKey("ballot_boxes.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
