"""Builds the packages that auditors ask for: record by record in pieces, then one ZIP of all, signed.

Nothing is locked and no reading stays open while files are written. A piece ends long before its lease does.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from io import BufferedRandom
from typing import Any

from portal.config import VERIFIER
from portal.database import one_moment
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.jobs import prints, witnesses
from portal.lib.certificates import Identity, Unfit, fingerprint
from portal.lib.clock import today
from portal.lib.conflicts import is_conflict
from portal.models import AuditPackage, Person
from portal.queries import actors
from portal.queries.actors import Actor
from portal.services import audit_packages as acts
from portal.services import package_papers as papers
from portal.services.package_records import BrokenTree, Parcel, gather
from portal.storage import files, package_store
from portal.storage.package_zip import PackageZip
from portal.storage.store import StoreAway

PIECE, SECONDS = 100, 10.0  # records and time of a piece
CLOSING = 120.0  # seconds for the ZIP: less than half a lease, which may be half over when the turn comes
log = logging.getLogger("portal.jobs")


class Stuck(Exception):
    """The package cannot be built; the text is a reason of `web.package_words`, and perhaps a record's number."""


def make(facts: Mapping[str, Any], now: datetime) -> Callable[[], None] | None:
    """Builds the next piece of a package, or its ZIP after the last, and gives back what writes that down."""
    id = facts["package"]
    package = db.session.get(AuditPackage, id, populate_existing=True)
    if package is None or package.state != "running":
        if package is None or package.state != "ready":
            package_store.drop(id)
        return None
    try:
        return _close(package, now) if package.done == package.total else _piece(package, now)
    except StoreAway:
        raise  # is tried again, as with all that needs the store
    except Exception as problem:
        if is_conflict(problem):  # with another write; it is built when its turn comes again
            raise
        log.exception("package %d cannot be built", id)
        return partial(_fail, id, _reason(problem), now)


def _piece(package: AuditPackage, now: datetime) -> Callable[[], None]:
    """Gathers some records into a file, each read in a moment of its own."""
    id, since, numbers = package.id, package.done, package.numbers
    person, upto, began = package.person_id, since, time.monotonic()
    if since == 0:
        witnesses.keep_tree()  # so that there is a proof of what has just happened too
    with package_store.scratch() as out:
        while upto < min(len(numbers), since + PIECE) and (
            upto == since or time.monotonic() - began < SECONDS
        ):
            out.write(f"{_line(numbers[upto], person)}\n".encode())
            upto += 1
        part = package_store.keep(id, ".part", out)
    return partial(_advance, id, part, since, upto, now)


def _close(package: AuditPackage, now: datetime) -> Callable[[], None]:
    """Puts everything into the ZIP and signs its manifest."""
    id, parts = package.id, list(package.parts)
    _auditor(package.person_id)
    by = prints.identity(now)
    head, keys = papers.head(db.session.get_one(AuditPackage, id), now), list(papers.keys())
    db.session.rollback()
    with package_store.scratch() as out:
        _fill(out, parts, head, keys, by, now)
        size, digest = out.tell(), _sum(out)
        file = package_store.keep(id, ".zip", out)
    seal = fingerprint(by.certificate) if by is not None else None
    return partial(_complete, id, file, size, digest, seal, now)


def _fill(
    out: BufferedRandom,
    parts: list[str],
    head: dict[str, Any],
    keys: papers.Keys,
    by: Identity | None,
    now: datetime,
) -> None:
    """Writes the ZIP; one that takes too long is stuck."""
    ends = time.monotonic() + CLOSING
    entries: papers.Entries = []
    with PackageZip(out) as zip:
        zip.add("README.txt", [papers.read_me(head, by)])
        for parcel in _parcels(parts):
            _pack(zip, parcel)
            entries.append(parcel.entry)
            if time.monotonic() > ends:
                raise Stuck("slow")
        zip.add("index.csv", papers.index(entries))
        for name, data in (*keys, (VERIFIER.name, VERIFIER.read_bytes())):
            zip.add(name, [data])
        manifest = papers.manifest(head, entries, list(zip.members), by)
        zip.add(papers.MANIFEST, [manifest])
        if by is not None:
            from portal.pdf.seal import sign_beside  # pyHanko, 20 MB

            zip.add(papers.SIGNATURE, [sign_beside(manifest, by, now=now)], packed=False)


def _advance(id: int, part: str, since: int, upto: int, now: datetime) -> None:
    if not acts.advance(id, part, since, upto, now=now):
        package_store.drop(id, only=part)


def _complete(id: int, file: str, size: int, digest: str, seal: str | None, now: datetime) -> None:
    if acts.complete(id, file, size, digest, seal, now=now):
        package_store.drop(id, but=file)
    else:
        package_store.drop(id, only=file)


def _line(number: str, person_id: int) -> str:
    """The parcel of a record as a line."""
    one_moment()
    try:
        return gather(number, _auditor(person_id)).line()
    except NotFound:
        raise Stuck(f"hidden {number}") from None
    except BrokenTree:
        raise Stuck(f"tree {number}") from None
    finally:
        db.session.rollback()


def _auditor(person_id: int) -> Actor:
    """Who asked, with the rights of today."""
    person = db.session.get_one(Person, person_id)
    by = actors.actor(person, today())
    if not (person.active and by.is_auditor):
        raise Stuck("rights")
    return by


def _parcels(parts: list[str]) -> Iterator[Parcel]:
    for part in parts:
        lines = b"".join(package_store.read(part)[1]).splitlines()
        yield from (Parcel.read(line.decode()) for line in lines)


def _pack(zip: PackageZip, parcel: Parcel) -> None:
    """Puts a record's texts and files into the ZIP; a file must be the one that the record names."""
    for name, text in parcel.texts.items():
        zip.add(name, [text.encode()])
    for file in parcel.files:
        try:
            whole = (
                zip.add(file["name"], files.chunks(file["sha256"]), packed=file["packed"]) == file["sha256"]
            )
        except FileNotFoundError:
            whole = False
        if not whole:
            raise Stuck(f"lost {parcel.entry['number']}")


def _sum(file: BufferedRandom) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(problem: Exception) -> str:
    if isinstance(problem, Stuck):
        return str(problem)
    if isinstance(problem, Unfit):
        return "seal"
    return "disk" if isinstance(problem, OSError) else "unexpected"


def _fail(id: int, reason: str, now: datetime) -> None:
    if acts.fail(id, reason, now=now):
        package_store.drop(id)
