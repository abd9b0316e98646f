"""What a server of pages knows of the jobs: a commit that leaves outbox rows wakes a worker, where there is a broker.

It has none of what the jobs themselves need, so that a process that only serves pages need not hold that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from flask import Flask, current_app
from sqlalchemy import event

from portal.extensions import db
from portal.jobs.told import told
from portal.models import OutboxRow

NAME = "portal"
log = logging.getLogger("portal.jobs")


def init_app(app: Flask) -> None:
    """With a broker: whoever commits outbox rows wakes a worker."""
    url = app.config["SETTINGS"].broker_url
    if url:
        from huey import RedisHuey  # 20 MB with the clients that it brings, and many have no broker

        queue = RedisHuey(NAME, url=url, store_intermediate_errors=False, results=False, utc=True)
        queue.wake = queue.task(name="drain")(inside(app, drain))
        app.extensions["jobs"] = queue


def drain() -> int:
    """Works off the outbox; named to the queue by all processes, run by those of the jobs."""
    from portal.jobs import outbox  # the jobs alone need what does the work

    return outbox.drain()


def inside(app: Flask, act: Callable[[], int]) -> Callable[[], None]:
    """The job within the application's context; what goes wrong stands in our log, and need not stand in the queue's too."""

    @wraps(act)
    def run() -> None:
        with suppress(Exception), app.app_context(), told(act.__name__) as job:
            job.done = act()

    return run


@event.listens_for(db.session, "after_flush")
def _note(session: Any, _context: Any) -> None:
    if any(isinstance(row, OutboxRow) for row in session.new):
        session.info["wakes"] = True


@event.listens_for(db.session, "after_rollback")
def _forget(session: Any) -> None:
    session.info.pop("wakes", None)


@event.listens_for(db.session, "after_commit")
def _wake(session: Any) -> None:
    queue = current_app.extensions.get("jobs")
    if session.info.pop("wakes", False) and queue is not None:
        try:
            queue.wake()
        except Exception:
            log.exception("the broker cannot be reached; the outbox is looked at within a minute")
