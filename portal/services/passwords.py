"""Passwords: at least eight characters, nothing easily guessed, no make-up rules."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask import current_app

from portal.domain.password_rules import LONGEST, SHORTEST, weakness, words_of
from portal.domain.refusal import Refusal
from portal.lib.i18n import _l
from portal.models import Person, SignInSession
from portal.services import audit, own_keys, sessions
from portal.services.own_keys import Prepared

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else


class WrongPassword(Refusal):
    """The password given does not fit."""

    text = _l("原密码不正确。")


class OfDirectory(Refusal):
    """The password is the directory's, and changes there only."""

    status = 409
    text = _l("您的密码由公司目录管理，不在门户里修改。")


def generate() -> tuple[str, str]:
    """A password to show once, with its hash; slow, so make it before the write."""
    groups = ("".join(secrets.choice(ALPHABET) for _place in range(4)) for _group in range(4))
    plain = "-".join(groups)
    return plain, sessions.hashed(plain)


def check(person: Person, new: str) -> None:
    """Refuses a password that is too short, too long or too easy.

    Raises:
        Refusal: the text says which, and why it is easy.
    """
    if not SHORTEST <= len(new) <= LONGEST:
        raise Refusal(_l("密码须为 8 至 128 个字符。"))
    company = current_app.config["SETTINGS"].company
    words = words_of(person.login, person.name, person.number, company)
    why = weakness(sessions.composed(new), words)
    if why is not None:
        raise Refusal(_l("这个密码太容易被猜到：%(why)s。请换一个。"), why=why)


def prepare(person: Person, old: str, new: str) -> str:
    """The hash of a new password of one's own, the old one given; slow, so call it before the write.

    Raises:
        OfDirectory: it is not kept here.
        WrongPassword: the old one does not fit.
        Refusal: the new one is not good enough, or is the old one.
    """
    if person.of_directory:
        raise OfDirectory
    if not sessions.matches(person.password_hash, old):
        raise WrongPassword
    if new == old:
        raise Refusal(_l("新密码不能与原密码相同。"))
    check(person, new)
    return sessions.hashed(new)


def store(
    person: Person,
    password_hash: str,
    *,
    by: int | None,
    now: datetime,
    keep: SignInSession | None = None,
    key: Prepared | None = None,
) -> None:
    """Stores a new password's hash and ends the person's other sessions; the directory is not asked any more.

    One set by somebody else must be changed at the next sign-in. One's own first password comes with the
    statement that signing with it equals signing by hand. `key` is the person's own key under the new password; without
    it the key ends, as nobody could open it again.
    """
    own = by == person.id
    statement = own and person.must_change_password
    person.password_hash, person.of_directory = password_hash, False
    person.must_change_password = not own
    audit.note(
        "password_changed" if own else "password_reset", at=now, by=by, stream="people", person=person.id
    )
    if statement:
        give_statement(person, now=now)
    own_keys.follow_password(person, key, by=by, now=now)
    sessions.end_all(person.id, now=now, by=by, but=keep.id if keep else None)


def give_statement(person: Person, *, now: datetime) -> None:
    """Notes that the person holds signing here equal to signing by hand; whom the directory checks says it by itself."""
    person.must_change_password = False
    audit.note("signature_statement_given", at=now, by=person.id, stream="people", person=person.id)
