"""What a person gives besides the password, taken within a write: an answer of a passkey, a code, or a recovery code."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request

from portal.domain.refusal import Refusal
from portal.lib.clock import now
from portal.models import Person
from portal.services import guessing, passkey_proofs, second_factors
from portal.services.passkey_proofs import NotProven, PasskeyWrong
from portal.services.second_factors import PASSKEY, CodeWrong
from portal.web import passkeys


@dataclass(frozen=True, slots=True)
class Given:
    """What a form brought: password, code, and the answer of a passkey as JSON."""

    password: str = ""
    code: str = ""
    passkey: str = ""


def take(person: Person, given: Given, subject: str, *, holder: str = "", recovery: bool = False) -> str:
    """Takes it: `passkey`, `code` or, where one may be given, `recovery`; nothing, and a failure noted, if it is wrong.

    Raises:
        TooManyAttempts: others at the same moment have used the last tries up; nothing is written, and the code not taken.
    """
    address = request.remote_addr or ""
    if not given.passkey:
        taken = second_factors.take(person, given.code, recovery=recovery, now=now())
        if not taken:
            guessing.note_wrong_code(person.login, address, now=now())
        else:  # many codes sent at once would all be looked at before one of them is counted
            guessing.slow_codes(person.login, now=now())
        return taken
    about = passkeys.about(subject, holder)
    try:
        g.passkey = passkey_proofs.prove(person.id, given.passkey, about, now=now()).sha256
    except NotProven as why:
        guessing.note_wrong_passkey(person.login, address, str(why), now=now())
        return ""
    return PASSKEY


def wrong(given: Given) -> Refusal:
    """What is said of something wrong."""
    return PasskeyWrong() if given.passkey else CodeWrong()
