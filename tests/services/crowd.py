"""Several people at the same moment: each act in a thread with a session and a write of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from portal.database import transaction
from portal.extensions import db
from tests.services.office import Office


class Crowd:
    """Several people who act at once on one portal."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def alone(self, act: Callable[[Office], Any]) -> Any:
        """One write before or after the crowd's; gives what the act gives."""
        with self.app.app_context(), transaction():
            return act(Office())

    def together(self, *acts: Callable[[Office], Any]) -> list[Any]:
        """All of these at once, each in a write of its own; what each gives, or the exception."""
        barrier = threading.Barrier(len(acts))
        results: list[Any] = [None] * len(acts)

        def run(place: int) -> None:
            with self.app.app_context():
                try:
                    barrier.wait(timeout=20)
                    with transaction():
                        results[place] = acts[place](Office())
                except Exception as error:
                    results[place] = error
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "they wait for each other"
        return results

    def submitted(self, form: Any, **answers: Any) -> tuple[int, str]:
        """A new record: its id, and the hash of what its page shows."""

        def submit(office: Office) -> tuple[int, str]:
            record = office.submit(form, **answers)
            return record.id, office.seen(record)

        return self.alone(submit)
