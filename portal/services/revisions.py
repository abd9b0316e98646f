"""Writes the texts of controlled documents: begun, saved, given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.domain import documents as life
from portal.domain.effects import StartsRevision
from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.lib.clause_ids import with_ids
from portal.lib.clauses import lines
from portal.lib.i18n import _l
from portal.lib.pinyin import spellings
from portal.models import ControlledDocument, DocumentRevision, Record, RevisionFile
from portal.queries import history, revisions
from portal.queries.actors import Actor
from portal.queries.documents import RELEASE
from portal.services import audit, tasks

OUTLINE = """# 目的 {#purpose}

# 适用范围 {#scope}

# 术语 {#terms}

无。

# 职责 {#responsibilities}

# 工作程序 {#work}

# 记录 {#records}

{{records}}

# 流程图 {#flow}

# 修订记录 {#history}

{{history}}"""
"""What a new document begins with."""
COPIED = (
    *("name", "name_en", "kind", "department_id", "summary_en", "text"),
    *("readers", "reading", "review_months"),
)
OVER = frozenset({"voided", "refused"})  # states of a release whose text may go round with another
EDITED = (*COPIED, "change")


def begin(document_no: str, values: Mapping[str, Any], *, by: Actor, now: datetime) -> DocumentRevision:
    """The first revision of a document that there was not.

    Raises:
        Refusal: the number is, or was once, another document's, or is that of a form.
    """
    taken = Refusal(_l("文件编号“%(number)s”已经使用过，编号不重复使用。"), number=document_no)
    if revisions.is_taken(document_no) or document_no in FORMS:
        raise taken
    try:
        with db.session.begin_nested():
            return add(document_no, life.FIRST, {"text": OUTLINE, **values}, author=by.id, now=now)
    except IntegrityError:  # somebody else has just begun it
        raise taken from None


def start(effect: StartsRevision, record: Record, *, by: int, now: datetime) -> DocumentRevision:
    """The next revision of a document, begun with the words that were released last.

    A draft that is being written already is now that of this request.
    """
    document = db.session.get_one(ControlledDocument, effect.document_id)
    released = revisions.released(document.code)
    number = life.next_number(released[0].number, effect.size)
    found = revisions.under_way(document.code)
    if found is not None:
        if found.release_id is None:
            _renumber(found, number)
        found.request = record
        return found
    values = {name: getattr(released[0], name) for name in COPIED}
    made = add(
        document.code,
        number,
        {**values, "change": effect.change, "request_id": record.id, "document_id": document.id},
        author=effect.author,
        now=now,
        record_id=record.id,
    )
    for picture in revisions.pictures(released[0].id):
        db.session.add(RevisionFile(revision_id=made.id, name=picture.name, file_id=picture.file_id))
    return made


def save(
    revision_id: int, values: Mapping[str, Any], *, seen: int, by: Actor, now: datetime
) -> DocumentRevision:
    """Saves a draft; `seen` is the version that the page was made from.

    Raises:
        Refusal: it is in review or released, not this person's to write, or somebody has saved it meanwhile.
    """
    one = locked_draft(revision_id, by)
    if seen != one.version:
        raise Refusal(
            _l("%(name)s 已在别处保存过这份草稿，请刷新后再改；您的文字仍在本页。"), name=one.author.name
        )
    before = revisions.fingerprint(one)
    for name in EDITED:
        if name in values and name != "text":
            setattr(one, name, values[name])
    if "text" in values:
        one.text = _settled(values["text"], one.text)
    one.search_key = spellings(f"{one.name} {one.code}")
    one.version, one.saved_at = one.version + 1, now
    db.session.flush()
    db.session.refresh(one, ["department"])
    if revisions.fingerprint(one) != before:
        audit.note("document_saved", at=now, by=by.id, **event_of(one))
    return one


def _settled(text: str, old: str) -> str:
    """The text with an id for each clause; a heading that was typed anew has its id of before.

    Raises:
        Refusal: it is longer than a document may be, or has more clauses.
    """
    text = text.replace("\r\n", "\n").strip()
    too_long = Refusal(_l("正文不能超过 %(most)s 个字符，请把文件分开编写。"), most=life.LONGEST)
    if len(text) > life.LONGEST:
        raise too_long
    if sum(1 for line in lines(text) if line.heading) > life.MOST_CLAUSES:
        raise Refusal(_l("一份文件不能超过 %(most)s 个条款，请把文件分开编写。"), most=life.MOST_CLAUSES)
    settled = with_ids(text, old)
    if len(settled) > life.LONGEST:
        raise too_long
    return settled


def drop(revision_id: int, *, by: Actor, now: datetime) -> None:
    """Gives a draft up; what was never sent round leaves nothing but a line in the audit trail.

    The change that a request asked for is not made then: the document stays as it is in force, and nobody waits for
    its release any more.

    Raises:
        Refusal: a record speaks of it already, or it is not this person's.
    """
    one = locked_draft(revision_id, by)
    if one.release is not None and one.release.state not in OVER:
        raise Refusal(_l("这份草稿已由 %(number)s 送审，请先作废该发布单。"), number=one.release.number)
    if one.request is not None:
        call_off(one.request, now=now)
        if one.document is not None and one.document.state == "under_revision":
            one.document.state = "effective"
    audit.note("document_dropped", at=now, by=by.id, **event_of(one, one.request_id))
    db.session.execute(sa.delete(RevisionFile).where(RevisionFile.revision_id == one.id))
    db.session.delete(one)


def call_off(request: Record, *, now: datetime) -> None:
    """Nobody need take up the release that the request has left."""
    for task in history.open_tasks(request):
        if task.draft is not None and task.draft.form_code == RELEASE:
            tasks.end(task, "cancelled", now=now)


def refuse_unwritable(one: DocumentRevision, by: Actor) -> None:
    """Says no where the person may not write on the text now.

    Raises:
        Refusal: it is in review or released.
        NotAllowed: it is others' to write.
    """
    if one.effective_on is not None:
        raise Refusal(_l("已发布的版本不再改动；要修改请填写文件更改申请单（DC-02）。"))
    if one.release is not None and one.release.state in ("running", "stuck"):
        raise Refusal(_l("审批中的文件不能修改；请先收回，修改后重新审批。"))
    if not may_write(one, by):
        raise NotAllowed(_l("只有编写人、归口部门负责人和文件管理员可以修改这份草稿。"))


def may_write(one: DocumentRevision, by: Actor) -> bool:
    """Whether the draft is this person's to write: its author's, the owner department's head's, a controller's."""
    heads = one.department.head_id == by.id
    return not by.is_auditor and (one.author_id == by.id or heads or "document_controller" in by.roles)


def add(
    document_no: str,
    number: str,
    values: Mapping[str, Any],
    *,
    author: int,
    now: datetime,
    record_id: int | None = None,
) -> DocumentRevision:
    """A new revision with these words."""
    one = DocumentRevision(
        document_no=document_no, number=number, author_id=author, created_at=now, saved_at=now, **values
    )
    _renumber(one, number)
    db.session.add(one)
    db.session.flush()
    audit.note("document_begun", at=now, by=author, **event_of(one, record_id))
    return one


def _renumber(one: DocumentRevision, number: str) -> None:
    one.number, one.code = number, f"{one.document_no}/{number}"
    one.search_key = spellings(f"{one.name} {one.code}")


def locked(revision_id: int) -> DocumentRevision:
    """The revision, locked for the rest of the write.

    Raises:
        Refusal: it was given up meanwhile.
    """
    found = db.session.get(
        DocumentRevision, revision_id, with_for_update={"of": DocumentRevision}, populate_existing=True
    )
    if found is None:
        raise Refusal(_l("这份草稿已经放弃。"))
    return found


def locked_draft(revision_id: int, by: Actor) -> DocumentRevision:
    """The draft, locked, if the person may write on it now.

    Raises:
        Refusal: what `refuse_unwritable` says.
    """
    one = locked(revision_id)
    if one.release is not None:  # a page has looked at it before somebody sent it round
        db.session.refresh(one.release, ["state"])
    refuse_unwritable(one, by)
    return one


def event_of(one: DocumentRevision, record_id: int | None = None) -> dict[str, Any]:
    """The chain that an event of the text belongs to: its record's, else that of the documents."""
    stream = "" if record_id else "documents"
    return {"record_id": record_id, "stream": stream, "document": one.label}
