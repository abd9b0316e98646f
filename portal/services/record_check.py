"""What was written and signed, held against the hashes that it was written under, and against the trail that names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import AuditEvent, Content, FormVersion, Record, Signature
from portal.services import content, signatures

AT_ONCE = 500  # records, so that memory does not grow with their number


@dataclass(frozen=True, slots=True)
class Altered:
    """A content or a signature that does not hold, in words and by its kind."""

    what: str
    kind: str


def check() -> tuple[int, list[Altered]]:
    """How many contents and signatures there are, and all of them that are not as they were written."""
    many, wrong, after = 0, list[Altered](), 0
    following = sa.select(Record).where(Record.id > sa.bindparam("after")).order_by(Record.id).limit(AT_ONCE)
    while records := {one.id: one for one in db.session.scalars(following, {"after": after})}:
        for part in (_contents(records), _signatures(records)):
            for one in part:
                many += 1
                wrong += [one] if one is not None else []
        wrong += _gone(records)
        after = max(records)
        db.session.expunge_all()
    return many, wrong


def _contents(records: dict[int, Record]) -> Iterator[Altered | None]:
    query = sa.select(Content, FormVersion.sha256).join(
        FormVersion, FormVersion.id == Content.form_version_id
    )
    for one, form in db.session.execute(query.where(_among(Content.record_id, records)).order_by(Content.id)):
        number = records[one.record_id].number
        good = content.digest(number, one.version, form, one.answers) == one.sha256
        yield None if good else Altered(f"Version {one.version} of {number}", "changed")


def _signatures(records: dict[int, Record]) -> Iterator[Altered | None]:
    query = sa.select(Signature).where(_among(Signature.record_id, records)).order_by(Signature.id)
    told = _told(records)
    for one in db.session.scalars(query):
        record = records[one.record_id]
        what = f"Signature {one.id} of {record.number}, step {one.step}"
        if signatures.fingerprint(record, one) != one.sha256:
            yield Altered(what, "changed")
        else:
            yield None if (record.id, one.sha256) in told else Altered(what, "untold")


def _gone(records: dict[int, Record]) -> Iterator[Altered]:
    """Versions that are there no more, and signatures that the trail tells of and that are not."""
    many = sa.select(Content.record_id, sa.func.count()).where(_among(Content.record_id, records))
    counted = dict(db.session.execute(many.group_by(Content.record_id)).all())
    for record in records.values():
        if record.version > counted.get(record.id, 0):
            yield Altered(f"One of {record.version} versions of {record.number}", "gone")
    query = sa.select(Signature.record_id, Signature.sha256).where(_among(Signature.record_id, records))
    there = {(record_id, digest) for record_id, digest in db.session.execute(query)}
    for (record_id, digest), step in _told(records).items():
        if (record_id, digest) not in there:
            yield Altered(f"A signature of {records[record_id].number}, step {step}", "gone")


def _told(records: dict[int, Record]) -> dict[tuple[int, str], str]:
    """Record and hash of each signature that the trail tells of, and the step."""
    query = sa.select(AuditEvent.record_id, AuditEvent.facts).where(_among(AuditEvent.record_id, records))
    found = db.session.execute(query.order_by(AuditEvent.id))
    return {
        (id, facts["signature"]): facts.get("step", "")
        for id, facts in found
        if id and facts.get("signature")
    }


def _among(column: Any, records: dict[int, Record]) -> sa.ColumnElement[bool]:
    """Whether a row is of one of these records, which follow each other."""
    found: sa.ColumnElement[bool] = column.between(min(records), max(records))
    return found
