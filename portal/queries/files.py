"""Files that a person may name in an answer or take away."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import Record, RecordFile, StoredFile
from portal.queries.keyset import LARGEST
from portal.queries.visible import visible_to


def references(ids: set[int], actor: Any) -> dict[int, dict[str, Any]]:
    """What answers keep of these files, for those among them that the person may use."""
    return {file.id: file.reference() for file in db.session.scalars(_readable(ids, actor))}


def readable(id: int, actor: Any) -> StoredFile:
    """The file with this id.

    Raises:
        NotFound: there is none, or it is not for this person.
    """
    file = db.session.scalar(_readable({id}, actor)) if id <= LARGEST else None
    if file is None:
        raise NotFound
    return file


def _readable(ids: set[int], actor: Any) -> sa.Select[StoredFile]:
    """Those that a record holds which the person may see, and the person's own that none holds yet."""
    held = sa.select(RecordFile.file_id).where(RecordFile.file_id == StoredFile.id)
    seen = visible_to(held.join(Record, Record.id == RecordFile.record_id), actor)
    mine = StoredFile.uploaded_by_id == actor.id if actor else sa.false()
    own = sa.and_(mine, ~held.exists())
    return sa.select(StoredFile).where(StoredFile.id.in_(ids), sa.or_(seen.exists(), own))
