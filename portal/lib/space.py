"""Tells from what went wrong that there is no room left on a disk."""

from __future__ import annotations

import errno

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SAID = ("disk is full", "no space left on device", "disk quota exceeded", "file too large")


def is_full(error: BaseException | None) -> bool:
    """Whether a full disk is behind the error: SQLite, PostgreSQL and the store of files only say so in words."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if any(words in str(error).lower() for words in SAID):
            return True
        error = error.__cause__ or error.__context__
    return False
