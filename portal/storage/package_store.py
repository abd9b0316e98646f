"""The packages that auditors ask for, under names of their own beside the stored files; nothing of it is of use for long.

A file is written as a whole under a name that nobody else uses, and counts once the database names it. So whoever is
stopped half-way, or works beside somebody else, leaves nothing but a file that is swept away. Every host can read it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from io import BufferedRandom
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import obstore
from flask import Flask, current_app
from obstore.store import LocalStore

from portal.storage.store import StoreAway, asking, opened

NAME = "packages"
CHUNK = 8 << 20  # each is asked for by itself, however slowly the one before is taken
AT_ONCE = 4  # pieces of a large file under way
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Opens the store; a folder is for the portal's own user."""
    settings = app.config["SETTINGS"]
    if not settings.files_url:
        (settings.portal_data / NAME).mkdir(mode=0o700, parents=True, exist_ok=True)
    app.extensions[NAME] = opened(settings, NAME, below=NAME)


def scratch() -> BufferedRandom:
    """A file without a name on this host's disk, which is gone with whoever writes it."""
    return TemporaryFile(dir=current_app.config["SETTINGS"].portal_data)


def keep(package: int, ending: str, data: BufferedRandom) -> str:
    """Stores all of a file for a package; returns its name.

    Raises:
        StoreAway: it is not stored.
    """
    name = f"{package}-{secrets.token_hex(8)}{ending}"
    data.seek(0)
    with asking("keep"):
        obstore.put(_store(), name, data, max_concurrency=AT_ONCE)
    return name


def read(name: str) -> tuple[int, Iterator[bytes]]:
    """How many bytes the file of this name has, and these, bit by bit, also when this request is over.

    Raises:
        FileNotFoundError: there is none.
        StoreAway: the store does not answer.
    """
    store = _store()
    with asking("look"):
        size = int(obstore.head(store, name)["size"])
    return size, _chunks(store, name, size)


def drop(package: int, *, but: str = "", only: str = "") -> None:
    """Removes the files of a package, but or only the one named; what cannot be removed now is swept away later."""
    try:
        names = [only] if only else [one for one, _at in _listed() if one.startswith(f"{package}-")]
        _remove(one for one in names if one != but)
    except StoreAway as problem:
        log.warning("files of package %d are left: %s", package, problem)


def sweep(kept: Collection[str], before: datetime) -> None:
    """Removes all files that nobody names and that have not been written to since a moment.

    Raises:
        StoreAway: the store does not remove them.
    """
    _remove(name for name, at in _listed() if name not in kept and at < before)
    store = _store()
    if isinstance(store, LocalStore):  # what was half written it does not list
        for half in Path(str(store.prefix)).glob("*#*"):
            if half.stat().st_mtime < before.timestamp():
                half.unlink(missing_ok=True)


def _chunks(store: Any, name: str, size: int) -> Iterator[bytes]:
    for start in range(0, size, CHUNK):
        with asking("read"):
            data = bytes(obstore.get_range(store, name, start=start, end=min(start + CHUNK, size)))
        yield data


def _listed() -> list[tuple[str, datetime]]:
    with asking("list"):
        return [(one["path"], one["last_modified"]) for some in obstore.list(_store()) for one in some]


def _remove(names: Iterable[str]) -> None:
    for name in names:
        with suppress(FileNotFoundError), asking("remove"):
            obstore.delete(_store(), name)


def _store() -> Any:
    return current_app.extensions[NAME]
