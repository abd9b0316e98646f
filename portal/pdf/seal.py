"""Seals a finished print with the organisation's certificate (PAdES), which leaves it an archive file."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.lib.certificates import Identity
from portal.lib.held_key import Key
from portal.pdf.seal_field import FIELD, ArchiveWriter, SealFailed, add_field
from portal.pdf.stamp_authority import Authority
from portal.pdf.time_stamp import Stamper, archive, plain

__all__ = ["SealFailed", "seal", "sign_beside"]
LONGEST = 512  # bytes of a signature, by an RSA key of 4096 bits


def seal(
    pdf: bytes,
    key: Key,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    *,
    reason: str,
    stamps: Authority | None = None,
) -> bytes:
    """The file with the seal behind it; every byte of the file is under the seal.

    Nothing may be added after it but what keeps it provable: with `stamps` the seal carries a time stamp (B-T), and
    where they are to last, a time stamp of the whole file with the certificates that it needs follows (B-LTA).

    Raises:
        SealFailed: the file is no tagged PDF file without a form.
        StampFailed: there is no good time stamp to be had; nothing of a lower grade comes instead.
        TokenAway: the key's token does not sign.
    """
    try:
        writer = ArchiveWriter(BytesIO(pdf))
        add_field(writer)
    except Exception as problem:
        raise SealFailed(f"{type(problem).__name__}: {problem}") from problem
    told = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
    )
    stamper = Stamper(stamps) if stamps else None
    signer = signers.PdfSigner(told, signer=_Signer(key, certificate, chain), timestamper=stamper)

    async def work() -> bytes:
        made: BytesIO = await signer.async_sign_pdf(writer, existing_fields_only=True)
        if stamper and stamper.authority.lasting:
            return await archive(made.getvalue(), stamper, certificate, chain)
        return made.getvalue()

    return _apart(work())


def sign_beside(data: bytes, by: Identity, *, now: datetime) -> bytes:
    """A signature that stands beside what it signs: detached CMS in DER, which every common tool checks.

    Raises:
        TokenAway: the key's token does not sign.
    """

    async def work() -> bytes:
        told = PdfCMSSignedAttributes(signing_time=now)
        signer = _Signer(by.key, by.certificate, by.chain)
        made = await signer.async_sign_general_data(data, "sha256", detached=True, signed_attr_settings=told)
        return bytes(made.dump())

    return _apart(work())


def _apart(work: Coroutine[Any, Any, bytes]) -> bytes:
    """Does it in a thread of its own: a thread has one event loop at a time, and the caller's may have one."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, work).result()


class _Signer(signers.Signer):
    """Signs with a key of `cryptography`, which is read once and not for each signature, or with one in a token."""

    def __init__(self, key: Key, certificate: x509.Certificate, chain: Sequence[x509.Certificate]) -> None:
        known = SimpleCertificateStore()
        own, *others = (plain(one) for one in (certificate, *chain))
        known.register_multiple(others)
        super().__init__(signing_cert=own, cert_registry=known)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise NotImplementedError(digest_algorithm)
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(hashes.SHA256()))
        return bytes(LONGEST) if dry_run else self._key.sign_sha256(data)
