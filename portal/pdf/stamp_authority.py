"""Who is asked for time stamps, and what is said where none is to be had; without the libraries that ask."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography import x509

REASONS = ("away", "login", "refused", "wrong", "untrusted", "clock", "revocation")


class StampFailed(Exception):
    """There is no good time stamp to be had; the text is one of `REASONS`."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is asked for time stamps. Without `roots` it is believed as it is; `lasting` asks for B-LTA."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    roots: tuple[x509.Certificate, ...] = ()
    lasting: bool = False
