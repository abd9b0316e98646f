"""Records, tasks and counted queries for tests of pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.demo import filling
from portal.demo.world import DemoWorld
from portal.extensions import db
from portal.lib.clock import today
from portal.models import Person, Record
from portal.queries.actors import actor

_keys = count(1)


def start(app: Flask, code: str, login: str, many: int = 1, at: datetime | None = None) -> list[str]:
    """Submits records as their story tells; gives their numbers."""
    with app.app_context():
        with transaction():
            person = db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()
            world = DemoWorld(Random(7), at or datetime.now(UTC))
            world.sees(person)
            by = actor(person, today())
            made = [filling.begin(world, code, by, f"desk-{next(_keys)}") for _one in range(many)]
            numbers = [record.number for record in made]
        db.session.remove()
    return numbers


def change(app: Flask, number: str, **values: object) -> None:
    """Puts values into a record's row."""
    with app.app_context():
        with transaction():
            record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
            for name, value in values.items():
                setattr(record, name, value)
        db.session.remove()


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that run inside."""
    seen: list[str] = []
    with _heard(app, lambda statement, _given: seen.append(statement)):
        yield seen


@contextmanager
def asked(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """The SQL statements that run inside, with their values."""
    seen: list[tuple[str, Any]] = []
    with _heard(app, lambda *both: seen.append(both)):
        yield seen


@contextmanager
def before(app: Flask, text: str, act: Callable[[], object]) -> Iterator[None]:
    """Somebody else acts, once, just before the first statement with this text."""
    to_do = [act]

    def look(statement: str, _given: Any) -> None:
        if text in statement and to_do:
            other = threading.Thread(target=to_do.pop())  # with a session of its own
            other.start()
            other.join()

    with _heard(app, look):
        yield
    assert not to_do, "the statement did not come"


@contextmanager
def _heard(app: Flask, keep: Callable[[str, Any], None]) -> Iterator[None]:
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, given: Any, *_more: object) -> None:
        keep(statement, given)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
