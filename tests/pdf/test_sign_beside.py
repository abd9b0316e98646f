"""Detached signatures: by the certificate, of these bytes, with those that vouch for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import rsa

from portal.lib import certificates
from portal.lib.certificates import Identity
from portal.lib.hashing import sha256
from portal.pdf.seal import sign_beside

NOW = datetime.now(UTC)


def of_rsa() -> Identity:
    """An organisation whose key is RSA."""
    key = rsa.generate_private_key(65537, 2048)
    name = certificates._name("甲", "签章")
    built = certificates._certificate(
        name, name, key, key, 10, NOW, uses=("digital_signature",), authority=False
    )
    return Identity(key, built)


def of_curve() -> Identity:
    """One with an authority of its own."""
    return certificates.make_signer("甲", certificates.make_authority("甲", now=NOW), now=NOW)


@pytest.mark.parametrize("make", [of_rsa, of_curve])
def test_it_names_the_hash_of_the_bytes_and_brings_the_certificates(make) -> None:  # type: ignore[no-untyped-def]
    by = make()
    for data in (b"", b"a\r\nb\nc", bytes(range(256))):
        held = cms.ContentInfo.load(sign_beside(data, by, now=NOW), strict=True)["content"]
        assert held["encap_content_info"]["content"].native is None
        (signer,) = held["signer_infos"]
        told = {one["type"].native: one["values"][0].native for one in signer["signed_attrs"]}
        assert told["message_digest"].hex() == sha256(data), "line ends stay as they are"
        there = {sha256(one.chosen.dump()) for one in held["certificates"]}
        assert there == {certificates.fingerprint(one) for one in (by.certificate, *by.chain)}
