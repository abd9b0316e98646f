"""Keys of people: ECDSA on P-256, the private half only ever kept under a password or under a key of its own.

What is locked names whose it is (`about`), so that it opens nowhere else.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from portal.lib.hashing import sha256

Key = ec.EllipticCurvePrivateKey
COST = (15, 8, 3)  # of scrypt: the power of two, the block, the turns; 32 MiB and a fifth of a second
WINDOW_BYTES, SALT_BYTES, NONCE_BYTES = 32, 16, 12


class Locked(Exception):
    """The key does not open with what was given."""


def make() -> Key:
    """A new private key."""
    return ec.generate_private_key(ec.SECP256R1())


def public(key: Key) -> str:
    """The public key as it is given away: SPKI in base64."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form)).decode()


def fingerprint(public: str) -> str:
    """SHA-256 of a public key, by which people compare it; of nothing if it is none."""
    try:
        return sha256(b64decode(public, validate=True))
    except ValueError:
        return ""


def sign(key: Key, text: str) -> str:
    """ECDSA with SHA-256 over a text, in base64."""
    return b64encode(key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))).decode()


def verifies(public: str, text: str, signature: str) -> bool:
    """Whether the signature over a text was made by the private half of this public key."""
    try:
        held = serialization.load_der_public_key(b64decode(public, validate=True))
        if not isinstance(held, ec.EllipticCurvePublicKey) or held.curve.name != "secp256r1":
            return False
        held.verify(b64decode(signature, validate=True), text.encode(), ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def lock(key: Key, password: str, about: str) -> str:
    """The private key under a password; slow on purpose."""
    cost, salt = COST, secrets.token_bytes(SALT_BYTES)
    head = ["scrypt", *map(str, cost), b64encode(salt).decode()]
    return "$".join([*head, _shut(key, _stretched(password, salt, cost), about)])


def unlock(text: str, password: str, about: str) -> Key:
    """The private key that was locked under a password; as slow.

    Raises:
        Locked: it does not open.
    """

    def secret() -> tuple[bytes, str]:
        kind, power, block, turns, salt, shut = text.split("$")
        if kind != "scrypt":
            raise ValueError(kind)
        cost = int(power), int(block), int(turns)
        return _stretched(password, b64decode(salt, validate=True), cost), shut

    return _open(secret, about)


def window() -> str:
    """A random key under which a private key is held for some minutes."""
    return b64encode(secrets.token_bytes(WINDOW_BYTES)).decode()


def hold(key: Key, window: str, about: str) -> str:
    """The private key under such a key."""
    return _shut(key, b64decode(window), about)


def release(text: str, window: str, about: str) -> Key:
    """The private key that is held under this key.

    Raises:
        Locked: it does not open.
    """
    return _open(lambda: (b64decode(window, validate=True), text), about)


def _stretched(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    power, block, turns = cost
    return Scrypt(salt=salt, length=32, n=2**power, r=block, p=turns).derive(password.encode())


def _shut(key: Key, secret: bytes, about: str) -> str:
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    plain = key.private_bytes(serialization.Encoding.DER, form, bare)  # never leaves this function like this
    nonce = secrets.token_bytes(NONCE_BYTES)
    return b64encode(nonce + AESGCM(secret).encrypt(nonce, plain, about.encode())).decode()


def _open(secret: Callable[[], tuple[bytes, str]], about: str) -> Key:
    try:
        opener, text = secret()
        sealed = b64decode(text, validate=True)
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        plain = AESGCM(opener).decrypt(nonce, rest, about.encode())
        found = serialization.load_der_private_key(plain, None)
    except (ValueError, InvalidTag, MemoryError) as problem:
        raise Locked from problem
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise Locked
    return found
