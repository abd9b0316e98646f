"""Files by their content: stored once under their hash, on a folder of the portal's data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import obstore
from flask import Flask, current_app
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore

from portal.lib.hashing import sha256

CHUNK = 1 << 20


class FileChanged(FileNotFoundError):
    """Somebody has put other bytes in the place of a stored file: what was stored is there no more."""


def init_app(app: Flask) -> None:
    """Opens the store in the data folder."""
    folder = app.config["SETTINGS"].portal_data / "files"
    app.extensions["files"] = LocalStore(prefix=folder, mkdir=True)


def put(data: bytes) -> str:
    """Stores bytes and returns their SHA-256; the same bytes are stored once."""
    digest = sha256(data)
    with suppress(AlreadyExistsError):
        obstore.put(_store(), _path(digest), data, mode="create")
    return digest


def get(digest: str) -> bytes:
    """The bytes of this SHA-256.

    Raises:
        FileNotFoundError: the store does not have them.
        FileChanged: what it has are others.
    """
    data = bytes(obstore.get(_store(), _path(digest)).bytes())
    if sha256(data) != digest:
        raise FileChanged(digest)
    return data


def chunks(digest: str) -> Iterator[bytes]:
    """The bytes of this SHA-256, bit by bit.

    Raises:
        FileNotFoundError: the store does not have them.
    """
    yield from obstore.get(_store(), _path(digest)).stream(min_chunk_size=CHUNK)


def _store() -> Any:
    return current_app.extensions["files"]


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
