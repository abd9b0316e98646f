"""Does what the outbox asks for: the long part outside any write, the result in one with the row's end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from portal.jobs import messages, packages, prints, publications, redlines
from portal.jobs.pieces import piece
from portal.lib import metrics
from portal.lib.clock import now
from portal.lib.log_lines import facts as facts_of
from portal.mail.unsent import ServerAway, Unsent
from portal.pdf.process import PrintFailed, PrintTooLarge
from portal.pdf.stamp_authority import StampFailed
from portal.services import outbox
from portal.storage.store import StoreAway
from portal.storage.token import TokenAway

Finish = Callable[[], None]
Handler = Callable[[Mapping[str, Any], datetime], Finish | None]

HANDLERS: dict[str, Handler] = {
    "print": prints.make,
    "record_print": prints.make_asked,
    "redline": redlines.make,
    "publication": publications.make,
    "mail": messages.mail,
    "digest": messages.digest,
    "robot": messages.robot,
    "checkpoint": messages.checkpoint,
    "package": packages.make,
}
AT_ONCE = 5  # rows under one lease, so that it does not run out before their turn
AWAY = timedelta(minutes=5)  # how long others of the kind wait for what could not be reached
KEPT_BACK: dict[type[Exception], Sequence[str]] = {
    ServerAway: messages.MAILS,
    StampFailed: prints.KINDS,
    TokenAway: prints.KINDS,
    StoreAway: (*prints.KINDS, "redline", "publication", "package"),
}
TRIES: dict[type[Exception], int] = {PrintTooLarge: 1, PrintFailed: 3}  # each may cost minutes
log = logging.getLogger("portal.jobs")


def drain() -> int:
    """Works off all rows that are due; returns how many were done."""
    total = 0
    while outbox.waiting(began := now()):
        leased = piece(partial(_lease, began))
        if not leased:
            break
        for row in leased:
            if now() - began > outbox.LEASE / 2:  # the others may take the rest, and would do it twice
                break
            total += _do(*row)
    return total


def _do(id: int, kind: str, facts: dict[str, Any]) -> bool:
    """Does one row; what goes wrong is noted in it, to be tried again later."""
    try:
        finish = HANDLERS[kind](facts, now())
        first = piece(partial(_end, id, finish))
    except Unsent as problem:
        metrics.OUTBOX.labels(kind, "failed").inc()
        log.warning("outbox row %d (%s): %s %s", id, kind, type(problem).__name__, problem)
        _note(id, problem, for_good=problem.for_good)
        return False
    except Exception as problem:
        metrics.OUTBOX.labels(kind, "failed").inc()
        log.exception("outbox row %d (%s) failed", id, kind)
        _note(id, problem)
        return False
    metrics.OUTBOX.labels(kind, "done").inc()
    log.info("outbox row done", extra=facts_of(row=id, kind=kind))
    return first


def _lease(now: datetime) -> list[tuple[int, str, dict[str, Any]]]:
    """Takes some rows, each as what its work needs to know."""
    return [(row.id, row.kind, dict(row.facts)) for row in outbox.lease(now, limit=AT_ONCE)]


def _end(id: int, finish: Finish | None) -> bool:
    """Ends a row with what its work has left to write; False if somebody else was first."""
    first = outbox.done(id, now=now())
    if first and finish is not None:
        finish()
    return first


def _note(id: int, problem: Exception, *, for_good: bool = False) -> None:
    """Notes a failure; where what mails or prints need is away, the others of the kind wait with it."""
    tries, said = TRIES.get(type(problem), outbox.TRIES), f"{type(problem).__name__}: {problem}"

    def note() -> None:
        outbox.failed(id, said, now=now(), for_good=for_good, tries=tries)
        if kinds := KEPT_BACK.get(type(problem)):
            outbox.hold_back(kinds, now() + AWAY)

    piece(note)
