"""Seals outlive their certificates: what was sealed before a renewal verifies beside what is sealed after it, for decades."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal.database import transaction
from portal.lib import certificates
from portal.lib.hashing import canonical_json
from portal.pdf import seal as module
from portal.services import sealing
from tests.authority import make_clock, served
from tests.cli.test_seal_commands import OFFICE, folder, packed
from tests.jobs.test_prints_waiting import given, with_token
from tests.softhsm import Box, box
from tests.test_verify_record import SCRIPT, Data, failing, printed, record, run

__all__ = ["record"]
NOW = datetime.now(UTC)


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[Box]:
    """One token, empty."""
    with box(tmp_path) as made:
        yield made


def renewed_by_itself(_app: Flask, _tokens: Box, _folder: Path) -> None:
    sealing.renew(now=NOW)


def imported(_app: Flask, _tokens: Box, folder: Path) -> None:
    sealing.take(Path(packed(folder / "given.p12")).read_bytes(), "Kupferkanne", now=NOW)


def into_a_token(app: Flask, tokens: Box, _folder: Path) -> None:
    with_token(app, tokens.key("ec"))
    sealing.renew(now=NOW)


def given_for_a_token(app: Flask, tokens: Box, _folder: Path) -> None:
    token = tokens.key("rsa")
    with_token(app, token)
    one = certificates.make_signer("签发机构", OFFICE, now=NOW, held=token.held())
    sealing.take_from_token(certificates.dump_public([one.certificate, *one.chain]), now=NOW)


WAYS = [renewed_by_itself, imported, into_a_token, given_for_a_token]


def sealed_now(pdf: bytes) -> bytes:
    """By the certificate of today."""
    by = sealing.identity(NOW)
    assert by is not None
    return sealing.sealed(pdf, "PU-04-2026-0001", by)


def in_the_year(year: int, place: Path, pdf: bytes, *trust: str) -> int:
    """What the verifier says then: its status."""
    (place / "file.pdf").write_bytes(pdf)
    program = (
        "import sys, datetime as d, runpy\n"
        "class Later(d.datetime):\n"
        "    @classmethod\n"
        "    def now(cls, tz=None):\n"
        f"        return d.datetime({year}, 1, 1, tzinfo=tz)\n"
        f"d.datetime = Later; sys.argv = ['v', 'file.pdf', *{trust!r}]\n"
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    command = [sys.executable, "-I", "-c", program]
    return subprocess.run(command, cwd=place, env={}, capture_output=True, check=False).returncode


@pytest.mark.parametrize("way", WAYS)
def test_seals_of_before_and_after_a_renewal(
    record: Data, app: Flask, tokens: Box, tmp_path: Path, way: object
) -> None:
    assert callable(way)
    print_ = printed(canonical_json(record))
    with transaction():
        sealing.make(now=NOW)
    before = sealed_now(print_)
    with transaction():
        way(app, tokens, tmp_path)
    after = sealed_now(print_)
    trust = str(folder(app) / "trust.pem")
    serials = set()
    for pdf in (before, after):
        status, found = run(tmp_path, pdf, "--trust", trust)
        assert (status, found["verdict"], failing(found)) == (0, "genuine", set())
        serials.add(found["seal"]["serial"])
        assert in_the_year(2060, tmp_path, pdf, "--trust", trust) == 0, (
            "long after all certificates have ended"
        )
    assert len(serials) == 2


@pytest.mark.parametrize("level", ["b-t", "b-lta"])
def test_time_stamps_hold_longer_than_the_certificate_of_their_authority(
    record: Data, app: Flask, tmp_path: Path, level: str
) -> None:
    """The verifier judges each as of its own moment."""
    with served(make_clock(NOW, days=9)) as clock, transaction():
        given(app, tsa_url=clock.url, tsa_trust=str(clock.trust(tmp_path)), seal_level=level)
        sealing.make(now=NOW)
        pdf = sealed_now(printed(canonical_json(record)))
    trust = ("--trust", str(folder(app) / "trust.pem"), "--trust-time", "tsa.pem")
    assert run(tmp_path, pdf, *trust)[1]["verdict"] == "genuine"
    assert in_the_year(2060, tmp_path, pdf, *trust) == 0


def test_a_seal_made_after_its_certificate_had_ended_is_none(
    record: Data, app: Flask, tmp_path: Path
) -> None:
    """What is forgiven is age, not a seal that nobody was entitled to make."""
    with transaction():
        sealing.make(now=NOW - timedelta(days=1200))
    old = sealing.current()
    assert old is not None
    pdf = module.seal(printed(canonical_json(record)), old.key, old.certificate, old.chain, reason="存档")
    status, found = run(tmp_path, pdf, "--trust", str(folder(app) / "trust.pem"))
    assert (status, failing(found)) == (1, {"trusted"})
