"""Keeps the tree over all events of the audit trail, and lets auditors hold a copy of its checkpoints outside."""

from __future__ import annotations

import logging
from datetime import datetime, time

from flask import current_app

from portal.jobs.pieces import piece
from portal.lib.clock import ZONE, now
from portal.services import audit_tree
from portal.storage.audit_key import signing_key

log = logging.getLogger("portal.jobs")


def keep_tree() -> int:
    """Adds what is settled under a signed checkpoint; returns how many events it was."""
    try:
        upto = piece(audit_tree.settled)  # a write of its own, as nobody else may write during it
    except audit_tree.StillWriting:
        log.info("the audit tree waits for a long write")
        return 0
    total = 0
    while added := _add(upto):
        total += added
    return total


def ask_letters() -> int:
    """Asks for the day's mails with the last checkpoint once their hour has come; returns how many."""
    settings, moment = current_app.config["SETTINGS"], now()
    hour = datetime.combine(moment.astimezone(ZONE).date(), time(settings.digest_hour), ZONE)
    if not settings.sends_mail or moment < hour:
        return 0
    return piece(lambda: audit_tree.ask_letters(hour, now=moment) if audit_tree.take_pen() else 0)


def _add(upto: int) -> int:
    settings = current_app.config["SETTINGS"]
    key = signing_key(settings.portal_data)

    def add() -> int:
        if not audit_tree.take_pen():
            return 0
        return audit_tree.append(upto, now=now(), origin=settings.company, key=key)

    return piece(add)
