"""Reminders, escalations and daily entries: each in a write of its own, as many as there are."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from portal.domain.obligations import Obligation
from portal.forms.duties import OBLIGATIONS
from portal.jobs.pieces import piece
from portal.lib.clock import now
from portal.lib.unhurried import in_pieces
from portal.services import lapses, obligations, reminders, stuck
from portal.web import hindrances

AT_ONCE = 100  # acts in one write, which others may wait for
LONGEST = 20  # seconds, rests among them; what is left then is done at the next time
log = logging.getLogger("portal.jobs")


def remind() -> int:
    """Moves on what may not wait, reminds those who are late and tells their heads; returns how many it was."""
    return _all(lapses.move_on) + _all(reminders.remind) + _all(reminders.escalate)


def look_again() -> int:
    """Stops turns that nobody can do any more, opens those that somebody can; returns how many."""
    return piece(lambda: stuck.look_again(now()))


def ask_entries() -> int:
    """Makes the tasks of daily side entries; returns how many."""
    return piece(lambda: reminders.ask_entries(now()))


def keep_obligations() -> int:
    """Looks after the obligations, each in writes of its own, none of them long; returns how many things happened."""
    total = 0
    for obligation in OBLIGATIONS.values():
        try:
            total += _keep(obligation, now())
        except Exception as problem:
            if hindrances.said(problem) is hindrances.Hindrance.AWAY:
                raise  # so would each of the others
            log.exception("obligation %s failed", obligation.key)
    return total


def _keep(obligation: Obligation, at: datetime) -> int:
    total = 0

    def act() -> bool:
        nonlocal total
        outcome = piece(partial(obligations.run, obligation, now=at, most=AT_ONCE))
        total += outcome.total
        return outcome.left

    in_pieces(act, within=LONGEST)
    return total


def _all(act: Callable[[datetime], int]) -> int:
    """Does it in batches until nothing is left, or the next run may go on."""
    total = 0

    def batch() -> bool:
        nonlocal total
        done = piece(lambda: act(now()))
        total += done
        return done > 0

    in_pieces(batch, within=LONGEST)
    return total
