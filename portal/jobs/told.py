"""One line of the log and one count for each job."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from portal.lib import metrics
from portal.lib.log_lines import WORK, facts

log = logging.getLogger("portal.jobs")


@dataclass
class Job:
    """A job under way: how much it has done."""

    done: int = 0


@contextmanager
def told(name: str) -> Iterator[Job]:
    """Tells of a job when it has ended, and what went wrong; one that found nothing to do only where the log tells everything."""
    job, began, token = Job(), perf_counter(), WORK.set(secrets.token_hex(8))
    outcome = "failed"
    try:
        yield job
        outcome = "done"
    finally:
        seconds = perf_counter() - began
        metrics.count_job(name, outcome, seconds)
        failed = outcome == "failed"
        level = logging.ERROR if failed else logging.INFO if job.done else logging.DEBUG
        said = facts(job=name, outcome=outcome, done=job.done, ms=round(seconds * 1000, 1))
        log.log(level, "job", extra=said, exc_info=failed)
        WORK.reset(token)
