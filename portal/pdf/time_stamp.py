"""Time stamps (RFC 3161) of an authority outside: asked for, looked at before they are believed, put into the file."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from portal.pdf.seal_field import ArchiveWriter
from portal.pdf.stamp_authority import Authority, StampFailed

FIELD, LABEL = "ArchiveTimeStamp", "归档时间戳"
SECONDS = 10  # for one answer
OFF = timedelta(minutes=10)  # how far the authority's clock and this machine's may be apart
LOGIN = (401, 403, 407)
# Outside the page, where PDF/UA asks for no place in the structure of the text: nothing may be put there after a seal.
_PLACE = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)


class Stamper(HTTPTimeStamper):
    """Asks an authority, and believes no answer that it has not looked at."""

    def __init__(self, authority: Authority) -> None:
        login = b64encode(f"{authority.user}:{authority.password}".encode()).decode()
        headers = {"Authorization": f"Basic {login}"} if authority.user else {}
        super().__init__(authority.url, timeout=SECONDS, headers=headers)
        self.authority = authority

    async def async_request_tsa_response(self, req: Any) -> Any:
        """The authority's answer.

        Raises:
            StampFailed: there is none, or none of that kind, or it is no.
        """
        try:
            answer = await super().async_request_tsa_response(req)
        except TimestampRequestError as problem:
            status = getattr(problem.__cause__, "status", None)
            if status in LOGIN:
                raise StampFailed("login") from problem
            raise StampFailed(
                "wrong" if status == 0 else "away"
            ) from problem  # 0: something else than a stamp
        # Looked at before the rest, as asn1crypto cannot read a refusal: there is no time stamp in it.
        if tsp.PKIStatusInfo.load(answer.contents)["status"].native != "granted":
            raise StampFailed("refused")
        return answer

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        """A time stamp of the digest, by the authority, of now.

        Raises:
            StampFailed: the answer is none.
        """
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            status = await self._judge(token, message_digest, md_algorithm)
            self._register_dummy(
                md_algorithm, token
            )  # its size and its certificates are those of the next one
        except StampFailed:
            raise
        except Exception as problem:  # an answer may be any bytes
            raise StampFailed("wrong") from problem
        if not (status.intact and status.valid) or not _for_stamps(status.signing_cert):
            raise StampFailed("wrong")
        if self.authority.roots and not status.trusted:
            raise StampFailed("untrusted")
        if abs(status.timestamp - datetime.now(UTC)) > OFF:
            raise StampFailed("clock")
        return token

    async def _judge(self, token: Any, digest: bytes, algorithm: str) -> TimestampSignatureStatus:
        context = ValidationContext(
            trust_roots=[plain(one) for one in self.authority.roots], allow_fetching=False
        )
        return TimestampSignatureStatus(
            **await validate_tst_signed_data(
                token["content"], context, lambda name: digest if name == algorithm else b""
            )
        )


def ask(authority: Authority, data: bytes) -> None:
    """Asks for a time stamp of the data, to see whether one is to be had.

    Raises:
        StampFailed: it is not.
    """
    with ThreadPoolExecutor(1) as apart:
        stamping = Stamper(authority).async_timestamp(sha256(data).digest(), "sha256")
        apart.submit(asyncio.run, stamping).result()


async def archive(
    pdf: bytes, stamper: Stamper, certificate: x509.Certificate, chain: Sequence[x509.Certificate]
) -> bytes:
    """The sealed file with all certificates, and a time stamp of the whole file behind it.

    What the certificates say about being revoked is fetched and put in too; those of an organisation's own authority
    name no such list, and none is made up for them.

    Raises:
        StampFailed: there is no time stamp, or a list that a certificate names cannot be had.
    """
    own, *others = (plain(one) for one in (certificate, *chain))
    context = ValidationContext(
        trust_roots=[*(plain(one) for one in stamper.authority.roots), others[-1] if others else own],
        other_certs=others,
        allow_fetching=True,
        revocation_mode="hard-fail",  # of those that name a list or a service
    )
    stamping = PdfTimeStamper(stamper, FIELD, _PLACE, LABEL)
    try:
        path = await CertificateValidator(own, others, validation_context=context).async_validate_usage(set())
        made: BytesIO = await stamping.async_timestamp_pdf(
            ArchiveWriter(BytesIO(pdf)),
            "sha256",
            validation_context=context,
            validation_paths=[path],
            # In one addition: pyHanko would write a second one by itself, and spoil the description of the file.
            dss_settings=TimestampDSSContentSettings(update_before_ts=True, include_vri=False),
        )
    except StampFailed:
        raise
    except Exception as problem:
        raise StampFailed("revocation") from problem
    finally:
        await context.aclose()
    return made.getvalue()


def plain(certificate: x509.Certificate) -> Any:
    """The certificate as pyHanko reads it."""
    (read,) = load_certs_from_pemder_data(certificate.public_bytes(Encoding.PEM))
    return read


def _for_stamps(certificate: Any) -> bool:
    uses = certificate.extended_key_usage_value
    return uses is not None and "time_stamping" in uses.native
