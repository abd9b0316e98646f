"""Files by their content: stored once under their hash, in a folder or in an S3-compatible object store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import obstore
from flask import Flask, current_app
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore

from portal.config import Settings
from portal.lib.hashing import sha256
from portal.storage import private_file
from portal.storage.store import StoreAway, asking, first_line, opened

CHUNK = 1 << 20
PROBE = "probe"  # a name that no file has


class FileChanged(FileNotFoundError):
    """Somebody has put other bytes in the place of a stored file: what was stored is there no more."""


def init_app(app: Flask) -> None:
    """Opens the store that the settings name; nothing is asked of it yet."""
    settings: Settings = app.config["SETTINGS"]
    app.extensions["files"] = opened(settings, "files")
    app.extensions["files_probe"] = opened(settings, "files", briefly=True)


def put(data: bytes) -> str:
    """Stores bytes and returns their SHA-256; the same bytes are stored once.

    Raises:
        StoreAway: they are not stored.
    """
    digest = sha256(data)
    with asking("put"), suppress(AlreadyExistsError):
        try:
            _put(_path(digest), data)
        except FileNotFoundError as problem:  # no such bucket, no such folder
            raise StoreAway(first_line(problem)) from problem
    return digest


def get(digest: str) -> bytes:
    """The bytes of this SHA-256.

    Raises:
        FileNotFoundError: the store does not have them.
        FileChanged: what it has are others.
        StoreAway: the store does not answer.
    """
    with asking("get"):
        data = _read("files", _path(digest))
    if sha256(data) != digest:
        raise FileChanged(digest)
    return data


def chunks(digest: str) -> Iterator[bytes]:
    """The bytes of this SHA-256, bit by bit.

    Raises:
        FileNotFoundError: the store does not have them.
        StoreAway: the store does not answer.
    """
    with asking("read"):
        yield from obstore.get(_store(), _path(digest)).stream(min_chunk_size=CHUNK)


def look() -> None:
    """Asks the store for a file that is not there, to see that it answers; soon gives up.

    Raises:
        StoreAway: it does not answer, or not as it should.
    """
    store = current_app.extensions["files_probe"]
    if isinstance(store, LocalStore) and not os.access(str(store.prefix), os.R_OK | os.W_OK | os.X_OK):
        raise StoreAway("the folder of the files is not there, or shut")
    with suppress(FileNotFoundError), asking("look"):
        _read("files_probe", PROBE)


def _put(path: str, data: bytes) -> None:
    """Stores bytes under a name for good: the library would leave a file to be lost with the power of its host."""
    store = _store()
    if not isinstance(store, LocalStore):
        obstore.put(store, path, data, mode="create")
        return
    folder = Path(str(store.prefix))
    file = folder / path
    if not file.parent.exists():
        file.parent.mkdir(exist_ok=True)
        private_file.settle(folder)
    private_file.write(file, data, first=True)


def _read(store: str, path: str) -> bytes:
    return bytes(obstore.get(current_app.extensions[store], path).bytes())


def _store() -> Any:
    return current_app.extensions["files"]


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
