"""Releases the texts of controlled documents: sent round, locked, put in force with what their clauses bind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.domain import documents as life
from portal.domain.effects import ReleasesRevision, SendsRevision
from portal.domain.permissions import role_key
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms import bindings
from portal.forms.catalogue import FORMS
from portal.lib.clauses import clauses, marks, parts
from portal.lib.i18n import _, _l
from portal.lib.markdown import pictures
from portal.models import DocumentRevision, Record
from portal.queries import revisions
from portal.services import audit, content, notices, publications, redline_files
from portal.services.revisions import call_off, event_of, locked

PROBLEMS = {
    "level": _l("第 %(line)s 行的标题“%(words)s”跳过了一级"),
    "twice": _l("第 %(line)s 行的条款标识“%(words)s”在文中已经用过"),
    "id": _l("第 %(line)s 行的条款标识“%(words)s”只能用小写字母、数字和连字符，以字母开头，不超过 40 个字符"),
}


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
        if one.request is not None:  # whoever has sent it need not take up the sheet that was left for that
            call_off(one.request, now=now)
        audit.note("document_sent", at=now, by=by, **event_of(one, record.id))
    redline_files.ask(one, record, now=now)


def release(effect: ReleasesRevision, record: Record, *, by: int, now: datetime) -> None:
    """The approved words are in force from a day on, and with them what their clauses bind.

    Raises:
        Refusal: the words are not those that were approved, another revision came first, or something that runs
            would lose its clause.
    """
    one = locked(effect.revision_id)
    if one.effective_on is not None:  # by the record that this one corrects
        _refuse_followed(one, effect.effective_on)
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
    _refuse_followed(one, effective_on)
    one.document_id, one.effective_on, one.sha256 = document_id, effective_on, digest
    one.released_at, one.released_by_id, one.bound = now, by, bound(one, now)
    db.session.flush()
    audit.note(
        "document_released",
        at=now,
        by=by,
        effective_on=effective_on.isoformat(),
        **event_of(one, record_id),
    )


def _refuse_followed(one: DocumentRevision, effective_on: date) -> None:
    others = [other for other in revisions.released(one.document_no) if other.id != one.id]
    if others and life.order(others[0].number) >= life.order(one.number):
        raise Refusal(_l("%(name)s 之后的版本已经发布。"), name=one.label)
    if others and others[0].effective_on is not None and effective_on < others[0].effective_on:
        raise Refusal(
            _l("生效日期不能早于上一版的生效日期 %(day)s。"), day=others[0].effective_on.isoformat()
        )


def untied(one: DocumentRevision) -> list[str]:
    """What keeps the text from going round: headings that cannot be, what would lose its clause, clauses without form."""
    wrong = [
        str(PROBLEMS[mark.problem]) % {"words": mark.words, "line": mark.line} for mark in marks(one.text)
    ]
    return wrong + _lacking(one) + bindings.untied(one.document_no, one.text)


def _lacking(one: DocumentRevision) -> list[str]:
    """What a text must have and has not: a clause, the pictures that it shows, the forms whose routes it draws."""
    found = [] if any(clause.text for clause in clauses(one.text)) else [_("正文还没有条款。")]
    there = {each.name for each in revisions.pictures(one.id)}
    lost = [name for name in pictures(one.text) if name not in there]
    strange = [name for kind, name in parts(one.text) if kind == "flow" and name not in FORMS]
    found += [_("图片“%(name)s”没有上传", name=name) for name in dict.fromkeys(lost)]
    return found + [_("流程图引用的表单“%(name)s”不存在", name=name) for name in dict.fromkeys(strange)]


def refuse_untied(one: DocumentRevision) -> None:
    """Says no where something that runs would lose its clause, or a clause that needs a record its form.

    Raises:
        Refusal: the text lists them.
    """
    if said := untied(one):
        raise Refusal(_l("%(name)s 不能送审或发布：%(list)s"), name=one.label, list="；".join(said))


def bound(one: DocumentRevision, now: datetime) -> dict[str, Any]:
    """What the clauses bind as of now: forms by clause, and the version of each form."""
    by_clause = bindings.forms_by_clause(one.document_no)
    codes = sorted({code for found in by_clause.values() for code in found})
    versions = {code: content.form_version(FORMS[code], now).id for code in codes}
    return {"clauses": {id: found for id, found in by_clause.items() if found}, "forms": versions}


def _both(one: DocumentRevision) -> dict[str, str]:
    return {"zh": one.label, "en": f"{one.name_en or one.name} {one.code}"}
