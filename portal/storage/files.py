"""Files by their content: stored once under their hash, in a folder or in an S3-compatible object store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import obstore
from flask import Flask, current_app
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store

from portal.config import Settings
from portal.lib.hashing import sha256
from portal.lib.space import is_full

CHUNK = 1 << 20
PROBE = "probe"  # a name that no file has
# Whoever asks waits: once for a store that takes no connection, at most a minute for one that does not answer.
PATIENCE = {"connect_timeout": "3s", "timeout": "20s"}
RETRIES: Any = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=15),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1), "base": 2},
}
BRIEFLY = {"connect_timeout": "2s", "timeout": "3s"}  # for a look whether it is there


class FileChanged(FileNotFoundError):
    """Somebody has put other bytes in the place of a stored file: what was stored is there no more."""


class StoreAway(Exception):
    """The store cannot be reached, or does not do what it is asked; nothing is known of the file."""


def init_app(app: Flask) -> None:
    """Opens the store that the settings name; nothing is asked of it yet."""
    settings: Settings = app.config["SETTINGS"]
    app.extensions["files"] = _open(settings, PATIENCE, RETRIES)
    app.extensions["files_probe"] = _open(settings, BRIEFLY, {**RETRIES, "max_retries": 0})


def put(data: bytes) -> str:
    """Stores bytes and returns their SHA-256; the same bytes are stored once.

    Raises:
        StoreAway: they are not stored.
    """
    digest = sha256(data)
    with _asking("put"), suppress(AlreadyExistsError):
        try:
            obstore.put(_store(), _path(digest), data, mode="create")
        except FileNotFoundError as problem:  # no such bucket, no such folder
            raise StoreAway(_first_line(problem)) from problem
    return digest


def get(digest: str) -> bytes:
    """The bytes of this SHA-256.

    Raises:
        FileNotFoundError: the store does not have them.
        FileChanged: what it has are others.
        StoreAway: the store does not answer.
    """
    with _asking("get"):
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
    with _asking("read"):
        yield from obstore.get(_store(), _path(digest)).stream(min_chunk_size=CHUNK)


def look() -> None:
    """Asks the store for a file that is not there, to see that it answers; soon gives up.

    Raises:
        StoreAway: it does not answer, or not as it should.
    """
    store = current_app.extensions["files_probe"]
    if isinstance(store, LocalStore) and not os.access(str(store.prefix), os.R_OK | os.W_OK | os.X_OK):
        raise StoreAway("the folder of the files is not there, or shut")
    with _asking("look"), suppress(FileNotFoundError):
        _read("files_probe", PROBE)


def _open(settings: Settings, patience: dict[str, str], retries: Any) -> Any:
    if not settings.files_url:
        return LocalStore(prefix=settings.portal_data / "files", mkdir=True)
    place = urlsplit(settings.files_url)
    given = {
        "endpoint": settings.files_endpoint,
        "access_key_id": settings.files_key,
        "secret_access_key": settings.files_secret,
    }
    options: Any = {**patience, "allow_http": settings.files_endpoint.startswith("http://")}
    return S3Store(
        place.netloc,
        prefix=place.path.strip("/") or None,
        region=settings.files_region,
        virtual_hosted_style_request=False,
        client_options=options,
        retry_config=retries,
        **{name: value for name, value in given.items() if value},  # type: ignore[arg-type]
    )


def _read(store: str, path: str) -> bytes:
    try:
        return bytes(obstore.get(current_app.extensions[store], path).bytes())
    except FileNotFoundError as problem:
        if "NoSuchBucket" in str(problem):  # the store has lost everything, or the setting is wrong
            raise StoreAway(_first_line(problem)) from problem
        raise


@contextmanager
def _asking(what: str) -> Iterator[None]:
    """Calls every other trouble by one name, but that there is no room."""
    try:
        yield
    except (AlreadyExistsError, FileNotFoundError, StoreAway):
        raise
    except (BaseError, OSError) as problem:
        if is_full(problem):
            raise
        raise StoreAway(f"{what}: {_first_line(problem)}") from problem


def _first_line(problem: Exception) -> str:
    """What went wrong, without the rest that the library tells of its own inside."""
    return str(problem).partition("\n")[0][:300]


def _store() -> Any:
    return current_app.extensions["files"]


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
