"""Tells from what went wrong that there is no room left on a disk, or that nothing may be written there."""

from __future__ import annotations

import errno

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SHUT = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
STATE = "53100"  # PostgreSQL's own sign for it, whatever language its words are in
SAID = ("disk is full", "no space left on device", "disk quota exceeded", "file too large")


def is_full(error: BaseException | None) -> bool:
    """Whether a full disk is behind the error: SQLite and the store of files only say so in words."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if getattr(error, "sqlstate", None) == STATE:
            return True
        if any(words in str(error).lower() for words in SAID):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_shut(error: BaseException) -> bool:
    """Whether the system lets nobody, or not the portal, write there."""
    return isinstance(error, OSError) and error.errno in SHUT
