#!/usr/bin/env python3
"""Verify the sealed PDF of a record without the portal: needs this file, Python 3.11 or newer, and pyHanko.

    python verify_record.py FILE.pdf [--trust CA.pem] [--trust-time TSA.pem] [--extract DIR] [--json]
    python verify_record.py PACKAGE.zip [--trust CA.pem] [--trust-time TSA.pem] [--extract DIR] [--json]

Says who signed what, when and with which meaning; whether a byte has changed since the organisation sealed the file;
whose certificate sealed it; whether the record's own hashes and the chain of its history come out again; whether the
pages say what the record says, and the files within are those of the record. A package of records is taken as a whole:
its signed manifest, every member, every record in it and the proof of its last event.

Exit status: 0 all holds, 1 it is not genuine, 2 it cannot be read. Nothing in the file is run or believed. Without
--trust, 0 says only that nothing has changed since a certificate with the fingerprint shown sealed it: whoever can
write files can make certificates, so compare it with the one that the organisation gives out.

What --trust names counts for seals and for time stamps, what --trust-time names for time stamps alone. After the seal
nothing may stand in the file but time stamps of the whole file and the certificates that they need. The time of the
seal is the one that a trusted time stamp proves; without one it is the seal's own word.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import logging
import re
import shutil
import signal
import stat
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

try:
    from asn1crypto import cms
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.decode_limits import DecodePurpose
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
        async_validate_detached_cms,
        validate_pdf_signature,
        validate_pdf_timestamp,
    )
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext
except ImportError:
    print(
        "请先安装新版 pyHanko：pip install -U pyhanko  /  Install a recent pyHanko first: pip install -U pyhanko"
    )
    sys.exit(2)

FORMATS, NAME, GENESIS = ("portal-record/1", "portal-record/2"), "record.json", "0" * 64
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
try:
    ZONE: tzinfo = ZoneInfo("Asia/Shanghai")  # which had summer time once
except ZoneInfoNotFoundError:
    ZONE = COMPANY_TIME
MOST = 1 << 20  # things counted in a file
TOKEN = re.compile(rb"%[^\r\n]*|<<|>>|<[^>]*>|\(|/[^\s\0<>\[\](){}/%]*|[\[\]{}]|[^\s\0<>\[\](){}/%]+")
PIECE = re.compile(rb"\\(?:[0-7]{1,3}|\r\n|.)|[()]|[^()\\]+", re.S)
ESCAPES = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\n": b"",
    b"\r": b"",
    b"\r\n": b"",
}
FIT = re.compile(r'[^\\/:*?"<>|.\s]([^\\/:*?"<>|]*[^\\/:*?"<>|.\s])?')
DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.I)
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
UNSHOWN = ("图片无法显示", "picture cannot be shown")
SIGNED = ("who", "role", "on_behalf_of", "meaning", "opinion", "when")
REFERENCES = (
    "person", "department", "customer", "supplier", "project", "product", "stock_item", "machine", "document", "asset",
    "revision", "record_link",
)  # fmt: skip
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
    "text": ("页面文字与记录数据一致", "the pages say what the record says", "页面文字与记录数据不一致", "the pages do not say what the record says"),
    "head": ("页面印有历史链条的末端", "the pages show where the history ends", "页面所印的历史链条末端不符", "the pages show another end of the history"),
    "attachments": ("随附文件与哈希一致", "every file within fits its hash", "随附文件与哈希不一致，或有缺失、多余", "the files within do not fit their hashes, or are not all, or too many"),
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


class Reader(PdfFileReader):
    """A file whose object streams are opened once each; the library reads their numbers anew for every object in them."""

    def __init__(self, data: bytes) -> None:
        self._opened: dict[int, tuple[dict[int, tuple[int, int]], bytes]] = {}
        super().__init__(BytesIO(data))

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        if stmnum not in self._opened:
            self._opened[stmnum] = opened(generic.Reference(stmnum, 0, self).get_object())
        places, data = self._opened[stmnum]
        at, place = places.get(idnum, (-1, 0))
        if at != idx:
            raise PdfReadError("an object is not where it is said to be")
        stream = BytesIO(data)
        stream.seek(place)
        found = generic.read_object(stream, generic.Reference(idnum, 0, self))
        if isinstance(found, generic.StreamObject | generic.IndirectObject):
            raise PdfReadError("such an object may not stand in an object stream")
        return found


def opened(stream: Any) -> tuple[dict[int, tuple[int, int]], bytes]:
    """The objects that an object stream holds, by number: which one each is, and where it begins; and all of its data."""
    if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
        raise PdfReadError("this is no object stream")
    data, first, count = stream.read_data(DecodePurpose.OBJECT_STREAM), stream["/First"], stream["/N"]
    numbers = data[:first].split()[: 2 * count]
    if len(numbers) != 2 * count or not all(map(bytes.isdigit, numbers)):
        raise PdfReadError("an object stream does not begin with numbers")
    pairs = [(int(numbers[2 * at]), (at, first + int(numbers[2 * at + 1]))) for at in range(count)]
    return dict(reversed(pairs)), data  # of two alike the first counts


def carried(reader: PdfFileReader) -> bytes:
    """The record within the file."""
    found = [one for name, one in embedded(reader) if name == NAME]
    if len(found) != 1:
        raise Unreadable("文件里没有记录数据 record.json", "there is no record.json in the file")
    return unpacked(found[0]["/EF"]["/F"], [LARGEST_RECORD])


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
        "whole": whole([status.coverage, *stamps["covered"]]),
        "unaltered": unaltered,
        **stamps["checks"],
        "trusted": trusted,
    }, told


def whole(levels: list[SignatureCoverageLevel | None]) -> bool:
    """Whether the last of them, seal or stamp, is around the whole file, and each before it around all there was then."""
    *before, last = levels
    return last == SignatureCoverageLevel.ENTIRE_FILE and all(
        one is not None and one >= SignatureCoverageLevel.ENTIRE_REVISION for one in before
    )


def context(reader: PdfFileReader, roots: list[Any], moment: datetime) -> ValidationContext:
    """What certificates are judged by: as of a moment, by the lists that the file itself brings, and none fetched."""
    how: dict[str, Any] = {"trust_roots": roots, "allow_fetching": False, "moment": moment}
    if "/DSS" in reader.root:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(how)
    return ValidationContext(**how)


def stamped_at(signed: Any) -> datetime:
    """The moment that a time stamp says."""
    said: datetime = signed["encap_content_info"]["content"].parsed["gen_time"].native
    return said


def check_stamps(
    seal: Any, later: list[Any], roots: list[Any] | None, clocks: list[Any] | None
) -> dict[str, Any]:
    """What the time stamps of the seal and of the whole file are worth, each judged as of its own moment."""
    known = [*(roots or []), *(clocks or [])]
    inner = list(extract_tst_data_iter(seal.signer_info, signed=False))
    found: list[Any] = []
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
    shown: list[bool] = []
    stages: list[list[Any]] = []
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
                "passkey": clean(who.get("passkey", "")),
                "step": clean(f"{title.get('zh', one['step'])} {title.get('en', '')}"),
                "meaning": clean(MEANINGS.get(one["meaning"], one["meaning"])),
                "when": when.strftime("%Y-%m-%d %H:%M:%S +08:00"),
                "opinion": clean(one["opinion"]),
            }
        )
    return found


# What the pages say: read out of the file, held against what the record says of them


def page_texts(reader: PdfFileReader) -> list[list[str]]:
    """The texts of each page in the order of the file's structure: line by line, as they are drawn.

    What is outside the structure (head and foot of each page, lines and backgrounds) and pictures are left out. What
    a font draws for a code, and the text that a line gives in place of its glyphs, are believed.
    """
    pages, waiting = [], [reader.root.raw_get("/Pages")]
    for _turn in range(MOST):  # a tree may bite its own tail
        if not waiting or len(waiting) > MOST:
            break
        node = waiting.pop()
        if "/Kids" in node.get_object():
            kids = node.get_object()["/Kids"]
            waiting += [kids.raw_get(at) for at in reversed(range(len(kids)))]
        else:
            pages.append(node)
    number = {page.idnum: at for at, page in enumerate(pages)}
    room = [LARGEST_RECORD]
    drawn = [drawn_texts(page.get_object(), room) for page in pages]
    found: list[list[str]] = [[] for _page in pages]
    elements: list[tuple[Any, int]] = [(reader.root["/StructTreeRoot"], -1)]
    for _turn in range(MOST):
        if not elements and not waiting:
            return found
        if len(elements) > MOST or waiting:
            break
        node, at = elements.pop()
        if isinstance(node, int):
            if 0 <= at < len(drawn):
                found[at].append(fold(drawn[at].pop(int(node), "")))
            continue
        if not isinstance(node, generic.DictionaryObject) or ("/S" in node and node["/S"] == "/Figure"):
            continue
        at = number.get(node.raw_get("/Pg").idnum, -1) if "/Pg" in node else at
        kids = node["/K"] if "/K" in node else node.get("/MCID", ())
        for kid in reversed(kids) if isinstance(kids, list) else [kids]:
            elements.append((kid.get_object() if hasattr(kid, "get_object") else kid, at))
    raise Unreadable("页面结构过于复杂", "the structure of the pages is too complex")


def drawn_texts(page: Any, room: list[int]) -> dict[int, str]:
    """The texts that a page draws, by their numbers in the structure."""
    contents = page["/Contents"]
    parts = [contents[at] for at in range(len(contents))] if isinstance(contents, list) else [contents]
    data = b"\n".join(unpacked(one, room) for one in parts)
    resources = page["/Resources"]
    fonts = resources["/Font"] if "/Font" in resources else {}  # noqa: SIM401 -- `get` would not follow a reference
    maps: dict[bytes, dict[int, str]] = {}
    found: dict[int, list[str]] = {}
    marks: list[tuple[int, bool]] = [
        (-1, False)
    ]  # number in the structure, and whether glyphs count for nothing
    states: list[tuple[dict[int, str], bool]] = []
    font: dict[int, str] = {}
    hidden, given = False, list[Any]()
    for token in tokens(data):
        if isinstance(token, str) or not token[:1].isalpha() or token in (b"true", b"false", b"null"):
            given.append(token)
            continue
        number, silent = marks[-1]
        if token in (b"BDC", b"BMC"):
            if b"/MCID" in given[:-1]:
                number = int(given[given.index(b"/MCID") + 1])
            silent = silent or given[:1] == [b"/Artifact"]
            if b"/ActualText" in given[:-1] and not silent:
                text = given[given.index(b"/ActualText") + 1].encode("latin-1")
                utf16 = text.startswith(b"\xfe\xff")
                found.setdefault(number, []).append(text.decode("utf-16" if utf16 else "latin-1", "replace"))
                silent = True
            marks.append((number, silent))
        elif token == b"EMC" and len(marks) > 1:
            marks.pop()
        elif token == b"q":
            states.append((font, hidden))
        elif token == b"Q" and states:
            font, hidden = states.pop()
        elif token == b"Tr":
            hidden = given[-1:] not in ([b"0"], [b"1"], [b"2"])
        elif token == b"Tf":
            name = given[-2]
            if name not in maps:
                known = name.decode("latin-1")
                maps[name] = glyphs(unpacked(fonts[known]["/ToUnicode"], room)) if known in fonts else {}
            font = maps[name]
        elif token in (b"Tj", b"TJ") and not silent and not hidden:
            codes = "".join(one for one in given if isinstance(one, str)).encode("latin-1")
            pairs = (int.from_bytes(codes[at : at + 2]) for at in range(0, len(codes), 2))
            found.setdefault(number, []).extend(font.get(code, "\ufffd") for code in pairs)
        given = []
    return {number: "".join(texts) for number, texts in found.items()}


def tokens(data: bytes) -> Iterator[bytes | str]:
    """The words of a page's drawing: strings as text of bytes, everything else as it stands."""
    at = 0
    while found := TOKEN.search(data, at):
        word, at = found[0], found.end()
        if word[:1] == b"(":
            text, depth = bytearray(), 1
            while piece := PIECE.match(data, at):
                one, at = piece[0], piece.end()
                depth += (one == b"(") - (one == b")")
                if not depth:
                    break
                if one[:1] == b"\\":
                    code = re.fullmatch(rb"[0-7]{1,3}", one[1:])
                    one = bytes([int(code[0], 8) & 255]) if code else ESCAPES.get(one[1:], one[1:])
                text += one
            yield text.decode("latin-1")
        elif word[:1] == b"<" and word != b"<<":
            digits = re.sub(rb"[^0-9A-Fa-f]", b"", word)
            yield bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()).decode("latin-1")
        elif word[:1] != b"%":
            yield word


def glyphs(data: bytes) -> dict[int, str]:
    """The texts of a font's codes, as its ToUnicode map has them."""
    found: dict[int, str] = {}
    span = 0

    def text(code: bytes, more: int = 0) -> str:
        value = bytes.fromhex(code.decode())
        last = (int.from_bytes(value[-2:]) + more) & 0xFFFF if value else 0
        return (value[:-2] + last.to_bytes(2)).decode("utf-16-be", "replace") if value else ""

    for block in blocks(data, b"bfchar"):
        for code, to in re.findall(rb"<([0-9A-Fa-f]{4})>\s*<((?:[0-9A-Fa-f]{4}){0,64})>", block):
            found[int(code, 16)] = text(to)
    for block in blocks(data, b"bfrange"):
        for first, last, to, each in re.findall(
            rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>\s*(?:<((?:[0-9A-Fa-f]{4}){0,64})>|\[([^\]]*)\])", block
        ):
            several = re.findall(rb"<((?:[0-9A-Fa-f]{4}){0,64})>", each)
            span += max(0, int(last, 16) - int(first, 16))
            if span > MOST:
                raise Unreadable("字体的对照表过大", "the map of a font is too large")
            for at, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                if each and at >= len(several):
                    break
                found[code] = text(several[at]) if each else text(to, at)
    return found


def blocks(data: bytes, kind: bytes) -> list[bytes]:
    """The parts of a map that are of one kind."""
    return [part.partition(b"end" + kind)[0] for part in data.split(b"begin" + kind)[1:]]


def fold(text: str) -> str:
    """A text as it is compared: composed, without blanks and what is not seen."""
    seen = (one for one in text if not one.isspace() and unicodedata.category(one) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFC", "".join(seen))


Row = tuple[
    list[str], list[str]
]  # texts side by side, and the heads that are printed anew above them on a new page


def rows_of(sheet: dict[str, Any]) -> list[Row]:
    """What the pages say from the opening section on, row by row."""
    found: list[Row] = []

    def table(heads: list[str], rows: list[list[list[str]]]) -> None:
        found.append((heads, []))
        found.extend(([text for cell in row for text in cell], heads) for row in rows)

    for section in sheet["sections"]:
        found.append(([section["title"], section["note"]], []))
        for line in section["lines"]:
            found.append(([line["label"], *(line["text"] if "text" in line else [line["count"]])], []))
            table(line.get("heads", []), line.get("rows", []))
        found += [([one[key] for key in SIGNED], []) for one in section["signatures"]]
    found.append(([sheet["drawing"]], []))
    for part in (sheet["signatures"], sheet["attachments"], sheet["history"]):
        if part:
            found.append((part["title"], []))
            table(part["heads"], part["rows"])
    return [*found, *((pair, []) for pair in sheet["head"])]


def says(pages: list[list[str]], sheet: dict[str, Any]) -> bool:
    """Whether the pages say what the sheet says: the header somewhere before the sections, from there on nothing else.

    A text is always made of whole lines of the page, so that nothing can be added to it or left out of it. A row that is
    longer than a page goes on below the next page's heads, each of its texts where it was broken off.
    """
    passing = {fold(sheet["watermark"]), *map(fold, UNSHOWN), ""}
    pages = [[one for one in page if one not in passing] for page in pages]
    rows = [
        ([one for one in map(fold, texts) if one not in passing], list(map(fold, heads)))
        for texts, heads in rows_of(sheet)
    ]
    flat, start, at = [one for page in pages for one in page], 0, 0
    above = (
        *sheet["header"],
        *(one for pair in sheet["facts"] for one in pair),
        sheet["sections"][0]["title"],
    )
    for text in filter(None, map(fold, above)):
        start = next((start for start in range(at, len(flat)) if run(flat, start, [text])), -1)
        at = run(flat, start, [text]) if start >= 0 else 0
        if not at:
            return False
    waiting = [(text, 0, row) for row, (texts, _heads) in enumerate(rows) for text in texts]
    waiting.reverse()
    for whole in pages:
        page, start = whole[start:], max(0, start - len(whole))
        heads = rows[waiting[-1][2]][1] if waiting else []
        at, later = run(page, 0, heads) if heads else 0, list[tuple[str, int, int]]()
        while at < len(page):
            if not waiting or (later and waiting[-1][2] != later[0][2]):
                return False
            text, read, row = waiting.pop()
            while read < len(text) and at < len(page) and text.startswith(page[at], read):
                read, at = read + len(page[at]), at + 1
            if read < len(text):
                later.append((text, read, row))
        waiting += reversed(later)
    return not waiting


def run(lines: list[str], at: int, texts: list[str]) -> int:
    """Where the texts end that begin at a line and are made of whole lines; 0 if they do not."""
    for text in texts:
        read = 0
        while read < len(text):
            if at == len(lines) or not text.startswith(lines[at], read):
                return 0
            read, at = read + len(lines[at]), at + 1
    return at


# What the pages must say, made of the answers once more. Not made, as the words for it are only in the portal: names of
# departments in English, roles and ways of signing, sentences of the history, and stages signed under another version
# of the form than the record's last.


def minute(moment: str) -> str:
    """A moment in company time, to the minute."""
    return f"{datetime.fromisoformat(moment).astimezone(ZONE):%Y-%m-%d %H:%M}"


def number(value: Any) -> str:
    """A number with its digits in groups, without zeros at its end."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10_000 else f"{value:,}"
    shown = f"{Decimal(value):,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def shown(field: dict[str, Any], raw: Any, language: str) -> str | None:
    """One answer as text; None where that cannot be known."""
    kind: str = field["type"]
    words: dict[Any, str] = {one["value"]: one[language] for one in field.get("choices") or ()}
    if raw is None or raw in ("", []):
        return ""
    if kind in ("choice", "checklist_item"):
        return words.get(raw, str(raw))
    if kind == "multi_choice":
        return "、".join(words.get(one, one) for one in raw)
    if kind == "yes_no":
        return str({"zh": "否是", "en": ("No", "Yes")}[language][raw])
    if kind == "datetime":
        return minute(raw)
    if kind in ("integer", "decimal", "score"):
        return number(raw)
    if kind == "percent":
        return f"{number(raw)}%"
    if kind == "money":
        return f"¥{Decimal(raw):,.2f}"
    if kind == "department" and language != "zh":
        return None
    return raw["text"] if isinstance(raw, dict) else str(raw)


def caption(file: dict[str, Any]) -> list[str]:
    """What stands under a picture."""
    taken = [minute(file["taken_at"])] if "taken_at" in file else []
    place = [file["place"].replace(",", ", ")] if file.get("place") else []
    return [" · ".join(taken + place)] if taken + place else []


def size(count: int) -> str:
    """A file's size."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:,.0f} KB" if count < 1 << 20 else f"{count / (1 << 20):,.1f} MB"


def cell(field: dict[str, Any], raw: Any, language: str) -> list[str | None]:
    """The texts of one cell of a table."""
    if raw is not None and field["type"] in ("attachment", "photo", "signature"):
        files = raw if isinstance(raw, list) else [raw]
        return [
            text for one in files for text in (caption(one) if one["type"] in PICTURES else [one["name"]])
        ]
    text = shown(field, raw, language)
    return [text] if text != "" else []


def line(field: dict[str, Any], raw: Any, language: str) -> dict[str, Any]:
    """One field of a sheet."""
    kind, zh = field["type"], language == "zh"
    made = {"name": field["name"], "kind": kind, "label": field["label"][language]}
    if kind in ("line_items", "checklist"):
        columns, given = field["columns"], raw or []
        heads = ["序号" if zh else "#", *(one["label"][language] for one in columns)]
        cells = [
            [[str(at)], *(cell(one, row.get(one["name"]), language) for one in columns)]
            for at, row in enumerate(given, 1)
        ]
        said = (f"共 {len(given)} 行",) if zh else (f"{len(given)} row", f"{len(given)} rows")
        count = said if len(given) == 1 else said[-1]  # earlier prints said 1 rows
        return {**made, "count": count, "heads": heads if given else [], "rows": cells}
    if raw and kind == "photo":
        return {
            **made,
            "text": [
                text for at, one in enumerate(raw, 1) for text in (f"{at}. {one['name']}", *caption(one))
            ],
        }
    if raw and kind == "attachment":
        return {**made, "text": [text for one in raw for text in (one["name"], size(one["size"]))]}
    if raw and kind == "signature":
        return {**made, "text": []}
    text = shown(field, raw, language)
    return {**made, "text": ["—" if text == "" else text]}


def lines(
    fields: list[dict[str, Any]], answers: dict[str, Any], language: str, *, stage: bool
) -> list[dict[str, Any]]:
    """The lines of a sheet; a field that did not apply has none."""
    return [
        line(one, answers.get(one["name"]), language)
        for one in fields
        if (one["name"] in answers or not stage)
        and (answers.get(one["name"]) is not None or ("when" not in one and one["type"] not in REFERENCES))
    ]


def follows(record: dict[str, Any]) -> bool:
    """Whether the sheet follows from the record: each answer, who signed, files, and the times of the history."""
    sheet, form = record["sheet"], record["form"]
    language = sheet["language"]
    stages = {one["key"]: one for one in (*form["steps"], *form["entries"])}
    parts: list[tuple[datetime, Any, Any]] = []
    for one in record["signatures"]:
        if one["answers"]:
            known = one["form_version"] == record["form_version"]
            made = (
                lines(stages[one["step"]]["fields"], one["answers"], language, stage=True) if known else None
            )
            parts.append((datetime.fromisoformat(one["signed_at"]), made, one))
    for event in record["events"]:
        if event["kind"] == "step_lapsed":
            parts.append((datetime.fromisoformat(event["at"]), [], None))
    parts.sort(key=lambda part: part[0])
    first, *others = sheet["sections"]
    entries = [[minute(one["at"])] for one in record["events"] if one["kind"] != "print_stored"]
    files = [
        [[str(at)], [one["name"]], [one["type"]], [size(one["size"])], [one["sha256"]]]
        for at, one in enumerate(record["attachments"], 1)
    ]
    rows, history = sheet["signatures"]["rows"], sheet["history"]
    keys = [one["own_key"]["sha256"][:16] if one.get("own_key") else "" for one in record["signatures"]]
    return (
        {record["number"], form["code"], form["title"][language]} <= set(sheet["header"])
        and (record["state"] != "finished" or not sheet["watermark"])
        and first["title"] == form["title"][language]
        and alike(lines(form["fields"], record["answers"], language, stage=False), first["lines"])
        and len(parts) == len(others)
        and all(
            (made is None or alike(made, section["lines"]))
            and (
                by is None
                or ([signs(by, language, list(one.values())) for one in section["signatures"]] == [True])
            )
            for (_at, made, by), section in zip(parts, others, strict=True)
        )
        and len(rows) == len(record["signatures"])
        and all(
            signs(one, language, [text for part in row for text in part])
            and row[-1] == [one["sha256"][:16]]
            and (not key or any(text.endswith(key) for text in row[1]))
            and passkeys_hold(one, row[1])
            for one, row, key in zip(record["signatures"], rows, keys, strict=True)
        )
        and alike(files, sheet["attachments"]["rows"] if sheet["attachments"] else [])
        and (history is None or [row[0] for row in history["rows"]] == entries)
    )


def passkeys_hold(one: dict[str, Any], texts: list[str]) -> bool:
    """Whether no text tells of another passkey than the signature does; earlier prints told of none."""
    named = one["authority"].get("passkey", "")[:16]
    told = [text for text in texts if text.startswith(("通行密钥确认 ", "confirmed by passkey "))]
    return all(named and text.endswith(f" {named}") for text in told)


def signs(one: dict[str, Any], language: str, texts: list[str]) -> bool:
    """Whether these texts tell of a signature."""
    who, said = (
        one["authority"],
        MEANINGS.get(one["meaning"], "").split(" ", 1) if one["meaning"] in MEANINGS else [],
    )
    wanted = [
        f"{who['name']} {who['number']}",
        *said[language == "en" :][:1],
        minute(one["signed_at"]),
        one["opinion"],
    ]
    behalf = plain(who["on_behalf_of"])
    return all(any(alike(text, given) for given in texts) for text in wanted if text) and any(
        plain(given).endswith(behalf) for given in texts
    )


def alike(made: Any, given: Any) -> bool:
    """Whether two values say the same; a character that no font has is printed as its code point."""
    if isinstance(made, dict):
        return (
            isinstance(given, dict)
            and made.keys() == given.keys()
            and all(alike(made[key], given[key]) for key in made)
        )
    if isinstance(made, list):
        return isinstance(given, list) and len(made) == len(given) and all(map(alike, made, given))
    if isinstance(made, tuple):  # either of them
        return any(alike(one, given) for one in made)
    return made is None or (isinstance(given, str) and plain(made) == plain(given))


def plain(text: str) -> str:
    """A text with the characters that stand in it as code points."""
    return fold(re.sub(r"\[U\+([0-9A-F]{4,5}|10[0-9A-F]{4})\]", lambda found: chr(int(found[1], 16)), text))


def check_pages(reader: PdfFileReader, record: dict[str, Any]) -> dict[str, bool]:
    """Whether the pages say what the record says, and where its history ends; pages that make no sense do not."""
    if record["format"] == FORMATS[0]:
        return {}  # carried nothing of its pages
    try:
        pages = page_texts(reader)
        text = says(pages, record["sheet"]) and follows(record)
        return {"text": text, "head": ends(pages, record)}
    except Unreadable:
        raise
    except Exception:
        return {"text": False, "head": False}


def ends(pages: list[list[str]], record: dict[str, Any]) -> bool:
    """Whether the printed head is the last link of the history, and the printed checkpoint the one in the record."""
    last, head, printed = record["events"][-1], record["head"], record["sheet"]["head"]
    held, shown = head["checkpoint"], [value.split(" · ") for _label, value in printed]
    whole = "".join(one for page in pages for one in page)
    wanted = [([str(last["seq"])], last["hash"])]
    if held:
        wanted.append(([str(held["number"]), str(held["size"])], held["root"]))
    return (
        (head["seq"], head["hash"]) == (last["seq"], last["hash"])
        and [(re.findall("[0-9]+", numbers), hash_) for numbers, hash_ in shown] == wanted
        and all(fold("".join(pair)) in whole for pair in printed)
    )


def check_files(files: dict[str, bytes], record: dict[str, Any]) -> dict[str, bool]:
    """Whether the files within are those of the record, all of them and no others."""
    if record["format"] == FORMATS[0]:
        return {}
    wanted = {one["file"]: one for one in record["attachments"] if one["file"]}
    whole = len(wanted) == sum(bool(one["file"]) for one in record["attachments"])
    return {
        "attachments": whole
        and files.keys() == wanted.keys()
        and all(
            (len(files[name]), digest(files[name])) == (one["size"], one["sha256"])
            for name, one in wanted.items()
        )
    }


def files_within(reader: PdfFileReader) -> dict[str, bytes]:
    """The files that go with the record, by name; the last of several alike."""
    room = [LARGEST]
    found = [(str(one["/UF"]), one["/EF"]["/F"]) for name, one in embedded(reader) if name != NAME]
    if len(dict(found)) != len(found):
        raise Unreadable("文件里有同名附件", "two files within have the same name")
    return {name: unpacked(stream, room) for name, stream in found}


def unpacked(stream: Any, room: list[int]) -> bytes:
    """What a stream of the file holds, as long as there is room for it."""
    packed, filters = stream.encoded_data, stream["/Filter"] if "/Filter" in stream else None  # noqa: SIM401
    if filters is None:
        data: bytes = packed
    elif filters in ("/FlateDecode", ["/FlateDecode"]) and "/DecodeParms" not in stream:
        data = zlib.decompressobj().decompress(packed, room[0] + 1)
    else:
        raise Unreadable("文件的压缩方式未知", "something in the file is packed in an unknown way")
    room[0] -= len(data)
    if room[0] < 0:
        raise Unreadable("文件内容过大", "what is in the file is too large")
    return data


def embedded(reader: PdfFileReader) -> list[tuple[str, Any]]:
    """The files within the file, by the names that they are looked up by."""
    found, waiting = [], [reader.root["/Names"]["/EmbeddedFiles"]] if "/Names" in reader.root else []
    for _turn in range(1000):  # a tree may bite its own tail
        if not waiting:
            break
        node = waiting.pop()
        if "/Kids" in node:
            waiting += [node["/Kids"][at] for at in range(len(node["/Kids"]))]
        names = node["/Names"] if "/Names" in node else []  # noqa: SIM401 -- `get` would not follow a reference
        found += [(names[at], names[at + 1]) for at in range(0, len(names) - 1, 2)]
    return found


def lay_out(folder: Path, files: dict[str, bytes]) -> None:
    """Writes the record and its files into a folder, under names that no system minds, never over a file that is there."""
    named: dict[str, bytes] = {}
    for at, (name, data) in enumerate(files.items()):
        fit = (
            FIT.fullmatch(name)
            and not DEVICE.match(name)
            and len(name.encode()) < 200
            and clean(name) == name
        )
        taken = {one.casefold() for one in named}
        named[name if fit and name.casefold() not in taken else f"attachment-{at}"] = data
    folder.mkdir(parents=True, exist_ok=True)
    if there := [name for name in named if (folder / name).exists()]:
        raise FileExistsError(there[0])
    for name, data in named.items():
        with (folder / name).open("xb") as out:
            out.write(data)


def examine(
    data: bytes, roots: list[Any] | None, clocks: list[Any] | None = None
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Everything about the file, and the record and the files within it."""
    if b"%PDF-" not in data[:1024]:
        raise Unreadable("这不是 PDF 文件", "this is no PDF file")
    try:
        reader = Reader(data)
    except PdfReadError:
        found = re.findall(rb"/ByteRange\s*\[\s*\d+\s+\d+\s+(\d+)\s+(\d+)", data)
        if found and all(sum(map(int, one)) != len(data) for one in found):  # cut off, or added to
            return {"checks": {"sealed": True, "whole": False}}, {}
        raise
    if reader.encrypted:
        raise Unreadable("文件已加密", "the file is encrypted")
    packed = carried(reader)
    record = json.loads(packed)
    if not isinstance(record, dict) or record.get("format") not in FORMATS:
        raise Unreadable("记录数据的格式未知", "the record is of an unknown format")
    checks, seal = check_seal(reader, roots, clocks)
    made = {
        "number": clean(record["number"]),
        "title": {key: clean(one) for key, one in record["form"]["title"].items()},
    }
    checks |= check_record(record, packed)
    files = files_within(reader)
    checks |= check_pages(reader, record) | check_files(files, record)
    return {"checks": checks, "seal": seal, "record": made, "signatures": signers(record)}, {
        NAME: packed,
        **files,
    }


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


# A package of records: a ZIP with a signed manifest, which names every other member by size and hash

PACKAGE, MANIFEST, SIGNATURE, KEY, CHECKPOINT = (
    "portal-package/1", "manifest.json", "manifest.json.p7s", "audit-key.pub", "checkpoint.txt",
)  # fmt: skip
MOST_MEMBERS, LARGEST_MEMBER, LARGEST_PACKAGE, BLOCK = 100_000, 512 << 20, 4 << 30, 1 << 20
HEADER, LARGEST_EXTRA, END, END_64 = 30, 32, 22, 76  # bytes of the parts of a ZIP
LONGEST_NAME = 1000
STEP = r"[^\x00-\x1f\x7f/\\:*?\"<>|]{1,250}"
PLAIN = re.compile(rf"{STEP}(/{STEP}){{0,3}}")
CHECKPOINT_TEXT = re.compile(
    r"([^\n]+)\n(\d{1,18})\n([A-Za-z0-9+/=]{44})\nnumber (\d{1,18})\ntime [0-9T:.+-]+\n"
)
SAYS |= {
    "signed": ("清单由单位证书签名", "the manifest is signed by the organisation's certificate", "清单没有签名，或签名无效", "the manifest is not signed, or its signature is void"),
    "manifest": ("清单书写规范", "the manifest is written in its one form", "清单不是门户所写的形式", "the manifest is not written as the portal writes it"),
    "complete": ("文件不多不少", "every member is there and none too many", "有文件缺少或多余", "members are missing or too many"),
    "tidy": ("文件之间没有夹带", "nothing is hidden between the members", "压缩包里夹带了别的内容", "something is hidden between the members"),
    "hashes": ("各文件与清单的大小和哈希一致", "every member fits its size and hash", "文件与清单不一致", "a member does not fit the manifest"),
    "checkpoint": ("检查点的签名有效", "the checkpoint is signed by the key", "检查点的签名无效", "the checkpoint is not signed by the key"),
    "readable": ("记录可以读取", "the record can be read", "记录无法读取", "the record cannot be read"),
    "same": ("记录与清单所说一致", "the record is the one that the manifest names", "记录与清单所说不一致", "the record is not the one that the manifest names"),
    "attached": ("附件齐全", "all attachments are there", "附件缺少或不是原件", "attachments are missing or not the originals"),
    "proven": ("最后事件在默克尔树中", "the last event stands in the Merkle tree", "证明不成立", "the proof does not hold"),
}  # fmt: skip
NOTES = {
    "unsealed": ("存档时没有盖签章，只由资料包的签名保证", "stored without a seal; the package's signature alone vouches for it"),
    "no proof": ("最后事件尚未进入检查点，没有证明", "its last event is not under a checkpoint yet: no proof"),
    "print": ("证明的是存档事件，哈希与 PDF 相符", "proven is the event that stored this very PDF"),
    "later": ("证明的是存档以后的事件，PDF 里没有", "proven is an event after the print, which does not carry it"),
    "earlier": ("证明的事件之后，记录还有事件", "the record has events after the proven one"),
}  # fmt: skip


def is_package(path: Path) -> bool:
    """Whether the file begins as a ZIP does; what comes in is never one."""
    if str(path) == "-":
        return False
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def more_time() -> None:
    """Each record of a package has the time of one file."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, SECONDS, 1)


def safe_members(zip: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The members by name, once nothing about them can do harm; none of them has been read yet."""
    if len(zip.filelist) > MOST_MEMBERS or sum(one.file_size for one in zip.filelist) > LARGEST_PACKAGE:
        raise Unreadable("压缩包过大", "the package is too large")
    found, seen = {}, set()
    for one in zip.filelist:
        name, kind = one.orig_filename, stat.S_IFMT(one.external_attr >> 16)
        steps = name.split("/")
        key = unicodedata.normalize("NFKC", name).casefold()
        if (
            not PLAIN.fullmatch(name)
            or clean(name, LONGEST_NAME) != name
            or any(step.strip(". ") != step for step in steps)
            or name != one.filename
        ):
            raise Unreadable("压缩包里有危险的文件名", "a member has a dangerous name")
        if kind not in (0, stat.S_IFREG) or one.is_dir():
            raise Unreadable("压缩包里有链接或文件夹", "a member is a link or a folder")
        if key in seen:
            raise Unreadable("压缩包里有重名的文件", "two members have the same name")
        if one.flag_bits & 1 or one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("压缩包的压缩或加密方式未知", "a member is packed in an unknown way")
        if one.file_size > LARGEST_MEMBER:
            raise Unreadable("压缩包里有过大的文件", "a member is too large")
        seen.add(key)
        found[name] = one
    return found


def is_tidy(zip: zipfile.ZipFile) -> bool:
    """Whether the file is its members and their list, one right behind the other, and nothing else."""
    file: Any = zip.fp
    at = 0
    for one in sorted(zip.filelist, key=lambda one: one.header_offset):
        file.seek(one.header_offset)
        head = file.read(HEADER)
        if one.header_offset != at or one.flag_bits & 8 or one.comment or len(head) < HEADER:
            return False
        name, extra = struct.unpack("<HH", head[26:])
        if max(extra, len(one.extra)) > LARGEST_EXTRA:
            return False
        at += HEADER + name + extra + one.compress_size
    end = file.seek(-END, 2)
    tail = file.read(END)
    listed = at + struct.unpack("<I", tail[12:16])[0]
    return (
        at == zip.start_dir and tail[:4] == b"PK\5\6" and tail[-2:] == b"\0\0" and end - listed in (0, END_64)
    )


def member(zip: zipfile.ZipFile, one: zipfile.ZipInfo, largest: int) -> bytes:
    """A member that is not too large."""
    if one.file_size > largest:
        raise Unreadable("压缩包里有过大的文件", "a member is too large")
    with zip.open(one) as file:
        return file.read(largest + 1)


def fits(zip: zipfile.ZipFile, one: zipfile.ZipInfo, size: object, sha256: object) -> bool:
    """Whether a member has this size and hash; it is read bit by bit."""
    if one.file_size != size:
        return False
    counted, read = hashlib.sha256(), 0
    try:
        with zip.open(one) as file:
            while piece := file.read(BLOCK):
                counted.update(piece)
                read += len(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return False
    return read == size and counted.hexdigest() == sha256


def check_signature(
    data: bytes, signature: bytes, named: object, roots: list[Any] | None
) -> tuple[dict[str, bool | None], dict[str, str]]:
    """What holds of a detached CMS signature, and whose it is; it must be by the certificate that is named."""
    try:
        held = cms.ContentInfo.load(signature, strict=True)["content"]
        (signer,) = held["signer_infos"]
        times = [
            one["values"][0].native for one in signer["signed_attrs"] if one["type"].native == "signing_time"
        ]
        when = times[0] if times else None
        context = ValidationContext(
            trust_roots=roots or [], allow_fetching=False, moment=when or datetime.now(UTC)
        )
        status = asyncio.run(async_validate_detached_cms(data, held, context, key_usage_settings=USES))
    except Unreadable:
        raise
    except Exception:  # a signature that makes no sense is void
        return {"signed": False}, {}
    by = status.signing_cert
    told = {
        "certificate": clean(by.subject.human_friendly),
        "issuer": clean(by.issuer.human_friendly),
        "serial": f"{by.serial_number:x}",
        "sha256": by.sha256.hex(),
        "valid_until": by.not_valid_after.astimezone(UTC).isoformat(),
        "claimed_time": when.astimezone(UTC).isoformat() if when else "",
    }
    signed = bool(status.intact and status.valid) and named == told["sha256"]
    return {"signed": signed, "trusted": None if roots is None else bool(status.trusted)}, told


def read_key(line: str) -> tuple[str, Ed25519PublicKey]:
    """The key of `flask audit key` with its name."""
    name, id, raw = line.strip().split("+", 2)
    given = base64.b64decode(raw, validate=True)
    if given[:1] != b"\x01" or len(given) != 33 or digest(name.encode(), b"\n", given)[:8] != id:
        raise ValueError("no key")
    return name, Ed25519PublicKey.from_public_bytes(given[1:])


def read_checkpoint(note: str, key: tuple[str, Ed25519PublicKey]) -> tuple[int, bytes]:
    """Size and root of the tree as a signed note tells; a ValueError where the key has not signed it."""
    name, public = key
    id = hashlib.sha256(name.encode() + b"\n\x01" + public.public_bytes_raw()).digest()[:4]
    text, _gap, below = note.rpartition("\n\n")
    told = CHECKPOINT_TEXT.fullmatch(f"{text}\n")
    for line in below.splitlines():
        mark, _space, rest = line.partition(" ")
        if told is None or mark != "—" or rest.partition(" ")[0] != name:
            continue
        given = base64.b64decode(rest.partition(" ")[2], validate=True)
        if given[:4] == id:
            try:
                public.verify(given[4:], f"{text}\n".encode())
            except InvalidSignature:
                continue
            return int(told[2]), base64.b64decode(told[3], validate=True)
    raise ValueError("not signed")


def stands(root: bytes, size: int, at: int, leaf: bytes, path: list[bytes]) -> bool:
    """Whether a leaf stands there in the tree of this root (RFC 6962; the check is that of RFC 9162, 2.1.3.2)."""
    if not 0 <= at < size:
        return False
    last, found = size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = hashlib.sha256(b"\x01" + one + found).digest()
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + one).digest()
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def check_proof(
    proof: dict[str, Any], record: dict[str, Any], pdf: str, key: tuple[str, Ed25519PublicKey]
) -> tuple[bool, str]:
    """Whether the proven event is this record's and stands in the tree; and why it is not the last of its data."""
    event, hash = proof["event"], proof["hash"]
    size, root = read_checkpoint(proof["checkpoint"], key)
    link = digest(proof["previous"].encode(), b"\n", canonical(event))
    leaf = hashlib.sha256(b"\x00" + link.encode()).digest()
    path = [bytes.fromhex(one) for one in proof["path"]]
    own = (proof["record"], event["stream"], event["record"]) == (
        record["number"], record["stream"], record["record"],
    )  # fmt: skip
    if not own or link != hash or not stands(root, size, proof["position"], leaf, path):
        return False, ""
    seq, events = event["seq"], record["events"]
    if seq <= len(events):
        return seq >= 1 and events[seq - 1]["hash"] == hash, "" if seq == len(events) else "earlier"
    if not pdf or seq > len(events) + 1:  # data that was made with the proof has all events
        return bool(pdf), "later"
    stored = event["kind"] == "print_stored"
    held = proof["previous"] == events[-1]["hash"] and (not stored or event["facts"]["sha256"] == pdf)
    return held, "print" if stored else "later"


def check_entry(
    entry: dict[str, Any], read: Callable[[str], bytes], hashes: dict[str, str],
    key: tuple[str, Ed25519PublicKey] | None, roots: list[Any] | None,
    clocks: list[Any] | None,
) -> dict[str, Any]:  # fmt: skip
    """What holds of one record of the package: its file, its attachments, its proof."""
    number, name, notes = entry["number"], entry["record"], []
    data, pdf = read(name), ""
    if name.endswith(".pdf"):
        pdf = digest(data)
        found, within = examine(data, roots, clocks)
        packed = within.get(NAME, b"")
        checks: dict[str, bool | None] = found["checks"]
        if entry["seal"] is None and checks.get("sealed") is False:
            del checks["sealed"]
            notes.append("unsealed")
        sealed = found.get("seal", {}).get("sha256") == entry["seal"]
    else:
        packed, sealed = data, entry["seal"] is None
        checks = {}
    record = json.loads(packed) if packed else {}
    if not pdf and (not isinstance(record, dict) or record.get("format") not in FORMATS):
        raise Unreadable("记录数据的格式未知", "the record is of an unknown format")
    if not record:
        return {"number": clean(number), "checks": checks, "notes": notes}
    if not pdf:
        checks |= check_record(record, packed)
    named = (record["number"], record["form"]["code"], record["state"])
    checks["same"] = sealed and named == (number, entry["form"], entry["state"])
    there = {one["sha256"] for one in entry["attachments"] if hashes.get(one["member"]) == one["sha256"]}
    checks["attached"] = len({one["member"] for one in entry["attachments"]}) == len(entry["attachments"])
    if not {one["sha256"] for one in record["attachments"]} <= there:
        checks["attached"] = False
    if entry["proof"] is None:
        notes.append("no proof")
    elif key is None:
        checks["proven"] = False
    else:
        checks["proven"], note = check_proof(json.loads(read(entry["proof"])), record, pdf, key)
        notes += [note] if note else []
    return {"number": clean(number), "checks": checks, "notes": notes, "signatures": signers(record)}


def check_members(
    zip: zipfile.ZipFile, found: dict[str, zipfile.ZipInfo], manifest: dict[str, Any]
) -> tuple[dict[str, bool], list[str]]:
    """Whether the members are those of the manifest, and the names of those that are not."""
    listed = {one["name"]: one for one in manifest["members"]}
    wanted = {*listed, MANIFEST, *([SIGNATURE] if manifest["certificate"] else [])}
    used = {name for one in manifest["records"] for name in (one["record"], one["proof"]) if name}
    used |= {file["member"] for one in manifest["records"] for file in one["attachments"]}
    changed = []
    for name, one in listed.items():
        more_time()
        if name in found and not fits(zip, found[name], one["size"], one["sha256"]):
            changed.append(name)
    complete = len(listed) == len(manifest["members"]) and set(found) == wanted and used <= set(listed)
    odd = sorted(changed) + sorted(wanted ^ set(found))
    return {"complete": complete, "tidy": is_tidy(zip), "hashes": not changed}, [
        clean(one, LONGEST_NAME) for one in odd
    ]


def check_package(zip: zipfile.ZipFile, roots: list[Any] | None, clocks: list[Any] | None) -> dict[str, Any]:
    """Everything about a package, record by record."""
    found = safe_members(zip)
    if MANIFEST not in found:
        raise Unreadable("这不是审计资料包", "this is no audit package")
    data = member(zip, found[MANIFEST], LARGEST_RECORD)
    manifest = json.loads(data)
    if not isinstance(manifest, dict) or manifest.get("format") != PACKAGE:
        raise Unreadable("资料包的格式未知", "the package is of an unknown format")
    signature = member(zip, found[SIGNATURE], LARGEST_PEM) if SIGNATURE in found else b""
    checks, seal = check_signature(data, signature, manifest["certificate"], roots)
    checks["manifest"] = canonical(manifest) == data
    held, odd = check_members(zip, found, manifest)
    checks |= held
    hashes = {one["name"]: one["sha256"] for one in manifest["members"]}

    def read(name: str) -> bytes:
        return member(zip, found[name], LARGEST)

    try:
        key = read_key(read(KEY).decode())
        if CHECKPOINT in found:
            read_checkpoint(read(CHECKPOINT).decode(), key)
            checks["checkpoint"] = True
    except (KeyError, ValueError):
        key, checks["checkpoint"] = None, False
    records = []
    for entry in manifest["records"]:
        more_time()
        try:
            records.append(check_entry(entry, read, hashes, key, roots, clocks))
        except Exception:  # whatever is wrong with it, the others are looked at
            records.append({"number": clean(entry["number"]), "checks": {"readable": False}, "notes": []})
    told = {name: clean(manifest[name]) for name in ("company", "package", "asked_at", "made_at")}
    told["asked_by"] = clean(" ".join(manifest["asked_by"].values()))
    return {"package": told, "checks": checks, "odd": odd, "seal": seal, "records": records}


def unpack(zip: zipfile.ZipFile, folder: Path, odd: list[str]) -> None:
    """Writes the members into a folder that is new or empty, but those that do not fit the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Unreadable("解压的文件夹不是空的", "the folder to unpack into is not empty")
    for name, one in safe_members(zip).items():
        if name in odd:
            continue
        more_time()
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with zip.open(one) as file, (folder / name).open("xb") as out:
            shutil.copyfileobj(file, out, BLOCK)


def work_package(
    given: argparse.Namespace, roots: list[Any] | None, clocks: list[Any] | None
) -> dict[str, Any]:
    """What is found in a package; it is unpacked where that was asked for."""
    if given.file.stat().st_size > LARGEST_PACKAGE:
        raise Unreadable("文件过大", "the file is too large")
    with zipfile.ZipFile(given.file) as zip:
        found = check_package(zip, roots, clocks)
        if given.extract:
            unpack(zip, given.extract, found["odd"])
    parts = [found["checks"], *(one["checks"] for one in found["records"])]
    broken = any(ok is False for checks in parts for ok in checks.values())
    unsure = any(checks.get("trusted", True) is None for checks in parts)
    verdict = "not genuine" if broken else "unchanged" if unsure else "genuine"
    return {"verdict": verdict, **found, "said": sentences(found["checks"])}


def say_package(found: dict[str, Any]) -> None:
    """What is found in a package, for people: the whole, then each record with which something is wrong."""
    told, records = found["package"], found["records"]
    print(f"{told['company']}  资料包 package {told['package']}  {told['made_at']}  {told['asked_by']}")
    bad = [one for one in records if False in one["checks"].values()]
    good = len(records) - len(bad)
    print(f"{'✗' if bad else '✓'} {good} / {len(records)} 条记录成立  /  records that hold")
    for one in bad:
        for key in (key for key, ok in one["checks"].items() if ok is False):
            print(f"  ✗ {one['number']}  {SAYS[key][2]}  /  {SAYS[key][3]}")
    for key, (zh, en) in NOTES.items():
        if count := sum(key in one["notes"] for one in records):
            print(f"  · {count}  {zh}  /  {en}")
    for name in found["odd"]:
        print(f"  ✗ {name}")


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
    if "package" in found:
        say_package(found)
    if record:
        print(f"{record['number']}  {'  '.join(record['title'].values())}")
    if record and "text" not in found["checks"]:
        print("（旧格式：没有核对页面文字  /  an older format: the pages were not compared）")
    for one in found.get("signatures", ()):
        behalf = f"（代 on behalf of {one['on_behalf_of']}）" if one["on_behalf_of"] else ""
        outside = f"（外部签字人 outside signer {one['outside']}）" if one["outside"] else ""
        said = f"{one['meaning']}  ·  {one['step']}  {one['opinion']}".rstrip()
        print(f"  {one['when']}  {one['who']}{behalf}{outside}  {said}")
        if one["own_key"]:
            print(f"    本人密钥 Own key, SHA-256: {one['own_key']}")
        if one["passkey"]:
            print(f"    通行密钥确认 Confirmed by passkey, SHA-256: {one['passkey']}")
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
    if is_package(given.file):
        return work_package(given, roots, clocks)
    found, within = examine(read(given.file, LARGEST), roots, clocks)
    if given.extract and within:
        lay_out(given.extract, within)
    checks = found["checks"]
    verdict = (
        "not genuine" if False in checks.values() else "unchanged" if checks["trusted"] is None else "genuine"
    )
    return {"verdict": verdict, **found, "said": sentences(checks)}


def main() -> int:
    """Reads the command line, examines the file, says what it found."""
    parser = argparse.ArgumentParser(
        description="验证记录的 PDF 或审计资料包  /  Verify the PDF of a record, or an audit package",
        epilog="0: 真实 genuine; 1: 不真实 not genuine; 2: 无法读取 cannot be read",
    )
    parser.add_argument("file", type=Path)
    trust, extract = (
        "所信任的证书 certificates to be trusted",
        "把 record.json 和随附文件，或资料包的文件写入文件夹 write record.json and the files, or the members there",
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
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    logging.disable()
    bound()
    try:
        found = work(given)
    except FileExistsError as problem:
        found = {
            "verdict": UNREADABLE,
            "zh": f"文件夹里已有 {problem}",
            "en": f"there is a {problem} in the folder",
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
