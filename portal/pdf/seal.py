"""Seals a finished print with the organisation's certificate (PAdES B-B), which leaves it an archive file."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NumberObject,
    PdfObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
FIELD = "OrganisationSeal"
LABEL = "单位电子签章"
PRINTED, LOCKED = 4, 128  # flags of an annotation
EXISTS, APPEND_ONLY = 1, 2  # flags of signatures
_DIGESTS: dict[str, hashes.HashAlgorithm] = {"sha256": hashes.SHA256()}


class SealFailed(ValueError):
    """The file cannot be sealed: it is none of the portal's prints."""


def seal(
    pdf: bytes,
    key: PrivateKey,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    *,
    reason: str,
) -> bytes:
    """The file with the seal behind it; every byte of the file is under the seal, and nothing may be added after it.

    Raises:
        SealFailed: the file is no tagged PDF file without a form.
    """
    try:
        writer = _ArchiveWriter(BytesIO(pdf))
        _add_field(writer)
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
    signer = signers.PdfSigner(told, signer=_Signer(key, certificate, chain))
    with ThreadPoolExecutor(1) as apart:  # pyHanko begins an event loop, of which a thread has one at a time
        made: BytesIO = apart.submit(signer.sign_pdf, writer, existing_fields_only=True).result()
    return made.getvalue()


class _ArchiveWriter(IncrementalPdfFileWriter):
    """Leaves the description of the file alone: written anew it would not be that of an archive file any more."""

    def _update_meta(self) -> None:
        pass


class _Signer(signers.Signer):
    """Signs with a key of `cryptography`, which is read once and not for each signature."""

    def __init__(
        self, key: PrivateKey, certificate: x509.Certificate, chain: Sequence[x509.Certificate]
    ) -> None:
        known = SimpleCertificateStore()
        own, *others = (_plain(one) for one in (certificate, *chain))
        known.register_multiple(others)
        super().__init__(signing_cert=own, cert_registry=known)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), _DIGESTS[digest_algorithm])
        return self._key.sign(data, ec.ECDSA(_DIGESTS[digest_algorithm]))


def _plain(certificate: x509.Certificate) -> Any:
    """The certificate as pyHanko reads it."""
    (read,) = load_certs_from_pemder_data(certificate.public_bytes(Encoding.PEM))
    return read


def _add_field(writer: IncrementalPdfFileWriter) -> None:
    """A signature field without size; it stands in the structure of the text, where every reader finds it."""
    root = writer.root
    if "/AcroForm" in root:
        raise SealFailed("the file has a form already")
    page, tree = root["/Pages"]["/Kids"].raw_get(0), root["/StructTreeRoot"]
    document = tree["/K"].raw_get(0)
    numbers: Any = tree["/ParentTree"]["/Nums"]
    number = NumberObject(1 + max(int(numbers.raw_get(at)) for at in range(0, len(numbers), 2)))
    field = writer.add_object(
        _dictionary(
            Type="/Annot", Subtype="/Widget", FT="/Sig", T=TextStringObject(FIELD), TU=TextStringObject(LABEL),
            Rect=ArrayObject([NumberObject(0)] * 4), F=NumberObject(PRINTED | LOCKED), P=page, StructParent=number,
        )
    )  # fmt: skip
    place = _dictionary(Type="/OBJR", Obj=field, Pg=page)
    element = writer.add_object(
        _dictionary(
            Type="/StructElem",
            S="/Form",
            P=document,
            Pg=page,
            Alt=TextStringObject(LABEL),
            K=ArrayObject([place]),
        )
    )
    sheet, top = page.get_object(), document.get_object()
    notes = sheet["/Annots"] if "/Annots" in sheet else ()  # noqa: SIM401 -- `get` would not follow a reference
    sheet["/Annots"] = ArrayObject([*notes, field])
    sheet["/Tabs"] = pdf_name("/S")
    top["/K"].append(element)
    numbers += [number, element]
    root["/AcroForm"] = writer.add_object(
        _dictionary(Fields=ArrayObject([field]), SigFlags=NumberObject(EXISTS | APPEND_ONLY))
    )
    for changed in (sheet, top, top["/K"], tree, numbers):
        writer.update_container(changed)
    writer.update_root()


def _dictionary(**values: PdfObject | str) -> DictionaryObject:
    """A dictionary; plain strings are names."""
    return DictionaryObject(
        {
            pdf_name(f"/{key}"): pdf_name(one) if isinstance(one, str) and one[:1] == "/" else one
            for key, one in values.items()
        }
    )
