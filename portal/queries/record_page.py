"""Everything that a record's page, print and JSON show, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.models import AuditEvent, Comment, Content, Person, Record, Signature, Substitution, Task
from portal.queries import history

CHANGING = ("record_changed", "step_signed", "step_advised", "entry_added")


@dataclass(frozen=True)
class RecordPage:
    """A record with its content versions, signatures, tasks, comments, links and events."""

    record: Record
    definition: Mapping[str, Any]
    content: Content
    versions: list[Content]
    signatures: list[Signature]
    tasks: list[Task]
    comments: list[Comment]
    links: list[tuple[str, str, Record]]
    events: list[AuditEvent]
    people: Mapping[int, Person]

    @property
    def shown_hash(self) -> str:
        """SHA-256 of what a signer is shown."""
        return history.shown_hash(self.content, self.signatures)

    def since(self, seen: str) -> list[AuditEvent]:
        """What has changed the content since it had this hash; nothing for the hash of now, or one never shown."""
        if seen in ("", self.shown_hash):
            return []
        for version in self.versions:
            for count in range(len(self.signatures) + 1):
                if history.shown_hash(version, self.signatures[:count]) == seen:
                    last = [version.created_at, *(one.signed_at for one in self.signatures[:count])]
                    return [one for one in self.events if one.kind in CHANGING and one.at > max(last)]
        return []

    @property
    def answers(self) -> dict[str, Any]:
        """The stored answers so far, stages merged."""
        return history.stored_answers(self.content, self.signatures)


def read(record: Record) -> RecordPage:
    """Reads it all, in a fixed number of queries."""
    versions = list(
        db.session.scalars(
            sa.select(Content)
            .where(Content.record_id == record.id)
            .order_by(Content.version)
            .options(joinedload(Content.created_by))
        )
    )
    signed = list(
        db.session.scalars(
            sa.select(Signature)
            .where(Signature.record_id == record.id)
            .order_by(Signature.id)
            .options(joinedload(Signature.person), joinedload(Signature.on_behalf_of))
        ).unique()
    )
    comments = db.session.scalars(
        sa.select(Comment)
        .where(Comment.record_id == record.id)
        .order_by(Comment.id)
        .options(joinedload(Comment.person))
    ).unique()
    events = list(
        db.session.scalars(
            sa.select(AuditEvent)
            .where(AuditEvent.record_id == record.id)
            .order_by(AuditEvent.id)
            .options(joinedload(AuditEvent.person))
        ).unique()
    )
    open_tasks = history.open_tasks(record)
    held = [holder.key.split(":") for task in open_tasks for holder in task.holders]
    ids = {int(rest) for kind, rest in held if kind == "person"}
    people = db.session.scalars(sa.select(Person).where(Person.id.in_(ids))).unique() if ids else ()
    return RecordPage(
        record=record,
        definition=record.form_version.definition,
        content=versions[-1],
        versions=versions,
        signatures=signed,
        tasks=open_tasks,
        comments=list(comments),
        links=history.links(record),
        events=events,
        people={person.id: person for person in people},
    )


def substitutions(person_id: int) -> list[Substitution]:
    """The leaves in which this person stands in for somebody."""
    return list(db.session.scalars(sa.select(Substitution).where(Substitution.substitute_id == person_id)))
