"""A key in a token (PKCS #11): a smart card, a security module, or one of a network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import cast

import pkcs11
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11 import Attribute, CertificateType, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import (
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    UserAlreadyLoggedIn,
)  # fmt: skip
from pkcs11.util.ec import encode_ec_public_key
from pkcs11.util.rsa import encode_rsa_public_key

from portal.lib.held_key import PublicKey

REASONS = (
    "no module",
    "no token",
    "pin",
    "pin locked",
    "no key",
    "several keys",
    "other key",
    "no public key",
    "failed",
)
_WRONG_PIN = (PinIncorrect, PinInvalid, PinLenRange)
_one_at_a_time = Lock()  # who is logged in is one state of the whole process
_refused: set[tuple[str, str, str]] = set()  # a second and a third try with a wrong PIN would lock the token


class TokenAway(Exception):
    """The token does not do its work; the text is one of `REASONS`."""


@dataclass(frozen=True, slots=True)
class Token:
    """Where a key is held, and what opens it."""

    module: str
    label: str
    key: str
    pin: str = field(repr=False)

    def held(self, public: PublicKey | None = None) -> TokenKey:
        """The key; the token is asked for its public half if that is not given.

        Raises:
            TokenAway: the token cannot be used, or has no such key.
        """
        return TokenKey(self, public or self._public())

    def certificates(self) -> list[x509.Certificate]:
        """All certificates in the token.

        Raises:
            TokenAway: the token cannot be used.
        """
        wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: CertificateType.X_509}
        with self._open() as session:
            found = [bytes(one[Attribute.VALUE]) for one in session.get_objects(wanted)]
        return [x509.load_der_x509_certificate(one) for one in found]

    def sign_sha256(self, data: bytes) -> bytes:
        """What the key makes of the data, which nobody has looked at yet.

        Raises:
            TokenAway: the token cannot be used, or has no such key.
        """
        with self._open() as session:
            found = self._one(session, ObjectClass.PRIVATE_KEY)
            key = cast("pkcs11.SignMixin", found)
            if found.key_type == KeyType.RSA:
                return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
            if found.key_type != KeyType.EC:
                raise TokenAway("other key")
            plain = bytes(key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA))
        half = len(plain) // 2
        return encode_dss_signature(int.from_bytes(plain[:half]), int.from_bytes(plain[half:]))

    def _public(self) -> PublicKey:
        """From the public key beside the private one, or from the certificate of that name."""
        with self._open() as session:
            self._one(session, ObjectClass.PRIVATE_KEY)
            if self._all(session, ObjectClass.PUBLIC_KEY):
                key = cast("pkcs11.PublicKey", self._one(session, ObjectClass.PUBLIC_KEY))
                encode = encode_rsa_public_key if key.key_type == KeyType.RSA else encode_ec_public_key
                found = load_der_public_key(encode(key))
            elif held := self._all(session, ObjectClass.CERTIFICATE):
                found = x509.load_der_x509_certificate(bytes(held[0][Attribute.VALUE])).public_key()
            else:
                raise TokenAway("no public key")
        if not isinstance(found, PublicKey):
            raise TokenAway("other key")
        return found

    def _one(self, session: pkcs11.Session, kind: ObjectClass) -> pkcs11.Key:
        found = self._all(session, kind)
        if len(found) != 1:
            raise TokenAway("several keys" if found else "no key")
        return cast("pkcs11.Key", found[0])

    def _all(self, session: pkcs11.Session, kind: ObjectClass) -> list[pkcs11.Object]:
        """What the token has under the key's label; to the end, as the library leaves a search open otherwise."""
        return list(session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: self.key}))

    @contextmanager
    def _open(self) -> Iterator[pkcs11.Session]:
        """A session of its own, so that it does not matter whether the token was logged out or taken away since."""
        known = (self.module, self.label, self.pin)
        with _one_at_a_time:
            if known in _refused:
                raise TokenAway("pin")
            try:
                with self._enter() as session:
                    yield session
            except _WRONG_PIN:
                _refused.add(known)
                raise TokenAway("pin") from None
            except (PinLocked, PinExpired):
                raise TokenAway("pin locked") from None
            except PKCS11Error as problem:
                raise TokenAway("failed") from problem

    def _enter(self) -> pkcs11.Session:
        token = self._find()
        try:
            return token.open(user_pin=self.pin)
        except UserAlreadyLoggedIn:  # by a session that was never closed
            return token.open()

    def _find(self) -> pkcs11.Token:
        """The token, also where it was put in after the library had looked for tokens, or in a forked process."""
        for again in (False, True):
            try:
                library = pkcs11.lib(self.module)
                if again:
                    with suppress(PKCS11Error):
                        library.finalize()
                    library.initialize()
                if found := next(library.get_tokens(token_label=self.label), None):
                    return found
            except PKCS11Error as problem:
                if again:
                    raise TokenAway("no module") from problem
        raise TokenAway("no token")


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key in a token."""

    token: Token
    public: PublicKey

    def public_key(self) -> PublicKey:
        """Its public half."""
        return self.public

    def sign_sha256(self, data: bytes) -> bytes:
        """A signature by the key.

        Raises:
            TokenAway: the token cannot be used, or the key is another one than that of the certificate.
        """
        made = self.token.sign_sha256(data)
        try:
            if isinstance(self.public, rsa.RSAPublicKey):
                self.public.verify(made, data, padding.PKCS1v15(), hashes.SHA256())
            else:
                self.public.verify(made, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise TokenAway("other key") from None
        return made
