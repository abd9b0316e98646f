"""Keys that sign: one of `cryptography`, read from a file, or one that stays where it is held, such as a token."""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
OwnKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class HeldKey(Protocol):
    """A key that is asked for each signature, as nobody can take it out."""

    def public_key(self) -> PublicKey:
        """Its public half."""

    def sign_sha256(self, data: bytes) -> bytes:
        """A signature of the data's SHA-256, as `cryptography` writes it; RSA by PKCS #1 1.5."""


Key = OwnKey | HeldKey


def same(one: object, other: object) -> bool:
    """Whether two public keys are the same one, of a kind that can seal."""
    return isinstance(one, PublicKey) and isinstance(other, PublicKey) and _plain(one) == _plain(other)


def _plain(key: PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
