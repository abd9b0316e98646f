"""Packages of records for auditors: asked for, built by the outbox piece by piece, taken away, forgotten after a week.

Who is stopped half-way is followed by another worker, who begins with the piece that is not written down yet. Each
piece is written down in the write that ends its row of the outbox and adds the next row, so that each counts once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.lib.hashing import sha256
from portal.lib.i18n import _l
from portal.models import AuditPackage
from portal.queries import audit_packages as found
from portal.queries.actors import Actor
from portal.services import audit, once, outbox

MOST, MOST_BYTES = 2000, 1 << 30
KEPT = timedelta(days=7)


class PackageRunning(Refusal):
    """One package of a person is built at a time."""

    status = 409
    text = _l("您已有一个资料包正在制作，请等它完成，或先取消。")


class PackageGone(Refusal):
    """The file of a package is there no more, or not yet."""

    status = 409
    text = _l("这个资料包没有可下载的文件：可能尚未完成、已经取消，或已超过 7 天。")


def ask(
    asked: Mapping[str, Any], numbers: Sequence[str], *, by: Actor, address: str, now: datetime
) -> AuditPackage:
    """Asks for a package of these records; `asked` is what they were found by, for the trail and the package.

    Raises:
        NotAllowed: it is no auditor.
        Refusal: there is no record, too many, too much of them, or another package is being built.
    """
    if not by.is_auditor:
        raise NotAllowed
    once.take_turn(by.id)
    if found.runs(by.id):
        raise PackageRunning
    if not numbers:
        raise Refusal(_l("没有符合条件的记录。"))
    if len(numbers) > MOST:
        raise Refusal(_l("一个资料包最多 %(most)d 条记录，请缩小范围。"), most=MOST)
    size = found.bytes_of(numbers)
    if size > MOST_BYTES:
        megabytes = {"size": size >> 20, "most": MOST_BYTES >> 20}
        raise Refusal(
            _l("这些记录的文件共 %(size)d MB，一个资料包最多 %(most)d MB，请缩小范围。"), **megabytes
        )
    package = AuditPackage(
        person_id=by.id, asked=dict(asked), numbers=list(numbers), total=len(numbers), asked_at=now
    )
    db.session.add(package)
    db.session.flush()
    facts = {name: value for name, value in asked.items() if value}
    audit.note(
        "package_asked", at=now, by=by.id, stream="access", address=address, package=package.id,
        rows=len(numbers), list_sha256=sha256("\n".join(numbers).encode()), **facts,
    )  # fmt: skip
    outbox.add("package", now=now, package=package.id)
    return package


def cancel(package: AuditPackage, *, now: datetime) -> None:
    """Ends a package that is being built; its worker finds that out after its piece and clears away.

    Raises:
        Refusal: it is not being built any more.
    """
    if not _locked(package.id, "running"):
        raise Refusal(_l("这个资料包已不在制作中。"))
    package.state, package.ended_at, package.parts = "cancelled", now, []


def advance(id: int, part: str, since: int, upto: int, *, now: datetime) -> bool:
    """Writes down a piece, and asks for the next; False where the package has ended meanwhile."""
    package = _locked(id, "running")
    if package is None or package.done != since:
        return False
    package.parts, package.done = [*package.parts, part], upto
    outbox.add("package", now=now, package=id)
    return True


def complete(id: int, file: str, size: int, digest: str, certificate: str | None, *, now: datetime) -> bool:
    """Writes down that the package is there; False where it has ended meanwhile."""
    package = _locked(id, "running")
    if package is None:
        return False
    package.state, package.ended_at, package.parts = "ready", now, []
    package.file, package.size, package.sha256 = file, size, digest
    audit.note(
        "package_made", at=now, by=None, stream="access", package=id, rows=package.total, sha256=digest,
        seal=certificate,
    )  # fmt: skip
    return True


def fail(id: int, reason: str, *, now: datetime) -> bool:
    """Ends a package that cannot be built, and says why; False where it has ended meanwhile."""
    package = _locked(id, "running")
    if package is None:
        return False
    package.state, package.ended_at, package.parts, package.error = "failed", now, [], reason
    return True


def take(package: AuditPackage, *, by: Actor, address: str, now: datetime) -> None:
    """Notes that the person takes the file away.

    Raises:
        PackageGone: there is no file, or it has been kept for as long as it may be.
    """
    if package.state != "ready" or package.ended_at is None or package.ended_at <= now - KEPT:
        raise PackageGone
    audit.note(
        "package_taken", at=now, by=by.id, stream="access", address=address, package=package.id,
        rows=package.total, sha256=package.sha256,
    )  # fmt: skip


def expire(now: datetime) -> int:
    """Ends packages that have been kept for their days; returns how many. Their files are nobody's from then on."""
    over = sa.select(AuditPackage).where(AuditPackage.state == "ready", AuditPackage.ended_at <= now - KEPT)
    packages = list(db.session.scalars(over.with_for_update()))
    for one in packages:
        one.state, one.file = "expired", ""
    return len(packages)


def _locked(id: int, state: str) -> AuditPackage | None:
    found = db.session.get(AuditPackage, id, with_for_update=True, populate_existing=True)
    return found if found is not None and found.state == state else None
