"""Texts of documents as Word files: written for whoever works on one outside, and taken in from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from portal.domain import documents as life
from portal.domain.refusal import Refusal
from portal.forms.bound_forms import bound_forms, years
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.flow import limit_words, role_words
from portal.forms.titles import form_title
from portal.lib.clock import day
from portal.lib.i18n import _, language
from portal.models import DocumentRevision
from portal.queries import frozen, revisions
from portal.queries.actors import Actor
from portal.services import audit, document_prints, draft_pictures, uploads
from portal.services import revisions as texts
from portal.storage import files

if TYPE_CHECKING:
    from portal.lib.docx_in import Imported

Table = Sequence[Sequence[str]]


def export(one: DocumentRevision, link: Callable[[str], str], *, now: datetime) -> bytes:
    """The revision as .docx; `link` gives full addresses."""
    from portal.lib import docx_out  # python-docx and lxml, 15 MB with what reads such files

    state = str(life.STATES[revisions.state(one, day(now))])
    cover = docx_out.Cover(
        code=one.document_no,
        title=one.name,
        version=f"{one.number} {state}",
        facts=[(label, value or "—") for label, value in document_prints.facts(one)],
        notice=document_prints.marking(None),
    )
    pictures = {each.name: each.file.sha256 for each in revisions.pictures(one.id)}

    def image(name: str) -> bytes | None:
        return files.get(pictures[name]) if name in pictures else None

    def part(kind: str, name: str) -> Table:
        if kind == "flow" and name in FORMS:
            return _route(one, name)
        if kind == "records":
            return _records(one)
        return _history(one, now) if kind == "history" else []

    return docx_out.write(one.text, cover, parts=part, image=image, link=link)


def note(one: DocumentRevision, *, by: int, now: datetime) -> None:
    """Somebody has taken the revision away as .docx."""
    audit.note("document_exported", at=now, by=by, stream="documents", document=one.label)


def read(data: bytes) -> Imported:
    """The text of a Word file; slow, so that nothing should be locked meanwhile.

    Raises:
        Refusal: it cannot be taken in, and why.
    """
    from portal.lib import docx_in  # as docx_out above

    try:
        return docx_in.read(data)
    except docx_in.Unreadable as wrong:
        raise Refusal(wrong.text) from None


def take_in(
    one: DocumentRevision, found: Imported, *, seen: int, by: Actor, now: datetime, megabytes: int
) -> DocumentRevision:
    """Puts what was read in the place of a draft's text; clauses that keep their title keep their id.

    Raises:
        Refusal: the draft is in review or released, not this person's, or somebody has saved it meanwhile; a picture
            cannot be taken, or nothing was read.
    """
    texts.refuse_unwritable(one, by)
    if not found.text.strip():
        raise Refusal(_("这个 Word 文档没有文字。"))
    for picture in found.images:
        file = uploads.receive(picture.name, picture.data, by, now=now, megabytes=megabytes)
        draft_pictures.put(one.id, picture.name, file.id, by=by, now=now)
    return texts.save(one.id, {"text": found.text}, seen=seen, by=by, now=now)


def _route(one: DocumentRevision, code: str) -> Table:
    """The steps of a form, as they were when the text was released."""
    defined, spoken = frozen.definition(one, code) or definition(FORMS[code]), language()
    rows = [
        [
            step["title"][spoken],
            _("、").join(role_words(key, spoken) for key in step["roles"]),
            limit_words(step["deadline"]["unit"], step["deadline"]["amount"], spoken)
            if step["deadline"]
            else "",
            step["condition"][spoken] if step["condition"] else "",
        ]
        for step in defined["steps"]
    ]
    title = f"{code} {form_title(code, spoken)}"
    return [[title, _("办理人"), _("时限"), _("适用条件")], *rows]


def _records(one: DocumentRevision) -> Table:
    rows = [
        [
            f"{each.code} {form_title(each.code, language())}",
            _("、").join(clause.number for clause in each.clauses),
            years(each.years),
        ]
        for each in bound_forms(one.document_no, one.text)
    ]
    return [[_("表单"), _("条款"), _("保存年限")], *rows]


def _history(one: DocumentRevision, now: datetime) -> Table:
    rows = [
        [each.number, each.effective_on, each.change, each.state] for each in document_prints.past(one, now)
    ]
    return [[_("版本"), _("生效日期"), _("修订说明"), _("状态")], *rows]
