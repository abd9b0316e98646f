"""What a package holds of one record: its print or its data, the files it names, the proof of its last event."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from portal.extensions import db
from portal.forms.titles import form_title
from portal.lib.clock import minute
from portal.lib.hashing import canonical_json
from portal.lib.member_names import MemberNames
from portal.models import Record, StoredFile
from portal.queries import record_page, visible
from portal.queries.actors import Actor
from portal.queries.record_page import RecordPage
from portal.services import proofs, record_data

TEXTS = ("text/", "image/vnd.dxf")  # the types that are worth packing
MARK = "print_stored"


class BrokenTree(Exception):
    """The tree over the trail lacks what a proof needs; `flask audit verify` says where."""


@dataclass
class Parcel:
    """A record in a package: its line in the manifest, texts made now, files as the store keeps them."""

    entry: dict[str, Any]
    texts: dict[str, str] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)

    def line(self) -> str:
        """The parcel as one line of JSON."""
        return json.dumps([self.entry, self.texts, self.files], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def read(cls, line: str) -> Parcel:
        """A parcel of its line."""
        return cls(*json.loads(line))

    def keep(self, name: str, file: StoredFile) -> None:
        """Adds a file of the store under this name."""
        packed = file.type.startswith(TEXTS)
        self.files.append({"name": name, "sha256": file.sha256, "size": file.size, "packed": packed})


def gather(number: str, by: Actor) -> Parcel:
    """The parcel of the record, read in one moment that the caller begins and ends.

    Raises:
        NotFound: the person may not see such a record.
        BrokenTree: its proof cannot be made.
    """
    record = visible.record(number, by)
    read = record_page.read(record)
    parcel = Parcel(_entry(record))
    print_ = db.session.get(StoredFile, record.pdf_id) if record.pdf_id is not None else None
    if print_ is not None:
        parcel.entry["record"] = f"records/{number}.pdf"
        parcel.entry["seal"] = _seal(read)
        parcel.keep(parcel.entry["record"], print_)
    else:
        parcel.entry["record"] = f"records/{number}.json"
        parcel.texts[parcel.entry["record"]] = canonical_json(record_data.as_json(read)).decode()
    names = MemberNames()
    for id in record_data.files_of(read):
        file = db.session.get_one(StoredFile, id)
        member = f"attachments/{number}/{names.add(file.name)}"
        parcel.keep(member, file)
        parcel.entry["attachments"].append({"member": member, "name": file.name, "sha256": file.sha256})
    try:
        proof = json.dumps(proofs.of_record(number), ensure_ascii=False, indent=2)
    except proofs.NotYetUnder:
        return parcel
    except (LookupError, ValueError) as problem:
        raise BrokenTree(number) from problem
    parcel.entry["proof"] = f"proofs/{number}.json"
    parcel.texts[parcel.entry["proof"]] = f"{proof}\n"
    return parcel


def _entry(record: Record) -> dict[str, Any]:
    return {
        "number": record.number,
        "form": record.form_code,
        "form_title": form_title(record.form_code, "zh"),
        "title": record.title,
        "department": record.department.named("zh"),
        "applicant": f"{record.applicant.name}（{record.applicant.number}）",
        "state": record.state,
        "submitted_at": minute(record.submitted_at),
        "closed_at": minute(record.closed_at),
        "record": "",
        "seal": None,  # of the print: the SHA-256 of the certificate
        "attachments": [],
        "proof": None,  # where the last event is not under a checkpoint yet
    }


def _seal(read: RecordPage) -> str | None:
    """By which certificate the stored print was sealed, as its event tells."""
    return next((one.facts.get("seal") for one in reversed(read.events) if one.kind == MARK), None)
