"""The released documents in the history that can be cloned: written after the commit, and held against the books.

The database is what counts. A repository that is lost is written anew from it, commit by commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from flask import current_app

from portal.domain import documents as life
from portal.lib.clauses import front_matter
from portal.lib.clock import ZONE
from portal.lib.hashing import sha256
from portal.lib.text import plain_name
from portal.models import DocumentRevision, Person
from portal.queries import people, publications, revisions
from portal.queries.publications import Withdrawal
from portal.services import outbox
from portal.storage import files
from portal.storage.shipped import Shipped, path_of, written

if TYPE_CHECKING:
    from portal.storage.history import History

JOB = "publication"
Files = dict[str, bytes | None]


def history() -> History:
    """The repository in the data folder."""
    from portal.storage.history import History  # the library of git, 5 MB, for the jobs

    return History(current_app.config["SETTINGS"].portal_data / "documents.git")


def ask(*, now: datetime) -> None:
    """Something was released or withdrawn: the history is written after the commit."""
    outbox.add(JOB, now=now)


def publish() -> dict[int, str]:
    """Writes what the history lacks, in the order of release; gives the commit of each revision that is new in it.

    Doing it twice makes nothing twice.
    """
    kept = history()
    lost = not kept.log(most=1)
    every = publications.released()
    made: dict[int, str] = {}
    groups = list(_packages([one for one in every if lost or not one.commit]))
    acts: list[tuple[datetime, list[DocumentRevision] | Withdrawal]] = [
        *((_released_at(group[0]), group) for group in groups),
        *((gone.at, gone) for gone in publications.withdrawals()),
    ]
    for at, act in sorted(acts, key=itemgetter(0)):
        if isinstance(act, Withdrawal):
            _withdraw(kept, act)
            continue
        sha = kept.publish(
            {path: data for one in act for path, data in _files(one).items()},
            message=_message(act),
            at=at.astimezone(ZONE),
            **_author(act[0].released_by),
        )
        made |= {one.id: sha for one in act}
    return made


def _released_at(one: DocumentRevision) -> datetime:
    return one.released_at or one.saved_at


def verify() -> list[str]:
    """Where the history and the books disagree, in words for whoever looks after the portal; nothing where they agree."""
    kept = history()
    wrong = [said for one in publications.released() if (said := _flaw(kept, one))]
    newest = next(iter(kept.log(most=1)), None)
    for gone in publications.withdrawals() if newest else ():
        for path in _paths(gone.document.code):
            if newest and _read(kept, newest.sha, path) is not None:
                wrong.append(f"{gone.document.code}: withdrawn, and still in the history as {path}")
    return wrong


def waiting() -> int:
    """How many released revisions the history does not have yet."""
    return sum(not one.commit for one in publications.released())


def _packages(found: Sequence[DocumentRevision]) -> Iterator[list[DocumentRevision]]:
    """What one record has released together; what was loaded, one by one."""
    for release, group in groupby(found, lambda one: one.release_id):
        if release is not None:
            yield list(group)
        else:
            yield from ([one] for one in group)


def _files(one: DocumentRevision) -> Files:
    """What the revision writes, and takes away of the one before it."""
    former = revisions.former(one)
    gone: Files = dict.fromkeys(_places(former)) if former is not None else {}
    return gone | _own(one)


def _own(one: DocumentRevision) -> Files:
    text = written(_as_shipped(one)).encode()
    return {_path(one): text, **{path: files.get(sha) for path, sha in _pictures(one).items()}}


def _pictures(one: DocumentRevision) -> dict[str, str]:
    """Where each picture lies, and the hash of its bytes."""
    folder = f"{one.department.key}/{one.document_no}"
    return {f"{folder}/{plain_name(each.name)}": each.file.sha256 for each in revisions.pictures(one.id)}


def _path(one: DocumentRevision) -> str:
    return path_of(one.department.key, one.document_no, one.name)


def _paths(document_no: str) -> set[str]:
    """Every path under which a document was ever published."""
    return {path for one in revisions.released(document_no) for path in _places(one)}


def _places(one: DocumentRevision) -> set[str]:
    return {_path(one), *_pictures(one)}


def _as_shipped(one: DocumentRevision) -> Shipped:
    keys = {each.id: each.key for each in people.departments()}
    return Shipped(
        code=one.document_no,
        edition=1,
        title=one.name,
        title_en=one.name_en,
        kind=one.kind,
        department=one.department.key,
        summary_en=one.summary_en,
        readers=[keys[id] for id in one.readers if id in keys] or ["all"],
        review_months=one.review_months,
        text=one.text,
        change=one.change,
        size="major" if life.order(one.number)[1] == 0 else "minor",
    )


def _message(group: Sequence[DocumentRevision]) -> str:
    """Number, title and revision of each; below what has changed, and what proves it."""
    head = "、".join(f"{one.document_no} {one.name} {one.number}" for one in group)
    body = [
        "\n".join(
            filter(
                None,
                (
                    f"{one.document_no} {one.number}",
                    one.change,
                    f"Effective: {one.effective_on}",
                    f"SHA-256: {one.sha256}",
                    f"Release: {one.release.number}" if one.release else "",
                ),
            )
        )
        for one in group
    ]
    return "\n\n".join((head, *body))


def _author(person: Person | None) -> dict[str, str]:
    if person is None:
        return {"author_name": "portal", "author_email": "portal@localhost"}
    return {"author_name": person.name, "author_email": person.email or f"{person.login}@localhost"}


def _withdraw(kept: History, gone: Withdrawal) -> None:
    """Takes the files of a withdrawn document away, if they are there."""
    newest = kept.log(most=1)
    there = (
        [path for path in _paths(gone.document.code) if _read(kept, newest[0].sha, path) is not None]
        if newest
        else []
    )
    if there:
        kept.publish(
            dict.fromkeys(there),
            message=f"{gone.document.code} {gone.document.name} 作废\n\nObsolete: {gone.document.obsolete_on}\nRequest: {gone.number}",
            at=gone.at.astimezone(ZONE),
            **_author(gone.by),
        )


def _flaw(kept: History, one: DocumentRevision) -> str:
    if not one.commit:
        return ""
    data = _read(kept, one.commit, _path(one))
    if data is None:
        return f"{one.code}: not in commit {one.commit}"
    try:
        _facts, text = front_matter(data.decode())
    except ValueError:
        return f"{one.code}: commit {one.commit} cannot be read"
    if sha256(text.strip().encode()) != sha256(one.text.strip().encode()):
        return f"{one.code}: the text in commit {one.commit} is another one"
    if revisions.fingerprint(one) != one.sha256:
        return f"{one.code}: the text in the database is not the one that was released"
    return ""


def _read(kept: History, sha: str, path: str) -> bytes | None:
    try:
        return kept.read(sha, path)
    except FileNotFoundError:
        return None
