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
from portal.web import hindrances
from portal.web.hindrances import Hindrance

log = logging.getLogger("portal.jobs")


@dataclass
class Job:
    """A job under way: how much it has done."""

    done: int = 0


@contextmanager
def told(name: str) -> Iterator[Job]:
    """Tells of a job when it has ended, and what went wrong; one that found nothing to do only where the log tells everything.

    Of a database that is away a line is enough: each job would leave the same trace.
    """
    job, began, token = Job(), perf_counter(), WORK.set(secrets.token_hex(8))
    wrong: BaseException | None = None
    try:
        yield job
    except BaseException as problem:
        wrong = problem
        raise
    finally:
        seconds, outcome = perf_counter() - began, "done" if wrong is None else "failed"
        metrics.count_job(name, outcome, seconds)
        level = logging.ERROR if wrong else logging.INFO if job.done else logging.DEBUG
        said = {"job": name, "outcome": outcome, "done": job.done, "ms": round(seconds * 1000, 1)}
        away = wrong is not None and hindrances.said(wrong) is Hindrance.AWAY
        if away:
            said["why"] = " ".join(str(getattr(wrong, "orig", wrong)).split())
        log.log(level, "job", extra=facts(**said), exc_info=None if away else wrong)
        WORK.reset(token)
