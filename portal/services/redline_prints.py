"""Two revisions held against each other, on paper."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from portal.domain import documents as life
from portal.forms import redlines
from portal.forms.redlines import Redline
from portal.lib import redline_html
from portal.lib.clock import day, minute
from portal.lib.i18n import _, speaking
from portal.lib.i18n import language as spoken
from portal.models import DocumentRevision
from portal.pdf.process import printer
from portal.pdf.redline_sheet import ChangedClause, ChangedForm, RedlineSheet
from portal.queries import revisions
from portal.queries.actors import Actor
from portal.services import document_prints


def make(
    old: DocumentRevision, new: DocumentRevision, language: str, *, by: Actor | None, now: datetime
) -> bytes:
    """Renders the redline in a language; `by` is nobody where the portal makes it."""
    with speaking(language):
        return printer.render(gather(old, new, by=by, now=now))


def gather(old: DocumentRevision, new: DocumentRevision, *, by: Actor | None, now: datetime) -> RedlineSheet:
    """Everything that the print shows, as plain values."""
    found = redlines.between(old, new)
    states = revisions.states([old, new], day(now))
    words = {one.number: str(life.STATES[states[one.id]]) for one in (old, new)}
    return RedlineSheet(
        company=current_app.config["SETTINGS"].company,
        language=spoken(),
        document_no=new.document_no,
        title=new.name_en if spoken() == "en" and new.name_en else new.name,
        old=old.number,
        new=new.number,
        state_text=words[new.number],
        marking=document_prints.marking(None),
        printed=document_prints.printed(by, now) if by else _("由门户于 %(time)s 生成", time=minute(now)),
        facts=[
            (_("原版本"), f"{old.number} {words[old.number]}"),
            (_("新版本"), f"{new.number} {words[new.number]}"),
            (_("归口部门"), new.department.named(spoken())),
            (_("更改申请"), new.request.number if new.request else ""),
            (_("发布单"), new.release.number if new.release else ""),
            (_("编写人"), new.author.name),
        ],
        summary=summary(found),
        told=found.told,
        clauses=[
            ChangedClause(one.anchor, one.number, one.title, one.word, str(one.html))
            for one in redline_html.shown(found.changes)
        ],
        more=found.facts,
        forms=[ChangedForm(f"{one.code} {one.title}", one.lines) for one in found.forms],
    )


def summary(found: Redline) -> str:
    """How many clauses came, went, changed or moved, in words."""
    if not found:
        return _("两版没有不同。")
    said = [
        f"{redline_html.KINDS[kind]} {found.counts[kind]}"
        for kind in ("added", "removed", "changed", "moved")
        if found.counts[kind]
    ]
    if not said:
        return _("条款没有不同。")
    return _("条款：%(counts)s。", counts=_("，").join(said))
