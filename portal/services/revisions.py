"""Writes the texts of controlled documents: begun, saved, sent round, released."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.domain import documents as life
from portal.domain.effects import ReleasesRevision, SendsRevision, StartsRevision
from portal.domain.permissions import role_key
from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.forms import bindings
from portal.forms.catalogue import FORMS
from portal.lib.clauses import settle
from portal.lib.i18n import _l
from portal.lib.pinyin import spellings
from portal.models import ControlledDocument, DocumentRevision, Record, RevisionFile
from portal.queries import revisions
from portal.queries.actors import Actor
from portal.services import audit, content, notices, publications, redline_files

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
    one = _writable(revision_id, by)
    if seen != one.version:
        raise Refusal(
            _l("%(name)s 已在别处保存过这份草稿，请刷新后再改；您的文字仍在本页。"), name=one.author.name
        )
    before = revisions.fingerprint(one)
    for name in EDITED:
        if name in values:
            setattr(one, name, values[name])
    one.text = settle(one.text.replace("\r\n", "\n").strip())
    one.search_key = spellings(f"{one.name} {one.code}")
    one.version, one.saved_at = one.version + 1, now
    db.session.flush()
    if revisions.fingerprint(one) != before:
        audit.note("document_saved", at=now, by=by.id, **_chain(one))
    return one


def add_picture(revision_id: int, name: str, file_id: int, *, by: Actor, now: datetime) -> None:
    """Takes a picture into a draft, by the name that its text gives it; one of that name is replaced."""
    one = _writable(revision_id, by)
    found = db.session.get(RevisionFile, (one.id, name))
    if found is None:
        db.session.add(RevisionFile(revision_id=one.id, name=name, file_id=file_id))
    else:
        found.file_id = file_id
    audit.note("document_saved", at=now, by=by.id, **_chain(one))


def drop(revision_id: int, *, by: Actor, now: datetime) -> None:
    """Gives a draft up; what was never sent round leaves nothing but a line in the audit trail.

    Raises:
        Refusal: a record speaks of it already, or it is not this person's.
    """
    one = _writable(revision_id, by)
    if one.release_id is not None:
        raise Refusal(_l("这份草稿已经送审过，请在发布单上作废。"))
    audit.note("document_dropped", at=now, by=by.id, **_chain(one))
    db.session.execute(sa.delete(RevisionFile).where(RevisionFile.revision_id == one.id))
    db.session.delete(one)


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


def send(effect: SendsRevision, record: Record, *, by: int, now: datetime) -> None:
    """The text goes round with this record, and is locked as long as it does.

    Raises:
        Refusal: it goes round with another one, is released, was changed meanwhile, or something that runs would
            lose its clause.
    """
    one = locked(effect.revision_id)
    other = one.release
    if one.effective_on is not None and one.release_id not in (record.id, record.corrects_id):
        raise Refusal(_l("%(name)s 已经发布。"), name=one.label)
    if other is not None and other.id != record.id and other.state not in ("voided", "refused", "finished"):
        raise Refusal(_l("%(name)s 正由 %(number)s 送审。"), name=one.label, number=other.number)
    if revisions.fingerprint(one) != effect.sha256:  # between the page and the lock
        raise Refusal(_l("%(name)s 刚刚又被改动过，请核对后重新提交。"), name=one.label)
    refuse_untied(one)
    if one.release_id != record.id and one.effective_on is None:
        one.release = record
        audit.note("document_sent", at=now, by=by, **_chain(one, record.id))
    redline_files.ask(one, record, now=now)


def release(effect: ReleasesRevision, record: Record, *, by: int, now: datetime) -> None:
    """The approved words are in force from a day on, and with them what their clauses bind.

    Raises:
        Refusal: the words are not those that were approved, another revision came first, or something that runs
            would lose its clause.
    """
    one = locked(effect.revision_id)
    if one.effective_on is not None:
        one.effective_on = effect.effective_on
        return
    digest = revisions.fingerprint(one)
    if digest != effect.sha256:
        raise Refusal(_l("%(name)s 与批准的内容不一致，不能发布。"), name=one.label)
    refuse_untied(one)
    put_in_force(one, effect.document_id, effect.effective_on, digest, by=by, now=now, record_id=record.id)
    publications.ask(now=now)
    notices.tell([role_key("document_controller")], "document", now=now, record_id=record.id, text=_both(one))


def put_in_force(
    one: DocumentRevision,
    document_id: Any,
    effective_on: date,
    digest: str,
    *,
    by: int,
    now: datetime,
    record_id: int | None = None,
) -> None:
    """Releases a revision; the one before it stays in force until the day has come.

    Raises:
        Refusal: a later revision is released already, or in force from a later day.
    """
    others = revisions.released(one.document_no)
    if others and life.order(others[0].number) >= life.order(one.number):
        raise Refusal(_l("%(name)s 之后的版本已经发布。"), name=one.label)
    if others and others[0].effective_on is not None and effective_on < others[0].effective_on:
        raise Refusal(
            _l("生效日期不能早于上一版的生效日期 %(day)s。"), day=others[0].effective_on.isoformat()
        )
    one.document_id, one.effective_on, one.sha256 = document_id, effective_on, digest
    one.released_at, one.released_by_id, one.bound = now, by, bound(one, now)
    db.session.flush()
    audit.note(
        "document_released",
        at=now,
        by=by,
        effective_on=effective_on.isoformat(),
        **_chain(one, record_id),
    )


def untied(one: DocumentRevision) -> list[str]:
    """What would lose its clause by this text, and which clause would lack its form, in words."""
    return bindings.untied(one.document_no, one.text)


def refuse_untied(one: DocumentRevision) -> None:
    """Says no where something that runs would lose its clause, or a clause that needs a record its form.

    Raises:
        Refusal: the text lists them.
    """
    if said := untied(one):
        raise Refusal(_l("%(name)s 不能送审或发布：%(list)s"), name=one.label, list="；".join(said))


def bound(one: DocumentRevision, now: datetime) -> dict[str, Any]:
    """What the clauses bind as of now: forms by clause, and the version of each form."""
    by_clause = {
        id: sorted({tie.form or tie.key for tie in found if tie.is_kept_by_a_record})
        for id, found in bindings.of(one.document_no).items()
    }
    codes = sorted({code for found in by_clause.values() for code in found})
    versions = {code: content.form_version(FORMS[code], now).id for code in codes}
    return {"clauses": {id: found for id, found in by_clause.items() if found}, "forms": versions}


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
    audit.note("document_begun", at=now, by=author, **_chain(one, record_id))
    return one


def _renumber(one: DocumentRevision, number: str) -> None:
    one.number, one.code = number, f"{one.document_no}/{number}"
    one.search_key = spellings(f"{one.name} {one.code}")


def locked(revision_id: int) -> DocumentRevision:
    """The revision, locked for the rest of the write."""
    return db.session.get_one(
        DocumentRevision, revision_id, with_for_update={"of": DocumentRevision}, populate_existing=True
    )


def _writable(revision_id: int, by: Actor) -> DocumentRevision:
    """The draft, locked, if the person may write on it now.

    Raises:
        Refusal: what `refuse_unwritable` says.
    """
    one = locked(revision_id)
    if one.release is not None:  # a page has looked at it before somebody sent it round
        db.session.refresh(one.release, ["state"])
    refuse_unwritable(one, by)
    return one


def _chain(one: DocumentRevision, record_id: int | None = None) -> dict[str, Any]:
    """The chain that an event of the text belongs to: its record's, else that of the documents."""
    stream = "" if record_id else "documents"
    return {"record_id": record_id, "stream": stream, "document": one.label}


def _both(one: DocumentRevision) -> dict[str, str]:
    return {"zh": one.label, "en": f"{one.name_en or one.name} {one.code}"}
