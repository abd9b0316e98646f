"""Seals with time stamps (PAdES B-T and B-LTA): good ones only, in a file that stays what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from asn1crypto import core, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from portal.lib import certificates
from portal.lib.certificates import Identity
from portal.pdf import stamp_authority, time_stamp
from portal.pdf.render import render
from portal.pdf.seal import seal
from portal.pdf.stamp_authority import Authority, StampFailed
from tests import pdfsig
from tests.authority import REPLY, Answer, Clock, make_clock, served
from tests.pdf.archive_rules import broken
from tests.pdf.test_render import complaint
from tests.pdf.test_seal import AUTHORITY, NOW, SIGNER, flipped

CLOCK = make_clock(NOW)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """An authority that answers well."""
    with served(CLOCK):
        yield CLOCK
    CLOCK.answer, CLOCK.lists = None, {}
    CLOCK.stamper.fixed_dt = None
    CLOCK.asked.clear()


@pytest.fixture(scope="module")
def made() -> bytes:
    """A record's print, without a seal."""
    return render(complaint(data=b'{"a":1}', made_at=datetime(2026, 11, 23, tzinfo=UTC)))


def stamped(pdf: bytes, clock: Clock, *, by: Identity = SIGNER, **given: Any) -> bytes:
    """The print sealed with time stamps."""
    asked = Authority(**({"url": clock.url, "roots": (clock.root,)} | given))
    return seal(pdf, by.key, by.certificate, by.chain, reason="存档", stamps=asked)


def apart(work: Callable[..., Any], *args: Any) -> Any:
    """Beside the event loop that a browser of other tests has left in this thread."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(work, *args).result()


def trusting(*roots: x509.Certificate) -> ValidationContext:
    """What pyHanko judges by."""
    known = list(load_certs_from_pemder_data(certificates.dump_public(roots)))
    return ValidationContext(trust_roots=known, allow_fetching=False)


def test_a_seal_with_a_time_stamp_is_good_and_around_everything(made: bytes, clock: Clock) -> None:
    pdf = stamped(made, clock)
    assert pdf.startswith(made)
    (one,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    status = apart(validate_pdf_signature, one, trusting(AUTHORITY.certificate), trusting(clock.root))
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    stamp = status.timestamp_validity
    assert stamp is not None
    assert (stamp.intact, stamp.valid, stamp.trusted) == (True, True, True)
    assert stamp.signing_cert.subject.native == {"common_name": "测试时间戳机构"}
    assert broken(pdf) == []


def test_a_lasting_one_brings_certificates_and_a_time_stamp_of_the_whole_file(
    made: bytes, clock: Clock
) -> None:
    pdf = stamped(made, clock, lasting=True)
    reader = PdfFileReader(BytesIO(pdf))
    one, whole = reader.embedded_signatures
    trusted = trusting(AUTHORITY.certificate), trusting(clock.root)
    status = apart(validate_pdf_signature, one, *trusted)
    assert status.bottom_line
    assert status.modification_level == ModificationLevel.LTA_UPDATES
    assert status.docmdp_ok
    stamp = apart(validate_pdf_timestamp, whole, trusted[1])
    assert (stamp.intact, stamp.valid, stamp.trusted) == (True, True, True)
    assert stamp.coverage == SignatureCoverageLevel.ENTIRE_FILE
    store = DocumentSecurityStore.read_dss(reader)
    held = {cert.sha256.hex() for cert in store.load_certs()}
    own = (SIGNER.certificate, AUTHORITY.certificate, clock.root)
    assert held == {*map(certificates.fingerprint, own), clock.stamper.tsa_cert.sha256.hex()}
    assert (store.crls, store.ocsps) == ([], []), (
        "an authority of one's own names no list, and none is made up"
    )
    assert reader.xrefs.total_revisions == 3  # the print, the seal, what makes it last


def test_what_holds_of_a_lasting_one_as_an_archive_file(made: bytes, clock: Clock) -> None:
    """The validator wants a seal around the whole file; the rule of PDF/A is about the part that was then the file."""
    pdf = stamped(made, clock, lasting=True)
    assert [one.split()[0] for one in broken(pdf)] == ["PDFA3A-SIGNATURE-BYTERANGE-001"]


def test_account_and_password_are_told(made: bytes, clock: Clock) -> None:
    stamped(made, clock, user="portal", password="Kupferkanne")
    assert {one["Authorization"] for one in clock.asked} == {"Basic cG9ydGFsOkt1cGZlcmthbm5l"}
    assert "Kupferkanne" not in repr(Authority("http://x", "portal", "Kupferkanne"))


# What an authority may answer, and none of it comes into a file


def no_stamp(_question: bytes) -> Answer:
    return 200, "text/html", b"<h1>Welcome</h1>"


def noise(_question: bytes) -> Answer:
    return 200, REPLY, b"\x30\x82\xff\xff" + bytes(range(256))


def nothing(_question: bytes) -> Answer:
    return 200, REPLY, b""


def down(_question: bytes) -> Answer:
    return 503, "text/plain", b"later"


def shut(_question: bytes) -> Answer:
    return 401, "text/plain", b"who are you"


def no(_question: bytes) -> Answer:
    said = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {"bad_alg"}})
    return 200, REPLY, core.SequenceOf([said], spec=tsp.PKIStatusInfo).dump()


def of_something_else(question: bytes) -> Answer:
    asked = tsp.TimeStampReq.load(question)
    asked["message_imprint"]["hashed_message"] = bytes(32)
    return CLOCK.stamp(asked.dump(force=True))


def of_another_time(question: bytes) -> Answer:
    """Somebody plays back an answer to another question."""
    asked = tsp.TimeStampReq.load(question)
    asked["nonce"] = 7
    return CLOCK.stamp(asked.dump(force=True))


def forged(question: bytes) -> Answer:
    body = bytearray(CLOCK.stamp(question)[2])
    body[-9] ^= 1  # within the signature
    return 200, REPLY, bytes(body)


BAD = [
    (no_stamp, "wrong"), (noise, "wrong"), (nothing, "wrong"), (down, "away"), (shut, "login"), (no, "refused"),
    (of_something_else, "wrong"), (of_another_time, "wrong"), (forged, "wrong"),
]  # fmt: skip


@pytest.mark.parametrize("lasting", [False, True], ids=["b-t", "b-lta"])
@pytest.mark.parametrize(("answer", "why"), BAD, ids=[one.__name__ for one, _why in BAD])
def test_a_bad_answer_is_no_seal(
    made: bytes, clock: Clock, answer: Callable[[bytes], Answer], why: str, lasting: bool
) -> None:
    clock.answer = answer
    with pytest.raises(StampFailed, match=f"^{why}$"):
        stamped(made, clock, lasting=lasting)
    assert len(clock.asked) == 1


def test_a_good_answer_and_then_a_bad_one_is_no_seal_either(made: bytes, clock: Clock) -> None:
    """For the last of the three questions too, which is about the whole file."""
    for after in (1, 2):
        clock.asked.clear()
        clock.answer = lambda question, after=after: (  # type: ignore[misc]
            CLOCK.stamp(question) if len(clock.asked) <= after else down(question)
        )
        with pytest.raises(StampFailed, match=r"^away$"):
            stamped(made, clock, lasting=True)
        assert len(clock.asked) == after + 1


def test_nobody_there_and_nobody_who_answers_in_time(
    made: bytes, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StampFailed, match=r"^away$"):
        stamped(made, clock, url="http://127.0.0.1:9/stamp")
    monkeypatch.setattr(time_stamp, "SECONDS", 0.000_001)
    with pytest.raises(StampFailed, match=r"^away$"):
        stamped(made, clock)


def test_strangers_and_wrong_clocks(made: bytes, clock: Clock) -> None:
    with pytest.raises(StampFailed, match=r"^untrusted$"):
        stamped(made, clock, roots=(AUTHORITY.certificate,))
    assert stamped(made, clock, roots=()), "whoever names no roots believes the authority"
    for off in (-1, 1):
        clock.stamper.fixed_dt = datetime.now(UTC) + timedelta(hours=off)
        with pytest.raises(StampFailed, match=r"^clock$"):
            stamped(made, clock)


def test_a_certificate_that_is_not_for_time_stamps(made: bytes) -> None:
    with served(make_clock(NOW, purpose=x509.ExtendedKeyUsageOID.EMAIL_PROTECTION)) as other:
        with pytest.raises(StampFailed, match=r"^wrong$"):
            stamped(made, other, roots=())
        with pytest.raises(StampFailed, match=r"^(wrong|untrusted)$"):
            stamped(made, other)


# Lists of what was revoked


def listed(clock: Clock) -> Identity:
    """A certificate that names a list of revoked ones, which is served."""
    place = x509.UniformResourceIdentifier(clock.url.replace("/stamp", "/list"))
    point = x509.DistributionPoint([place], None, None, None)
    old = SIGNER.certificate
    builder = x509.CertificateBuilder(
        old.issuer, old.subject, old.public_key(), x509.random_serial_number(), NOW, NOW + timedelta(days=9)
    )
    for one in old.extensions:
        builder = builder.add_extension(one.value, one.critical)
    signed = builder.add_extension(x509.CRLDistributionPoints([point]), False).sign(
        AUTHORITY.key,
        hashes.SHA256(),  # type: ignore[arg-type]
    )
    return Identity(SIGNER.key, signed, SIGNER.chain)


def crl(*serials: int) -> bytes:
    """The authority's list."""
    built = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(AUTHORITY.certificate.subject)
        .last_update(NOW - timedelta(hours=1))
        .next_update(NOW + timedelta(days=1))
        .add_extension(x509.CRLNumber(1), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(AUTHORITY.certificate.public_key()),
            False,  # type: ignore[arg-type]
        )
    )
    for serial in serials:
        built = built.add_revoked_certificate(
            x509.RevokedCertificateBuilder(serial, NOW - timedelta(hours=1)).build()
        )
    return built.sign(AUTHORITY.key, hashes.SHA256()).public_bytes(Encoding.DER)  # type: ignore[arg-type]


def test_the_list_that_a_certificate_names_is_fetched_and_kept_in_the_file(made: bytes, clock: Clock) -> None:
    by = listed(clock)
    with pytest.raises(StampFailed, match=r"^revocation$"):
        stamped(made, clock, by=by, lasting=True)
    clock.lists["/list"] = crl(7)
    reader = PdfFileReader(BytesIO(stamped(made, clock, by=by, lasting=True)))
    (kept,) = DocumentSecurityStore.read_dss(reader).crls
    assert kept.get_object().data == clock.lists["/list"]
    clock.lists["/list"] = crl(7, by.certificate.serial_number)
    with pytest.raises(StampFailed, match=r"^revocation$"):
        stamped(made, clock, by=by, lasting=True)


# What everybody's programs say


@pytest.fixture(scope="session")
def trusting_pdfsig(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], str]:
    """What `pdfsig` says of a file, trusting the organisation."""
    roots = certificates.dump_public([AUTHORITY.certificate])
    return pdfsig.trusting(roots, tmp_path_factory.mktemp("nss"))


@pytest.mark.parametrize("grade", ["b-b", "b-t", "b-lta"])
def test_pdfsig_finds_it_good(
    made: bytes, clock: Clock, trusting_pdfsig: Callable[[bytes], str], grade: str
) -> None:
    given = None if grade == "b-b" else Authority(clock.url, roots=(clock.root,), lasting=grade == "b-lta")
    pdf = seal(made, SIGNER.key, SIGNER.certificate, SIGNER.chain, reason="存档", stamps=given)
    first, *later = trusting_pdfsig(pdf).split("Signature #")[1:]
    assert "Signature is Valid." in first
    assert "Certificate is Trusted." in first
    assert ("Not total document signed" in first) == (grade == "b-lta")
    assert len(later) == (grade == "b-lta")
    assert all("ArchiveTimeStamp" in one and "- Total document signed" in one for one in later)
    assert "Signature is Valid." not in trusting_pdfsig(flipped(pdf)).split("Signature #")[1]


def test_every_reason_was_seen() -> None:
    seen = {why for _answer, why in BAD} | {"untrusted", "clock", "revocation"}
    assert seen == set(stamp_authority.REASONS)
