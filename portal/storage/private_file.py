"""Files that hold a secret: written whole or not at all, and never open to others for a moment."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

OWN = 0o600


def write(file: Path, data: bytes, mode: int = OWN, *, first: bool = False) -> bool:
    """Writes a file in a folder that there is; with `first` only where there is none, else returns False."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)  # for its owner alone
    half = Path(name)
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
        return False
    finally:
        half.unlink(missing_ok=True)
    return True
