"""Passkeys (WebAuthn) of people: made on their devices, kept here by their public halves, and ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.domain.refusal import NotFound, Refusal
from portal.extensions import db
from portal.lib.hashing import sha256
from portal.lib.i18n import _l
from portal.lib.text import clean
from portal.models import Passkey, Person
from portal.queries import second_factors as known
from portal.services import audit, passkey_proofs, passkey_questions, recovery_codes
from portal.services.passkey_proofs import LONGEST, TIMEOUT, malformed
from portal.services.passkey_questions import About
from portal.services.second_factors import held

if TYPE_CHECKING:
    from webauthn.registration.verify_registration_response import VerifiedRegistration

STREAM = "people"
MOST, LONGEST_NAME = 10, 40


class PasskeyNotMade(Refusal):
    """What the browser has made is no passkey that the portal can use."""

    status = 409
    text = _l("没有添加通行密钥：页面已过期，或设备没有验证您本人。请重新打开页面再办理。")


def to_make(person: Person, about: About, *, company: str, now: datetime) -> str:
    """What the browser needs to make a passkey, as JSON: one that the device keeps, and gives only to its owner.

    Raises:
        Refusal: there are enough.
    """
    there = known.passkeys(person.id)
    if len(there) >= MOST:
        raise Refusal(_l("最多添加 %(most)d 个通行密钥。"), most=MOST)
    import webauthn  # 5 MB, for those who have a passkey; so below
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = webauthn.generate_registration_options(
        rp_id=about.party.id,
        rp_name=company,
        user_id=str(person.id).encode(),
        user_name=person.login,
        user_display_name=person.name,
        challenge=passkey_questions.ask(person.id, about, now=now),
        timeout=TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=passkey_proofs.named(there),
    )
    return webauthn.options_to_json(options)


def register(person_id: int, said: str, about: About, *, name: str, now: datetime) -> list[str]:
    """Keeps a passkey of a person, who has proven themselves before it was made.

    Returns recovery codes, which are shown this once, if it is the person's first second factor.

    Raises:
        PasskeyNotMade: it is not the answer to the question, or unfit.
    """
    from webauthn.helpers import bytes_to_base64url

    person = held(person_id)
    first = person.second_factor_id is None and not known.passkeys(person_id)
    made = _made(said, person_id, about, now)
    credential = bytes_to_base64url(made.credential_id)
    if db.session.scalar(sa.select(Passkey.id).where(Passkey.credential == credential)) is not None:
        raise PasskeyNotMade
    passkey = Passkey(
        person_id=person_id,
        credential=credential,
        public_key=bytes_to_base64url(made.credential_public_key),
        sha256=sha256(made.credential_public_key),
        sign_count=made.sign_count,
        name=clean(name)[:LONGEST_NAME] or str(len(known.passkeys(person_id)) + 1),
        made_at=now,
    )
    db.session.add(passkey)
    person.second_factor_due = False
    _note("passkey_added", passkey, now=now)
    return recovery_codes.make(person_id) if first else []


def own(person_id: int, id: int) -> Passkey:
    """The passkey with this id, if it is one of the person's that is in use.

    Raises:
        NotFound: it is not.
    """
    found = next((one for one in known.passkeys(person_id) if one.id == id), None)
    if found is None:
        raise NotFound
    return found


def remove(person_id: int, id: int, *, demanded: bool, now: datetime) -> None:
    """Ends a passkey of a person, who has just proven themselves; `demanded`: they must keep some second factor.

    Raises:
        NotFound: it is not one of theirs that is in use.
        Refusal: it is the last second factor of somebody who must have one.
    """
    person = held(person_id)
    passkey = own(person_id, id)
    if demanded and len(known.passkeys(person_id)) == 1 and person.second_factor_id is None:
        raise Refusal(_l("您必须有两步验证：请先添加另一个通行密钥或验证器应用，再移除这一个。"))
    _end(passkey, "removed", now)
    recovery_codes.drop_idle(person)
    _note("passkey_removed", passkey, now=now)


def end_all(person: Person, why: str, *, now: datetime) -> None:
    """Ends every passkey of a person, and says nothing of it."""
    for passkey in known.passkeys(person.id):
        _end(passkey, why, now)


def _made(said: str, person_id: int, about: About, now: datetime) -> VerifiedRegistration:
    import webauthn
    from webauthn.helpers import parse_client_data_json, parse_registration_credential_json

    try:
        credential = parse_registration_credential_json(said[:LONGEST])
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
        if not passkey_questions.take(challenge, person_id, about, now=now):
            raise PasskeyNotMade
        return webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=about.party.id,
            expected_origin=about.party.origin,
            require_user_verification=True,
        )
    except malformed():
        raise PasskeyNotMade from None


def _end(passkey: Passkey, why: str, now: datetime) -> None:
    passkey.ended_at, passkey.ended_by = now, why
    db.session.flush()


def _note(kind: str, passkey: Passkey, *, now: datetime) -> None:
    by = passkey.person_id
    audit.note(kind, at=now, by=by, stream=STREAM, person=by, name=passkey.name, sha256=passkey.sha256)
