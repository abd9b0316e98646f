"""Pictures of drafts, each by the name that the text gives it."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.lib.pictures import SHOWN
from portal.lib.text import plain_name
from portal.models import DocumentRevision, RevisionFile, StoredFile
from portal.queries import revisions
from portal.queries.actors import Actor
from portal.services import audit
from portal.services.revisions import event_of, locked_draft


def add(revision_id: int, file_id: int, *, by: Actor, now: datetime) -> str:
    """Takes an uploaded picture into a draft; gives the name by which the text can show it, which no other picture has.

    Raises:
        Refusal: it is no picture that a page can show, or the draft cannot be written on now.
    """
    one, file = locked_draft(revision_id, by), db.session.get_one(StoredFile, file_id)
    if file.type not in SHOWN:
        raise Refusal(_l("请选择 PNG、JPEG、GIF 或 WebP 图片。"))
    name = _free(plain_name(file.name), file, one)
    _put(one, name, file_id, by=by, now=now)
    return name


def put(revision_id: int, name: str, file_id: int, *, by: Actor, now: datetime) -> None:
    """Takes a picture into a draft under this name, in the place of one that has it.

    Raises:
        Refusal: the draft cannot be written on now.
    """
    _put(locked_draft(revision_id, by), name, file_id, by=by, now=now)


def _put(one: DocumentRevision, name: str, file_id: int, *, by: Actor, now: datetime) -> None:
    found = db.session.get(RevisionFile, (one.id, name))
    if found is None:
        db.session.add(RevisionFile(revision_id=one.id, name=name, file_id=file_id))
    else:
        found.file_id = file_id
    audit.note("document_saved", at=now, by=by.id, **event_of(one))


def _free(name: str, file: StoredFile, one: DocumentRevision) -> str:
    """The name, with a number behind it where another picture has it."""
    others = {each.name for each in revisions.pictures(one.id) if each.file.sha256 != file.sha256}
    path = PurePath(name)
    numbered = (f"{path.stem}-{at}{path.suffix}" for at in range(2, len(others) + 3))
    return name if name not in others else next(one for one in numbered if one not in others)
