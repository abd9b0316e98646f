"""Files that are written whole or not at all, have reached the disk then, and are never open to others for a moment."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

OWN = 0o600


def write(file: Path, data: bytes, mode: int = OWN, *, first: bool = False) -> bool:
    """Writes a file in a folder that there is; with `first` only where there is none, else returns False."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)  # for its owner alone
    half, written = Path(name), True
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        half.chmod(mode)
        if first:
            os.link(half, file)
        else:
            half.replace(file)
    except FileExistsError:
        written = False
    finally:
        half.unlink(missing_ok=True)
    settle(file.parent)  # also where another process has just given the name, and not yet come so far
    return written


def settle(folder: Path) -> None:
    """Lets the names in a folder reach the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
