"""Statements that depend on a person's rights are built once and kept while the rights stay the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.domain.permissions import Authority
from portal.extensions import db
from portal.queries.actors import Actor


@dataclass(frozen=True)
class Rights:
    """What a statement was built for: the kind of database, the person, and the keys that they bring today."""

    database: str
    id: int
    authorities: tuple[Authority, ...]
    actor: Actor = field(compare=False, repr=False)


def rights(actor: Actor) -> Rights:
    """The key under which a person's statements are kept."""
    return Rights(db.engine.dialect.name, actor.id, actor.authorities, actor)
