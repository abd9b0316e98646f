"""A token of software (SoftHSM) in a folder of the test's own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pkcs11 import Attribute, CertificateType, KeyType, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from portal.storage import token as module
from portal.storage.token import Token

PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/libsofthsm2.so")
PIN = "271828"


@dataclass(frozen=True)
class Box:
    """Where tokens are made."""

    library: str

    def make(self, label: str) -> None:
        """A new token, which the library finds by itself."""
        command = [
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            label,
            "--pin",
            PIN,
            "--so-pin",
            "31415926",
        ]
        subprocess.run(command, check=True, capture_output=True)

    def remove(self, label: str) -> None:
        """Takes the token away."""
        subprocess.run(["softhsm2-util", "--delete-token", "--token", label], check=True, capture_output=True)

    @contextmanager
    def opened(self, label: str) -> Iterator[pkcs11.Session]:
        """A session that may write."""
        pkcs11.lib(self.library).reinitialize()
        with pkcs11.lib(self.library).get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
            yield session

    def key(self, kind: str, name: str = "seal", label: str = "单位", *, public: bool = True) -> Token:
        """A new key, EC P-256 or RSA."""
        with self.opened(label) as session:
            if kind == "ec":
                curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
                parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
                half, _private = parameters.generate_keypair(label=name, store=True)
            else:
                half, _private = session.generate_keypair(KeyType.RSA, 2048, label=name, store=True)
            if not public:
                half.destroy()
        return Token(self.library, label, name, PIN)

    def put(self, certificate: x509.Certificate, name: str = "seal", label: str = "单位") -> None:
        """Puts a certificate into the token."""
        with self.opened(label) as session:
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                    Attribute.LABEL: name,
                    Attribute.TOKEN: True,
                    Attribute.SUBJECT: certificate.subject.public_bytes(),
                    Attribute.VALUE: certificate.public_bytes(Encoding.DER),
                }
            )


@contextmanager
def box(folder: Path) -> Iterator[Box]:
    """An empty place for tokens, with one token called 单位."""
    library = next((one for one in PLACES if Path(one).exists()), None)
    assert library, "The tests of tokens need SoftHSM: run bin/programs, or apt-get install softhsm2."
    tokens = folder / "tokens"
    tokens.mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    try:
        made = Box(library)
        made.make("单位")
        yield made
    finally:
        module._refused.clear()
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before
