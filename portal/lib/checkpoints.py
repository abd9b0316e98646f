"""Checkpoints of the tree: how long it was at a moment, and the one hash that stands for all of it."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from portal.lib.signed_note import NotSigned, key_name, open_note, sign

_TEXT = re.compile(r"([^\n]+)\n(\d{1,18})\n([A-Za-z0-9+/=]{44})\nnumber (\d{1,18})\ntime ([0-9T:.+-]+)\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Whose tree it is, the how-manieth checkpoint, how many leaves, their root, and when."""

    origin: str
    number: int
    size: int
    root: bytes
    at: datetime

    def signed(self, key: Ed25519PrivateKey) -> str:
        """Return it as a signed note."""
        lines = (
            self.origin,
            str(self.size),
            b64encode(self.root).decode(),
            f"number {self.number}",
            f"time {self.at.astimezone(UTC).isoformat()}",
        )
        return sign("\n".join(lines) + "\n", key_name(self.origin), key)


def read(note: str, keys: Iterable[Ed25519PublicKey]) -> Checkpoint:
    """Return the checkpoint of a note, as long as one of the keys has signed it.

    Raises:
        NotSigned: none has, or the note is no checkpoint.
    """
    match = _TEXT.fullmatch(open_note(note, keys))
    if match is None:
        raise NotSigned("the note is no checkpoint")
    try:
        at, root = datetime.fromisoformat(match[5]), b64decode(match[3], validate=True)
    except ValueError:
        raise NotSigned("the note is no checkpoint") from None
    if at.tzinfo is None or len(root) != 32:
        raise NotSigned("the note is no checkpoint")
    return Checkpoint(match[1], int(match[4]), int(match[2]), root, at)


def as_kept(text: str) -> str:
    """Return a note as it was signed, whatever line ends and blank lines around it keeping it has added."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").strip().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"
