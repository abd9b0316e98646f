"""The ZIP of a package: the same content gives the same bytes, whenever and wherever it is written."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import time_machine

from portal.lib.hashing import sha256
from portal.storage.package_zip import PackageZip


def written(path: Path) -> bytes:
    """A ZIP with a text and a picture."""
    with PackageZip(path) as zip:
        assert zip.add("文件.txt", [b"a" * 1000, b"b" * 1000]) == sha256(b"a" * 1000 + b"b" * 1000)
        zip.add("a/b.png", iter([b"\x89PNG", b""]), packed=False)
        assert zip.members == [
            {"name": "文件.txt", "size": 2000, "sha256": sha256(b"a" * 1000 + b"b" * 1000)},
            {"name": "a/b.png", "size": 4, "sha256": sha256(b"\x89PNG")},
        ]
    return path.read_bytes()


def test_it_depends_on_nothing_but_its_content(tmp_path: Path) -> None:
    first = written(tmp_path / "first.zip")
    with time_machine.travel(datetime(2031, 3, 4, tzinfo=UTC), tick=False):
        assert written(tmp_path / "second.zip") == first
    with zipfile.ZipFile(tmp_path / "first.zip") as zip:
        assert zip.testzip() is None
        assert zip.read("文件.txt") == b"a" * 1000 + b"b" * 1000
        assert [one.compress_type for one in zip.filelist] == [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]
