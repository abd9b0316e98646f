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
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import TypeVar

from dulwich.config import StackedConfig
from dulwich.file import FileLocked
from dulwich.objects import Blob, Commit
from dulwich.repo import Repo

from portal.storage.commits import (
    TRIES,
    Publication,
    blobs,
    changed_paths,
    commit_files,
    newest_first,
    publication,
    signed,
)

_PATH = re.compile(
    r"(?!.*(?:^|/)(?:\.{1,2}|\.git)(?:/|$))[^/\\\x00-\x1f\x7f:]+(?:/[^/\\\x00-\x1f\x7f:]+)*", re.I
)
_SHA = re.compile(r"[0-9a-f]{40}")

T = TypeVar("T")


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
        commit = signed(message, author_name, author_email, at)
        with self._alone():
            if not self._exists():
                self._make()
            with self._repository() as repo:
                return str(_patient(lambda: commit_files(repo, files, commit)), "ascii")

    def log(self, path: str = "", *, most: int | None = None) -> list[Publication]:
        """The last publications, newest first; with `path` only those that changed this file."""
        if not self._exists():
            return []
        found: list[Publication] = []
        with self._repository() as repo:
            for commit in newest_first(repo):
                if most is not None and len(found) >= most:
                    break
                changed = changed_paths(repo, commit)
                if not path or path in changed:
                    found.append(publication(commit, changed))
        return found

    def read(self, sha: str, path: str) -> bytes:
        """A file as it was in this commit.

        Raises:
            FileNotFoundError: there is no such commit, or no such file in it.
        """
        if _SHA.fullmatch(sha) and self._exists():
            with self._repository() as repo, suppress(KeyError):
                commit = repo[sha.encode()]
                blob = repo[blobs(repo, commit)[path.encode()]] if isinstance(commit, Commit) else None
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
