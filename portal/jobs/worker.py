"""The worker: jobs at their times, the outbox as soon as something stands in it.

In the server's own process the queue lives in memory and looks at the outbox every two seconds. With a broker, any
number of processes on any machines share the queue, and a commit that leaves outbox rows wakes one of them. The
queue only wakes and runs: what must not be lost stands in the outbox, and every job bears being run by two at once.
"""

from __future__ import annotations

from flask import Flask
from huey import Huey, MemoryHuey
from huey.consumer import Consumer
from prometheus_client import REGISTRY, CollectorRegistry

from portal.jobs import outbox, schedule
from portal.jobs.figures import BookFigures
from portal.jobs.waking import NAME, inside
from portal.web import metrics

PATIENCE = 20  # seconds that a running job is given to end; its row is taken up again otherwise


class InProcessConsumer(Consumer):
    """A consumer that leaves the server's signals alone."""

    def _set_signal_handlers(self) -> None:
        """The server itself decides when to stop."""


def start(app: Flask) -> InProcessConsumer:
    """Starts the jobs and returns at once."""
    queue: Huey | None = app.extensions.get("jobs")
    alone = queue is None
    if queue is None:
        queue = MemoryHuey(NAME, store_intermediate_errors=False, results=False, utc=True)
    for act, when in schedule.TIMES:
        queue.periodic_task(when, name=f"at_time_{act.__module__}_{act.__name__}")(inside(app, act))
    first = [queue.task(name=f"at_start_{act.__name__}")(inside(app, act)) for act in schedule.AT_START]
    consumer = InProcessConsumer(
        queue,
        workers=3,  # two may be at long work
        initial_delay=0.1,
        max_delay=1.0,
        check_worker_health=False,
        shutdown_timeout=PATIENCE,
    )
    consumer.start()
    for act in first:
        act()
    if alone:
        _poll(queue, app)
    return consumer


def stop(consumer: InProcessConsumer) -> None:
    """Lets the running job end, then stops; what it had not reached is found again at the next start."""
    consumer.stop(graceful=True)


def tell_figures(app: Flask) -> metrics.Server | None:
    """Answers Prometheus where the settings name an address: what this process has counted, and what the database tells."""
    settings = app.config["SETTINGS"]
    if not settings.metrics_address:
        return None
    registry = CollectorRegistry()
    registry.register(REGISTRY)
    registry.register(BookFigures(app))
    return metrics.serve(settings, registry)


def _poll(queue: Huey, app: Flask) -> None:
    """Looks at the outbox again and again."""
    drain = inside(app, outbox.drain)

    @queue.task(name="poll")
    def poll() -> None:
        try:
            drain()
        finally:
            poll.schedule(delay=schedule.POLL)

    poll()
