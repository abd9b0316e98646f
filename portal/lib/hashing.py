"""Fingerprints: one value always gives the same bytes, and each link of a chain vouches for all before it."""

import hashlib
import json
import re
from typing import IO

GENESIS = "0" * 64
"""What the first link of a chain follows."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


def canonical_json(value: object) -> bytes:
    """Return the one JSON text of a value: keys in code point order, no spaces, UTF-8.

    Only plain JSON with whole numbers is taken, since a float has no one spelling: all else is a TypeError.
    A lone surrogate, which UTF-8 cannot write, is a ValueError.
    """
    _require_plain(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sha256(data: bytes) -> str:
    """Return the SHA-256 of the bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_of(stream: IO[bytes]) -> str:
    """Return the SHA-256 in hexadecimal of what the stream has left, read bit by bit."""
    digest = hashlib.sha256()
    while part := stream.read(1 << 20):
        digest.update(part)
    return digest.hexdigest()


def chain(previous: str, payload: bytes) -> str:
    """Return the digest of a new link: SHA-256 of the previous digest, a newline and the payload."""
    if not _DIGEST.fullmatch(previous):
        raise ValueError("a link must follow a SHA-256 digest, or GENESIS when it is the first")
    return sha256(previous.encode() + b"\n" + payload)


def _require_plain(value: object) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a JSON key must be text, not {type(key).__name__}")
            _require_plain(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _require_plain(inner)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"{type(value).__name__} has no single JSON spelling")
