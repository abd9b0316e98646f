"""What waits for somebody, and who may take it up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.people import Person
from portal.models.records import Draft, Record

TURNS = ("sign", "added", "advice")  # kinds of tasks that are done by signing
NOT_OVER = ("open", "waiting", "stuck")  # states


class Task(Base):
    """One turn of one party.

    Kinds: `sign` a step's slot, `added` a signer added by a signer, `advice` asked for by a
    signer, `correct` the applicant's correction, `open` a draft to take up, `entry` a side entry
    due, `ask` something to do. A task that an obligation made names it and its case. States: open, waiting (for another task), done, cancelled, stuck.
    """

    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    record_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))
    draft_id: Mapped[int | None] = mapped_column(sa.ForeignKey("drafts.id"))
    form_code: Mapped[str]
    step: Mapped[str] = mapped_column(default="")
    round: Mapped[int] = mapped_column(default=1)
    slot: Mapped[int] = mapped_column(default=0)
    outside: Mapped[str] = mapped_column(default="")  # outside role that signs on this task
    state: Mapped[str]
    waits_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tasks.id"))
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    title: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of something to do, in both languages
    note: Mapped[str] = mapped_column(default="")
    obligation: Mapped[str | None]  # key, e.g. O08
    case_name: Mapped[str | None]  # which of its cases, e.g. 12:2026-11-25
    case_round: Mapped[int] = mapped_column(default=1)  # a case that was put aside comes back
    put_aside_on: Mapped[date | None]
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("projects.id"), index=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]  # when an obligation was found unkept at its time
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))

    record: Mapped[Record | None] = relationship()
    draft: Mapped[Draft | None] = relationship(foreign_keys=[draft_id])
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id])
    holders: Mapped[list[TaskHolder]] = relationship(
        back_populates="task", cascade="all, delete-orphan", lazy="selectin"
    )
    exclusions: Mapped[list[TaskExclusion]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    __table_args__ = (
        sa.Index("ix_tasks_record_id_state", "record_id", "state"),
        sa.UniqueConstraint("obligation", "case_name", "case_round"),
        sa.Index("ix_tasks_state_due_at", "state", "due_at"),
    )


class ObligationRun(Base):
    """When an obligation was last looked after, and what that brought."""

    __tablename__ = "obligation_runs"
    key: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[date]  # the day from which it counts
    ran_at: Mapped[datetime]
    made: Mapped[int] = mapped_column(default=0)  # by the last run in which anything happened
    ended: Mapped[int] = mapped_column(default=0)
    missed: Mapped[int] = mapped_column(default=0)
    acted_at: Mapped[datetime | None]


class TaskHolder(Base):
    """An authority key that may do the task; `open` repeats the task's state for the inbox index."""

    __tablename__ = "task_holders"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    open: Mapped[bool] = mapped_column(default=True)
    due_at: Mapped[datetime | None]

    task: Mapped[Task] = relationship(back_populates="holders")

    __table_args__ = (sa.Index("ix_task_holders_key_open_due_at", "key", "open", "due_at"),)


class TaskExclusion(Base):
    """A person who may not do the task because it judges their own work."""

    __tablename__ = "task_exclusions"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
