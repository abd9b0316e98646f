"""A folder in which this process may not write, whoever runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def shut(folder: Path) -> Iterator[None]:
    """Inside, the folder and all that is in it can only be read."""
    every = [folder, *folder.rglob("*")]
    above = [one for one in folder.parents if one.owner() == folder.owner() and one != one.parent]
    before = {one: one.stat().st_mode for one in (*every, *above)}
    for one in above:
        one.chmod(before[one] | 0o011)
    for one in every:
        one.chmod(0o555 if one.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:  # whom no mode keeps out
        os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        if root:
            os.setresuid(0, 0, 0)
        for one, mode in before.items():
            if one.exists():
                one.chmod(mode)
