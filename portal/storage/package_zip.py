"""A ZIP whose bytes depend on nothing but what is in it: no clock, no system, members in the order given."""

from __future__ import annotations

import hashlib
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO

TIME = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP can name
UNIX = 3
MODE = stat.S_IFREG | 0o644


class PackageZip:
    """Writes members one after the other and keeps their sizes and hashes."""

    def __init__(self, out: Path | IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w")
        self.members: list[dict[str, str | int]] = []

    def __enter__(self) -> PackageZip:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = True) -> str:
        """Writes a member, packed unless it is so already; returns its SHA-256."""
        info = zipfile.ZipInfo(name, TIME)
        info.create_system, info.external_attr = UNIX, MODE << 16
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w") as out:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        self.members.append({"name": name, "size": size, "sha256": digest.hexdigest()})
        return digest.hexdigest()
