"""Files that a person may name in an answer or take away."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import Record, StoredFile
from portal.queries.visible import visible_to


def references(ids: set[int], actor: Any) -> dict[int, dict[str, Any]]:
    """What answers keep of these files, for those among them that the person may use."""
    query = sa.select(StoredFile).where(StoredFile.id.in_(ids))
    return {file.id: file.reference() for file in db.session.scalars(query) if _may_read(file, actor)}


def readable(id: int, actor: Any) -> StoredFile:
    """The file with this id.

    Raises:
        NotFound: there is none, or it is not for this person.
    """
    file = db.session.get(StoredFile, id) if id < 2**63 else None
    if file is None or not _may_read(file, actor):
        raise NotFound
    return file


def _may_read(file: StoredFile, actor: Any) -> bool:
    if actor is None:
        return False
    if file.record_id is None:
        return bool(file.uploaded_by_id == actor.id)
    query = sa.select(Record.id).where(Record.id == file.record_id)
    return db.session.scalar(visible_to(query, actor)) is not None
