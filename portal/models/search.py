"""What can be searched for: a row for everything that has a name or a text."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class SearchEntry(Base):
    """One thing that is found by its words, made of the row that it stands for and made anew at any time.

    `sort` is the form of a record, the kind of a project and the like; `department` is a key; `readers` are the
    authority keys that may see it, as `|person:1|person:2|`, nothing where its kind alone decides. The words
    themselves stand in the table `search_words`, which each database keeps in its own way (`portal/search/`).
    """

    __tablename__ = "search_entries"
    id: Mapped[int] = mapped_column(sa.BigInteger, autoincrement=False)
    kind: Mapped[str]
    sort: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime | None]
    readers: Mapped[str] = mapped_column(default="")
    digest: Mapped[str]  # of the words, then of the rest: what has not changed is not written again
    code: Mapped[str] = mapped_column(default="")
    path: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")

    __table_args__ = (sa.PrimaryKeyConstraint("id"), {"info": {"derived": True}})  # backups leave it out
