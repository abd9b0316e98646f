"""Signing in and out, one's own password, and giving it again."""

from portal.blueprints.auth import (
    confirm,
    own_key,
    passkeys,
    password,
    provider,
    second_factor,
    sign_in,
    sign_in_code,
)
from portal.blueprints.auth.room import bp

__all__ = [
    "bp",
    "confirm",
    "own_key",
    "passkeys",
    "password",
    "provider",
    "second_factor",
    "sign_in",
    "sign_in_code",
]
