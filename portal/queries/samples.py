"""The records that a sample is drawn from, and those drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.lib.clock import midnight
from portal.models import Department, Record
from portal.queries.actors import Actor
from portal.queries.visible import visible_to


@dataclass(frozen=True, slots=True)
class Population:
    """Which records are meant; empty fields do not narrow. The days are those of submission, both included."""

    forms: tuple[str, ...] = ()
    department: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


def numbers(wanted: Population, actor: Actor) -> Iterator[str]:
    """The numbers of the records that the person may see, in no order, read bit by bit."""
    query: sa.Select[Any] = sa.select(Record.number)
    if wanted.forms:
        query = query.where(Record.form_code.in_(wanted.forms))
    if wanted.department:
        query = query.join(Department, Department.id == Record.department_id)
        query = query.where(Department.key == wanted.department)
    if wanted.state:
        query = query.where(Record.state == wanted.state)
    if wanted.since is not None:
        query = query.where(Record.submitted_at >= midnight(wanted.since))
    if wanted.until is not None:
        query = query.where(Record.submitted_at < midnight(wanted.until + timedelta(days=1)))
    yield from db.session.scalars(visible_to(query, actor).execution_options(yield_per=1000))


def records(drawn: list[str], actor: Actor) -> list[Record]:
    """The records with these numbers, in the order of the list."""
    query = visible_to(sa.select(Record).where(Record.number.in_(drawn)), actor)
    whole = query.options(joinedload(Record.applicant), joinedload(Record.department))
    found = {one.number: one for one in db.session.scalars(whole).unique()}
    return [found[number] for number in drawn if number in found]
