"""Everything that a record's page, print and JSON show, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import lazyload, load_only

from portal.extensions import db
from portal.models import AuditEvent, Comment, Content, Person, Record, Signature, Task
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
    comments: list[Any]
    links: list[tuple[str, str, Any]]
    events: list[AuditEvent]
    people: Mapping[int, Person]

    @property
    def shown_hash(self) -> str:
        """SHA-256 of what a signer is shown."""
        return history.shown_hash(self.content, self.signatures)

    @property
    def lapses(self) -> list[AuditEvent]:
        """When a step was overdue and the record moved on by itself."""
        return [event for event in self.events if event.kind == history.LAPSED]

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
    """Reads it all, in a fixed number of queries; people last, all at once."""
    given = {"record": record.id}
    comments = list(db.session.execute(_COMMENTS, given))
    events = history.events(record)
    open_tasks = history.open_tasks(record)
    held = [holder.key.split(":") for task in open_tasks for holder in task.holders]
    ids = {int(rest) for kind, rest in held if kind == "person"} | {record.applicant_id}
    contents, signatures = history.contents(record), history.signatures(record)
    ids |= {one.created_by_id for one in contents}
    ids |= {one.person_id for one in signatures} | {one.person_id for one in comments}
    ids |= {one.person_id for one in events if one.person_id is not None}
    people = db.session.scalars(_PEOPLE, {"ids": sorted(ids)})
    return RecordPage(
        record=record,
        definition=record.form_version.definition,
        content=contents[-1],
        versions=contents,
        signatures=signatures,
        tasks=open_tasks,
        comments=comments,
        links=history.links(record),
        events=events,
        people={person.id: person for person in people},
    )


_SAID = Comment.__table__.c
_COMMENTS = (
    sa.select(_SAID.person_id, _SAID.text, _SAID.files, _SAID.at)
    .where(_SAID.record_id == sa.bindparam("record"))
    .order_by(_SAID.id)
)
_PEOPLE = (
    sa.select(Person)
    .where(Person.id.in_(sa.bindparam("ids", expanding=True)))
    .options(load_only(Person.name, Person.number), lazyload(Person.department))  # what a page says of them
)
