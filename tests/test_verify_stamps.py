"""The verifier on seals with time stamps: what the time stamps prove, and that nothing else comes after the seal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.generic import DictionaryObject, NumberObject, StreamObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec

from portal.lib import certificates
from portal.lib.hashing import canonical_json
from portal.pdf import time_stamp
from portal.pdf.seal import _Signer
from portal.pdf.seal_field import ArchiveWriter
from portal.pdf.time_stamp import Stamper
from tests.authority import Clock, make_clock, served
from tests.pdf.test_seal import NOW, SIGNER, appended, flipped, saved_again, updated
from tests.pdf.test_time_stamp import apart, stamped
from tests.test_verify_record import Data, call, failing, printed, record, run, trust

__all__ = ["record", "trust"]
CLOCK = make_clock(NOW)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """An authority of time."""
    with served(CLOCK):
        yield CLOCK
    CLOCK.stamper.fixed_dt = None


@cache
def once(data: bytes, lasting: bool) -> bytes:
    """The print of a record, sealed."""
    return stamped(printed(data), CLOCK, lasting=lasting)


@pytest.fixture
def lasting(record: Data, clock: Clock) -> bytes:
    """A record's print, sealed to last."""
    return once(canonical_json(record), True)


def sure(folder: Path, pdf: bytes, trust: Path) -> tuple[int, Data]:
    """What the verifier says to somebody who trusts the organisation and the authority of time."""
    return run(folder, pdf, "--trust", str(trust), "--trust-time", str(CLOCK.trust(folder)))


@pytest.mark.parametrize("lasting", [False, True], ids=["b-t", "b-lta"])
def test_it_says_which_time_is_proven_and_by_whom(
    record: Data, trust: Path, clock: Clock, tmp_path: Path, lasting: bool
) -> None:
    clock.stamper.fixed_dt = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=3)
    proven = clock.stamper.fixed_dt.isoformat()
    pdf = stamped(printed(record), clock, lasting=lasting)
    status, found = sure(tmp_path, pdf, trust)
    assert (status, found["verdict"], set(found["checks"].values())) == (0, "genuine", {True})
    seal = found["seal"]
    assert (seal["proven_time"], seal["archived_times"]) == (proven, [proven] * lasting)
    assert seal["stamped_by"] == "Common Name: 测试时间戳机构"
    assert seal["stamped_sha256"] == clock.stamper.tsa_cert.sha256.hex()
    assert seal["claimed_time"] != proven
    told = call(tmp_path, "file.pdf", "--trust", str(trust), "--trust-time", "tsa.pem").stdout
    assert f"Time that the time stamp proves: {proven}" in told
    assert "测试时间戳机构" in told
    assert told.count("Time stamp of the whole file") == lasting


def test_whose_time_it_is(lasting: bytes, trust: Path, tmp_path: Path) -> None:
    tsa = str(CLOCK.trust(tmp_path))
    both = run(tmp_path, lasting, "--trust", str(trust), "--trust", tsa)
    assert (both[0], both[1]["verdict"], both[1]["checks"]["stamped"]) == (0, "genuine", True)
    status, found = run(tmp_path, lasting, "--trust", str(trust))
    assert (status, found["verdict"], found["checks"]["stamped"]) == (0, "genuine", None)
    assert found["seal"]["proven_time"] == ""
    assert "时间未得到证明" in call(tmp_path, "file.pdf", "--trust", str(trust)).stdout
    status, found = run(tmp_path, lasting, "--trust-time", tsa)
    assert (status, found["verdict"], found["checks"]["trusted"]) == (0, "unchanged", None)
    stranger = make_clock(NOW).trust(tmp_path)
    status, found = run(tmp_path, lasting, "--trust", str(trust), "--trust-time", str(stranger))
    assert (status, failing(found)) == (1, {"stamped"})


def test_who_is_trusted_for_the_time_is_not_trusted_for_seals(
    record: Data, trust: Path, clock: Clock, tmp_path: Path
) -> None:
    """Roots of time authorities also vouch for certificates of anybody."""
    other = certificates.make_authority("别人", now=NOW)
    pdf = stamped(printed(record), clock, by=certificates.make_signer("华衡制造建设集团", other, now=NOW))
    (tmp_path / "other.pem").write_bytes(certificates.dump_public([other.certificate]))
    found = run(tmp_path, pdf, "--trust", str(trust), "--trust-time", "other.pem")[1]
    assert failing(found) == {"stamped", "trusted"}


# What may not follow


def again(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The file with one more addition."""
    writer, out = ArchiveWriter(BytesIO(pdf)), BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def stamped_again(pdf: bytes) -> bytes:
    """One more time stamp of the whole file, as one may add before the last one ends."""
    stamping = time_stamp.PdfTimeStamper(
        Stamper(time_stamp.Authority(CLOCK.url, roots=(CLOCK.root,))), None, time_stamp._PLACE
    )
    made: bytes = apart(stamping.timestamp_pdf, ArchiveWriter(BytesIO(pdf)), "sha256").getvalue()
    return made


def turned(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Rotate")] = NumberObject(180)
    writer.update_container(page)


def named(writer: IncrementalPdfFileWriter) -> None:
    """Another description of the file."""
    writer.root[pdf_name("/Metadata")] = writer.add_object(
        StreamObject(
            DictionaryObject(
                {pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")}
            ),
            stream_data=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
        )
    )
    writer.update_root()


def titled(writer: IncrementalPdfFileWriter) -> None:
    """Another title."""
    info = writer.add_object(DictionaryObject({pdf_name("/Title"): pdf_string("Another")}))
    writer.set_info(info)


def loose(writer: IncrementalPdfFileWriter) -> None:
    """Something that nothing leads to yet."""
    writer.add_object(StreamObject(stream_data=b"kept for later"))


def opening(writer: IncrementalPdfFileWriter) -> None:
    """Something that happens when the file is opened."""
    writer.root[pdf_name("/OpenAction")] = DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    )
    writer.update_root()


def unlisted(writer: IncrementalPdfFileWriter) -> None:
    """The record within the file is hidden."""
    del writer.root["/Names"]
    writer.update_root()


def sealed_again(pdf: bytes) -> bytes:
    """Somebody else signs too."""
    signer = signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name="Second"),
        signer=_Signer(SIGNER.key, SIGNER.certificate, SIGNER.chain),
        new_field_spec=SigFieldSpec("Second"),
    )
    signer._enforce_certification_constraints = lambda _reader: None  # type: ignore[method-assign]
    made: bytes = apart(signer.sign_pdf, ArchiveWriter(BytesIO(pdf))).getvalue()
    return made


CHANGES = [turned, named, titled, loose, opening]


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_else_may_follow_not_even_under_a_good_time_stamp(
    lasting: bytes, trust: Path, tmp_path: Path, change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    pdf = stamped_again(again(lasting, change))
    assert pdf.startswith(lasting)
    status, found = sure(tmp_path, pdf, trust)
    assert (status, found["verdict"], failing(found)) == (1, "not genuine", {"unaltered"})


def test_nor_plainly(lasting: bytes, trust: Path, tmp_path: Path) -> None:
    status, found = sure(tmp_path, again(lasting, named), trust)
    assert (status, failing(found)) == (1, {"unaltered", "whole"})


def test_a_hidden_record_is_no_record(lasting: bytes, trust: Path, tmp_path: Path) -> None:
    assert sure(tmp_path, stamped_again(again(lasting, unlisted)), trust)[0] != 0


@pytest.mark.parametrize("change", [flipped, appended, saved_again, updated, sealed_again])
def test_a_lasting_file_that_was_changed(
    lasting: bytes, trust: Path, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    status, found = sure(tmp_path, change(lasting), trust)
    assert (status, found["verdict"]) == (1, "not genuine")


def test_time_stamps_may_be_added_again_and_again(lasting: bytes, trust: Path, tmp_path: Path) -> None:
    status, found = sure(tmp_path, stamped_again(stamped_again(lasting)), trust)
    assert (status, found["verdict"], failing(found)) == (0, "genuine", set())
    assert len(found["seal"]["archived_times"]) == 3


def with_contents(pdf: bytes, old: bytes, new: bytes) -> bytes:
    """Another signature in the place of one, in the room that there is for it."""
    at = pdf.lower().index(old.hex().encode())
    return pdf[:at] + new.ljust(len(old), b"\0").hex().encode() + pdf[at + 2 * len(old) :]


@pytest.mark.parametrize("which", [0, 1], ids=["on the seal", "of the whole file"])
def test_a_time_stamp_whose_own_bytes_were_changed(
    lasting: bytes, trust: Path, tmp_path: Path, which: int
) -> None:
    """It stands in a gap of what is sealed; its signature is the last thing in it."""
    content = PdfFileReader(BytesIO(lasting)).embedded_signatures[which].pkcs7_content
    changed = bytearray(content)
    changed[len(content.rstrip(b"\0")) - 9] ^= 1
    status, found = sure(tmp_path, with_contents(lasting, content, bytes(changed)), trust)
    assert (status, found["verdict"]) == (1, "not genuine")
    assert "stamped" in failing(found)


def test_the_time_of_another_file_proves_nothing(
    record: Data, trust: Path, clock: Clock, tmp_path: Path
) -> None:
    """A time stamp is cut out of one seal and put on another."""
    pdf, other = once(canonical_json(record), False), stamped(printed(record), clock)
    (good,), (bad,) = (PdfFileReader(BytesIO(one)).embedded_signatures for one in (pdf, other))
    wrapped = cms.ContentInfo.load(good.pkcs7_content)
    wrapped["content"]["signer_infos"][0]["unsigned_attrs"] = bad.signer_info["unsigned_attrs"]
    status, found = sure(tmp_path, with_contents(pdf, good.pkcs7_content, wrapped.dump()), trust)
    assert (status, failing(found)) == (1, {"stamped"})
    assert found["checks"]["intact"]


def test_a_seal_that_lost_its_time_stamp_proves_no_time(
    record: Data, clock: Clock, trust: Path, tmp_path: Path
) -> None:
    pdf = once(canonical_json(record), False)
    (one,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    bare = cms.ContentInfo.load(one.pkcs7_content)
    infos = bare["content"]["signer_infos"][0]
    bare["content"]["signer_infos"] = [
        cms.SignerInfo({key: infos[key] for key in infos if key != "unsigned_attrs"})
    ]
    status, found = sure(tmp_path, with_contents(pdf, one.pkcs7_content, bare.dump()), trust)
    assert (status, failing(found)) == (0, set())
    assert "stamped" not in found["checks"]
    assert "proven_time" not in found["seal"]


# Moments


def test_a_seal_that_claims_a_time_before_its_certificate_ended_needs_a_time_stamp_of_then(
    record: Data, trust: Path, clock: Clock, tmp_path: Path
) -> None:
    """Somebody has the key of a certificate that has ended, and dates back; the time stamp tells."""
    old = certificates.make_authority("旧", now=NOW - timedelta(days=1200))
    ended = certificates.make_signer("旧", old, now=NOW - timedelta(days=1200))
    (tmp_path / "old.pem").write_bytes(certificates.dump_public([old.certificate]))
    pdf = stamped(printed(record), clock, by=ended)
    status, found = run(tmp_path, pdf, "--trust", "old.pem", "--trust-time", str(clock.trust(tmp_path)))
    assert (status, failing(found)) == (1, {"trusted"})
    assert json.dumps(found["seal"]["proven_time"])[1:11] >= f"{NOW:%Y-%m-%d}"
