"""A revision of a controlled document on paper: made when somebody asks for it, noted, and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import current_app

from portal.domain import documents as life
from portal.domain.refusal import NotAllowed, Refusal
from portal.forms.bound_forms import bound_forms, years
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.flow import chart
from portal.forms.quality.document_words import KINDS
from portal.forms.titles import form_title
from portal.forms.words import SAID
from portal.lib.clauses import parts
from portal.lib.clock import day, minute
from portal.lib.i18n import _, _l, speaking
from portal.lib.i18n import language as spoken
from portal.lib.pictures import SHOWN
from portal.models import DocumentRevision, Signature
from portal.pdf.process import printer
from portal.pdf.text_sheet import BoundForm, Flow, PastRevision, Signed, TextSheet
from portal.queries import document_copies, frozen, history, revisions
from portal.queries.actors import Actor
from portal.queries.document_copies import Copy
from portal.services import audit
from portal.storage import files

APPROVALS = ("approval", "gm_approval")  # steps of DC-01


def make(
    one: DocumentRevision, language: str, *, by: Actor, now: datetime, copy: Copy | None = None
) -> bytes:
    """Renders the revision in a language, as a numbered copy where one is given."""
    with speaking(language):
        return printer.render(gather(one, by=by, now=now, copy=copy))


def numbered_copy(one: DocumentRevision, copy_no: str, by: Actor) -> Copy:
    """The copy of the revision with this number that its holder has.

    Raises:
        NotAllowed: only the document controller makes numbered copies.
        Refusal: no such copy is issued, or it came back.
    """
    if "document_controller" not in by.roles:
        raise NotAllowed(_l("受控副本只由文件管理员打印。"))
    found = next((each for each in copies(one) if each.copy_no == copy_no), None)
    if found is None:
        raise Refusal(
            _l("%(name)s 没有发放受控号为 %(copy)s 的副本，或副本已经收回。"), name=one.label, copy=copy_no
        )
    return found


def copies(one: DocumentRevision) -> list[Copy]:
    """The numbered copies of the revision that are in somebody's hands, or on their way to them."""
    if one.document_id is None:
        return []
    found = document_copies.open_copies(one.document_id, one.number)
    known = {each.copy_no for each in found}
    coming = document_copies.under_way(one.document_id, one.number)
    return found + [each for each in coming if each.copy_no not in known]


def note(one: DocumentRevision, *, by: int, now: datetime, copy_no: str = "") -> None:
    """Somebody has printed the revision."""
    audit.note("document_printed", at=now, by=by, stream="documents", document=one.label, copy=copy_no)


def marking(copy: Copy | None) -> str:
    """What a paper says of itself: whether anybody will take it back when it is no longer in force."""
    if copy is None:
        return _("非受控打印，打印后不受控")
    return _("受控副本 %(copy)s，持有部门 %(holder)s", copy=copy.copy_no, holder=_(copy.holder))


def printed(by: Actor, now: datetime) -> str:
    """Who prints, and when."""
    return _("%(who)s 于 %(time)s 打印", who=by.person.name, time=minute(now))


def gather(one: DocumentRevision, *, by: Actor, now: datetime, copy: Copy | None = None) -> TextSheet:
    """Everything that the print shows, as plain values."""
    state = revisions.state(one, day(now))
    english = spoken() == "en" and one.name_en
    pictures = {each.name: each.file for each in revisions.pictures(one.id) if each.file.type in SHOWN}
    return TextSheet(
        company=current_app.config["SETTINGS"].company,
        language=spoken(),
        document_no=one.document_no,
        number=one.number,
        title=one.name_en if english else one.name,
        state_text=str(life.STATES[state]),
        is_in_force=state == "effective",
        marking=marking(copy),
        controlled=copy is not None,
        printed=printed(by, now),
        facts=facts(one),
        text=one.text,
        summary=one.summary_en if english else "",
        signatures=[_signed(each) for each in _signatures(one)],
        flows=_flows(one),
        forms=_forms(one),
        revisions=past(one, now),
        pictures={name: file.id for name, file in pictures.items()},
        images={file.id: (file.type, files.get(file.sha256)) for file in pictures.values()},
    )


def facts(one: DocumentRevision) -> list[tuple[str, str]]:
    """What the title block says."""
    approved = [each for each in _signatures(one) if each.step in APPROVALS]
    return [
        (_("文件编号"), one.document_no),
        (_("版本"), one.number),
        (_("文件类别"), str(KINDS.get(one.kind, one.kind))),
        (_("归口部门"), one.department.named(spoken())),
        (_("编写人"), one.author.name),
        (_("生效日期"), one.effective_on.isoformat() if one.effective_on else ""),
        (_("批准人"), _("、").join(each.authority["name"] for each in approved)),
        (_("批准日期"), day(approved[-1].signed_at).isoformat() if approved else ""),
        (_("发布单"), one.release.number if one.release else ""),
    ]


def _signatures(one: DocumentRevision) -> list[Signature]:
    """Those of the review that counts: the last round of the record that releases it."""
    if one.release is None:
        return []
    signed = history.signatures(one.release)
    return [each for each in signed if each.round == one.release.round and each.act == "signed"]


def _signed(one: Signature) -> Signed:
    title = history.stage(one)["title"][spoken()]
    return Signed(
        title, one.authority["name"], str(SAID.get(one.meaning, one.meaning)), minute(one.signed_at)
    )


def _flows(one: DocumentRevision) -> Mapping[str, Flow]:
    """The routes that the text draws, as they were when it was released."""
    named = {name for kind, name in parts(one.text) if kind == "flow" and name in FORMS}
    return {
        code: Flow(
            form_title(code, spoken()),
            chart(frozen.definition(one, code) or definition(FORMS[code]), None, spoken(), width=680),
        )
        for code in sorted(named)
    }


def _forms(one: DocumentRevision) -> list[BoundForm]:
    return [
        BoundForm(
            f"{each.code} {form_title(each.code, spoken())}",
            [(clause.id, clause.number) for clause in each.clauses],
            years(each.years),
        )
        for each in bound_forms(one.document_no, one.text)
    ]


def past(one: DocumentRevision, now: datetime) -> list[PastRevision]:
    """Every revision that was released, up to this one."""
    known = [
        each
        for each in revisions.released(one.document_no)
        if life.order(each.number) <= life.order(one.number)
    ]
    states = revisions.states(known, day(now))
    return [
        PastRevision(
            each.number,
            each.effective_on.isoformat() if each.effective_on else "",
            each.change or _("首次发布"),
            str(life.STATES[states[each.id]]),
        )
        for each in known
    ]
