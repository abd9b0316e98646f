"""The key that signs the checkpoints of the audit trail: in the data folder, for the portal's own user only."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from portal.lib.signed_note import key_name, read_verifier, verifier
from portal.storage import private_file

KEY = "audit-key"
KNOWN = "audit-known-keys"  # lines of public keys that signed before, after a key was lost or changed


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The key; it is made at its first need, once, however many ask at a time."""
    file = folder / KEY
    if not file.exists():
        _make(file)
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def known_keys(folder: Path) -> list[Ed25519PublicKey]:
    """The public keys whose checkpoints count; none before the first checkpoint.

    Raises:
        ValueError: the file of earlier keys has a line that is no key.
    """
    file = folder / KNOWN
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    earlier = [read_verifier(line) for line in lines if line.strip()]
    own = [signing_key(folder).public_key()] if (folder / KEY).exists() else []
    return own + earlier


def public_line(folder: Path, whose: str) -> str:
    """The public key as a line that may be given away, under its owner's name."""
    return verifier(key_name(whose), signing_key(folder).public_key())


def _make(file: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    private_file.write(file, pem, first=True)  # where somebody else was first, that key counts
