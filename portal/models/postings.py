"""What is shown to people on the portal: bulletins, notices and issued documents, and who has read them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.records import Record


class Posting(Base):
    """A record whose text is shown from a day to a day, to everybody or to some departments.

    It stands in the `round` in which it was signed: a record that goes round again shows nothing until then.
    """

    __tablename__ = "postings"
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), primary_key=True)
    round: Mapped[int]
    title: Mapped[str]
    since: Mapped[date] = mapped_column(index=True)
    until: Mapped[date | None]
    everybody: Mapped[bool]
    front: Mapped[bool]  # on the first page too
    confirm: Mapped[bool]  # everybody who is meant says that they have read it
    posted_at: Mapped[datetime]
    reminded_on: Mapped[date | None]

    record: Mapped[Record] = relationship()


class PostingDepartment(Base):
    """A department to which a posting is shown."""

    __tablename__ = "posting_departments"
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("postings.record_id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("departments.id"), primary_key=True)


class ReadReceipt(Base):
    """That a person has read a posting."""

    __tablename__ = "read_receipts"
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("postings.record_id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    read_at: Mapped[datetime]
