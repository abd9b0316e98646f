"""Whether the person at the keyboard is who signed in: by what they give now, or gave minutes ago.

Everybody gives the password; those with a second factor a code of their app or an answer of their passkey besides. Whom a
provider has let in, and who has a second factor, gives that alone, unless the password must open a key of their own. For
one signature the answer of a passkey is enough, as the device asks for finger, face or PIN; it begins no signing window.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g, request
from flask_login import current_user

from portal.database import transaction
from portal.domain.refusal import IdentityNotConfirmed, PasswordMissing, Refusal
from portal.extensions import db
from portal.lib.clock import now
from portal.services import guessing, own_keys, sessions
from portal.services.guessing import TooManyAttempts
from portal.services.own_keys import KeyBroken, KeyLocked
from portal.services.second_factors import CodeMissing
from portal.web import again, factors, own_key, passkeys
from portal.web.factors import Given
from portal.web.guard import actor


def is_fresh() -> bool:
    """Whether what was given before still counts, so that none need be asked for; for a key of one's own it must be open."""
    return _is_confirmed() and not own_key.is_shut()


def asks_password() -> bool:
    """Whether the password is part of what this person must give."""
    person = actor().person
    by_factor_alone = current_user.row.way == sessions.PROVIDER and person.has_second_factor
    return not by_factor_alone or person.own_key_id is not None


def asks_code() -> bool:
    """Whether this person has an app whose code may be given."""
    return actor().person.second_factor_id is not None


def asks_passkey() -> bool:
    """Whether this person has a passkey that may answer."""
    return passkeys.party() is not None and bool(actor().person.passkeys)


def confirm(*, alone: bool = False) -> bool:
    """Takes what this request gives, in a write of its own, before the slow part of the act begins.

    With `alone` a passkey that was asked about this very act is enough.

    Raises:
        TooManyAttempts: guessing is slowed down.
    """
    given = Given(*(request.form.get(name, "") for name in ("_password", "_code", passkeys.ANSWER)))
    if given == Given():
        return is_fresh()
    try:
        take(given, kind=guessing.SIGNING, alone=alone)
    except TooManyAttempts:
        raise
    except Refusal as refusal:
        g.identity_problem = refusal
        return False
    return True


def typed() -> Given:
    """What the forms of the account's pages bring."""
    return Given(*(request.form.get(name, "") for name in ("password", "code", passkeys.ANSWER)))


def passkey() -> str:
    """The fingerprint of the passkey that has answered for the act of this request; nothing if none was asked."""
    found: str = g.get("passkey", "")
    return found


def take(given: Given, *, kind: str, recovery: bool = False, alone: bool = False) -> None:
    """Takes what is given; all of it begins the signing window. With `recovery` a recovery code will do as a code.

    What was given counts once, however often the request is tried: a code would not be taken a second time.

    Raises:
        TooManyAttempts: guessing is slowed down.
        DirectoryAway: the directory would have to be asked for the password, and cannot be.
        IdentityNotConfirmed: the password is wrong, or missing; a wrong one is noted as an event of this kind.
        KeyBroken: the password fits, but does not open the person's own key.
        KeyLocked: the person's own key is shut, and a passkey does not open it.
        CodeMissing: the person has a second factor and gave nothing of it.
        CodeWrong, PasskeyWrong: what they gave is not right, or was taken before.
    """
    proven = again.once("identity", lambda: _take(given, kind, recovery, alone))
    g.passkey = proven.passkey
    if not proven.alone:
        own_key.hold(proven.opened, proven.window)


@dataclass(frozen=True, slots=True)
class _Proven:
    """What was proven: the person's own key, opened, with what the browser keeps of it; the passkey that answered."""

    opened: own_keys.OpenKey | None
    window: str | None
    passkey: str
    alone: bool


def _take(given: Given, kind: str, recovery: bool, alone: bool) -> _Proven:
    person = actor().person
    guessing.slow_guessing(person.login, request.remote_addr or "", now=now())
    alone = alone and bool(given.passkey) and not given.password
    if alone and own_key.is_shut():
        raise KeyLocked
    opened, window = None, None
    if given.password or (asks_password() and not alone):
        opened = _prove_password(given.password, kind)
    asked = person.has_second_factor or bool(given.passkey)  # what is given is never passed over
    if asked and not (given.code or given.passkey):
        raise CodeMissing
    if asked:
        guessing.slow_codes(person.login, now=now())
    with transaction(aside=True):
        # Again, as others may have tried meanwhile.
        guessing.slow_guessing(person.login, request.remote_addr or "", now=now())
        good = not asked or factors.take(person, given, passkeys.this_act(), recovery=recovery)
        if good and not alone:
            window = own_key.confirm(db.session.merge(current_user.row), opened)
    if not good:
        raise factors.wrong(given)
    return _Proven(opened, window, passkey(), alone)


def _prove_password(password: str, kind: str) -> own_keys.OpenKey | None:
    person = actor().person
    if not sessions.fits(person, person.login, password):
        with transaction(aside=True):
            guessing.note_failure(person.login, request.remote_addr or "", now=now(), kind=kind)
        raise IdentityNotConfirmed
    opened = own_keys.unlock(person, password)
    if opened is None and person.own_key_id is not None:
        raise KeyBroken
    return opened


def problem() -> Refusal:
    """Why `confirm` has said no."""
    known: Refusal | None = g.get("identity_problem")
    if known is not None:
        return known
    if _is_confirmed():
        return KeyLocked()
    return PasswordMissing() if not actor().person.has_second_factor or asks_password() else CodeMissing()


def init_app(app: Flask) -> None:
    """Lets pages ask what is to be given."""
    app.jinja_env.globals.update(
        asks_password=asks_password,
        asks_code=asks_code,
        asks_passkey=asks_passkey,
        own_key_is_shut=own_key.is_shut,
        passkeys_are_possible=lambda: passkeys.party() is not None,
        passkey_names=passkeys.NAMED,
        passkey_words=passkeys.words,
    )


def _is_confirmed() -> bool:
    minutes = current_app.config["SETTINGS"].signing_window_minutes
    return sessions.is_confirmed(current_user.row, now=now(), minutes=minutes)
