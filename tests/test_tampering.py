"""One table of what people may do to a sealed print, and what the three that look at it say: the verifier that we give
away, Poppler's `pdfsig`, which others have, and the portal's check page."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from portal.jobs import outbox as worker
from portal.lib import certificates
from portal.lib.clock import now
from portal.pdf.copies import body_of
from portal.pdf.seal import seal
from portal.services import sealing
from portal.storage import seal_folder
from tests import pdfsig
from tests.blueprints.test_record_prints import printed
from tests.pdf.test_seal import appended, flipped, saved_again, updated
from tests.verifier import verifier
from tests.walk import Walker


def cut(pdf: bytes) -> bytes:
    """The end is missing."""
    return pdf[:-400]


def unsealed(pdf: bytes) -> bytes:
    """The seal is gone."""
    return body_of(pdf)


def resealed(pdf: bytes) -> bytes:
    """Sealed by somebody who calls themselves the same."""
    authority = certificates.make_authority("华衡制造建设集团", now=now())
    by = certificates.make_signer("华衡制造建设集团", authority, now=now())
    return seal(body_of(pdf), by.key, by.certificate, by.chain, reason="存档")


def other_number(pdf: bytes) -> bytes:
    """A sealed byte of the description changed, of the same length."""
    return pdf.replace(b"/Lang (zh", b"/Lang (en", 1)


@dataclass(frozen=True)
class Row:
    """A way to change a file; what the verifier's status is and which of these checks it misses; whether the page
    calls it genuine, and by which words else."""

    change: Callable[[bytes], bytes]
    status: int
    misses: frozenset[str]
    page: str


GOOD = ("Signature is Valid.", "Certificate is Trusted.", "- Total document signed")  # as `pdfsig` says it
ROWS = (
    Row(bytes, 0, frozenset(), "真实"),
    Row(flipped, 1, frozenset({"intact"}), "文件被改动过"),
    Row(other_number, 1, frozenset({"intact"}), "文件被改动过"),
    Row(appended, 1, frozenset({"whole"}), "文件被改动过"),
    Row(updated, 1, frozenset({"whole", "unaltered"}), "文件被改动过"),
    Row(saved_again, 1, frozenset({"intact"}), "文件被改动过"),
    Row(cut, 1, frozenset({"whole"}), "文件被改动过"),
    Row(resealed, 1, frozenset({"trusted"}), "文件被改动过，或者不是本单位签章的"),
    Row(unsealed, 1, frozenset({"sealed"}), "没有电子签章"),
)


@pytest.fixture
def sealed(app: Flask) -> bytes:
    """The original of a finished record."""
    Walker(app).walk("CS-51")
    with app.app_context():
        worker.drain()
    return printed(app)[1]


@pytest.fixture
def trust(app: Flask, sealed: bytes) -> Path:
    """What the organisation hands out."""
    with app.app_context():
        return sealing.folder() / seal_folder.TRUST


@pytest.mark.timeout(400)  # the page starts a program for each file
def test_what_each_says_of_each_change(app: Flask, sealed: bytes, trust: Path, tmp_path: Path) -> None:
    wrong, others = [], pdfsig.trusting(trust.read_bytes(), tmp_path)
    for row in ROWS:
        name, data = row.change.__name__, row.change(sealed)
        assert (data == sealed) == (row.change is bytes), f"{name} changes nothing"
        file = tmp_path / "changed.pdf"
        file.write_bytes(data)
        told = verifier.work(Namespace(file=file, trust=[trust], trust_time=None, extract=None))
        status = verifier.VERDICTS[told["verdict"]][0]
        missed = {key for key, ok in told["checks"].items() if ok is False}
        if status != row.status or not row.misses <= missed or bool(missed) != bool(row.status):
            wrong.append(f"{name}, verifier: {status} {sorted(missed)}")
        said = others(data)
        if all(one in said for one in GOOD) != (row.status == 0):
            wrong.append(f"{name}, pdfsig: {said}")
        app.extensions["rate_limit"][-1].storage.reset()
        answer = app.test_client().post("/check/files", data={"file": (BytesIO(data), "x.pdf")})
        if row.page not in answer.text or ("记录现行有效" in answer.text) != (row.status == 0):
            wrong.append(f"{name}, page: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
