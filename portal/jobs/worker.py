"""The worker in the server's own process: jobs at their times, the outbox every two seconds.

The queue lives in memory and only wakes and runs: what must not be lost stands in the outbox.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Flask
from huey import MemoryHuey
from huey.consumer import Consumer

from portal.jobs import outbox, schedule

PATIENCE = 20  # seconds that a running job is given to end; its row is taken up again otherwise


class InProcessConsumer(Consumer):
    """A consumer that leaves the server's signals alone."""

    def _set_signal_handlers(self) -> None:
        """The server itself decides when to stop."""


def start(app: Flask) -> InProcessConsumer:
    """Starts the jobs and returns at once."""
    queue = MemoryHuey("portal", store_intermediate_errors=False, results=False, utc=True)
    for act, when in schedule.TIMES:
        queue.periodic_task(when, name=f"at_time_{act.__module__}_{act.__name__}")(_inside(app, act))
    first = [queue.task(name=f"at_start_{act.__name__}")(_inside(app, act)) for act in schedule.AT_START]
    drain = _inside(app, outbox.drain)

    @queue.task(name="poll")
    def poll() -> None:
        try:
            drain()
        finally:
            poll.schedule(delay=schedule.POLL)

    consumer = InProcessConsumer(
        queue,
        workers=2,
        initial_delay=0.1,
        max_delay=1.0,
        check_worker_health=False,
        shutdown_timeout=PATIENCE,
    )
    consumer.start()
    for act in (*first, poll):
        act()
    return consumer


def stop(consumer: InProcessConsumer) -> None:
    """Lets the running job end, then stops; what it had not reached is found again at the next start."""
    consumer.stop(graceful=True)


def _inside(app: Flask, act: Callable[[], int]) -> Callable[[], None]:
    """The job within the application's context."""

    @wraps(act)
    def run() -> None:
        with app.app_context():
            act()

    return run
