"""The organisation's certificate: made, renewed, imported; and the seal that prints get by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from flask import current_app

from portal.lib import certificates
from portal.lib.certificates import Identity, Unfit
from portal.lib.clock import day
from portal.lib.held_key import OwnKey
from portal.pdf.stamp_authority import Authority, StampFailed
from portal.queries import outbox
from portal.services import audit
from portal.storage import seal_folder
from portal.storage.token import Token, TokenAway, TokenKey

SOON = timedelta(days=30)  # before the end administrators are told
TRIAL = b"a trial"


class SealThere(Exception):
    """The organisation has a certificate already."""


class NoSeal(Exception):
    """The organisation has no certificate, or none that it made itself."""


def folder() -> Path:
    """Where certificate and key are kept."""
    path: Path = current_app.config["SETTINGS"].seal_path
    return path


def token() -> Token | None:
    """Where the key is held if it does not lie in the folder."""
    given = current_app.config["SETTINGS"]
    if not given.seal_pkcs11_module:
        return None
    return Token(
        given.seal_pkcs11_module, given.seal_pkcs11_token, given.seal_pkcs11_key, given.seal_pkcs11_pin
    )


def stamps() -> Authority | None:
    """Who is asked for time stamps; None if seals have none."""
    given = current_app.config["SETTINGS"]
    if not given.tsa_url:
        return None
    roots = x509.load_pem_x509_certificates(Path(given.tsa_trust).read_bytes()) if given.tsa_trust else ()
    lasting = given.seal_level == "b-lta"
    return Authority(given.tsa_url, given.tsa_user, given.tsa_password, tuple(roots), lasting)


def current() -> Identity | None:
    """The certificate there is, good or not; None if the organisation has none.

    Raises:
        Unfit: it cannot be read.
    """
    return seal_folder.read(folder(), token())


def identity(now: datetime) -> Identity | None:
    """The certificate that seals now; None if the organisation has none and has never asked for more.

    Raises:
        Unfit: it has one that cannot seal, or a token or time stamps without one.
    """
    found = current()
    if found is not None:
        certificates.check(found, now=now)
    elif token() or stamps():
        raise Unfit("no certificate")
    return found


def make(*, now: datetime) -> Identity:
    """Makes an authority of the organisation's own, and a certificate by it: for a new key, or for the token's.

    Raises:
        SealThere: it has one.
        TokenAway: the token does not tell its key.
    """
    if (folder() / seal_folder.SIGNER).exists():
        raise SealThere
    company = current_app.config["SETTINGS"].company
    authority = certificates.make_authority(company, now=now)
    made = certificates.make_signer(company, authority, now=now, held=_held())
    audit.note("seal_made", at=now, by=None, stream="settings", **_facts(made))
    if not seal_folder.begin(folder(), made, authority):
        raise SealThere
    return made


def renew(*, now: datetime) -> Identity:
    """A new certificate by the organisation's own authority; the old one's key is gone, its seals remain good.

    Raises:
        NoSeal: there is none, or it is not by that authority.
        Unfit: the authority itself has expired, or something cannot be read.
        TokenAway: the token does not tell its key.
    """
    old, authority = current(), seal_folder.authority(folder())
    if old is None or authority is None or old.root != authority.certificate:
        raise NoSeal
    certificates.check_dates(authority.certificate, now=now)
    company = current_app.config["SETTINGS"].company
    made = certificates.make_signer(company, authority, now=now, held=_held())
    audit.note("seal_renewed", at=now, by=None, stream="settings", **_facts(made))
    seal_folder.replace(folder(), made)
    return made


def take(data: bytes, password: str, *, now: datetime) -> Identity:
    """Takes a certificate with its key out of a PKCS #12 file.

    Raises:
        Unfit: the file does not open so, or what is in it cannot seal.
    """
    return _put(certificates.from_pkcs12(data, password, now=now), now)


def take_from_token(pem: bytes | None, *, now: datetime) -> Identity:
    """Takes the certificate of the token's key: out of the token, or out of a file with those that vouch for it.

    Raises:
        NoSeal: no token is set.
        TokenAway: the token cannot be used, or has no such key.
        Unfit: there is no certificate of that key, or it cannot seal.
    """
    if (where := token()) is None:
        raise NoSeal
    key = where.held()
    try:
        others = x509.load_pem_x509_certificates(pem) if pem is not None else where.certificates()
    except ValueError:
        raise Unfit("unreadable") from None
    found = certificates.find(others, key)
    certificates.check(found, now=now)
    key.sign_sha256(TRIAL)
    return _put(found, now)


def _put(found: Identity, now: datetime) -> Identity:
    """Puts a certificate that was given into the folder, in the place of the one there is."""
    audit.note("seal_imported", at=now, by=None, stream="settings", **_facts(found))
    if (folder() / seal_folder.SIGNER).exists() or not seal_folder.begin(folder(), found):
        seal_folder.replace(folder(), found)
    return found


def sealed(pdf: bytes, number: str, by: Identity) -> bytes:
    """The print under the organisation's seal, of the grade that the settings ask for.

    Raises:
        StampFailed: there is no good time stamp to be had.
        TokenAway: the token does not sign.
    """
    from portal.pdf.seal import seal  # pyHanko, 20 MB, and only the jobs seal

    return seal(pdf, by.key, by.certificate, by.chain, reason=f"电子记录存档 {number}", stamps=stamps())


def try_out(one: Identity) -> None:
    """Lets the key sign something, and asks for a time stamp, where these are not in the folder.

    Raises:
        StampFailed: no good time stamp is to be had.
        TokenAway: the token does not sign.
    """
    if not isinstance(one.key, OwnKey):
        one.key.sign_sha256(TRIAL)
    if authority := stamps():
        from portal.pdf import time_stamp  # pyHanko, 20 MB

        time_stamp.ask(authority, TRIAL)


def trouble(now: datetime) -> tuple[str, str]:
    """What administrators should see to, and the day that it is about.

    `missing`, `soon` (it ends), a reason of `Unfit`, `stamp` or `token` while prints wait for these, or nothing; the
    demo makes its own certificate.
    """
    found = None
    try:
        found = current()
        if found is None:
            return _missing(), ""
        certificates.check(found, now=now)
    except Unfit as problem:
        return str(problem), _until(found) if found else ""
    for kind, waits in (("stamp", StampFailed), ("token", TokenAway)):
        if outbox.waits_for("print", waits.__name__):
            return kind, ""
    return ("soon" if found.certificate.not_valid_after_utc < now + SOON else ""), _until(found)


def _missing() -> str:
    given = current_app.config["SETTINGS"]
    if given.tsa_url or given.seal_pkcs11_module:
        return "no certificate" if not given.demo or given.seal_pkcs11_module else ""
    return "" if given.demo else "missing"


def _held() -> TokenKey | None:
    """The token's key, where there is a token."""
    where = token()
    return where.held() if where else None


def _facts(one: Identity) -> dict[str, Any]:
    """What the trail keeps of a certificate."""
    serial, sha256 = f"{one.certificate.serial_number:x}", certificates.fingerprint(one.certificate)
    return {"serial": serial, "until": _until(one), "certificate_sha256": sha256}


def _until(one: Identity) -> str:
    return day(one.certificate.not_valid_after_utc).isoformat()
