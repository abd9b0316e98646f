"""The folder of the packages that auditors ask for, in the portal's data; nothing in it is of use for long.

A file is written under a name that nobody else uses, and counts once the database names it. So whoever is stopped
half-way, or works beside somebody else, leaves nothing but a file that is swept away.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from flask import current_app


def new(package: int, ending: str) -> Path:
    """A file of the package that is there from now on, empty, for the portal's own user."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{package}-{secrets.token_hex(8)}{ending}"
    file.touch(mode=0o600, exist_ok=False)
    return file


def path(name: str) -> Path:
    """Where a file of this name lies."""
    return _folder() / name


def drop(package: int, but: str = "") -> None:
    """Removes the files of a package, but the one named."""
    for file in _folder().glob(f"{package}-*"):
        if file.name != but:
            file.unlink(missing_ok=True)


def sweep(kept: Collection[str], before: datetime) -> None:
    """Removes all files that nobody names and that have not been written to since a moment."""
    for file in _folder().glob("*"):
        if file.name not in kept and file.stat().st_mtime < before.timestamp():
            file.unlink(missing_ok=True)


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].portal_data / "packages"
    return folder
