"""Small secrets that the portal must be able to read again, kept under its own secret key and not as plain text.

They are locked with the first key and open with any, so that keys can be turned over.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Locked(Exception):
    """It does not open with the keys that there are, or is for something else, or too old."""


def lock(text: str, keys: Sequence[str], about: str) -> str:
    """The text so that only these keys open it, for this purpose."""
    return _locks(keys, about).encrypt(text.encode()).decode()


def unlock(locked: str, keys: Sequence[str], about: str, *, within: timedelta | None = None) -> str:
    """The text again.

    Raises:
        Locked: the keys, the purpose or the time do not fit.
    """
    seconds = int(within.total_seconds()) if within is not None else None
    try:
        return _locks(keys, about).decrypt(locked.encode(), ttl=seconds).decode()
    except InvalidToken:
        raise Locked from None


def _locks(keys: Sequence[str], about: str) -> MultiFernet:
    def derived(key: str) -> Fernet:
        made = HKDF(SHA256(), 32, salt=None, info=f"portal: {about}".encode()).derive(key.encode())
        return Fernet(urlsafe_b64encode(made))

    return MultiFernet([derived(key) for key in keys])
