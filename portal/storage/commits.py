"""Commits of the history: how one is made of files, found again, and told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from dulwich.diff_tree import tree_changes
from dulwich.index import commit_tree
from dulwich.object_store import iter_tree_contents
from dulwich.objects import Blob, Commit, ObjectID
from dulwich.refs import Ref
from dulwich.repo import Repo

BRANCH = Ref(b"refs/heads/main")
TRIES = 20
_MODE = 0o100644

Blobs = dict[bytes, ObjectID]


@dataclass(frozen=True, slots=True)
class Publication:
    """One commit: what was published, by whom and when, and the files that it changed."""

    sha: str
    message: str
    author_name: str
    author_email: str
    at: datetime
    paths: tuple[str, ...]


def signed(message: str, name: str, email: str, at: datetime) -> Commit:
    """A commit that has everything but its files and the one before it."""
    offset = at.utcoffset()
    if offset is None:
        raise ValueError("a publication has a moment with a time zone")
    who = f"{_plain(name)} <{_plain(email)}>".encode()
    commit = Commit()
    commit.author = commit.committer = who
    commit.author_time = commit.commit_time = int(at.timestamp())
    commit.author_timezone = commit.commit_timezone = int(offset.total_seconds())
    commit.message = message.strip().encode() + b"\n"
    return commit


def _plain(text: str) -> str:
    return re.sub(r"[<>\x00-\x1f\x7f]+", " ", text).strip()


def commit_files(repo: Repo, files: Mapping[str, bytes | None], commit: Commit) -> ObjectID:
    """Puts the commit with these files on the branch, unless it stands there already or would change nothing.

    Raises:
        ValueError: a document would also be a folder, or there is nothing at all to publish.
    """
    for _try in range(TRIES):
        head, before = None, Blobs()
        for former in newest_first(repo):
            if head is None:
                head, before = former.id, blobs(repo, former)
            if _like(former, commit) and _holds(repo, former, files):
                return former.id
        after = _with(repo, before, files)
        if after == before:
            if head is None:
                raise ValueError("nothing to publish")
            return head
        commit.tree = commit_tree(
            repo.object_store, [(path, sha, _MODE) for path, sha in sorted(after.items())]
        )
        commit.parents = [head] if head else []
        repo.object_store.add_object(commit)
        if head is None:
            done = repo.refs.add_if_new(BRANCH, commit.id)
        else:
            done = repo.refs.set_if_equals(BRANCH, head, commit.id)
        if done:
            return commit.id
    raise RuntimeError("somebody else keeps writing to the history")


def _head(repo: Repo) -> ObjectID | None:
    return repo.refs.as_dict().get(BRANCH)


def newest_first(repo: Repo) -> Iterator[Commit]:
    """The commits, newest first."""
    at = _head(repo)
    while at is not None:
        commit = repo[at]
        assert isinstance(commit, Commit)
        yield commit
        at = commit.parents[0] if commit.parents else None


def _like(one: Commit, other: Commit) -> bool:
    """Whether both were published at the same moment by the same person with the same words."""
    return (one.commit_time, one.author, one.message) == (other.commit_time, other.author, other.message)


def _holds(repo: Repo, commit: Commit, files: Mapping[str, bytes | None]) -> bool:
    there = blobs(repo, commit)
    return all(
        there.get(path.encode()) == (None if data is None else Blob.from_string(data).id)
        for path, data in files.items()
    )


def blobs(repo: Repo, commit: Commit) -> Blobs:
    """The files of a commit."""
    found = iter_tree_contents(repo.object_store, commit.tree)
    return {entry.path: entry.sha for entry in found if entry.path and entry.sha}


def _with(repo: Repo, before: Blobs, files: Mapping[str, bytes | None]) -> Blobs:
    after = dict(before)
    for path, data in files.items():
        after.pop(path.encode(), None)
        if data is not None:
            blob = Blob.from_string(data)
            repo.object_store.add_object(blob)
            after[path.encode()] = blob.id
    folders = {
        b"/".join(path.split(b"/")[:depth]) for path in after for depth in range(1, path.count(b"/") + 1)
    }
    if twice := folders & set(after):
        raise ValueError(f"{twice.pop().decode()} is both a document and a folder")
    return after


def changed_paths(repo: Repo, commit: Commit) -> tuple[str, ...]:
    """The paths that a commit has changed."""
    former = repo[commit.parents[0]] if commit.parents else None
    tree = former.tree if isinstance(former, Commit) else None
    sides = (
        side for one in tree_changes(repo.object_store, tree, commit.tree) for side in (one.old, one.new)
    )
    paths = {side.path for side in sides if side is not None and side.path is not None}
    return tuple(sorted(path.decode() for path in paths))


def publication(commit: Commit, changed: tuple[str, ...]) -> Publication:
    """A commit as it is told."""
    name, _mark, email = commit.author.decode().rpartition(" <")
    zone = timezone(timedelta(seconds=commit.commit_timezone))
    at = datetime.fromtimestamp(commit.commit_time, zone)
    return Publication(
        str(commit.id, "ascii"), commit.message.decode().strip(), name, email[:-1], at, changed
    )
