"""The audit trail, read: filtered, newest first, page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.lib.clock import midnight
from portal.models import AuditEvent, AuditStream, Person, Record
from portal.queries.actors import Actor
from portal.queries.visible import visible_to

NAMING = frozenset(
    {"person", "person_id", "for_person", "to", "substitute", "people"}
)  # facts that hold people's ids
HELD = "named in the trail"
_LENT = AuditEvent.facts["for_person"].as_integer().is_not(None)  # done in the place of somebody else


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader wants to see; empty fields do not narrow."""

    people: tuple[int, ...] | None = None
    kinds: tuple[str, ...] = ()
    view: tuple[str, ...] = ()  # kinds too; both must fit
    lent: bool = False  # only what was done in somebody else's place
    number: str = ""
    stream: str = ""
    since: date | None = None
    until: date | None = None


def page(wanted: Filter, *, before: int | None = None, size: int = 100) -> list[AuditEvent]:
    """The newest events that fit, those before an event's id."""
    query = _fitting(wanted)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    events = list(db.session.scalars(query.order_by(AuditEvent.id.desc()).limit(size)).unique())
    warm(events)
    return events


def chunks(wanted: Filter, *, size: int = 1000) -> Iterator[list[AuditEvent]]:
    """All events that fit, newest first, so many at a time."""
    before: int | None = None
    while events := page(wanted, before=before, size=size):
        yield events
        before = events[-1].id
        for event in events:
            db.session.expunge(event)
        db.session.info.pop(HELD, None)  # or all that the whole trail names would stay


def count(wanted: Filter) -> int:
    """How many events fit."""
    return db.session.scalar(sa.select(sa.func.count(AuditEvent.id)).where(*_conditions(wanted))) or 0


def counts(wanted: Filter, views: Mapping[str, tuple[tuple[str, ...], bool]]) -> dict[str, int]:
    """How many of the events that fit are of each view, given by its kinds and whether only what was lent counts."""
    every = sorted({kind for kinds, _lent in views.values() for kind in kinds})
    lent = sa.func.sum(sa.case((_LENT, 1), else_=0))
    query = sa.select(AuditEvent.kind, sa.func.count(), lent)
    query = query.where(*_conditions(wanted), AuditEvent.kind.in_(every)).group_by(AuditEvent.kind)
    found = {kind: (all_, lent_) for kind, all_, lent_ in db.session.execute(query)}
    return {
        key: sum(found.get(kind, (0, 0))[int(only_lent)] for kind in kinds)
        for key, (kinds, only_lent) in views.items()
    }


def about(person_id: int, *, size: int = 20) -> list[AuditEvent]:
    """The newest changes of a person and their rights."""
    query = (
        sa.select(AuditEvent)
        .where(AuditEvent.stream == "people", AuditEvent.facts["person"].as_integer() == person_id)
        .options(joinedload(AuditEvent.person))
        .order_by(AuditEvent.seq.desc())
        .limit(size)
    )
    events = list(db.session.scalars(query).unique())
    warm(events)
    return events


def of_kind(kind: str, stream: str, *, size: int = 20) -> list[AuditEvent]:
    """The newest events of a kind in a stream."""
    query = (
        sa.select(AuditEvent)
        .where(AuditEvent.stream == stream, AuditEvent.kind == kind)
        .options(joinedload(AuditEvent.person))
        .order_by(AuditEvent.seq.desc())
        .limit(size)
    )
    return list(db.session.scalars(query).unique())


def length(stream: str) -> int:
    """How many events stand in a chain."""
    return db.session.scalar(sa.select(AuditStream.seq).where(AuditStream.name == stream)) or 0


def after(stream: str, seq: int, kinds: Collection[str], about: Mapping[str, Any]) -> list[AuditEvent]:
    """The events of these kinds, with these facts, that stand behind a place of a chain."""
    query = (
        sa.select(AuditEvent)
        .where(AuditEvent.stream == stream, AuditEvent.seq > seq, AuditEvent.kind.in_(kinds))
        .options(joinedload(AuditEvent.person))
        .order_by(AuditEvent.seq)
    )
    events = [one for one in db.session.scalars(query).unique() if about.items() <= one.facts.items()]
    warm(events)
    return events


def streams() -> list[str]:
    """The chains that are not a record's."""
    name = AuditStream.name
    return list(
        db.session.scalars(sa.select(name).where(sa.or_(name < "record:", name >= "record;")).order_by(name))
    )


def readable(events: list[AuditEvent], actor: Actor) -> set[int]:
    """Ids of the records of these events whose content the reader may see."""
    ids = {event.record_id for event in events if event.record_id is not None}
    return (
        set(db.session.scalars(visible_to(sa.select(Record.id).where(Record.id.in_(ids)), actor)))
        if ids
        else set()
    )


def numbers(events: list[AuditEvent]) -> dict[int, str]:
    """The numbers of the events' records."""
    ids = {event.record_id for event in events if event.record_id is not None}
    query = sa.select(Record.id, Record.number).where(Record.id.in_(ids))
    return dict(db.session.execute(query).all()) if ids else {}


def warm(events: list[AuditEvent]) -> None:
    """Reads the people and records that the events name, all at once, so that sentences need no more.

    The session forgets what nobody holds, so it holds them itself.
    """
    people = {id for event in events for id in _named(event.facts)}
    records = {event.record_id for event in events if event.record_id is not None}
    held = db.session.info.setdefault(HELD, [])
    if people:
        held += db.session.scalars(sa.select(Person).where(Person.id.in_(people))).unique()
    if records:
        query = sa.select(Record).where(Record.id.in_(records)).options(joinedload(Record.form_version))
        held += db.session.scalars(query).unique()


def _named(facts: dict[str, Any]) -> Iterator[int]:
    for key in NAMING & facts.keys():
        value = facts[key]
        yield from (id for id in (value if isinstance(value, list) else [value]) if isinstance(id, int))


def _fitting(wanted: Filter) -> sa.Select[Any]:
    return sa.select(AuditEvent).options(joinedload(AuditEvent.person)).where(*_conditions(wanted))


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    """What an event must be to fit."""
    found = _of_view(wanted.view, wanted.lent)
    if wanted.people is not None:
        found.append(AuditEvent.person_id.in_(wanted.people))
    if wanted.kinds:
        found.append(AuditEvent.kind.in_(wanted.kinds))
    if wanted.number:
        numbered = sa.select(Record.id).where(Record.number == wanted.number.strip().upper())
        found.append(AuditEvent.record_id.in_(numbered))
    if wanted.stream:
        found.append(AuditEvent.stream == wanted.stream)
    if wanted.since is not None:
        found.append(AuditEvent.at >= midnight(wanted.since))
    if wanted.until is not None:
        found.append(AuditEvent.at < midnight(wanted.until + timedelta(days=1)))
    return found


def _of_view(kinds: tuple[str, ...], lent: bool) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [AuditEvent.kind.in_(kinds)] if kinds else []
    if lent:
        found.append(_LENT)
    return found
