"""Keys that people sign with."""

from __future__ import annotations

import sqlalchemy as sa

from portal.extensions import db
from portal.models import OwnKey


def of_person(person_id: int) -> list[OwnKey]:
    """Every key that a person has had, newest first."""
    query = sa.select(OwnKey).where(OwnKey.person_id == person_id).order_by(OwnKey.id.desc())
    return list(db.session.scalars(query))
