#!/usr/bin/env python3
"""Verify the sealed PDF of a record without the portal: needs this file, Python 3.11 or newer, and pyHanko.

    python verify_record.py FILE.pdf [--trust CA.pem] [--trust-time TSA.pem] [--extract DIR] [--json]

Says who signed what, when and with which meaning; whether a byte has changed since the organisation sealed the file;
whose certificate sealed it; whether the record's own hashes and the chain of its history come out again.

Exit status: 0 all holds, 1 it is not genuine, 2 it cannot be read. Nothing in the file is run or believed. Without
--trust, 0 says only that nothing has changed since a certificate with the fingerprint shown sealed it: whoever can
write files can make certificates, so compare it with the one that the organisation gives out.

What --trust names counts for seals and for time stamps, what --trust-time names for time stamps alone. After the seal
nothing may stand in the file but time stamps of the whole file and the certificates that they need. The time of the
seal is the one that a trusted time stamp proves; without one it is the seal's own word.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import logging
import re
import signal
import sys
import unicodedata
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.misc import PdfReadError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import (
        CatalogModificationRule,
        DSSCompareRule,
        FormUpdatingRule,
        ModificationLevel,
        ObjectStreamRule,
        SigFieldCreationRule,
        SigFieldModificationRule,
        StandardDiffPolicy,
        XrefStreamRule,
    )
    from pyhanko.sign.validation import (
        DocumentSecurityStore,
        KeyUsageConstraints,
        validate_pdf_signature,
        validate_pdf_timestamp,
    )
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext
except ImportError:
    print("请先安装 pyHanko：pip install pyhanko  /  Install pyHanko first: pip install pyhanko")
    sys.exit(2)

FORMAT, NAME, GENESIS = "portal-record/1", "record.json", "0" * 64
LARGEST, LARGEST_RECORD, LARGEST_PEM, MEMORY, SECONDS = 256 << 20, 64 << 20, 1 << 20, 3 << 30, 120
UNREADABLE = "unreadable"
VERDICTS = {
    "genuine": (0, "结论：真实，未改动", "Genuine and unchanged"),
    "unchanged": (
        0,
        "结论：签章后未改动；是谁签章请核对指纹",
        "Unchanged since it was sealed; compare the fingerprint to know by whom",
    ),
    "not genuine": (1, "结论：不真实", "NOT GENUINE"),
    UNREADABLE: (2, "无法读取", "It cannot be read"),
}
USES = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
# What may follow a seal: time stamps of the whole file with certificates. Not even the description may change.
_STAMPS_ONLY = [
    rule().as_qualified(ModificationLevel.LTA_UPDATES)
    for rule in (XrefStreamRule, ObjectStreamRule, DSSCompareRule)
]
STAMPS_ONLY = StandardDiffPolicy(
    [CatalogModificationRule({"/AcroForm", "/DSS", "/Extensions"}), *_STAMPS_ONLY],
    FormUpdatingRule([SigFieldCreationRule(), SigFieldModificationRule()]),
    ignore_orphaned_objects=False,
)
COMPANY_TIME = timezone(timedelta(hours=8))
COVERED = (
    "version", "round", "step", "act", "meaning", "person_id", "on_behalf_of_id", "authority", "outside_role",
    "outside_name", "outside_way", "answers", "opinion", "files", "drawn_id", "content_sha256", "form_version",
    "signed_at",
)  # fmt: skip
MEANINGS = {
    "approved": "已批准 Approved", "checked": "已审核 Reviewed", "verified": "已验证 Verified",
    "accepted": "已验收 Accepted", "filled": "已填报 Filled in", "inspected": "已检验 Inspected",
    "posted": "已登帐 Posted", "received": "已接收 Received", "confirmed": "已确认 Confirmed",
    "acknowledged": "已知悉 Acknowledged", "sealed": "已用印 Sealed", "delivered": "已送交 Delivered",
    "done": "已办理 Done", "called": "已回访 Called back", "advised": "已答复意见 Gave advice",
    "returned": "已退回 Returned", "refused": "已拒绝 Refused", "entered": "已补充登记 Added an entry",
}  # fmt: skip
# What each check says when it holds, and when it does not.
SAYS = {
    "sealed": ("文件带有一个电子签章", "the file carries one seal", "文件没有电子签章，或不止一个", "the file carries no seal, or several"),
    "intact": ("签章后内容没有改动", "nothing under the seal has changed", "签章覆盖的内容被改动，或签章本身无效", "what is under the seal was changed, or the seal is void"),
    "whole": ("签章覆盖整个文件", "the seal covers the whole file", "签章没有覆盖整个文件：后面添加了内容", "the seal does not cover the whole file: something was added"),
    "unaltered": ("签章后除时间戳外没有增补", "nothing was added but time stamps", "签章后文件被增补修改", "the file was altered by an addition after the seal"),
    "stamped": ("时间戳有效，出自可信的时间戳机构", "the time stamps are good and by a trusted authority", "时间戳无效或不可信", "a time stamp is void or not to be trusted"),
    "trusted": ("签章证书可信", "the certificate is the trusted one", "签章证书不是所信任的证书", "the certificate is not the trusted one"),
    "canonical": ("记录数据书写规范", "the record is written in its one form", "记录数据不是门户所写的形式", "the record is not written as the portal writes it"),
    "form": ("表单版本与哈希一致", "the form fits its hash", "表单版本与哈希不一致", "the form does not fit its hash"),
    "content": ("各版填写内容与哈希一致", "every version of the answers fits its hash", "填写内容与哈希不一致", "the answers do not fit their hash"),
    "signatures": ("各签署与哈希一致", "every signature fits its hash", "签署与哈希不一致", "a signature does not fit its hash"),
    "shown": ("各签署对应当时所见内容", "every signature is of what was then shown", "签署与当时所见内容不符", "a signature is not of what was then shown"),
    "chain": ("历史链条完整", "the chain of the history is whole", "历史链条断裂", "the chain of the history is broken"),
    "own keys": ("本人密钥的签名均有效", "every signature by a person's own key holds", "本人密钥的签名无效、缺失或被替换", "a signature by a person's own key is void, missing or replaced"),
    "told": ("签署与历史相符", "signatures and history agree", "签署与历史不符", "signatures and history disagree"),
}  # fmt: skip
SIGNS = {True: "✓", False: "✗", None: "？"}

UNSURE = {
    "trusted": ("没有给出所信任的证书，请核对指纹", "no trusted certificate was given: compare the fingerprint"),
    "stamped": ("时间戳完好，但没有给出其机构的证书，时间未得到证明", "the time stamps are whole, but no certificate of their authority was given: the time is not proven"),
}  # fmt: skip


class Unreadable(Exception):
    """The file cannot be read as a record: a sentence in Chinese and in English."""


def canonical(value: object) -> bytes:
    """The one JSON text of a value."""
    if any(isinstance(one, float) for one in flat(value)):
        raise TypeError("a float has no one spelling")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def flat(value: Any) -> Iterator[Any]:
    """A value with all that is in it."""
    yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from flat(one)


def digest(*parts: bytes) -> str:
    """SHA-256 of the parts, one after the other."""
    return hashlib.sha256(b"".join(parts)).hexdigest()


def carried(reader: PdfFileReader) -> bytes:
    """The record within the file."""
    found, waiting = [], [reader.root["/Names"]["/EmbeddedFiles"]] if "/Names" in reader.root else []
    for _turn in range(1000):  # a tree may bite its own tail
        if not waiting:
            break
        node = waiting.pop()
        if "/Kids" in node:
            waiting += [node["/Kids"][at] for at in range(len(node["/Kids"]))]
        names = node["/Names"] if "/Names" in node else []  # noqa: SIM401 -- `get` would not follow a reference
        found += [names[at + 1] for at in range(0, len(names) - 1, 2) if names[at] == NAME]
    if len(found) != 1:
        raise Unreadable("文件里没有记录数据 record.json", "there is no record.json in the file")
    stream = found[0]["/EF"]["/F"]
    packed, filters = stream.encoded_data, stream["/Filter"] if "/Filter" in stream else None  # noqa: SIM401
    if filters is None:
        data = packed
    elif filters in ("/FlateDecode", ["/FlateDecode"]) and "/DecodeParms" not in stream:
        data = zlib.decompressobj().decompress(packed, LARGEST_RECORD + 1)
    else:
        raise Unreadable("record.json 的压缩方式未知", "record.json is packed in an unknown way")
    if len(data) > LARGEST_RECORD:
        raise Unreadable("record.json 过大", "record.json is too large")
    return data


def check_seal(
    reader: PdfFileReader, roots: list[Any] | None, clocks: list[Any] | None = None
) -> tuple[dict[str, bool | None], dict[str, str]]:
    """What holds of the seal, and whose it is; `clocks` are trusted for time stamps alone."""
    try:
        seals = reader.embedded_signatures
        if not seals or reader.embedded_regular_signatures != seals[:1]:
            return {"sealed": False}, {}
        one, *later = seals
        stamps = check_stamps(one, later, roots, clocks)
        when = one.self_reported_timestamp
        moment = stamps["proven"] or when or datetime.now(UTC)
        status = validate_pdf_signature(
            one, context(reader, roots or [], moment), diff_policy=STAMPS_ONLY, key_usage_settings=USES
        )
    except Unreadable:
        raise
    except Exception:  # a seal that makes no sense is void
        return {"sealed": True, "intact": False}, {}
    held = status.signing_cert
    unaltered = status.modification_level in stamps["allowed"] and bool(status.docmdp_ok)
    told = {
        "certificate": clean(held.subject.human_friendly),
        "issuer": clean(held.issuer.human_friendly),
        "serial": f"{held.serial_number:x}",
        "sha256": held.sha256.hex(),
        "valid_until": held.not_valid_after.astimezone(UTC).isoformat(),
        "claimed_time": when.astimezone(UTC).isoformat() if when else "",
        **stamps["told"],
    }
    trusted = None if roots is None else bool(status.trusted)
    intact = bool(status.intact and status.valid)
    return {
        "sealed": True,
        "intact": intact,
        "whole": whole(status.coverage, stamps["covered"]),
        "unaltered": unaltered,
        **stamps["checks"],
        "trusted": trusted,
    }, told


def whole(seal: SignatureCoverageLevel, stamps: list[SignatureCoverageLevel]) -> bool:
    """Whether the last of them is around the whole file, and each before it around all there was then."""
    *before, last = (seal, *stamps)
    return last == SignatureCoverageLevel.ENTIRE_FILE and all(
        one >= SignatureCoverageLevel.ENTIRE_REVISION for one in before
    )


def context(reader: PdfFileReader, roots: list[Any], moment: datetime) -> ValidationContext:
    """What certificates are judged by: as of a moment, by the lists that the file itself brings, and none fetched."""
    how = {"trust_roots": roots, "allow_fetching": False, "moment": moment}
    if "/DSS" in reader.root:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(how)
    return ValidationContext(**how)


def stamped_at(signed: Any) -> datetime:
    """The moment that a time stamp says."""
    return signed["encap_content_info"]["content"].parsed["gen_time"].native


def check_stamps(
    seal: Any, later: list[Any], roots: list[Any] | None, clocks: list[Any] | None
) -> dict[str, Any]:
    """What the time stamps of the seal and of the whole file are worth, each judged as of its own moment."""
    known = [*(roots or []), *(clocks or [])]
    inner = list(extract_tst_data_iter(seal.signer_info, signed=False))
    found = []
    for signed in inner[:1]:
        judge = context(seal.reader, known, stamped_at(signed))
        status = validate_pdf_signature(
            seal, context(seal.reader, [], stamped_at(signed)), judge, skip_diff=True, key_usage_settings=USES
        )
        found.append(status.timestamp_validity)
    for one in later:  # what was added around it is looked at together with the seal
        judge = context(seal.reader, known, stamped_at(one.signed_data))
        found.append(validate_pdf_timestamp(one, judge, skip_diff=True))
    good = len(inner) < 2 and all(one.intact and one.valid for one in found)
    proving = [one for one in found if good and one.trusted]
    trusted = len(proving) == len(found)
    sure = True if good and trusted else False if not good or clocks is not None else None
    proven = min((one.timestamp for one in proving), default=None)
    told = {}
    if found:
        told = {
            "proven_time": proven.astimezone(UTC).isoformat() if proven else "",
            "stamped_time": found[0].timestamp.astimezone(UTC).isoformat(),
            "stamped_by": clean(found[0].signing_cert.subject.human_friendly),
            "stamped_sha256": found[0].signing_cert.sha256.hex(),
            "archived_times": [one.timestamp.astimezone(UTC).isoformat() for one in found[len(inner) :]],
        }
    return {
        "checks": {"stamped": sure} if found else {},
        "told": told,
        "proven": proven,
        "covered": [one.coverage for one in found[len(inner) :]],
        "allowed": (ModificationLevel.LTA_UPDATES, ModificationLevel.NONE)
        if later
        else (ModificationLevel.NONE,),
    }


def check_record(record: dict[str, Any], data: bytes) -> dict[str, bool]:
    """Which of the record's own proofs come out again."""
    number, signed, versions = record["number"], record["signatures"], record["versions"]
    previous, links = GENESIS, []
    for at, event in enumerate(record["events"], 1):
        fact = {name: event[name] for name in ("seq", "at", "kind", "person", "address", "facts")}
        link = canonical({**fact, "stream": record["stream"], "record": record["record"]})
        previous = digest(previous.encode(), b"\n", link)
        links.append(event["seq"] == at and event["hash"] == previous)
    contents = {one["version"]: one["sha256"] for one in versions}
    last = versions[-1]
    shown, stages = [], []
    for one in signed:
        shown.append(one["content_sha256"] == digest(canonical([contents.get(one["version"]), stages])))
        if one["answers"] or one["files"]:
            stages = [*stages, [one["step"], one["answers"], one["files"]]]
    told = [event["facts"]["signature"] for event in record["events"] if "signature" in event["facts"]]
    return {
        "canonical": canonical(record) == data,
        "form": digest(canonical(record["form"])) == record["form_version"] == last["form_version"],
        "content": [one["version"] for one in versions] == list(range(1, record["version"] + 1))
        and (last["answers"], last["sha256"]) == (record["answers"], record["content_sha256"])
        and all(
            one["sha256"] == digest(canonical([number, one["version"], one["form_version"], one["answers"]]))
            for one in versions
        ),
        "signatures": all(
            one["sha256"] == digest(canonical({**{name: one[name] for name in COVERED}, "record": number}))
            for one in signed
        ),
        "shown": all(shown),
        "chain": bool(links) and all(links) and record["stream"] == f"record:{record['record']}",
        "told": told == [one["sha256"] for one in signed],
        "own keys": own_keys_hold(signed),
    }


def own_keys_hold(signed: list[dict[str, Any]]) -> bool:
    """Whether each signature that names an own key was made with it, no other carries one, and no two people share one.

    The name stands in what the signature's own hash covers, so that a key can neither be taken away nor exchanged.
    """
    owners: dict[str, Any] = {}
    for one in signed:
        named = one["authority"].get("own_key", "")
        if named != own_key(one) or bool(named) != ("own_key" in one):
            return False
        if named and owners.setdefault(named, one["person_id"]) != one["person_id"]:
            return False
    return True


def own_key(one: dict[str, Any]) -> str:
    """The fingerprint of the key by which a signature's own hash was signed; nothing if it was not."""
    try:
        held = one["own_key"]
        packed = base64.b64decode(held["public_key"], validate=True)
        public = serialization.load_der_public_key(packed)
        if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
            return ""
        made = base64.b64decode(held["signature"], validate=True)
        public.verify(made, one["sha256"].encode("ascii"), ec.ECDSA(hashes.SHA256()))
    except (KeyError, TypeError, ValueError, InvalidSignature, UnsupportedAlgorithm):
        return ""
    return held["sha256"] if held["sha256"] == digest(packed) else ""


def clean(value: object, longest: int = 200) -> str:
    """A text of the file, fit for a terminal: without control characters and not too long."""
    text = "".join(one for one in str(value)[: 4 * longest] if unicodedata.category(one)[0] != "C")
    return text[:longest]


def signers(record: dict[str, Any]) -> list[dict[str, str]]:
    """Who signed what, when and with which meaning."""
    titles = {one["key"]: one["title"] for one in (*record["form"]["steps"], *record["form"]["entries"])}
    found = []
    for one in record["signatures"]:
        title, who = titles.get(one["step"], {}), one["authority"]
        when = datetime.fromisoformat(one["signed_at"]).astimezone(COMPANY_TIME)
        found.append(
            {
                "who": clean(f"{who['name']} {who['number']} {who['department']}"),
                "on_behalf_of": clean(who["on_behalf_of"]),
                "outside": clean(one["outside_name"]),
                "own_key": own_key(one),
                "step": clean(f"{title.get('zh', one['step'])} {title.get('en', '')}"),
                "meaning": clean(MEANINGS.get(one["meaning"], one["meaning"])),
                "when": when.strftime("%Y-%m-%d %H:%M:%S +08:00"),
                "opinion": clean(one["opinion"]),
            }
        )
    return found


def examine(
    data: bytes, roots: list[Any] | None, clocks: list[Any] | None = None
) -> tuple[dict[str, Any], bytes]:
    """Everything about the file, and the record within it."""
    if b"%PDF-" not in data[:1024]:
        raise Unreadable("这不是 PDF 文件", "this is no PDF file")
    try:
        reader = PdfFileReader(BytesIO(data))
    except PdfReadError:
        found = re.findall(rb"/ByteRange\s*\[\s*\d+\s+\d+\s+(\d+)\s+(\d+)", data)
        if found and all(sum(map(int, one)) != len(data) for one in found):  # cut off, or added to
            return {"checks": {"sealed": True, "whole": False}}, b""
        raise
    if reader.encrypted:
        raise Unreadable("文件已加密", "the file is encrypted")
    packed = carried(reader)
    record = json.loads(packed)
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise Unreadable("记录数据的格式未知", "the record is of an unknown format")
    checks, seal = check_seal(reader, roots, clocks)
    made = {
        "number": clean(record["number"]),
        "title": {key: clean(one) for key, one in record["form"]["title"].items()},
    }
    checks |= check_record(record, packed)
    return {"checks": checks, "seal": seal, "record": made, "signatures": signers(record)}, packed


def sentences(checks: dict[str, bool | None]) -> list[dict[str, Any]]:
    """What each check says, in Chinese and English."""
    return [
        {"check": key, "holds": ok, **dict(zip(("zh", "en"), UNSURE[key] if ok is None else SAYS[key][0 if ok else 2 :], strict=False))}
        for key, ok in checks.items()
    ]  # fmt: skip


def read(path: Path, largest: int) -> bytes:
    """A file that is not too large; `-` is what comes in."""
    with sys.stdin.buffer if str(path) == "-" else path.open("rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise Unreadable("文件过大", "the file is too large")
    return data


def bound() -> None:
    """Keeps hostile files from taking the machine: so much memory, so much time. Not possible everywhere."""

    def stop(*_given: object) -> None:
        raise Unreadable("读取时间过长", "reading it takes too long")

    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, SECONDS, 1)  # again, where the first was swallowed
    except (ImportError, AttributeError, ValueError, OSError):
        pass


def say(found: dict[str, Any]) -> None:
    """The result for people."""
    record, seal = found.get("record"), found.get("seal")
    if record:
        print(f"{record['number']}  {'  '.join(record['title'].values())}")
    for one in found.get("signatures", ()):
        behalf = f"（代 on behalf of {one['on_behalf_of']}）" if one["on_behalf_of"] else ""
        outside = f"（外部签字人 outside signer {one['outside']}）" if one["outside"] else ""
        said = f"{one['meaning']}  ·  {one['step']}  {one['opinion']}".rstrip()
        print(f"  {one['when']}  {one['who']}{behalf}{outside}  {said}")
        if one["own_key"]:
            print(f"    本人密钥 Own key, SHA-256: {one['own_key']}")
    for one in found.get("said", ()):
        print(f"{SIGNS[one['holds']]} {one['zh']}  /  {one['en']}")
    if seal:
        print(f"签章人 Sealed by: {seal['certificate']}\n签发人 Issued by: {seal['issuer']}")
        print(f"序列号 Serial: {seal['serial']}\n指纹 SHA-256: {seal['sha256']}")
        print(f"签章自称的时间 Time that the seal claims: {seal['claimed_time'] or '—'}")
        say_stamps(seal)
    _status, zh, en = VERDICTS[found["verdict"]]
    print(f"{found.get('zh', zh)}  /  {found.get('en', en)}")


def say_stamps(seal: dict[str, Any]) -> None:
    """The time stamps for people."""
    if "stamped_by" not in seal:
        return
    print(f"时间戳证明的时间 Time that the time stamp proves: {seal['proven_time'] or '—'}")
    print(f"时间戳上的时间 Time that it says: {seal['stamped_time']}")
    print(f"时间戳机构 Time stamp by: {seal['stamped_by']}\n指纹 SHA-256: {seal['stamped_sha256']}")
    for one in seal["archived_times"]:
        print(f"归档时间戳 Time stamp of the whole file: {one}")


def certificates(files: list[Path] | None) -> list[Any] | None:
    """The certificates in these files; None without files."""
    if files is None:
        return None
    return [one for file in files for one in load_certs_from_pemder_data(read(file, LARGEST_PEM))]


def work(given: argparse.Namespace) -> dict[str, Any]:
    """What is found in the file; the record in it is written where that was asked for."""
    roots, clocks = certificates(given.trust), certificates(given.trust_time)
    found, packed = examine(read(given.file, LARGEST), roots, clocks)
    if given.extract and packed:
        given.extract.mkdir(parents=True, exist_ok=True)
        with (given.extract / NAME).open("xb") as out:  # never over a file that is there
            out.write(packed)
    checks = found["checks"]
    verdict = (
        "not genuine" if False in checks.values() else "unchanged" if checks["trusted"] is None else "genuine"
    )
    return {"verdict": verdict, **found, "said": sentences(checks)}


def main() -> int:
    """Reads the command line, examines the file, says what it found."""
    parser = argparse.ArgumentParser(
        description="验证记录的 PDF  /  Verify the PDF of a record",
        epilog="0: 真实 genuine; 1: 不真实 not genuine; 2: 无法读取 cannot be read",
    )
    parser.add_argument("file", type=Path)
    trust, extract = (
        "所信任的证书 certificates to be trusted",
        "把 record.json 写入文件夹 write record.json there",
    )
    parser.add_argument("--trust", type=Path, action="append", metavar="CA.pem", help=trust)
    parser.add_argument(
        "--trust-time",
        type=Path,
        action="append",
        metavar="TSA.pem",
        help="只用于时间戳 for time stamps alone",
    )
    parser.add_argument("--extract", type=Path, metavar="DIR", help=extract)
    parser.add_argument("--json", action="store_true", help="供程序读取 for machines")
    given = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    logging.disable()
    bound()
    try:
        found = work(given)
    except FileExistsError:
        found = {
            "verdict": UNREADABLE,
            "zh": "文件夹里已有 record.json",
            "en": "there is a record.json in the folder",
        }
    except Unreadable as problem:
        found = {"verdict": UNREADABLE, "zh": problem.args[0], "en": problem.args[1]}
    except Exception as problem:  # whatever a hostile file brings about, it ends in a sentence
        found = {
            "verdict": UNREADABLE,
            "zh": "无法读取",
            "en": f"it cannot be read ({type(problem).__name__})",
        }
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        say(found)
    return VERDICTS[found["verdict"]][0]


if __name__ == "__main__":
    sys.exit(main())
