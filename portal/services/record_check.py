"""What was written and signed, held against the hashes that it was written under, and against the trail that names them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import AuditEvent, Content, FormVersion, Record, Signature
from portal.services import content, signatures

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Altered:
    """A content or a signature that does not hold, in words and by its kind."""

    what: str
    kind: str


def check() -> tuple[int, list[Altered]]:
    """How many contents and signatures there are, and all of them that are not as they were written."""
    contents, signed = list(_contents()), list(_signatures())
    return len(contents) + len(signed), [one for one in (*contents, *signed, *_gone()) if one is not None]


def _contents() -> Iterator[Altered | None]:
    query = (
        sa.select(Record.number, FormVersion.sha256, Content)
        .join(Content, Content.record_id == Record.id)
        .join(FormVersion, FormVersion.id == Content.form_version_id)
    )
    for number, form, one in _rows(query.order_by(Content.id)):
        good = content.digest(number, one.version, form, one.answers) == one.sha256
        yield None if good else Altered(f"Version {one.version} of {number}", "changed")


def _signatures() -> Iterator[Altered | None]:
    query = sa.select(Record, Signature).join(Signature, Signature.record_id == Record.id)
    told = _told()
    for record, one in _rows(query.order_by(Signature.id)):
        what = f"Signature {one.id} of {record.number}, step {one.step}"
        if signatures.fingerprint(record, one) != one.sha256:
            yield Altered(what, "changed")
        else:
            yield None if (record.id, one.sha256) in told else Altered(what, "untold")


def _gone() -> Iterator[Altered]:
    """Versions that are there no more, and signatures that the trail tells of and that are not."""
    many = sa.select(sa.func.count()).where(Content.record_id == Record.id).scalar_subquery()
    short = sa.select(Record.number, Record.version).where(Record.version > many).order_by(Record.id)
    for number, version in _rows(short):
        yield Altered(f"One of {version} versions of {number}", "gone")
    there = set(db.session.scalars(sa.select(Signature.sha256)))
    for (record_id, digest), step in _told().items():
        if digest not in there:
            number = db.session.scalar(sa.select(Record.number).where(Record.id == record_id))
            yield Altered(f"A signature of {number}, step {step}", "gone")


def _told() -> dict[tuple[int | None, str], str]:
    """Record and hash of each signature that the trail tells of, and the step."""
    query = sa.select(AuditEvent.record_id, AuditEvent.facts).where(AuditEvent.record_id.is_not(None))
    rows = _rows(query.order_by(AuditEvent.id))
    return {(id, facts["signature"]): facts.get("step", "") for id, facts in rows if facts.get("signature")}


def _rows(query: Any) -> Iterator[Any]:
    with closing(db.session.execute(query.execution_options(yield_per=AT_ONCE))) as rows:
        yield from rows
