"""`flask seal`: the organisation's certificate, by which the prints of finished records are sealed."""

from __future__ import annotations

import os
from pathlib import Path

import click
from cryptography import x509
from flask.cli import AppGroup

from portal.database import transaction
from portal.lib.certificates import Identity, Unfit, check, fingerprint
from portal.lib.clock import minute, now
from portal.services import sealing
from portal.storage import seal_folder

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
}
group = AppGroup("seal", help="The organisation's certificate, which seals the prints of finished records.")


@group.command()
def show() -> None:
    """Show who seals, until when, and what others must trust."""
    try:
        found = seal_folder.read(sealing.folder())
        if found is None:
            raise click.ClickException(
                "There is no certificate. Run: flask seal make, or flask seal import FILE"
            )
        _tell(found)
        check(found, now=now())
    except Unfit as problem:
        raise click.ClickException(WHY[str(problem)]) from None


@group.command()
def make() -> None:
    """Make an authority of the organisation's own and a certificate by it."""
    try:
        with transaction():
            made = sealing.make(now=now())
    except sealing.SealThere:
        raise click.ClickException(
            "There is a certificate already. Run: flask seal renew, or flask seal import FILE"
        ) from None
    except OSError as problem:
        raise click.ClickException(f"The folder cannot be written: {problem}.") from None
    _tell(made)


@group.command()
def renew() -> None:
    """Make a new certificate by the organisation's own authority; what the old one sealed remains good."""
    try:
        with transaction():
            made = sealing.renew(now=now())
    except sealing.NoSeal:
        raise click.ClickException(
            "There is no certificate of the organisation's own making. Run: flask seal make, or flask seal import FILE"
        ) from None
    except Unfit as problem:
        raise click.ClickException(WHY[str(problem)]) from None
    except OSError as problem:
        raise click.ClickException(f"The folder cannot be written: {problem}.") from None
    _tell(made)


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(file: Path) -> None:
    """Take certificate and key from FILE (PKCS #12), in the place of those there are.

    The password is asked for, or read from the environment variable SEAL_P12_PASSWORD.
    """
    if file.stat().st_size > LARGEST:
        raise click.ClickException("The file is too large for a certificate.")
    password = os.environ.get(PASSWORD)
    if password is None:
        password = click.prompt("Password of the file", hide_input=True, default="", show_default=False)
    try:
        with transaction():
            found = sealing.take(file.read_bytes(), password, now=now())
    except Unfit as problem:
        raise click.ClickException(WHY[str(problem)]) from None
    except OSError as problem:
        raise click.ClickException(f"The folder cannot be written: {problem}.") from None
    _tell(found)


def _tell(one: Identity) -> None:
    held = one.certificate
    for name, value in (
        ("Seals as", _name(held.subject)),
        ("Issued by", _name(held.issuer)),
        ("Serial", f"{held.serial_number:x}"),
        ("Valid until", minute(held.not_valid_after_utc)),
        ("SHA-256", fingerprint(held)),
        ("To be trusted", f"{_name(one.root.subject)}, SHA-256 {fingerprint(one.root)}"),
        ("Hand out", sealing.folder() / seal_folder.TRUST),
    ):
        click.echo(f"{name:<14}{value}")


def _name(name: x509.Name) -> str:
    return ", ".join(str(part.value) for part in reversed(list(name)))
