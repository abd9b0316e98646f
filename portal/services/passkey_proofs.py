"""Proofs by passkeys: what is asked of them, and whether an answer is that of the person's own.

The device makes sure each time that its owner is there, by finger, face or PIN; an answer without that does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.domain.refusal import NotFound, Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.lib.text import clean
from portal.models import Passkey
from portal.queries import second_factors as known
from portal.services import passkey_questions
from portal.services.passkey_questions import LASTS, About

if TYPE_CHECKING:
    from webauthn.helpers.structs import AuthenticationCredential, PublicKeyCredentialDescriptor

LONGEST = 20_000  # characters of an answer
TIMEOUT = int(LASTS.total_seconds() * 1000)  # milliseconds, as browsers count


class PasskeyWrong(Refusal):
    """The answer is not that of this person's passkey to this question."""

    status = 401
    text = _l("通行密钥没有通过验证，或等得太久，没有写入。请再试一次。")


class NotProven(Exception):
    """An answer that does not count; the text says why, for the audit trail."""


def question(person_id: int, about: About, *, now: datetime) -> str:
    """What the browser needs to ask one of the person's passkeys, as JSON.

    Raises:
        NotFound: they have none.
    """
    there = known.passkeys(person_id)
    if not there:
        raise NotFound
    import webauthn  # 5 MB, for those who have a passkey; so below
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=about.party.id,
        challenge=passkey_questions.ask(person_id, about, now=now),
        timeout=TIMEOUT,
        allow_credentials=named(there),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def prove(person_id: int, said: str, about: About, *, now: datetime) -> Passkey:
    """The passkey that has answered, within a write; the question is used up whether or not the answer counts.

    Raises:
        NotProven: it does not count.
    """
    from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json

    try:
        credential = parse_authentication_credential_json(said[:LONGEST])
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
    except malformed():
        raise NotProven("malformed") from None
    if not passkey_questions.take(challenge, person_id, about, now=now):
        raise NotProven("not asked here, not about this, over, or answered before")
    passkey = _held(credential.id, person_id)
    passkey.sign_count = _counted(credential, challenge, passkey, about)
    passkey.used_at = now
    return passkey


def malformed() -> tuple[type[Exception], ...]:
    """All that the reading of an answer may raise."""
    from webauthn.helpers.exceptions import WebAuthnException

    return (WebAuthnException, ValueError, TypeError, KeyError, RecursionError)


def named(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    """The passkeys as browsers are told of them."""
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in passkeys]


def _held(credential: str, person_id: int) -> Passkey:
    """The person's passkey, locked until the write ends.

    Raises:
        NotProven: it is another's, or in use no more.
    """
    query = sa.select(Passkey).where(
        Passkey.credential == credential, Passkey.person_id == person_id, Passkey.ended_at.is_(None)
    )
    locked = query.with_for_update().execution_options(populate_existing=True)
    passkey = db.session.scalar(locked)
    if passkey is None:
        raise NotProven("not a passkey of this person")
    return passkey


def _counted(credential: AuthenticationCredential, challenge: bytes, passkey: Passkey, about: About) -> int:
    """How often the device has used the passkey: a count that does not go up tells of a copy.

    Raises:
        NotProven: site, presence, count or signature are not right.
    """
    import webauthn
    from webauthn.helpers import base64url_to_bytes

    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=about.party.id,
            expected_origin=about.party.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except malformed() as error:
        raise NotProven(clean(str(error))[:200]) from None
    return verified.new_sign_count
