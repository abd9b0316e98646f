"""What is known of people's second factors."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import AuditEvent, Passkey, RecoveryCode, SecondFactor


def current(factor_id: int | None) -> SecondFactor | None:
    """The app with this id."""
    return db.session.get(SecondFactor, factor_id) if factor_id is not None else None


def passkeys(person_id: int) -> list[Passkey]:
    """The passkeys of a person, the first one first."""
    query = sa.select(Passkey).where(Passkey.person_id == person_id, Passkey.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(Passkey.id)))


def recovery_left(person_id: int) -> int:
    """How many recovery codes are still good."""
    query = sa.select(sa.func.count()).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(query) or 0


def password_given(person_id: int, *, by: int, since: datetime) -> bool:
    """Whether somebody has given a person a password since a moment: a first one, or one in place of theirs."""
    kinds = ("person_created", "password_reset", "person_reinstated")
    return _done(person_id, kinds, by, since)


def factor_reset(person_id: int, *, by: int, since: datetime) -> bool:
    """Whether somebody has ended another's second factor since a moment: reset it, or retired the person."""
    return _done(person_id, ("second_factor_reset", "second_factor_ended"), by, since)


def _done(person_id: int, kinds: tuple[str, ...], by: int, since: datetime) -> bool:
    query = sa.select(AuditEvent.id).where(
        AuditEvent.stream == "people",
        AuditEvent.kind.in_(kinds),
        AuditEvent.person_id == by,
        AuditEvent.at > since,
        AuditEvent.facts["person"].as_integer() == person_id,
    )
    return db.session.scalar(query.limit(1)) is not None
