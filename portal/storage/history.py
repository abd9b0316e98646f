"""The published documents as a git repository, which anybody can clone and read without the portal.

The database is what counts: a publication is written here as well, and whatever is found here is built upon, so that
a publication that reached the repository but not the database is no obstacle to the next.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import sleep
from typing import TypeVar

from dulwich.config import StackedConfig
from dulwich.diff_tree import tree_changes
from dulwich.file import FileLocked
from dulwich.index import commit_tree
from dulwich.object_store import iter_tree_contents
from dulwich.objects import Blob, Commit, ObjectID
from dulwich.refs import Ref
from dulwich.repo import Repo

BRANCH = Ref(b"refs/heads/main")
TRIES = 20
_MODE = 0o100644
_PATH = re.compile(
    r"(?!.*(?:^|/)(?:\.{1,2}|\.git)(?:/|$))[^/\\\x00-\x1f\x7f:]+(?:/[^/\\\x00-\x1f\x7f:]+)*", re.I
)
_SHA = re.compile(r"[0-9a-f]{40}")

T = TypeVar("T")
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


class History:
    """A bare repository in a folder of the portal's data; it is made at the first publication."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def publish(
        self,
        files: Mapping[str, bytes | None],
        *,
        message: str,
        author_name: str,
        author_email: str,
        at: datetime,
    ) -> str:
        """Commits files by their paths, None where one is taken away, and returns the SHA of the commit.

        The same publication again gives the commit that there is; one that changes nothing gives the last.

        Raises:
            ValueError: a path cannot be, the moment has no time zone, or there is nothing at all to publish.
        """
        for path in files:
            if not _PATH.fullmatch(path):
                raise ValueError(f"{path!r} is no path of a document")
        commit = _signed(message, author_name, author_email, at)
        with self._alone():
            if not self._exists():
                self._make()
            with self._repository() as repo:
                return str(_patient(lambda: _commit(repo, files, commit)), "ascii")

    def log(self, path: str = "", *, most: int | None = None) -> list[Publication]:
        """The last publications, newest first; with `path` only those that changed this file."""
        if not self._exists():
            return []
        found: list[Publication] = []
        with self._repository() as repo:
            for commit in _commits(repo):
                if most is not None and len(found) >= most:
                    break
                changed = _changed(repo, commit)
                if not path or path in changed:
                    found.append(_publication(commit, changed))
        return found

    def read(self, sha: str, path: str) -> bytes:
        """A file as it was in this commit.

        Raises:
            FileNotFoundError: there is no such commit, or no such file in it.
        """
        if _SHA.fullmatch(sha) and self._exists():
            with self._repository() as repo, suppress(KeyError):
                commit = repo[sha.encode()]
                blob = repo[_blobs(repo, commit)[path.encode()]] if isinstance(commit, Commit) else None
                if isinstance(blob, Blob):
                    return blob.data
        raise FileNotFoundError(path)

    def _exists(self) -> bool:
        return (self.folder / "HEAD").exists()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One publisher at a time, among threads and processes; the lock ends with its holder."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.folder.with_name(f"{self.folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _repository(self) -> Iterator[Repo]:
        repo = Repo(str(self.folder), bare=True)
        try:
            repo.object_store.fsync_object_files = True
            yield repo
        finally:
            repo.close()

    def _make(self) -> None:
        """A new repository, whole or not at all."""
        new = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        # Nobody's settings of git on this machine have a say.
        Repo.init_bare(str(new), mkdir=True, default_branch=b"main", config=StackedConfig([])).close()
        new.rename(self.folder)


def _patient(act: Callable[[], T]) -> T:
    """Does it again while git's own lock files are in the way; one that stays was left by a killed publisher."""
    for _try in range(TRIES):
        try:
            return act()
        except FileLocked as locked:
            left = locked
            sleep(0.05)
    Path(os.fsdecode(left.lockfilename)).unlink(missing_ok=True)
    return act()


def _signed(message: str, name: str, email: str, at: datetime) -> Commit:
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


def _commit(repo: Repo, files: Mapping[str, bytes | None], commit: Commit) -> ObjectID:
    for _try in range(TRIES):
        head, before = None, Blobs()
        for former in _commits(repo):
            if head is None:
                head, before = former.id, _blobs(repo, former)
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


def _commits(repo: Repo) -> Iterator[Commit]:
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
    blobs = _blobs(repo, commit)
    return all(
        blobs.get(path.encode()) == (None if data is None else Blob.from_string(data).id)
        for path, data in files.items()
    )


def _blobs(repo: Repo, commit: Commit) -> Blobs:
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


def _changed(repo: Repo, commit: Commit) -> tuple[str, ...]:
    """The paths that a commit has changed."""
    former = repo[commit.parents[0]] if commit.parents else None
    tree = former.tree if isinstance(former, Commit) else None
    sides = (
        side for one in tree_changes(repo.object_store, tree, commit.tree) for side in (one.old, one.new)
    )
    paths = {side.path for side in sides if side is not None and side.path is not None}
    return tuple(sorted(path.decode() for path in paths))


def _publication(commit: Commit, changed: tuple[str, ...]) -> Publication:
    name, _mark, email = commit.author.decode().rpartition(" <")
    zone = timezone(timedelta(seconds=commit.commit_timezone))
    at = datetime.fromtimestamp(commit.commit_time, zone)
    return Publication(
        str(commit.id, "ascii"), commit.message.decode().strip(), name, email[:-1], at, changed
    )
