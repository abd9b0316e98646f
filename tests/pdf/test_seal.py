"""The organisation's seal on a print: good, around everything, and gone with the first change; still an archive file."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from page import ValidationProfile, validate_pdf_bytes
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.generic import NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader, PdfWriter

from portal.lib import certificates
from portal.lib.certificates import Identity
from portal.pdf import seal as module
from portal.pdf.render import render
from portal.pdf.seal import SealFailed, seal
from tests.pdf.test_render import complaint

NOW = datetime.now(UTC)
AUTHORITY = certificates.make_authority("华衡制造建设集团", now=NOW)
SIGNER = certificates.make_signer("华衡制造建设集团", AUTHORITY, now=NOW)


def by(one: Identity, pdf: bytes) -> bytes:
    """The print sealed by somebody."""
    return seal(pdf, one.key, one.certificate, one.chain, reason="存档 CS-03-2026-0042")


@pytest.fixture(scope="module")
def made() -> bytes:
    """A record's print, without a seal."""
    return render(complaint(data=b'{"a":1}', made_at=datetime(2026, 11, 23, tzinfo=UTC)))


@pytest.fixture(scope="module")
def sealed(made: bytes) -> bytes:
    """The same, sealed."""
    return by(SIGNER, made)


def judged(pdf: bytes, root: x509.Certificate = AUTHORITY.certificate) -> PdfSignatureStatus:
    """What pyHanko thinks of the only signature."""
    (one,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    roots = list(load_certs_from_pemder_data(certificates.dump_public([root])))
    trusted = ValidationContext(trust_roots=roots, allow_fetching=False)
    with ThreadPoolExecutor(
        1
    ) as apart:  # beside the event loop that a browser of other tests has left in this thread
        return apart.submit(validate_pdf_signature, one, trusted).result()


@pytest.mark.parametrize(
    "profile", [ValidationProfile.PDF_A_3A, ValidationProfile.PDF_UA_1], ids=["archive", "access"]
)
def test_a_sealed_print_is_still_an_archive_file_that_everybody_can_read(
    sealed: bytes, profile: ValidationProfile
) -> None:
    report = validate_pdf_bytes(sealed, profile=profile)
    assert [(one.rule_id, one.message) for one in report.failures] == []
    assert report.rules.passed > 100


def test_the_seal_is_good_and_around_everything(made: bytes, sealed: bytes) -> None:
    assert sealed.startswith(made)
    status = judged(sealed)
    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert PdfReader(BytesIO(sealed)).attachments["record.json"] == [b'{"a":1}']
    (one,) = PdfFileReader(BytesIO(sealed)).embedded_signatures
    assert one.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert one.sig_object["/Reason"] == "存档 CS-03-2026-0042"
    assert [cert.subject.native["organization_name"] for cert in one.other_embedded_certs] == [
        "华衡制造建设集团"
    ]


def test_a_stranger_of_the_same_name_is_not_trusted(made: bytes) -> None:
    other = certificates.make_authority("华衡制造建设集团", now=NOW)
    status = judged(by(certificates.make_signer("华衡制造建设集团", other, now=NOW), made))
    assert (status.intact, status.valid) == (True, True)
    assert not status.trusted
    assert not status.bottom_line


def test_rsa_keys_seal_as_well(made: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    key = rsa.generate_private_key(65537, 2048)
    monkeypatch.setattr(certificates.ec, "generate_private_key", lambda _curve: key)
    signer = certificates.make_signer("华衡制造建设集团", AUTHORITY, now=NOW)
    certificates.check(signer, now=NOW)
    assert judged(by(signer, made)).bottom_line


def flipped(pdf: bytes) -> bytes:
    """One bit of a page's content is another."""
    at = pdf.index(b"stream\n", pdf.index(b"/Length")) + 40
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def appended(pdf: bytes) -> bytes:
    """Something follows that readers leave alone."""
    return pdf + b"% and more\n"


def saved_again(pdf: bytes) -> bytes:
    """Read and written by another program."""
    out = BytesIO()
    PdfWriter(clone_from=BytesIO(pdf)).write(out)
    return out.getvalue()


def updated(pdf: bytes) -> bytes:
    """A page turned round by an addition, which leaves the sealed bytes as they were."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Rotate")] = NumberObject(180)
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.proves("R11")
@pytest.mark.parametrize("change", [flipped, appended, saved_again, updated])
def test_every_change_shows(sealed: bytes, change: Callable[[bytes], bytes]) -> None:
    changed = change(sealed)
    assert changed != sealed
    try:
        status = judged(changed)
    except PdfReadError:
        return
    assert not (status.bottom_line and status.coverage == SignatureCoverageLevel.ENTIRE_FILE)


def test_what_is_no_print_is_not_sealed(sealed: bytes) -> None:
    blank, out = PdfWriter(), BytesIO()
    blank.add_blank_page(100, 100)
    blank.write(out)
    for pdf in (b"", b"%PDF-1.7 made", out.getvalue(), sealed):
        with pytest.raises(SealFailed):
            by(SIGNER, pdf)


def test_the_description_of_the_file_is_what_keeps_it_an_archive_file(
    made: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pyHanko's own writer would spoil it; when it does not any more, ours is not needed."""
    monkeypatch.setattr(module, "ArchiveWriter", IncrementalPdfFileWriter)
    assert validate_pdf_bytes(by(SIGNER, made), profile=ValidationProfile.PDF_A_3A).failures


def test_a_company_of_any_name_gets_a_certificate_and_keys_stay_out_of_logs() -> None:
    name = "内蒙古自治区某某某某某某某某某制造建设工程有限责任公司"
    made = certificates.make_signer(name, certificates.make_authority(name, now=NOW), now=NOW)
    (organisation,) = made.certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
    assert organisation.value == name
    assert "key" not in repr(made).lower().replace("key_size", "")
    assert certificates.load(certificates.dump(made)).certificate == made.certificate
