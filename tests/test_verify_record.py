"""The verifier that goes alone: run as a program of its own, without the portal, on prints good, forged and hostile."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from babel.support import Translations
from flask import Flask
from pypdf import PdfWriter

from portal.config import ROOT
from portal.database import transaction
from portal.extensions import db
from portal.forms.words import SAID
from portal.jobs import prints
from portal.lib import certificates, own_keys
from portal.lib.clock import now
from portal.lib.hashing import GENESIS, canonical_json, chain, sha256
from portal.models import Record, Signature, StoredFile
from portal.pdf.render import render
from portal.queries import record_page
from portal.services import record_data, sealing
from portal.services.signatures import COVERED
from portal.storage import files
from tests.pdf.test_render import complaint
from tests.pdf.test_seal import AUTHORITY, NOW, SIGNER, appended, by, flipped, saved_again, updated
from tests.verifier import SCRIPT, forked

AT = datetime(2026, 11, 23, tzinfo=UTC)
Data = dict[str, Any]


def run(folder: Path, pdf: bytes, *args: str) -> tuple[int, Data]:
    """Status and result of a run somewhere else, in an empty environment."""
    (folder / "file.pdf").write_bytes(pdf)
    status, told, complaint = forked(folder, "file.pdf", "--json", *args)
    assert complaint == ""
    found: Data = json.loads(told)
    return status, found


def call(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """The program alone: isolated from variables, from the user's packages and from the folder it runs in."""
    command = [sys.executable, "-I", str(SCRIPT), *args]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def record(context: Flask) -> Data:
    """A finished record with signatures, as prints carried it before they told what their pages say."""
    query = sa.select(Record).join(Signature).where(Record.state == "finished").order_by(Record.id)
    found = db.session.scalars(query).first()
    assert found is not None
    data: Data = json.loads(canonical_json(record_data.as_json(record_page.read(found))))
    return {**data, "format": "portal-record/1"}


def printed(record: Data | bytes) -> bytes:
    """A print that carries this."""
    data = record if isinstance(record, bytes) else canonical_json(record)
    return render(complaint(data=data, made_at=AT))


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    """What the organisation hands out."""
    file = tmp_path / "ca.pem"
    file.write_bytes(certificates.dump_public([AUTHORITY.certificate]))
    return file


def failing(found: Data) -> set[str]:
    """The checks that do not hold."""
    return {key for key, ok in found["checks"].items() if ok is False}


@pytest.mark.proves("R12", "R16")
def test_a_print_of_the_portal_is_genuine_and_says_who_signed(context: Flask, tmp_path: Path) -> None:
    record = db.session.scalars(sa.select(Record).join(Signature).where(Record.state == "finished")).first()
    assert record is not None
    number, signatures = record.number, len(record.signatures)
    who = {one.authority["name"] for one in record.signatures}
    keep = prints.make({"record": record.id}, now())
    assert keep is not None
    with transaction():
        keep()
    stored = db.session.scalars(sa.select(StoredFile).where(StoredFile.name == f"{number}.pdf")).one()
    trust = str(sealing.folder() / "trust.pem")
    status, found = run(tmp_path, files.get(stored.sha256), "--trust", trust, "--extract", "out")
    assert (status, found["verdict"], failing(found)) == (0, "genuine", set())
    assert set(found["checks"].values()) == {True}
    assert found["record"]["number"] == number
    assert len(found["signatures"]) == signatures
    assert all(any(name in one["who"] for name in who) for one in found["signatures"])
    extracted = json.loads((tmp_path / "out" / "record.json").read_bytes())
    assert extracted["number"] == number
    told = call(tmp_path, "file.pdf", "--trust", trust)
    assert told.returncode == 0
    for part in (number, *who, "真实，未改动", "Genuine and unchanged", "指纹 SHA-256"):
        assert part in told.stdout
    again = call(tmp_path, "file.pdf", "--extract", "out")
    assert again.returncode == 2
    assert "文件夹里已有 record.json" in again.stdout


@pytest.mark.proves("R12")
def test_every_record_of_the_company_proves_itself(context: Flask) -> None:
    """Also those that are not finished, or were returned and corrected; they need no seal for that."""
    program = (
        "import sys, json; sys.path.insert(0, sys.argv[1]); import verify_record as v\n"
        "for line in sys.stdin.buffer:\n"
        "    checks = v.check_record(json.loads(line), line.rstrip(b'\\n'))\n"
        "    print(json.dumps([key for key, ok in checks.items() if not ok]))"
    )
    all_ = db.session.scalars(sa.select(Record).order_by(Record.id)).unique().all()
    lines = b"".join(canonical_json(record_data.as_json(record_page.read(one))) + b"\n" for one in all_)
    command = [sys.executable, "-I", "-c", program, str(SCRIPT.parent)]
    ran = subprocess.run(command, input=lines, env={}, capture_output=True, check=True)
    assert ran.stdout.decode().splitlines() == ["[]"] * len(all_)
    assert len(all_) >= 2


# What was done to the file


def as_it_is(pdf: bytes) -> bytes:
    return pdf


def cut(pdf: bytes) -> bytes:
    return pdf[:-20]


def garbage_behind(pdf: bytes) -> bytes:
    return pdf + bytes(5000)


def changed_record(pdf: bytes) -> bytes:
    """One bit of the carried record is another, and may not even unpack any more."""
    at = pdf.index(b"stream", pdf.index(b"/EmbeddedFile")) + 60
    return pdf[:at] + bytes([pdf[at] ^ 4]) + pdf[at + 1 :]


def other_signature(pdf: bytes) -> bytes:
    """The signature itself is zeros."""
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    return pdf[:start] + b"0" * 400 + pdf[start + 400 :]


@pytest.mark.proves("R11")
@pytest.mark.parametrize(
    ("change", "statuses", "checks"),
    [
        (as_it_is, {0}, set()),
        (flipped, {1}, {"intact"}),
        (changed_record, {1, 2}, {"intact"}),
        (other_signature, {1}, {"intact"}),
        (appended, {1}, {"whole"}),
        (garbage_behind, {1}, {"whole"}),
        (cut, {1}, {"whole"}),
        (updated, {1}, {"whole", "unaltered"}),
        (saved_again, {1}, {"intact"}),
    ],
)
def test_a_file_that_was_changed(
    record: Data,
    trust: Path,
    tmp_path: Path,
    change: Callable[[bytes], bytes],
    statuses: set[int],
    checks: set[str],
) -> None:
    status, found = run(tmp_path, change(by(SIGNER, printed(record))), "--trust", str(trust))
    assert status in statuses
    if status == 2:
        assert found["verdict"] == "unreadable"
        return
    assert failing(found) >= checks
    assert found["verdict"] == ("not genuine" if checks else "genuine")


def test_without_a_seal_it_is_not_genuine(record: Data, trust: Path, tmp_path: Path) -> None:
    status, found = run(tmp_path, printed(record), "--trust", str(trust))
    assert (status, failing(found)) == (1, {"sealed"})


def test_whose_seal_it_is(record: Data, trust: Path, tmp_path: Path) -> None:
    pdf = by(SIGNER, printed(record))
    status, found = run(tmp_path, pdf)
    assert (status, found["verdict"], found["checks"]["trusted"]) == (0, "unchanged", None)
    assert found["seal"]["sha256"] == certificates.fingerprint(SIGNER.certificate)
    assert "核对指纹" in call(tmp_path, "file.pdf").stdout
    stranger = certificates.make_authority("华衡制造建设集团", now=NOW)
    forged = by(certificates.make_signer("华衡制造建设集团", stranger, now=NOW), printed(record))
    status, found = run(tmp_path, forged, "--trust", str(trust))
    assert (status, failing(found)) == (1, {"trusted"})
    (tmp_path / "own.pem").write_bytes(certificates.dump_public([SIGNER.certificate]))
    assert run(tmp_path, pdf, "--trust", "own.pem")[0] == 0, "the certificate itself may be the trusted one"
    both = run(tmp_path, pdf, "--trust", "own.pem", "--trust", str(trust))
    assert both[0] == 0


def test_a_certificate_that_has_ended_since_is_still_good(record: Data, trust: Path, tmp_path: Path) -> None:
    """What counts is the time of the seal, which the seal claims itself: the verifier says so."""
    pdf = by(SIGNER, printed(record))
    assert (
        run(tmp_path, pdf, "--trust", str(trust))[1]["seal"]["claimed_time"][:10]
        == f"{datetime.now(UTC):%Y-%m-%d}"
    )
    program = (
        "import sys, datetime as d, runpy\n"
        "class Later(d.datetime):\n"
        "    @classmethod\n"
        "    def now(cls, tz=None):\n"
        "        return d.datetime(2046, 1, 1, tzinfo=tz)\n"
        f"d.datetime = Later; sys.argv = ['v', 'file.pdf', '--trust', {str(trust)!r}]\n"
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=tmp_path, env={}, capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stdout.decode()


# What the record says, under a good seal: the portal would never write it


def sealed_record(record: Data | bytes) -> bytes:
    return by(SIGNER, printed(record))


def answer(record: Data) -> None:
    record["answers"] = {**record["answers"], "added": "一"}


def answer_of_a_version(record: Data) -> None:
    record["versions"][0]["answers"] = {**record["versions"][0]["answers"], "added": "一"}


def form(record: Data) -> None:
    record["form"]["title"]["zh"] += "改"


def meaning(record: Data) -> None:
    record["signatures"][0]["meaning"] = "refused"


def signer(record: Data) -> None:
    record["signatures"][0]["authority"]["name"] = "别人"


def moment(record: Data) -> None:
    record["signatures"][0]["signed_at"] = "2020-01-01T00:00:00+00:00"


def no_signature(record: Data) -> None:
    del record["signatures"][-1]


def seen_otherwise(record: Data) -> None:
    """Somebody signed another content; the signature itself is hashed anew."""
    one = record["signatures"][-1]
    one["content_sha256"] = "0" * 64
    covered = {name: one[name] for name in (*COVERED, "form_version", "signed_at")} | {
        "record": record["number"]
    }
    one["sha256"] = sha256(canonical_json(covered))


def no_event(record: Data) -> None:
    del record["events"][0]


def last_event(record: Data) -> None:
    del record["events"][1:]


def fact(record: Data) -> None:
    record["events"][0]["facts"]["added"] = 1


def order(record: Data) -> None:
    record["events"].reverse()


def of_another(record: Data) -> None:
    record["record"] += 1


def number(record: Data) -> None:
    record["number"] = "PU-03-2026-9999"


@pytest.mark.proves("R11", "R17")
@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (answer, {"content"}),
        (answer_of_a_version, {"content"}),
        (form, {"form"}),
        (meaning, {"signatures"}),
        (signer, {"signatures"}),
        (moment, {"signatures"}),
        (no_signature, {"told"}),
        (seen_otherwise, {"shown", "told"}),
        (no_event, {"chain"}),
        (last_event, {"told"}),
        (fact, {"chain"}),
        (order, {"chain"}),
        (of_another, {"chain"}),
        (number, {"content", "signatures"}),
    ],
)
def test_a_record_that_was_changed(
    record: Data, trust: Path, tmp_path: Path, change: Callable[[Data], None], checks: set[str]
) -> None:
    changed = copy.deepcopy(record)
    change(changed)
    assert changed != record
    status, found = run(tmp_path, sealed_record(changed), "--trust", str(trust))
    assert status == 1
    assert failing(found) >= checks
    assert found["checks"]["intact"]


@pytest.mark.proves("R17")
def test_a_history_written_anew_still_has_to_agree_with_the_signatures(
    record: Data, trust: Path, tmp_path: Path
) -> None:
    """Whoever can rewrite the whole chain gets it past the chain, not past the signatures in it."""
    record["events"] = [one for one in record["events"] if "signature" not in one["facts"]]
    last = GENESIS
    for seq, one in enumerate(record["events"], 1):
        fact = {name: one[name] for name in ("at", "kind", "person", "address", "facts")}
        last = chain(
            last, canonical_json({**fact, "seq": seq, "stream": record["stream"], "record": record["record"]})
        )
        one["seq"], one["hash"] = seq, last
    status, found = run(tmp_path, sealed_record(record), "--trust", str(trust))
    assert (status, failing(found)) == (1, {"told"})


def test_the_record_is_written_in_one_way_only(record: Data, trust: Path, tmp_path: Path) -> None:
    plain = canonical_json(record)
    twice = plain[:-1] + b',"number":' + json.dumps(record["number"]).encode() + b"}"
    for data in (plain + b" ", twice):
        status, found = run(tmp_path, sealed_record(data), "--trust", str(trust))
        assert (status, failing(found)) == (1, {"canonical"})


# Files that mean harm


def blank() -> PdfWriter:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    return writer


def written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def holding(data: bytes, password: str = "") -> bytes:
    writer = blank()
    writer.add_attachment("record.json", data)
    if password:
        writer.encrypt(password)
    return written(writer)


def raw(*objects: str) -> bytes:
    """A PDF file by hand."""
    body, places = b"%PDF-1.7\n", []
    for at, one in enumerate(objects, 1):
        places.append(len(body))
        body += f"{at} 0 obj {one} endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer << /Root 1 0 R /Size {len(places) + 1} >>\n"
    return body + tail.encode() + f"startxref\n{len(body)}\n%%EOF\n".encode()


PAGES = "<< /Type /Pages /Kids [] /Count 0 >>"
BITES_ITSELF = raw(
    "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 3 0 R >> >>", PAGES, "<< /Kids [3 0 R 3 0 R] >>"
)
ROUND = raw("<< /Type /Catalog /Pages 2 0 R /Names 3 0 R >>", PAGES, "4 0 R", "3 0 R")


def bomb() -> bytes:
    """A record that unpacks to much more than may be."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _piece in range(200)) + packer.flush()
    head = "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(record.json) 3 0 R] >> >> >>"
    spec = "<< /Type /Filespec /F (record.json) /EF << /F 4 0 R >> >>"
    stream = f"<< /Type /EmbeddedFile /Filter /FlateDecode /Length {len(packed)} >> stream\n"
    made = raw(head, PAGES, spec, f"{stream}@@\nendstream")
    return made.replace(b"@@", packed)


@pytest.mark.parametrize(
    "pdf",
    [
        b"", b"no PDF", b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(range(256)) * 99, written(blank()), holding(b"{}"),
        holding(b"[]"), holding(b'{"format":"portal-record/3"}'), holding(b'{"format":"portal-record/1"}'),
        holding(b"[" * 200_000), holding(b"\xff\xfe"), holding(b"{}", "secret"), BITES_ITSELF, ROUND, bomb(),
        holding(b'{"format":"portal-record/1","number":' + b"9" * 20_000 + b"}"),
    ],
    ids=[
        "empty", "text", "only a head", "noise", "no record", "no format", "a list", "a later format", "nothing in it",
        "too deep", "no text", "encrypted", "bites itself", "round", "bomb", "a long number",
    ],
)  # fmt: skip
def test_what_cannot_be_read_ends_in_a_sentence(tmp_path: Path, pdf: bytes) -> None:
    status, found = run(tmp_path, pdf, "--extract", "out")
    assert (status, found["verdict"]) == (2, "unreadable")
    assert re.search(r"[\u4e00-\u9fff]", found["zh"])
    assert found["en"]
    assert not (tmp_path / "out").exists()


def test_no_file_or_no_certificate_is_a_sentence_too(record: Data, tmp_path: Path) -> None:
    told = call(tmp_path, "none.pdf")
    assert (told.returncode, told.stderr, len(told.stdout.splitlines())) == (2, "", 1)
    (tmp_path / "ca.pem").write_text("nothing")
    for trust in ("ca.pem", "none.pem"):
        assert run(tmp_path, by(SIGNER, printed(record)), "--trust", trust)[0] == 2
    assert call(tmp_path).returncode == 2


def test_words_of_the_file_cannot_speak_to_the_terminal(record: Data, tmp_path: Path) -> None:
    record["signatures"][0]["authority"]["name"] = "\x1b[2J\u202e王\r\n✓ forged"
    (tmp_path / "file.pdf").write_bytes(sealed_record(record))
    told = call(tmp_path, "file.pdf")
    assert told.returncode == 1
    assert not re.search(r"[\x1b\u202e\r]", told.stdout)
    assert not any(line.startswith("✓ forged") for line in told.stdout.splitlines())


def test_it_needs_nothing_of_the_portal() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(from|import) portal", text, re.M)
    alone = "import sys; sys.path.insert(0, sys.argv[1]); import verify_record; assert 'portal' not in sys.modules"
    command = [sys.executable, "-I", "-c", alone, str(SCRIPT.parent)]
    assert subprocess.run(command, cwd="/", env={}, check=False).returncode == 0
    missing = [sys.executable, "-I", "-S", str(SCRIPT), "file.pdf"]
    ran = subprocess.run(
        missing, cwd="/", env={"PYTHONIOENCODING": "utf-8"}, capture_output=True, check=False
    )
    assert ran.returncode == 2
    assert b"pyHanko" in ran.stdout


def test_it_says_meanings_as_the_portal_does() -> None:
    """The program stands alone, so the words are there once more."""
    english = Translations.load(str(ROOT / "portal" / "translations"), ["en"])
    text = SCRIPT.read_text(encoding="utf-8")
    for key, said in SAID.items():
        chinese = said._args[0] if hasattr(said, "_args") else str(said)
        assert f'"{key}": "{chinese} {english.gettext(chinese)}"' in text
    assert all(f'"{name}"' in text for name in COVERED)


# Keys of people


def signed_by_own(record: Data, place: int = 0, key: Any = None) -> Any:
    """Lets a signature be by a key of the signer's own, as the portal writes it, and the hashes after it fit."""
    key = key or own_keys.make()
    public, one = own_keys.public(key), record["signatures"][place]
    one["authority"]["own_key"] = own_keys.fingerprint(public)
    before, one["sha256"] = one["sha256"], ""
    covered = {name: one[name] for name in (*COVERED, "form_version", "signed_at")}
    one["sha256"] = sha256(canonical_json({**covered, "record": record["number"]}))
    made = own_keys.sign(key, one["sha256"])
    one["own_key"] = {"public_key": public, "sha256": own_keys.fingerprint(public), "signature": made}
    last = GENESIS
    for event in record["events"]:
        if event["facts"].get("signature") == before:
            event["facts"]["signature"] = one["sha256"]
        fact = {name: event[name] for name in ("seq", "at", "kind", "person", "address", "facts")}
        last = chain(last, canonical_json({**fact, "stream": record["stream"], "record": record["record"]}))
        event["hash"] = last
    return key


def test_it_names_what_was_signed_with_an_own_key(record: Data, trust: Path, tmp_path: Path) -> None:
    signed_by_own(record)
    status, found = run(tmp_path, sealed_record(record), "--trust", str(trust))
    assert (status, found["verdict"], found["checks"]["own keys"]) == (0, "genuine", True)
    fingerprint = record["signatures"][0]["own_key"]["sha256"]
    assert [one["own_key"] for one in found["signatures"]] == [
        fingerprint,
        *[""] * (len(record["signatures"]) - 1),
    ]
    told = call(tmp_path, "file.pdf", "--trust", str(trust)).stdout
    assert told.count("本人密钥 Own key, SHA-256: ") == 1
    assert fingerprint in told


def own_key_forged(record: Data) -> None:
    one, key = record["signatures"][0], own_keys.make()
    public = own_keys.public(key)
    made = own_keys.sign(key, one["sha256"])
    one["own_key"] = {"public_key": public, "sha256": own_keys.fingerprint(public), "signature": made}


def own_key_of_another_text(record: Data) -> None:
    key = signed_by_own(record)
    record["signatures"][0]["own_key"]["signature"] = own_keys.sign(key, "0" * 64)


def own_key_taken_away(record: Data) -> None:
    del record["signatures"][0]["own_key"]


def own_key_added(record: Data) -> None:
    """To a signature that was made without one."""
    record["signatures"][1]["own_key"] = record["signatures"][0]["own_key"]


def own_key_renamed(record: Data) -> None:
    record["signatures"][0]["own_key"]["sha256"] = "0" * 64


def own_key_of_another_kind(record: Data) -> None:
    record["signatures"][0]["own_key"]["public_key"] = "MCowBQYDK2VwAyEA" + "A" * 43 + "="


def own_key_garbled(record: Data) -> None:
    record["signatures"][0]["own_key"] = ["?"]


@pytest.mark.parametrize(
    "change",
    [
        own_key_forged,
        own_key_of_another_text,
        own_key_taken_away,
        own_key_added,
        own_key_renamed,
        own_key_of_another_kind,
        own_key_garbled,
    ],
)
def test_an_own_key_that_was_tampered_with(
    record: Data, trust: Path, tmp_path: Path, change: Callable[[Data], None]
) -> None:
    signed_by_own(record)
    change(record)
    status, found = run(tmp_path, sealed_record(record), "--trust", str(trust))
    assert (status, found["verdict"]) == (1, "not genuine")
    assert failing(found) == {"own keys"}


def test_two_people_do_not_share_a_key(record: Data, trust: Path, tmp_path: Path) -> None:
    first = record["signatures"][0]["person_id"]
    other = next(place for place, one in enumerate(record["signatures"]) if one["person_id"] != first)
    key = signed_by_own(record)
    signed_by_own(record, other, key)
    status, found = run(tmp_path, sealed_record(record), "--trust", str(trust))
    assert (status, failing(found)) == (1, {"own keys"})
