"""Makes loading fast: what cannot change in the meantime is asked of the database once.

Only the loader uses it, alone in its process, before anybody is served. Nobody's roles change while
a year is loaded; substitutes do, and are forgotten when they do.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import event

from portal.extensions import db
from portal.lib.clock import day
from portal.models import Department, FormVersion, Person, Record, Substitution, Task
from portal.queries import calendar, history
from portal.queries import notices as wishes
from portal.queries.actors import people_with
from portal.services import notices, reading, tasks

HELD = (Department, FormVersion, Person, Record, Task)


class Memory:
    """The answers known so far, under the names of the queries that gave them."""

    def __init__(self) -> None:
        self._asked: dict[str, Callable[..., Any]] = {
            "limits": history.limits,
            "calendar": calendar.current,
            "able": tasks.able,
        }
        self._people: dict[tuple[str, ...], set[int]] = {}
        self._able: dict[tuple[Any, ...], set[int]] = {}
        self._leaves: list[Substitution] = []
        self._fixed: dict[str, Any] = {}
        self._held: set[Any] = set()  # so that the session need not load them again

    def people_with(self, keys: Iterable[str], today: date) -> set[int]:
        """Who holds one of these keys: the same all year."""
        asked = tuple(sorted(keys))
        if asked not in self._people:
            self._people[asked] = people_with(asked, today)
        return self._people[asked]

    def nobody(self, *_facts: Any, **_more: Any) -> dict[int, Any]:
        """What is past is sent to nobody, and the evening marks it as read."""
        return {}

    def able(self, keys: Iterable[str], excluded: Iterable[int], now: datetime) -> set[int]:
        """Who can do a task: the same as long as the same people are on leave."""
        today = day(now)
        leaves = tuple(place for place, leave in enumerate(self._leaves) if leave.holds(today))
        at = (tuple(keys), tuple(sorted(excluded)), leaves)
        if at not in self._able:
            self._able[at] = self._asked["able"](at[0], at[1], now)
        return self._able[at]

    def lock(self, record_id: int) -> Record:
        """The record as it is known, since nobody else writes."""
        return db.session.get_one(Record, record_id)

    def limits(self) -> Any:
        """The authority table."""
        return self._once("limits")

    def calendar(self) -> Any:
        """The working calendar."""
        return self._once("calendar")

    def flushed(self, session: Any, _context: Any) -> None:
        """Forgets what has just been written anew."""
        leaves = [row for row in session.new if isinstance(row, Substitution)]
        if leaves:
            self._leaves += leaves
            self._able.clear()

    def hold(self, _session: Any, row: Any) -> None:
        """Keeps what is needed again and again."""
        if isinstance(row, HELD):
            self._held.add(row)

    def undone(self, *_facts: Any) -> None:
        """Forgets all that a failed act may have seen of itself."""
        self._able.clear()

    def _once(self, name: str) -> Any:
        if name not in self._fixed:
            self._fixed[name] = self._asked[name]()
        return self._fixed[name]


@contextmanager
def remembering() -> Iterator[None]:
    """Puts the memory before the queries, and takes it away again; no garbage is looked for meanwhile."""
    memory = Memory()
    places: list[tuple[Any, str, Callable[..., Any]]] = [
        (notices, "people_with", memory.people_with),
        (wishes, "wishes", memory.nobody),
        (reading, "settle", memory.nobody),
        (tasks, "able", memory.able),
        (tasks, "lock", memory.lock),
        (history, "limits", memory.limits),
        (calendar, "current", memory.calendar),
    ]
    kept = [(module, name, getattr(module, name)) for module, name, _new in places]
    session = db.session()
    heard = {
        "after_flush": memory.flushed,
        "after_soft_rollback": memory.undone,
        "loaded_as_persistent": memory.hold,
        "pending_to_persistent": memory.hold,
    }
    for moment, hear in heard.items():
        event.listen(session, moment, hear)
    gc.disable()
    try:
        for module, name, new in places:
            setattr(module, name, new)
        yield
    finally:
        gc.enable()
        for module, name, old in kept:
            setattr(module, name, old)
        for moment, hear in heard.items():
            event.remove(session, moment, hear)
