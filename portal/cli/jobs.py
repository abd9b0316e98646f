"""`flask jobs`: the work besides the requests, when several processes serve the portal."""

from __future__ import annotations

import logging
import signal
import threading

import click
from flask import current_app
from flask.cli import AppGroup

from portal.jobs import worker
from portal.lib.unhurried import give_way
from portal.queries import durability

log = logging.getLogger("portal.jobs")
group = AppGroup("jobs", help="Prints, reminders, escalations.")


@group.command()
def run() -> None:
    """Do the jobs until told to stop; one such process beside the servers."""
    give_way()
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda _signal, _frame: stop.set())
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        durability.look(app.config["SETTINGS"])
    except durability.NotDurable as problem:
        raise click.ClickException(str(problem)) from None
    figures = worker.tell_figures(app)
    consumer = worker.start(app)
    log.info("jobs are running")
    stop.wait()
    worker.stop(consumer)
    if figures is not None:
        figures.close()
