"""The verifier on packages: good, changed in every member, signed by others, hostile; alone and without a network."""

from __future__ import annotations

import argparse
import copy
import io
import json
import re
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from portal.config import ROOT
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.jobs import witnesses
from portal.lib import certificates, checkpoints, merkle
from portal.lib.certificates import Identity
from portal.lib.clock import now
from portal.lib.hashing import canonical_json, sha256
from portal.lib.signed_note import verifier
from portal.pdf.seal import sign_beside
from portal.services import sealing
from tests import verifier as taken_in
from tests.conftest import make_app
from tests.package_room import ask, download, furnish, work

SCRIPT = ROOT / "tools" / "verify_record.py"
Members = dict[str, bytes]
Found = dict[str, Any]
ALONE = """
import runpy, sys

def watch(event, given):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        raise OSError("there is no network")
    if event == "import" and given[0].split(".")[0] == "portal":
        raise ImportError("the portal is not here")

sys.addaudithook(watch)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@dataclass(frozen=True)
class Kept:
    """A genuine package, what it was signed by, and which of its records is which."""

    data: bytes
    members: Members
    by: Identity
    trust: Path
    printed: str
    commented: str

    def manifest(self) -> Found:
        """A copy of the manifest."""
        found: Found = json.loads(self.members["manifest.json"])
        return found


@pytest.fixture(scope="module")
def kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A package of all records of the small company."""
    folder = tmp_path_factory.mktemp("packed") / "data"
    shutil.copytree(sqlite_template, folder)
    app: Flask = make_app(folder)
    printed, commented = furnish(app)
    client = app.test_client()
    client.post("/sign-in", data={"login": "auditor", "password": DEMO_PASSWORD})
    id = ask(client)
    work(app)
    data = download(client, id)
    with zipfile.ZipFile(io.BytesIO(data)) as zip:
        members = {name: zip.read(name) for name in zip.namelist()}
    with app.app_context():
        by = sealing.identity(now())
        assert by is not None
        trust = sealing.folder() / "trust.pem"
        assert witnesses.keep_tree() >= 0
        db.session.remove()
        db.engine.dispose()
    return Kept(data, members, by, trust, printed, commented)


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The verifier as a module, for the many cases that need no process of their own."""
    found: ModuleType = taken_in.verifier
    return found


@pytest.fixture
def examined(program: ModuleType, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the verifier finds in the bytes of a package."""
    monkeypatch.setattr(program, "more_time", lambda: None)  # its alarm is the process's

    def look(data: bytes, trust: Path | None = kept.trust, extract: Path | None = None) -> Found:
        file = tmp_path / "package.zip"
        file.write_bytes(data)
        given = argparse.Namespace(
            trust_time=None, file=file, trust=[trust] if trust else None, extract=extract
        )
        found: Found = program.work(given)
        return found

    return look


def zipped(
    members: Members | list[tuple[str | zipfile.ZipInfo, bytes]], how: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A ZIP of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as zip:
        for name, data in members.items() if isinstance(members, dict) else members:
            zip.writestr(name, data)
    return out.getvalue()


def signed(kept: Kept, members: Members, manifest: Found, by: Identity | None = None) -> bytes:
    """The members under a manifest that fits them and is signed, as nobody but the organisation could."""
    by = by or kept.by
    held = {name: data for name, data in members.items() if not name.startswith("manifest.json")}
    manifest["members"] = [
        {"name": name, "size": len(data), "sha256": sha256(data)} for name, data in held.items()
    ]
    manifest["certificate"] = certificates.fingerprint(by.certificate)
    text = canonical_json(manifest)
    return zipped({**held, "manifest.json": text, "manifest.json.p7s": sign_beside(text, by, now=now())})


def failing(found: Found) -> set[str]:
    """The checks that do not hold, of the package and of any record."""
    parts = [found["checks"], *(one["checks"] for one in found["records"])]
    return {key for checks in parts for key, ok in checks.items() if ok is False}


def entry(manifest: Found, number: str) -> Found:
    """The line of a record in a manifest."""
    (found,) = [one for one in manifest["records"] if one["number"] == number]
    return found


# As it is


def alone(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own: an empty folder, no variables, no portal, no network."""
    command = [sys.executable, "-I", "-c", ALONE, str(SCRIPT), *args]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, encoding="utf-8", check=False)


def test_a_package_of_the_portal_is_genuine(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(kept.data)
    ran = alone(tmp_path, "package.zip", "--trust", str(kept.trust), "--json", "--extract", "out")
    assert ran.stderr == ""
    found = json.loads(ran.stdout)
    assert (ran.returncode, found["verdict"], found["odd"]) == (0, "genuine", [])
    assert set(found["checks"]) == {
        "signed", "trusted", "manifest", "complete", "tidy", "hashes", "checkpoint",
    }  # fmt: skip
    assert {ok for one in found["records"] for ok in one["checks"].values()} == {True}
    assert all("proven" in one["checks"] for one in found["records"])
    notes = {one["number"]: one["notes"] for one in found["records"]}
    assert notes[kept.printed] == ["print"]
    assert notes[kept.commented] == []
    unpacked = {
        str(one.relative_to(tmp_path / "out")) for one in (tmp_path / "out").rglob("*") if one.is_file()
    }
    assert unpacked == set(kept.members)
    told = alone(tmp_path, "package.zip", "--trust", str(kept.trust))
    assert told.returncode == 0
    for part in ("4 / 4 条记录成立", "真实，未改动", "Genuine and unchanged", "指纹 SHA-256", "不多不少"):
        assert part in told.stdout
    again = alone(tmp_path, "package.zip", "--extract", "out")
    assert (again.returncode, "不是空的" in again.stdout) == (2, True)


def test_the_program_in_the_package_verifies_it_too(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(kept.data)
    (tmp_path / "verify.py").write_bytes(kept.members["verify_record.py"])
    (tmp_path / "trust.pem").write_bytes(kept.members["trust.pem"])
    command = [sys.executable, "-I", "verify.py", "package.zip", "--trust", "trust.pem"]
    assert subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, check=False).returncode == 0


def test_without_trust_the_fingerprint_must_be_compared(kept: Kept, examined: Any) -> None:
    found = examined(kept.data, None)
    assert (found["verdict"], found["checks"]["trusted"]) == ("unchanged", None)
    assert found["seal"]["sha256"] == certificates.fingerprint(kept.by.certificate)


def test_openssl_agrees(kept: Kept, tmp_path: Path) -> None:
    for name in ("manifest.json", "manifest.json.p7s"):
        (tmp_path / name).write_bytes(kept.members[name])
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "manifest.json.p7s", "-content",
               "manifest.json", "-CAfile", str(kept.trust), "-purpose", "any", "-out", "/dev/null"]  # fmt: skip
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "manifest.json").write_bytes(kept.members["manifest.json"] + b" ")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


# What was done to the file, without the organisation's key


def kinds(kept: Kept) -> dict[str, str]:
    """A member of each kind."""
    return {
        "print": f"records/{kept.printed}.pdf",
        "data": f"records/{kept.commented}.json",
        "attachment": f"attachments/{kept.commented}/etc-passwd.txt",
        "proof": f"proofs/{kept.printed}.json",
        **{name: name for name in ("README.txt", "index.csv", "checkpoint.txt", "audit-key.pub")},
        **{name: name for name in ("trust.pem", "verify_record.py", "manifest.json", "manifest.json.p7s")},
    }


KINDS = (
    "print", "data", "attachment", "proof", "README.txt", "index.csv", "checkpoint.txt", "audit-key.pub", "trust.pem",
    "verify_record.py", "manifest.json", "manifest.json.p7s",
)  # fmt: skip


def outcome(program: ModuleType, look: Callable[[bytes], Found], data: bytes) -> tuple[str, set[str]]:
    """Verdict and failing checks; nothing but a sentence where it cannot be read."""
    try:
        found = look(data)
    except (program.Unreadable, ValueError, zipfile.BadZipFile, KeyError, TypeError):
        return "unreadable", set()
    return found["verdict"], failing(found)


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_that_was_changed(program: ModuleType, kept: Kept, examined: Any, kind: str) -> None:
    name = kinds(kept)[kind]
    data = kept.members[name]
    for at in (0, len(data) // 2, len(data) - 1):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        verdict, checks = outcome(program, examined, zipped({**kept.members, name: changed}))
        assert verdict in ("not genuine", "unreadable"), at
        if kind not in ("manifest.json", "manifest.json.p7s"):
            assert "hashes" in checks, at
        elif verdict == "not genuine":
            assert checks & {"signed", "trusted"}, at


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_that_is_gone(program: ModuleType, kept: Kept, examined: Any, kind: str) -> None:
    members = {name: data for name, data in kept.members.items() if name != kinds(kept)[kind]}
    verdict, checks = outcome(program, examined, zipped(members))
    if kind == "manifest.json":
        assert verdict == "unreadable"
        return
    assert verdict == "not genuine"
    assert "complete" in checks


@pytest.mark.parametrize(
    ("one", "other"),
    [("print", "data"), ("data", "proof"), ("proof", "attachment"), ("trust.pem", "audit-key.pub"),
     ("checkpoint.txt", "README.txt"), ("manifest.json", "manifest.json.p7s"), ("manifest.json", "data")],
)  # fmt: skip
def test_members_that_were_swapped(
    program: ModuleType, kept: Kept, examined: Any, one: str, other: str
) -> None:
    first, second = kinds(kept)[one], kinds(kept)[other]
    members = {**kept.members, first: kept.members[second], second: kept.members[first]}
    verdict, _checks = outcome(program, examined, zipped(members))
    assert verdict == ("unreadable" if "manifest.json" in (one, other) else "not genuine")


@pytest.mark.parametrize(
    "name", ["added.txt", "records/PU-03-2026-9999.json", "attachments/x/y.txt", "manifest.json.p7"]
)
def test_a_member_too_many(kept: Kept, examined: Any, name: str) -> None:
    found = examined(zipped({**kept.members, name: b"{}"}))
    assert (found["verdict"], failing(found), found["odd"]) == ("not genuine", {"complete"}, [name])


def change_manifest(kept: Kept, change: Callable[[Found], object]) -> bytes:
    """The manifest is another, and nobody has signed it anew."""
    manifest = kept.manifest()
    change(manifest)
    return zipped({**kept.members, "manifest.json": canonical_json(manifest)})


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(company="别的公司"),
        lambda one: one["asked_by"].update(name="别人"),
        lambda one: one["asked"].update(seed="1"),
        lambda one: one.update(made_at="2020-01-01T00:00:00+00:00"),
        lambda one: one["records"][0].update(state="voided"),
        lambda one: one["records"].pop(),
        lambda one: one["records"].reverse(),
        lambda one: one["members"].reverse(),
        lambda one: one.update(certificate=None),
        lambda one: one.update(added=1),
    ],
)
def test_a_manifest_that_was_changed(kept: Kept, examined: Any, change: Callable[[Found], object]) -> None:
    found = examined(change_manifest(kept, change))
    assert found["verdict"] == "not genuine"
    assert "signed" in failing(found)


def test_a_record_taken_out_with_all_that_names_it(kept: Kept, examined: Any) -> None:
    """Everything fits again, but for the signature."""
    manifest, gone = kept.manifest(), kept.commented
    manifest["records"] = [one for one in manifest["records"] if one["number"] != gone]
    manifest["members"] = [one for one in manifest["members"] if gone not in one["name"]]
    members = {name: data for name, data in kept.members.items() if gone not in name}
    found = examined(zipped({**members, "manifest.json": canonical_json(manifest)}))
    assert (found["verdict"], failing(found)) == ("not genuine", {"signed", "trusted"})


def test_signed_by_somebody_else_of_the_same_name(kept: Kept, examined: Any) -> None:
    authority = certificates.make_authority("华衡制造建设集团", now=now())
    stranger = certificates.make_signer("华衡制造建设集团", authority, now=now())
    forged = signed(kept, kept.members, kept.manifest(), by=stranger)
    found = examined(forged)
    assert (found["verdict"], found["checks"]["trusted"], found["checks"]["signed"]) == (
        "not genuine", False, True,
    )  # fmt: skip
    text = kept.members["manifest.json"]
    beside = {**kept.members, "manifest.json.p7s": sign_beside(text, stranger, now=now())}
    assert failing(examined(zipped(beside))) == {"signed", "trusted"}
    assert failing(examined(zipped(beside), None)) == {"signed"}, "it is not the certificate that is named"
    for other in (b"", b"nothing", sign_beside(b"another text", kept.by, now=now())):
        assert "signed" in failing(examined(zipped({**kept.members, "manifest.json.p7s": other})))


def test_without_any_signature_it_is_not_genuine(kept: Kept, examined: Any) -> None:
    manifest = {**kept.manifest(), "certificate": None}
    members = {name: data for name, data in kept.members.items() if name != "manifest.json.p7s"}
    found = examined(zipped({**members, "manifest.json": canonical_json(manifest)}))
    assert (found["verdict"], failing(found)) == ("not genuine", {"signed"})


# What the organisation itself would have signed, and never does


def another_number(kept: Kept) -> str:
    return next(
        one["number"]
        for one in kept.manifest()["records"]
        if one["number"] not in (kept.printed, kept.commented)
    )


def swap_records(kept: Kept, members: Members, manifest: Found) -> None:
    one, other = (f"records/{number}.json" for number in (kept.commented, another_number(kept)))
    members[one], members[other] = members[other], members[one]


def swap_proofs(kept: Kept, members: Members, manifest: Found) -> None:
    one, other = (f"proofs/{number}.json" for number in (kept.commented, kept.printed))
    members[one], members[other] = members[other], members[one]


def other_answers(kept: Kept, members: Members, manifest: Found) -> None:
    name = f"records/{kept.commented}.json"
    record = json.loads(members[name])
    record["answers"] = {**record["answers"], "added": "一"}
    members[name] = canonical_json(record)


def no_last_event(kept: Kept, members: Members, manifest: Found) -> None:
    """The proof knows of an event that the data does not."""
    name = f"records/{kept.commented}.json"
    record = json.loads(members[name])
    record["events"].pop()
    members[name] = canonical_json(record)


def no_attachment(kept: Kept, members: Members, manifest: Found) -> None:
    one = entry(manifest, kept.commented)["attachments"].pop()
    del members[one["member"]]


def other_attachment(kept: Kept, members: Members, manifest: Found) -> None:
    one = entry(manifest, kept.commented)["attachments"][0]
    members[one["member"]] = b"another"
    one["sha256"] = sha256(b"another")


def other_state(kept: Kept, members: Members, manifest: Found) -> None:
    entry(manifest, kept.commented)["state"] = "voided"


def other_seal(kept: Kept, members: Members, manifest: Found) -> None:
    entry(manifest, kept.printed)["seal"] = "0" * 64


def other_print(kept: Kept, members: Members, manifest: Found) -> None:
    members[f"records/{kept.printed}.pdf"] += b"\n% added"


def no_print(kept: Kept, members: Members, manifest: Found) -> None:
    members[f"records/{kept.printed}.pdf"] = b"no PDF"


def other_key(kept: Kept, members: Members, manifest: Found) -> None:
    key = Ed25519PrivateKey.generate().public_key()
    members["audit-key.pub"] = verifier("华衡制造建设集团", key).encode()


def other_checkpoint(kept: Kept, members: Members, manifest: Found) -> None:
    """The last event stands under a checkpoint that somebody else has signed, over a tree of one leaf."""
    name = f"proofs/{kept.commented}.json"
    proof = json.loads(members[name])
    leaf = merkle.leaf_hash(proof["hash"].encode())
    note = checkpoints.Checkpoint("华衡制造建设集团", 1, 1, leaf, now()).signed(Ed25519PrivateKey.generate())
    members[name] = json.dumps({**proof, "position": 0, "path": [], "checkpoint": note}).encode()


def other_place(kept: Kept, members: Members, manifest: Found) -> None:
    name = f"proofs/{kept.commented}.json"
    proof = json.loads(members[name])
    members[name] = json.dumps({**proof, "position": proof["position"] ^ 1}).encode()


def other_event(kept: Kept, members: Members, manifest: Found) -> None:
    name = f"proofs/{kept.commented}.json"
    proof = json.loads(members[name])
    proof["event"]["facts"] = {"added": 1}
    members[name] = json.dumps(proof).encode()


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (swap_records, {"same", "attached", "proven"}),
        (swap_proofs, {"proven"}),
        (other_answers, {"content"}),
        (no_last_event, {"proven"}),
        (no_attachment, {"attached"}),
        (other_attachment, {"attached"}),
        (other_state, {"same"}),
        (other_seal, {"same"}),
        (other_print, {"whole"}),
        (no_print, {"readable"}),
        (other_key, {"checkpoint", "proven"}),
        (other_checkpoint, {"readable"}),
        (other_place, {"proven"}),
        (other_event, {"proven"}),
    ],
)
def test_records_prove_themselves_under_a_good_signature_too(
    kept: Kept, examined: Any, change: Callable[[Kept, Members, Found], None], checks: set[str]
) -> None:
    members, manifest = dict(kept.members), copy.deepcopy(kept.manifest())
    change(kept, members, manifest)
    found = examined(signed(kept, members, manifest))
    assert found["checks"]["signed"]
    assert found["verdict"] == "not genuine"
    assert failing(found) >= checks
    whole = {one["number"] for one in found["records"] if False not in one["checks"].values()}
    assert len(whole) >= (0 if change is other_key else 2), "the other records still hold"


def test_why_the_proven_event_is_not_the_last(kept: Kept, examined: Any) -> None:
    members, manifest = dict(kept.members), kept.manifest()
    entry(manifest, kept.commented)["proof"] = None
    del members[f"proofs/{kept.commented}.json"]
    found = examined(signed(kept, members, manifest))
    assert found["verdict"] == "genuine"
    assert {one["number"]: one["notes"] for one in found["records"]}[kept.commented] == ["no proof"]


# The file as a file


def test_a_file_that_was_cut(program: ModuleType, kept: Kept, examined: Any) -> None:
    for length in (2, 4, 30, 1000, len(kept.data) // 2, len(kept.data) - 22, len(kept.data) - 1):
        assert outcome(program, examined, kept.data[:length])[0] == "unreadable", length


@pytest.mark.parametrize("where", ["behind", "comment", "between", "before the list"])
def test_nothing_can_be_hidden_in_it(program: ModuleType, kept: Kept, examined: Any, where: str) -> None:
    data = kept.data
    start = struct.unpack("<I", data[-6:-2])[0]
    out = {
        "behind": data + b"hidden",
        "comment": data[:-2] + struct.pack("<H", 6) + b"hidden",
        "between": hidden_between(kept.members),
        "before the list": data[:start]
        + b"hidden"
        + data[start:-6]
        + struct.pack("<I", start + 6)
        + data[-2:],
    }[where]
    verdict, checks = outcome(program, examined, out)
    assert verdict == "unreadable" or checks == {"tidy"}
    assert where not in ("comment", "between", "before the list") or checks == {"tidy"}


def hidden_between(members: Members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zip:
        for name, data in members.items():
            zip.writestr(name, data)
            if name == "README.txt":
                zip.writestr("hidden", b"hidden")
        zip.filelist = [one for one in zip.filelist if one.filename != "hidden"]
        del zip.NameToInfo["hidden"]
    return out.getvalue()


def member(name: str, **values: Any) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename = name
    for key, value in values.items():
        setattr(info, key, value)
    return info


@pytest.mark.parametrize(
    "info",
    [
        *map(
            member,
            ("../x", "a/../x", "/etc/x", "C:/x", "C:x", "a\\x", "..", ".", "a//x", "a/", "a/./x", "x.", "x "),
        ),
        *map(
            member,
            ("a\x00b", "a\nb", "\u202etxt.x", "a/b/c/d/e", "x" * 300, "README.TXT", "ＲＥＡＤＭＥ.txt"),
        ),
        member("link", external_attr=(stat.S_IFLNK | 0o777) << 16),
        member("pipe", external_attr=(stat.S_IFIFO | 0o600) << 16),
    ],
    ids=lambda one: ascii(one.filename)[:30],
)
def test_hostile_names_are_refused(
    program: ModuleType, kept: Kept, examined: Any, tmp_path: Path, info: zipfile.ZipInfo
) -> None:
    data = zipped([*kept.members.items(), (info, b"harm")])
    with pytest.raises(program.Unreadable) as told:
        examined(data, extract=tmp_path / "out")
    assert re.search(r"[\u4e00-\u9fff]", told.value.args[0])
    assert not (tmp_path / "out").exists()


def test_two_members_of_one_name_are_refused(program: ModuleType, kept: Kept, examined: Any) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped([*kept.members.items(), ("README.txt", kept.members["README.txt"])])
    with pytest.raises(program.Unreadable, match="重名"):
        examined(data)


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(program: ModuleType, kept: Kept, examined: Any, how: int) -> None:
    with pytest.raises(program.Unreadable):
        examined(zipped(kept.members, how))


def patched(data: bytes, name: str, at: int, value: bytes) -> bytes:
    """The ZIP with other bytes in a member's line of the list, counted from the line's beginning."""
    line = data.rindex(name.encode()) - 46
    assert data[line : line + 4] == b"PK\1\2"
    return data[: line + at] + value + data[line + at + len(value) :]


def test_bombs_are_refused_unopened(
    program: ModuleType, kept: Kept, examined: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "LARGEST_MEMBER", 2 << 20)
    bomb = zipped({**kept.members, "bomb.txt": bytes(3 << 20)})
    with pytest.raises(program.Unreadable, match="过大"):
        examined(bomb)
    small = patched(bomb, "bomb.txt", 24, struct.pack("<I", 1 << 20))  # it says that it is less
    found = examined(small)
    assert failing(found) >= {"complete"}
    monkeypatch.setattr(program, "LARGEST_PACKAGE", 5 << 20)
    with pytest.raises(program.Unreadable, match="过大"):
        examined(zipped({**kept.members, **{f"b{place}.txt": bytes(1 << 20) for place in range(6)}}))
    monkeypatch.setattr(program, "MOST_MEMBERS", 5)
    with pytest.raises(program.Unreadable, match="过大"):
        examined(kept.data)


def test_a_member_that_says_a_wrong_size(kept: Kept, examined: Any) -> None:
    size = len(kept.members["index.csv"])
    for told in (size - 1, size + 1):
        found = examined(patched(zipped(kept.members), "index.csv", 24, struct.pack("<I", told)))
        assert "hashes" in failing(found)


def test_encrypted_members_are_refused(program: ModuleType, kept: Kept, examined: Any) -> None:
    with pytest.raises(program.Unreadable):
        examined(patched(zipped(kept.members), "index.csv", 8, struct.pack("<H", 1)))


@pytest.mark.parametrize(
    "data",
    [
        b"PK", b"PK\3\4" + bytes(100), b"PK\5\6" + bytes(18), zipped({"a.txt": b"x"}), zipped({"manifest.json": b"["}),
        zipped({"manifest.json": b"{}"}), zipped({"manifest.json": b"[" * 100_000}), zipped({"manifest.json": b"\xff"}),
        zipped({"manifest.json": b'{"format":"portal-package/1"}'}), zipped({"manifest.json": b'{"format":"portal-package/2"}'}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_ends_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "package.zip").write_bytes(data)
    ran = alone(tmp_path, "package.zip", "--json", "--extract", "out")
    found = json.loads(ran.stdout)
    assert (ran.returncode, found["verdict"], ran.stderr) == (2, "unreadable", "")
    assert re.search(r"[\u4e00-\u9fff]", found["zh"])
    assert not (tmp_path / "out").exists()


def test_a_forged_package_tells_which_record_is_wrong(kept: Kept, tmp_path: Path) -> None:
    name = f"records/{kept.commented}.json"
    members = {**kept.members, name: kept.members[name].replace(b"finished", b"voided__", 1)}
    (tmp_path / "package.zip").write_bytes(zipped(members))
    told = alone(tmp_path, "package.zip", "--trust", str(kept.trust))
    assert told.returncode == 1
    for part in (
        f"✗ {kept.commented}",
        f"✗ {name}",
        "文件与清单不一致",
        "不真实",
        "NOT GENUINE",
    ):
        assert part in told.stdout


def test_it_reads_notes_and_trees_as_the_portal_does(kept: Kept, program: ModuleType) -> None:
    """The program stands alone, so the rules of notes and trees are there once more."""
    key = program.read_key(kept.members["audit-key.pub"].decode())
    size, root = program.read_checkpoint(kept.members["checkpoint.txt"].decode(), key)
    own = checkpoints.read(kept.members["checkpoint.txt"].decode(), [key[1]])
    assert (size, root) == (own.size, own.root)
    leaves = [merkle.leaf_hash(str(place).encode()) for place in range(70)]
    for count in range(1, 70):
        tree = merkle.Peaks()
        nodes = {(0, at): leaf for at, leaf in enumerate(leaves)}
        for leaf in leaves[:count]:
            for level, hash in tree.add(leaf):
                nodes[level, (tree.size >> level) - 1] = hash
        for at in range(count):
            path = merkle.inclusion(lambda level, index, held=nodes: held[level, index], at, count)
            assert program.stands(tree.root(), count, at, leaves[at], path)
            assert not program.stands(tree.root(), count, (at + 1) % count, leaves[at], path) or count == 1
            assert not program.stands(tree.root(), count, at, leaves[at], [*path, leaves[0]])
