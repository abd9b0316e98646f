"""A record as machines read it, also out of its print: answers, form and route, signatures, the chain of its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import sqlalchemy as sa

from portal.config import VERSION
from portal.extensions import db
from portal.lib import own_keys
from portal.models import AuditCheckpoint, Signature, StoredFile
from portal.queries.record_page import RecordPage
from portal.services import attachments
from portal.services.signatures import COVERED

FORMAT = "portal-record/2"
"""Names the shape of the data, which later shapes will not share; the first had nothing of `printed`."""


def as_json(read: RecordPage) -> dict[str, Any]:
    """The record for machines: all that it holds, and what proves it.

    The link of an event covers its own facts and the link before it: see `portal.services.audit.content`, which takes
    `record`, `stream` and each event's values as they stand here.
    """
    record = read.record
    return {
        "format": FORMAT,
        "program": VERSION,
        "record": record.id,
        "stream": f"record:{record.id}",
        "number": record.number,
        "state": record.state,
        "round": record.round,
        "version": record.version,
        "applicant": {"name": record.applicant.name, "number": record.applicant.number},
        "department": record.department.key,
        "submitted_at": record.submitted_at.isoformat(),
        "closed_at": record.closed_at.isoformat() if record.closed_at else None,
        "form": read.definition,
        "form_version": record.form_version.sha256,
        "answers": read.content.answers,
        "content_sha256": read.content.sha256,
        "versions": [
            {
                "version": one.version,
                "form_version": one.form_version.sha256,
                "answers": one.answers,
                "sha256": one.sha256,
                "reason": one.reason,
            }
            for one in read.versions
        ],
        "signatures": [_signature_json(one) for one in read.signatures],
        "links": [
            {"direction": way, "kind": kind, "number": other.number} for way, kind, other in read.links
        ],
        "events": [
            {
                "seq": event.seq,
                "at": event.at.astimezone(UTC).isoformat(),
                "kind": event.kind,
                "person": event.person_id,
                "address": event.address,
                "facts": event.facts,
                "hash": event.hash,
            }
            for event in read.events
        ],
        "attachments": [
            {name: file[name] for name in ("name", "type", "size", "sha256")}
            for file in files_of(read).values()
        ],
    }


def printed(
    read: RecordPage,
    *,
    sheet: Mapping[str, Any],
    within: Mapping[int, str],
    checkpoint: AuditCheckpoint | None,
) -> dict[str, Any]:
    """The record as its print carries it: with what the pages say, and where its history ended then.

    `within` says what each file of the record is called that goes within the print.
    """
    data = as_json(read)
    files = [
        {**one, "file": within.get(id)} for id, one in zip(files_of(read), data["attachments"], strict=True)
    ]
    last = read.events[-1]
    head: dict[str, Any] = {"seq": last.seq, "hash": last.hash, "checkpoint": None}
    if checkpoint is not None:
        head["checkpoint"] = {name: getattr(checkpoint, name) for name in ("number", "size", "root")}
    return {**data, "attachments": files, "sheet": dict(sheet), "head": head}


def files_of(read: RecordPage) -> dict[int, Mapping[str, Any]]:
    """Every file named in the answers, opinions and comments."""
    values: list[Any] = [read.content.answers]
    values += [value for one in read.signatures for value in (one.answers, one.files)]
    values += [comment.files for comment in read.comments]
    ids = set(attachments.ids(values)) | {one.drawn_id for one in read.signatures if one.drawn_id}
    found = sa.select(StoredFile).where(StoredFile.id.in_(ids)).order_by(StoredFile.id)
    return {file.id: file.reference() for file in db.session.scalars(found)}


def _signature_json(one: Signature) -> dict[str, Any]:
    """A signature with all that its hash covers: see `portal.services.signatures.fingerprint`.

    Where the signer has a key of their own, it comes with the ECDSA signature over the text of that hash.
    """
    found = {name: getattr(one, name) for name in (*COVERED, "sha256")}
    signed_at = one.signed_at.astimezone(UTC).isoformat()
    if one.own_key is not None:
        sha256 = own_keys.fingerprint(one.own_key)
        found["own_key"] = {"public_key": one.own_key, "sha256": sha256, "signature": one.own_signature}
    return {**found, "form_version": one.form_version.sha256, "signed_at": signed_at}
