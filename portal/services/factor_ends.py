"""The end of all that a person proves themselves by besides the password: app, passkeys, recovery codes."""

from __future__ import annotations

from datetime import datetime

from portal.models import Person
from portal.queries import second_factors as known
from portal.services import passkeys, recovery_codes, second_factors


def end_all(person: Person, why: str, *, now: datetime) -> bool:
    """Ends everything, within a write that holds the person; whether there was anything."""
    there = person.second_factor_id is not None or bool(known.passkeys(person.id))
    if person.second_factor_id is not None:
        second_factors.wipe(person, why, now=now)
    passkeys.end_all(person, why, now=now)
    recovery_codes.drop(person.id)
    return there
