"""What the file store holds: whether each file is there as it was stored, and files that come from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.hashing import sha256
from portal.models import StoredFile
from portal.storage import files


def missing() -> Iterator[tuple[str, str]]:
    """Looks at each file that the database knows; yields its hash and what is wrong with it, nothing where all is well.

    Raises:
        StoreAway: the store does not answer.
    """
    known = sa.select(StoredFile.sha256).distinct().order_by(StoredFile.sha256)
    for digest in db.session.scalars(known).all():
        try:
            files.get(digest)
            yield digest, ""
        except files.FileChanged:
            yield digest, "changed"
        except FileNotFoundError:
            yield digest, "missing"


def take(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Stores the files of a folder that the portal has used as its store; yields each, and whether its name is its hash.

    Raises:
        StoreAway: the store does not take them.
    """
    for path in sorted(one for one in folder.glob("[0-9a-f][0-9a-f]/*") if one.is_file()):
        data = path.read_bytes()
        good = sha256(data) == path.name
        if good:
            files.put(data)
        yield path, good
