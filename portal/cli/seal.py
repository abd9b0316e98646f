"""`flask seal`: the organisation's certificate, by which the prints of finished records are sealed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from cryptography import x509
from flask import current_app
from flask.cli import AppGroup

from portal.database import transaction
from portal.lib.certificates import Identity, Unfit, check, fingerprint
from portal.lib.clock import minute, now
from portal.pdf.stamp_authority import StampFailed
from portal.services import sealing
from portal.storage import seal_folder
from portal.storage.token import TokenAway

PASSWORD = "SEAL_P12_PASSWORD"  # nosec B105 -- the name of a variable
LARGEST = 1 << 20
WHY = {
    "shut": "The file does not open: the password is wrong, or it is no PKCS #12 file.",
    "no key": "There is no private key in the file: export the certificate together with its key.",
    "no certificate": "There is no certificate in the file.",
    "other key": "The key does not belong to the certificate.",
    "kind of key": "The key is of a kind that cannot seal: use EC, or RSA of at least 2048 bits.",
    "not yet": "The certificate is not valid yet.",
    "expired": "The certificate has expired.",
    "purpose": "The certificate is not made for signatures.",
    "unreadable": "Certificate or key cannot be read.",
    "in token": "The key of the certificate is in a token: set SEAL_PKCS11_MODULE and its like, or make or import another.",
}
WHY_TOKEN = {
    "no module": "The token's library cannot be used: see SEAL_PKCS11_MODULE.",
    "no token": "There is no token of that label: see SEAL_PKCS11_TOKEN, and whether it is plugged in.",
    "pin": "The token refuses the PIN. It is not tried again before a new start, as the token would lock itself.",
    "pin locked": "The token has locked its PIN, or the PIN has expired: unlock it with the token's own program.",
    "no key": "There is no private key of that label in the token: see SEAL_PKCS11_KEY.",
    "several keys": "There are several keys of that label in the token: see SEAL_PKCS11_KEY.",
    "other key": "The key in the token does not belong to the certificate. Run: flask seal token",
    "no public key": "The token does not tell the public half of the key: put it, or a certificate of the same label, into it.",
    "failed": "The token does not sign.",
}
WHY_STAMP = {
    "away": "The time stamp authority does not answer: see TSA_URL.",
    "login": "The time stamp authority refuses account or password: see TSA_USER.",
    "refused": "The time stamp authority refuses to give a time stamp.",
    "wrong": "What the time stamp authority answers is no good time stamp.",
    "untrusted": "The time stamps lead to none of the certificates in TSA_TRUST.",
    "clock": "The clocks of the time stamp authority and of this machine differ too much.",
    "revocation": "A certificate cannot be proven good: the list or service that it names does not answer, or revokes it.",
}
group = AppGroup("seal", help="The organisation's certificate, which seals the prints of finished records.")


@group.command()
def show() -> None:
    """Show who seals, until when, and what others must trust; try the token and the time stamps, if there are any."""
    with _said():
        found = sealing.current()
        if found is None:
            raise click.ClickException(
                "There is no certificate. Run: flask seal make, or flask seal import FILE"
            )
        _tell(found)
        check(found, now=now())
        sealing.try_out(found)


@group.command()
def make() -> None:
    """Make an authority of the organisation's own and a certificate by it."""
    try:
        with _said(), transaction():
            made = sealing.make(now=now())
    except sealing.SealThere:
        raise click.ClickException(
            "There is a certificate already. Run: flask seal renew, or flask seal import FILE"
        ) from None
    _tell(made)


@group.command()
def renew() -> None:
    """Make a new certificate by the organisation's own authority; what the old one sealed remains good."""
    try:
        with _said(), transaction():
            made = sealing.renew(now=now())
    except sealing.NoSeal:
        raise click.ClickException(
            "There is no certificate of the organisation's own making. Run: flask seal make, or flask seal import FILE"
        ) from None
    _tell(made)


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(file: Path) -> None:
    """Take certificate and key from FILE (PKCS #12), in the place of those there are.

    The password is asked for, or read from the environment variable SEAL_P12_PASSWORD.
    """
    if sealing.token():
        raise click.ClickException(
            "The key is in the token of SEAL_PKCS11_MODULE. Run: flask seal token, or take the setting away"
        )
    data = _read(file)
    password = os.environ.get(PASSWORD)
    if password is None:
        password = click.prompt("Password of the file", hide_input=True, default="", show_default=False)
    with _said(), transaction():
        found = sealing.take(data, password, now=now())
    _tell(found)


@group.command("token")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
def token_(file: Path | None) -> None:
    """Take the certificate of the key that SEAL_PKCS11_KEY names, in the place of the one there is.

    It comes out of the token, or from FILE (PEM, with the certificates that vouch for it).
    """
    try:
        with _said(), transaction():
            found = sealing.take_from_token(_read(file) if file else None, now=now())
    except sealing.NoSeal:
        raise click.ClickException("No token is set: see SEAL_PKCS11_MODULE.") from None
    _tell(found)


@contextmanager
def _said() -> Iterator[None]:
    """Says in a sentence why something cannot be done."""
    try:
        yield
    except Unfit as problem:
        raise click.ClickException(WHY[str(problem)]) from None
    except TokenAway as problem:
        raise click.ClickException(WHY_TOKEN[str(problem)]) from None
    except StampFailed as problem:
        raise click.ClickException(WHY_STAMP[str(problem)]) from None
    except OSError as problem:
        raise click.ClickException(f"The folder cannot be written: {problem}.") from None


def _read(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise click.ClickException("The file is too large for a certificate.")
    return file.read_bytes()


def _tell(one: Identity) -> None:
    held, token, stamps = one.certificate, sealing.token(), sealing.stamps()
    more = []
    if token:
        more.append(("Key", f"{token.key} in the token {token.label}"))
    if stamps:
        more.append(("Time stamps", f"{stamps.url} ({current_app.config['SETTINGS'].seal_level})"))
    for name, value in (
        ("Seals as", _name(held.subject)),
        ("Issued by", _name(held.issuer)),
        ("Serial", f"{held.serial_number:x}"),
        ("Valid until", minute(held.not_valid_after_utc)),
        ("SHA-256", fingerprint(held)),
        ("To be trusted", f"{_name(one.root.subject)}, SHA-256 {fingerprint(one.root)}"),
        ("Hand out", sealing.folder() / seal_folder.TRUST),
        *more,
    ):
        click.echo(f"{name:<14}{value}")


def _name(name: x509.Name) -> str:
    return ", ".join(str(part.value) for part in reversed(list(name)))
