"""A device with a passkey, in software: it signs what a browser would hand it, also what none would."""

from __future__ import annotations

import hashlib
import html
import json
import re
import secrets
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

ORIGIN, HOST = "http://localhost:8000", "localhost"
PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    """Bytes in base64url, as browsers write them."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def options_on(page: str) -> dict[str, Any]:
    """What a page asks the device to make."""
    found = re.search(r"data-make='([^']*)'", page)
    assert found, page
    made: dict[str, Any] = json.loads(html.unescape(found[1]))
    return made


@dataclass
class Authenticator:
    """One passkey on one device; a test may let it lie about where it is asked, who is there, and how often it was used."""

    origin: str = ORIGIN
    host: str = HOST
    flags: int = PRESENT | VERIFIED
    count: int = 0
    step: int = 1
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """The new passkey, as the browser posts it."""
        point = self.key.public_key().public_numbers()
        public = encode_cbor(
            {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        )
        named = bytes(16) + struct.pack(">H", len(self.credential)) + self.credential + public
        data = self._data(self.flags | HAS_KEY) + named
        attested = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", options["challenge"])
        return self._posted(clientDataJSON=said, attestationObject=attested)

    def answer(self, options: dict[str, Any]) -> str:
        """The answer to a question, as the browser posts it."""
        self.count += self.step
        said, data = self._said("webauthn.get", options["challenge"]), self._data(self.flags)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._posted(clientDataJSON=said, authenticatorData=data, signature=signature)

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _posted(self, **parts: bytes) -> str:
        id = text(self.credential)
        response = {name: text(part) for name, part in parts.items()}
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})
