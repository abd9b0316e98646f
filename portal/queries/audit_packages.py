"""The packages of records that auditors have asked for."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import AuditPackage, Record, RecordFile, StoredFile
from portal.queries.actors import Actor
from portal.queries.keyset import LARGEST

SHOWN = 50


def of(actor: Actor) -> list[AuditPackage]:
    """The person's last packages, the newest first."""
    query = sa.select(AuditPackage).where(AuditPackage.person_id == actor.id)
    return list(db.session.scalars(query.order_by(AuditPackage.id.desc()).limit(SHOWN)))


def find(id: int, actor: Actor) -> AuditPackage:
    """The person's package with this id.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    query = sa.select(AuditPackage).where(AuditPackage.id == id, AuditPackage.person_id == actor.id)
    found = db.session.scalar(query) if id <= LARGEST else None
    if found is None:
        raise NotFound
    return found


def runs(person_id: int) -> bool:
    """Whether a package of the person is being built."""
    query = sa.select(AuditPackage.id).where(
        AuditPackage.person_id == person_id, AuditPackage.state == "running"
    )
    return db.session.scalar(query.limit(1)) is not None


def bytes_of(numbers: Collection[str]) -> int:
    """How many bytes the files of these records have, their prints among them."""
    query = (
        sa.select(sa.func.sum(StoredFile.size))
        .join(RecordFile, RecordFile.file_id == StoredFile.id)
        .join(Record, Record.id == RecordFile.record_id)
        .where(Record.number.in_(numbers))
    )
    return int(db.session.scalar(query) or 0)


def files() -> set[str]:
    """The names of all files that a package still needs."""
    query = sa.select(AuditPackage.parts, AuditPackage.file).where(
        AuditPackage.state.in_(("running", "ready"))
    )
    return {name for parts, file in db.session.execute(query) for name in (*parts, file)}
