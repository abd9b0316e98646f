"""Sends what the outbox asks for: letters and lines of robots; a message that nobody needs any more is done unsent.

A worker that dies between sending and noting it sends once more, under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app

from portal.domain.robots import read
from portal.extensions import db
from portal.jobs import letters
from portal.jobs.pieces import piece
from portal.lib.clock import now
from portal.mail import robots, smtp
from portal.services import digests

MAILS = ("mail", "digest", "checkpoint")


def mail(facts: Mapping[str, Any], now: datetime) -> None:
    """Mails one notice."""
    _post(letters.of_notice(facts, now))


def digest(facts: Mapping[str, Any], now: datetime) -> None:
    """Mails the notices of a day."""
    _post(letters.of_digest(facts, now))


def checkpoint(facts: Mapping[str, Any], now: datetime) -> None:
    """Mails the last checkpoint of the audit trail to an auditor."""
    _post(letters.of_checkpoint(facts, now))


def robot(facts: Mapping[str, Any], now: datetime) -> None:
    """Lets a person's robot tell one notice."""
    found = letters.of_robot(facts, now)
    db.session.rollback()
    if found is not None:
        text, address = found
        robots.send(text, read(address))


def prepare_digests() -> int:
    """Asks for the daily mails once their hour has come; returns how many."""
    settings, total = current_app.config["SETTINGS"], 0
    while settings.sends_mail:
        made = piece(lambda: digests.prepare(now(), hour=settings.digest_hour))
        total += made
        if made == 0:
            break
    return total


def _post(letter: Any) -> None:
    db.session.rollback()  # nothing is kept open while the mail server takes its time
    if letter is not None:
        smtp.send(letter, current_app.config["SETTINGS"])
