"""The organisation's certificate: made, renewed, imported; and the seal that prints get by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app

from portal.lib import certificates
from portal.lib.certificates import Identity, Unfit
from portal.lib.clock import day
from portal.pdf.seal import seal
from portal.services import audit
from portal.storage import seal_folder

SOON = timedelta(days=30)  # before the end administrators are told


class SealThere(Exception):
    """The organisation has a certificate already."""


class NoSeal(Exception):
    """The organisation has no certificate, or none that it made itself."""


def folder() -> Path:
    """Where certificate and key are kept."""
    path: Path = current_app.config["SETTINGS"].seal_path
    return path


def identity(now: datetime) -> Identity | None:
    """The certificate that seals now; None if the organisation has none.

    Raises:
        Unfit: it has one that cannot seal.
    """
    found = seal_folder.read(folder())
    if found is not None:
        certificates.check(found, now=now)
    return found


def make(*, now: datetime) -> Identity:
    """Makes an authority of the organisation's own, and a certificate by it.

    Raises:
        SealThere: it has one.
    """
    if (folder() / seal_folder.SIGNER).exists():
        raise SealThere
    company = current_app.config["SETTINGS"].company
    authority = certificates.make_authority(company, now=now)
    made = certificates.make_signer(company, authority, now=now)
    audit.note("seal_made", at=now, by=None, stream="settings", **_facts(made))
    if not seal_folder.begin(folder(), made, authority):
        raise SealThere
    return made


def renew(*, now: datetime) -> Identity:
    """A new certificate by the organisation's own authority; the old one's key is gone, its seals remain good.

    Raises:
        NoSeal: there is none, or it is not by that authority.
        Unfit: the authority itself has expired, or something cannot be read.
    """
    old, authority = seal_folder.read(folder()), seal_folder.authority(folder())
    if old is None or authority is None or old.root != authority.certificate:
        raise NoSeal
    certificates.check_dates(authority.certificate, now=now)
    made = certificates.make_signer(current_app.config["SETTINGS"].company, authority, now=now)
    audit.note("seal_renewed", at=now, by=None, stream="settings", **_facts(made))
    seal_folder.replace(folder(), made)
    return made


def take(data: bytes, password: str, *, now: datetime) -> Identity:
    """Takes a certificate with its key out of a PKCS #12 file.

    Raises:
        Unfit: the file does not open so, or what is in it cannot seal.
    """
    found = certificates.from_pkcs12(data, password, now=now)
    audit.note("seal_imported", at=now, by=None, stream="settings", **_facts(found))
    if (folder() / seal_folder.SIGNER).exists() or not seal_folder.begin(folder(), found):
        seal_folder.replace(folder(), found)
    return found


def sealed(pdf: bytes, number: str, by: Identity) -> bytes:
    """The print under the organisation's seal."""
    return seal(pdf, by.key, by.certificate, by.chain, reason=f"电子记录存档 {number}")


def trouble(now: datetime) -> tuple[str, str]:
    """What administrators should see to, and the day that it is about.

    `missing`, `soon` (it ends), a reason of `Unfit`, or nothing; the demo makes its own certificate.
    """
    found = None
    try:
        found = seal_folder.read(folder())
        if found is None:
            return ("" if current_app.config["SETTINGS"].demo else "missing"), ""
        certificates.check(found, now=now)
    except Unfit as problem:
        return str(problem), _until(found) if found else ""
    return ("soon" if found.certificate.not_valid_after_utc < now + SOON else ""), _until(found)


def _facts(one: Identity) -> dict[str, Any]:
    """What the trail keeps of a certificate."""
    serial, sha256 = f"{one.certificate.serial_number:x}", certificates.fingerprint(one.certificate)
    return {"serial": serial, "until": _until(one), "certificate_sha256": sha256}


def _until(one: Identity) -> str:
    return day(one.certificate.not_valid_after_utc).isoformat()
