"""Signed notes: a text, and below it a line by which anybody can tell whose it is and that nothing has changed.

The format is that of Go's checksum database and of transparency logs, so that their tools read it too.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+=*)")
_ED25519 = b"\x01"


class NotSigned(ValueError):
    """The text is no note, or not signed by a key that is known."""


def key_name(whose: str) -> str:
    """Return the name of somebody as a key bears it, without spaces and plus signs."""
    return re.sub(r"[\s+]+", "_", whose.strip()) or "_"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return the text, which ends with a line's end, with its signature below."""
    signature = _key_id(name, key.public_key()) + key.sign(text.encode())
    return f"{text}\n— {name} {b64encode(signature).decode()}\n"


def open_note(note: str, keys: Iterable[Ed25519PublicKey]) -> str:
    """Return the text of a note that one of the keys has signed.

    Raises:
        NotSigned: none of them has, or it is no note.
    """
    text, gap, below = note.rpartition("\n\n")
    keys = list(keys)
    for line in below.splitlines() if gap else ():
        match = _LINE.fullmatch(line)
        if match and any(_signed(f"{text}\n", match[1], match[2], key) for key in keys):
            return f"{text}\n"
    raise NotSigned("the note is not signed by a key that is known")


def verifier(name: str, key: Ed25519PublicKey) -> str:
    """Return the public key as one line that may be given away."""
    return f"{name}+{_key_id(name, key).hex()}+{b64encode(_ED25519 + key.public_bytes_raw()).decode()}"


def read_verifier(line: str) -> Ed25519PublicKey:
    """Return the public key of such a line.

    Raises:
        ValueError: it is none.
    """
    name, id, raw = [*line.strip().split("+", 2), "", ""][:3]
    given = b64decode(raw, validate=True)
    if given[:1] != _ED25519 or len(given) != 33:
        raise ValueError("no Ed25519 key")
    key = Ed25519PublicKey.from_public_bytes(given[1:])
    if _key_id(name, key).hex() != id:
        raise ValueError("the name does not fit the key")
    return key


def _signed(text: str, name: str, signature: str, key: Ed25519PublicKey) -> bool:
    try:
        given = b64decode(signature, validate=True)
        if given[:4] != _key_id(name, key):
            return False
        key.verify(given[4:], text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _key_id(name: str, key: Ed25519PublicKey) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]
