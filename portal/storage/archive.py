"""An archive of one state of the portal: a ZIP with a manifest, a JSON-lines file a table, and the files.

```
manifest.json            format, revision, moment, rows and SHA-256 of each table, the files
tables/people.jsonl      one JSON object a row, in the order of the primary key
files/<sha256>           the bytes under their hash
```
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
# What the library raises at bytes that were changed: the flags and kinds of a member may be among them.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


class ArchiveBroken(Exception):
    """The archive is not what its manifest says; the text says where."""


class Writer:
    """Writes an archive member by member; the manifest comes last."""

    def __init__(self, zip: zipfile.ZipFile, **facts: Any) -> None:
        self._zip = zip
        self.manifest: dict[str, Any] = {"format": FORMAT, **facts, "tables": {}, "files": {}}

    def table(self, name: str, rows: Iterable[dict[str, Any]]) -> None:
        """One table, row by row."""
        digest, count = hashlib.sha256(), 0
        with self._zip.open(_table(name), "w", force_zip64=True) as out:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                digest.update(line)
                out.write(line)
                count += 1
        self.manifest["tables"][name] = {"rows": count, "sha256": digest.hexdigest()}

    def file(self, sha256: str, data: bytes) -> None:
        """One file under its hash; most are compressed already."""
        self._zip.writestr(_file(sha256), data, compress_type=zipfile.ZIP_STORED)
        self.manifest["files"][sha256] = len(data)

    def close(self) -> str:
        """Writes the manifest and returns its SHA-256, which vouches for everything."""
        text = json.dumps(self.manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
        self._zip.writestr(MANIFEST, text)
        return hashlib.sha256(text).hexdigest()


class Reader:
    """Reads an archive; `verify` before anything of it is believed."""

    def __init__(self, zip: zipfile.ZipFile) -> None:
        self._zip = zip
        try:
            text = zip.read(MANIFEST)
            self.manifest: dict[str, Any] = json.loads(text)
        except (KeyError, *UNREADABLE) as problem:
            raise ArchiveBroken("it has no readable manifest") from problem
        self.sha256 = hashlib.sha256(text).hexdigest()
        if self.manifest.get("format") != FORMAT:
            raise ArchiveBroken(f"its format is {self.manifest.get('format')}, not {FORMAT}")

    def verify(self) -> None:
        """Reads all of it once.

        Raises:
            ArchiveBroken: something is missing, added or changed.
        """
        tables, files = self.manifest["tables"], self.manifest["files"]
        wanted = {MANIFEST, *map(_table, tables), *map(_file, files)}
        there = self._zip.namelist()
        if odd := sorted(wanted ^ set(there)) or sorted(name for name in wanted if there.count(name) > 1):
            raise ArchiveBroken(f"{odd[0]} is missing, unknown or there twice")
        for name, facts in tables.items():
            if self._digest(_table(name)) != facts["sha256"]:
                raise ArchiveBroken(f"table {name} was changed")
            if sum(1 for _row in self.rows(name)) != facts["rows"]:
                raise ArchiveBroken(f"table {name} does not have {facts['rows']} rows")
        for sha256 in files:
            if self._digest(_file(sha256)) != sha256:
                raise ArchiveBroken(f"file {sha256} was changed")

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a table."""
        with self._zip.open(_table(name)) as lines:
            for line in lines:
                yield json.loads(line)

    def file(self, sha256: str) -> bytes:
        """The bytes under a hash."""
        return self._zip.read(_file(sha256))

    def _digest(self, member: str) -> str:
        digest = hashlib.sha256()
        try:
            with self._zip.open(member) as data:
                while chunk := data.read(CHUNK):
                    digest.update(chunk)
        except UNREADABLE as problem:
            raise ArchiveBroken(f"{member} cannot be read") from problem
        return digest.hexdigest()


def open_archive(path: Path) -> zipfile.ZipFile:
    """The ZIP at this path.

    Raises:
        ArchiveBroken: it is none.
    """
    try:
        return zipfile.ZipFile(path)
    except UNREADABLE as problem:
        raise ArchiveBroken("it is not a ZIP archive, or cannot be read") from problem


def _table(name: str) -> str:
    return f"tables/{name}.jsonl"


def _file(sha256: str) -> str:
    return f"files/{sha256}"
