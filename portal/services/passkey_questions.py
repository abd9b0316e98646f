"""Questions to passkeys: a challenge for one person, browser and act, answered once and within minutes."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.relying_party import RelyingParty
from portal.models import PasskeyQuestion
from portal.queries.days import lately

LASTS = timedelta(minutes=5)
BYTES = 32


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about: for which site, at which browser, and the hash of what is to be done."""

    party: RelyingParty
    holder: str
    subject: str


def ask(person_id: int, about: About, *, now: datetime) -> bytes:
    """A new challenge; those that nobody has answered in time are thrown away."""
    db.session.execute(sa.delete(PasskeyQuestion).where(~lately(PasskeyQuestion.asked_at, LASTS, now)))
    challenge = secrets.token_bytes(BYTES)
    db.session.add(
        PasskeyQuestion(
            challenge=_kept(challenge),
            person_id=person_id,
            holder=about.holder,
            subject=about.subject,
            asked_at=now,
        )
    )
    return challenge


def take(challenge: bytes, person_id: int, about: About, *, now: datetime) -> bool:
    """Takes a challenge away, within a write; whether it was of this very question, and is not too old."""
    asked = sa.delete(PasskeyQuestion).where(
        PasskeyQuestion.challenge == _kept(challenge),
        PasskeyQuestion.person_id == person_id,
        PasskeyQuestion.holder == about.holder,
        PasskeyQuestion.subject == about.subject,
        lately(PasskeyQuestion.asked_at, LASTS, now),
    )
    return db.session.scalar(asked.returning(PasskeyQuestion.id)) is not None


def _kept(challenge: bytes) -> str:
    """A challenge as the table has it."""
    return urlsafe_b64encode(challenge).rstrip(b"=").decode()
