"""Allocations of customers (CS-23) that were accepted before their day: on it the customers change hands by themselves."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from portal.lib.clock import day
from portal.queries import allocation
from portal.services import each, route, tasks


def hand_over(now: datetime) -> int:
    """Gives the customers of every accepted allocation whose day has come to its officer, once; returns how many allocations."""
    return each.apart("allocation", allocation.come_due(day(now)), partial(_hand_over, now=now))


def _hand_over(due: allocation.Due, *, now: datetime) -> int:
    record = tasks.lock(due.id)  # whoever signs or sends it back at this moment has done so by now
    if record.state not in allocation.GOING_ROUND or allocation.has_moved(record.id):
        return 0
    route.fall(record, allocation.ACCEPTED, by=due.accepted_by, now=now)  # whose signature has said so
    return 1
