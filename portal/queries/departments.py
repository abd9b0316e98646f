"""The departments by their names."""

from __future__ import annotations

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Department


def names(language: str) -> dict[int, str]:
    """The name of each department in a language, by id."""
    return {one.id: one.named(language) for one in db.session.scalars(sa.select(Department))}
