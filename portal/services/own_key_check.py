"""Signatures by people's own keys, held against the keys, and the keys against the trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.lib import own_keys
from portal.models import AuditEvent, OwnKey, Record, Signature
from portal.services import signatures

GRACE = timedelta(minutes=1)  # between the moment that an act bears and its end
MADE = ("own_key_made", "own_key_renewed")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What does not hold, in words and by its kind."""

    what: str
    kind: str


def check() -> tuple[int, list[Wrong]]:
    """How many signatures were made with own keys, and all that is wrong with keys and signatures."""
    keys = list(db.session.scalars(sa.select(OwnKey).order_by(OwnKey.id)))
    told = _told()
    wrong = [Wrong(f"Own key {key.sha256}", kind) for key in keys if (kind := _flaw(key, told))]
    owned: dict[int, list[OwnKey]] = {}
    for key in keys:
        owned.setdefault(key.person_id, []).append(key)
    many = 0
    for number, one in _signed(owned):
        many += one.own_key is not None
        kind = _wrong(one, owned.get(one.person_id, []))
        if kind:
            who = f"{one.authority.get('name', '')} {one.authority.get('number', '')}"
            wrong.append(Wrong(f"Signature {one.id} of {number}, step {one.step}, by {who}", kind))
    return many, wrong


def _signed(owned: dict[int, list[OwnKey]]) -> Iterator[tuple[str, Signature]]:
    """The signatures with an own key, and all others of people who have had one."""
    concerned = sa.or_(Signature.own_key.is_not(None), Signature.person_id.in_(list(owned)))
    query = sa.select(Record.number, Signature).join(Record, Record.id == Signature.record_id)
    ordered = query.where(concerned).order_by(Signature.id).execution_options(yield_per=500)
    with closing(db.session.execute(ordered)) as rows:
        yield from rows


def _wrong(one: Signature, keys: list[OwnKey]) -> str:
    """What is wrong with a signature, by the keys that its signer has had."""
    named = one.authority.get("own_key")
    if one.own_key is None:
        by_hand = one.authority.get("confirmed_by") in ("password", "passkey")
        had = by_hand and any(_in_use(key, one, -GRACE) for key in keys)
        return "missing" if named or had else ""
    if named != own_keys.fingerprint(one.own_key) or not own_keys.verifies(
        one.own_key, one.sha256, one.own_signature or ""
    ):
        return "void"
    if not any(key.sha256 == named and _in_use(key, one, GRACE) for key in keys):
        return "unknown"
    record = db.session.get_one(Record, one.record_id)
    return "" if signatures.fingerprint(record, one) == one.sha256 else "changed"


def _in_use(key: OwnKey, one: Signature, more: timedelta) -> bool:
    """Whether the key was the signer's at that moment, give or take."""
    return key.made_at - more <= one.signed_at and (
        key.ended_at is None or one.signed_at <= key.ended_at + more
    )


def _flaw(key: OwnKey, told: set[tuple[object, object]]) -> str:
    if own_keys.fingerprint(key.public_key) != key.sha256:
        return "replaced"
    return "" if (key.person_id, key.sha256) in told else "untold"


def _told() -> set[tuple[object, object]]:
    """Who has made which key, as the trail says."""
    query = sa.select(AuditEvent).where(AuditEvent.stream == "people", AuditEvent.kind.in_(MADE))
    return {(event.person_id, event.facts.get("sha256")) for event in db.session.scalars(query)}
