"""What a site has been asked to do besides its contract: confirmations of alterations and of added and deducted items."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, Record
from portal.queries.corrected import is_corrected

WATER_AND_ELECTRICITY, ITEMS = "EN-14", "EN-15"
WAITING = ("running", "stuck", "returned", "withdrawn")


@dataclass(frozen=True, slots=True)
class Paper:
    """A record of a project with its stored opening answers."""

    id: int
    number: str
    form: str
    answers: dict[str, Any]


def confirmed(project_id: int, codes: Collection[str], but: Collection[int] = ()) -> list[Paper]:
    """The confirmations of a project that the customer has signed and that still count, in their order."""
    return papers(project_id, codes, ("finished",), but)


def waiting(project_id: int, codes: Collection[str]) -> list[Paper]:
    """The confirmations of a project that the customer has not signed yet."""
    return papers(project_id, codes, WAITING)


def papers(
    project_id: int, codes: Collection[str], states: Collection[str], but: Collection[int] = ()
) -> list[Paper]:
    """The records of these forms that name a project in their opening section and stand in these states."""
    query = (
        sa.select(Record.id, Record.number, Record.form_code, Content.answers)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.form_code.in_(list(codes)),
            Record.state.in_(list(states)),
            Record.id.not_in(list(but)),
            ~is_corrected(Record.id),
            Content.answers[("project", "id")].as_integer() == project_id,
        )
        .order_by(Record.id)
    )
    return [Paper(*row) for row in db.session.execute(query)]


def ids(project_id: int, codes: Collection[str]) -> set[int]:
    """Every record of these forms that names a project in its opening section, in whatever state."""
    query = (
        sa.select(Record.id)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.form_code.in_(list(codes)),
            Content.answers[("project", "id")].as_integer() == project_id,
        )
    )
    return set(db.session.scalars(query))
