"""Recovery codes: for the day on which app and passkeys are lost; each lets in once, none signs."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime

import sqlalchemy as sa

from portal.domain.permissions import person_key
from portal.extensions import db
from portal.lib.hashing import sha256
from portal.lib.i18n import _l, both
from portal.lib.text import clean
from portal.models import Person, RecoveryCode
from portal.queries import second_factors as known
from portal.services import audit, notices
from portal.services.passwords import ALPHABET

STREAM = "people"
RECOVERY_CODES = 10


def make(person_id: int) -> list[str]:
    """New codes in place of those that there are; shown this once."""
    drop(person_id)
    made = ["".join(secrets.choice(ALPHABET) for _place in range(12)) for _code in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(person_id=person_id, sha256=_hash(one)) for one in made)
    return ["-".join((one[:4], one[4:8], one[8:])) for one in made]


def use_up(person_id: int, typed: str, *, now: datetime) -> bool:
    """Takes a code, within a write, if it is one of the person's that is still good; they are told."""
    update = sa.update(RecoveryCode).where(
        RecoveryCode.person_id == person_id,
        RecoveryCode.sha256 == _hash(plain(typed)),
        RecoveryCode.used_at.is_(None),
    )
    if not db.session.scalar(update.values(used_at=now).returning(RecoveryCode.id)):
        return False
    left = known.recovery_left(person_id)
    audit.note("recovery_code_used", at=now, by=person_id, stream=STREAM, person=person_id, left=left)
    text = both(_l("您的一个恢复码已被使用，还剩 %(left)d 个。不是您本人用的，请立即联系管理员。", left=left))
    notices.tell([person_key(person_id)], "told", now=now, text=text, page="/account/second-factor")
    return True


def drop_idle(person: Person) -> None:
    """Throws the codes away where nothing is left that they could stand in for."""
    if person.second_factor_id is None and not known.passkeys(person.id):
        drop(person.id)


def drop(person_id: int) -> None:
    """Throws the person's codes away."""
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def plain(typed: str) -> str:
    """A code as it is compared: half-width, small letters, without blanks and hyphens."""
    folded = unicodedata.normalize("NFKC", clean(typed)).casefold()
    return "".join(one for one in folded if one.isalnum())[:40]


def _hash(typed: str) -> str:
    """Enough for what is drawn from 31 to the power of 12: nobody guesses it from its hash."""
    return sha256(typed.encode())
