"""One-time passwords by the clock (RFC 6238): six digits of SHA-1, a new one each thirty seconds, as every app has them."""

from __future__ import annotations

from base64 import b32decode, b32encode
from datetime import datetime
from hmac import compare_digest
from secrets import token_bytes
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

DIGITS, SECONDS, SECRET_BYTES = 6, 30, 20
DRIFT = 1  # steps by which a phone's clock may be off, to either side


def new_secret() -> str:
    """A new secret in base32, as people may type it into an app."""
    return b32encode(token_bytes(SECRET_BYTES)).decode()


def step(at: datetime) -> int:
    """The time step of a moment."""
    return int(at.timestamp()) // SECONDS


def code(secret: str, step: int) -> str:
    """The code of a time step."""
    # RFC 6238 and the apps say SHA-1; what is known against it does not touch an HMAC.
    maker = HOTP(b32decode(secret), DIGITS, SHA1())  # nosec B303
    return maker.generate(step).decode()


def matching_step(secret: str, typed: str, *, at: datetime, after: int) -> int | None:
    """The time step that a code is of, among those around this moment and later than `after`; None if it is of none."""
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdigit():
        return None
    here, found = step(at), None
    for one in range(here - DRIFT, here + DRIFT + 1):  # all of them, however early one fits
        if compare_digest(code(secret, one), typed) and one > after:
            found = one
    return found


def address(secret: str, *, login: str, issuer: str) -> str:
    """What an app reads from the QR code."""
    asked = urlencode(
        {"secret": secret, "issuer": issuer, "digits": DIGITS, "period": SECONDS}, quote_via=quote
    )
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(login, safe='')}?{asked}"
