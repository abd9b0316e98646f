"""What the release of a DC-01 puts into force: the document at hand, and those that are released with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.effects import Effect, Made, Opens, PostsEntry, ReleasesRevision, Updates
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.document_words import ALONE
from portal.lib.clock import day
from portal.queries import documents, editions, revisions


@dataclass(frozen=True, slots=True)
class Released:
    """A document with the version that comes into force; `text` is its revision where the portal keeps the text."""

    number: str
    title: str
    kind: str
    version: str
    owner: Ref
    text: int | None = None
    sha256: str = ""
    issuer: str = ""


def effects(record: Filed) -> Iterator[Effect]:
    """One version of each document is in force from the day on, and every former one obsolete."""
    yield from _withdraw_corrected(record)
    for one in _released(record):
        found = documents.by_number(one.number)
        values = {
            "name": one.title,
            "kind": one.kind,
            "version": one.version,
            "state": "effective",
            "effective_on": in_force_from(record),
            "department_id": one.owner.id,
            "next_review_on": record["next_review_on"],
            "release_id": record.id,
        }
        if found is None:
            values["code"] = one.number
        yield Updates("document", found.id if found else None, values)
        if one.text is not None:
            yield ReleasesRevision(one.text, Made("document"), in_force_from(record), one.sha256)
        yield _entry(one, record)
        yield _issue(one, record)


def in_force_from(record: Filed) -> date:
    """The day that was laid down, or that of the last signature where that came later: nothing is in force unreleased."""
    planned: date = record["effective_on"]
    return max(planned, day(record.now))


def _released(record: Filed) -> Iterator[Released]:
    text = record["text"]
    yield Released(
        record["document_no"],
        record["title"],
        record["document_kind"],
        record["version"],
        record["owner_department"],
        text.id if text else None,
        record["text_sha256"] or "",
        record["issuer"] or "",
    )
    for row in record["package"] or ():
        found = revisions.find(row["text"].id)
        assert found is not None
        owner = Ref(found.department.id, found.department.name)
        yield Released(
            found.document_no, found.name, found.kind, found.number, owner, found.id, row["sha256"]
        )


def _withdraw_corrected(record: Filed) -> Iterator[Effect]:
    """What was released under a wrong number is no document."""
    if record["@corrects"]:
        wrong = documents.release(record["@corrects"])
        found = documents.by_number(wrong.number)
        if found is not None and found.code != record["document_no"]:
            yield Updates("document", found.id, {"state": "obsolete"})


def _entry(one: Released, record: Filed) -> PostsEntry:
    step = "gm_approval" if record["document_kind"] in ALONE else "approval"
    approved_on = max(documents.received(record.id, step).values(), default=day(record.now))
    facts = {
        "number": one.number,
        "title": one.title,
        "kind": one.kind,
        "version": one.version,
        "approved_on": approved_on.isoformat(),
        "effective_on": in_force_from(record).isoformat(),
        "owner": one.owner.text,
        "next_review": record["next_review_on"].isoformat(),
        "issuer": one.issuer,
        **_loaded_before(one),
    }
    return PostsEntry(documents.DOCUMENTS, facts, key=f"{one.number} {one.version}")


def _loaded_before(one: Released) -> dict[str, str]:
    """The version with which the document was loaded, which stands in no entry of its own."""
    found = documents.by_number(one.number)
    if found is None or found.release_id is not None or one.text is not None:
        return {}
    since = found.effective_on.isoformat() if found.effective_on else ""
    return {"former_version": found.version, "former_effective_on": since}


def _issue(one: Released, record: Filed) -> Opens:
    """The draft by which every department gets its copies."""
    former = editions.versions(one.number, but=record.itself)
    answers = {
        "document": Made("document"),
        "version": one.version,
        "issue_kind": "new_version" if former else "first_issue",
        "copies": numbered_copies(record["distribution"], day(record.now)),
        "effective_on": in_force_from(record),
        "old_version": former[-1] if former else None,
    }
    return Opens(
        "DC-03",
        answers,
        to="role:document_controller",
        names_as="release",
        due=in_force_from(record),
        subject=f"{one.title} {one.number} {one.version}",
    )


def numbered_copies(distribution: Iterable[Mapping[str, Any]], issued_on: date) -> list[dict[str, Any]]:
    """The copies for each department, numbered one after the other, each for its head."""
    rows: list[dict[str, Any]] = []
    for line in distribution:
        leader = documents.head(line["department"].id)
        rows += [
            {
                "copy_no": f"{len(rows) + 1 + place:02d}",
                "holder": line["department"],
                "person": Ref(leader.id, leader.label) if leader else None,
                "issued_on": issued_on,
            }
            for place in range(line["copies"])
        ]
    return rows
