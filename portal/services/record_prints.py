"""Prints of finished records: originals, and numbered copies that answer for themselves on the check page."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app

from portal.domain.prints import AN_HOUR, GROUPS, ORIGINAL, NotFinished, OriginalComing, TooManyCopies
from portal.extensions import db
from portal.lib import spoken_codes
from portal.lib.clock import minute
from portal.lib.i18n import _, speaking
from portal.models import Record, RecordPrint, StoredFile
from portal.pdf.copy_sheet import CopySheet
from portal.pdf.process import printer
from portal.queries import audit_tree, prints
from portal.queries.actors import Actor
from portal.services import audit, once, outbox, tasks, uploads

JOB = "record_print"
STREAM = "prints"


def ask_original(record: Record, language: str, by: Actor, *, now: datetime) -> RecordPrint:
    """Asks for the original in a language, unless it is there or coming.

    Raises:
        NotFinished: the record is still on its way.
    """
    tasks.lock(record.id)
    if record.state != "finished":
        raise NotFinished
    found = prints.original(record.id, language)
    return found if found is not None else _ask(record, ORIGINAL, language, by.id, now)


def ask_copy(record: Record, language: str, by: Actor, *, now: datetime) -> RecordPrint:
    """Asks for the next numbered copy; whoever waits for one of this record gets no second.

    Raises:
        NotFinished: the record is still on its way.
        OriginalComing: there is nothing yet that could be copied.
        TooManyCopies: the person has asked for very many.
    """
    once.take_turn(by.id)
    tasks.lock(record.id)
    if record.state != "finished":
        raise NotFinished
    if record.pdf_id is None:
        raise OriginalComing
    coming = prints.waiting(record.id, by.id)
    if coming is not None:
        return coming
    if prints.asked_within(by.id, timedelta(hours=1), now) >= AN_HOUR:
        raise TooManyCopies
    if prints.original(record.id, language) is None:
        _ask(record, ORIGINAL, language, by.id, now)
    return _ask(record, prints.last_copy(record.id) + 1, language, by.id, now)


def scan(code: str) -> str:
    """What is scanned: the address that tells of the print with this code, or the code where none is known."""
    address = current_app.config["SETTINGS"].address
    return f"{address}/check/{code}" if address else code


def lay(one: RecordPrint, original: bytes) -> bytes:
    """The numbered copy of an original, without a seal."""
    with speaking(one.language):
        return printer.render(_sheet(one, original))


def keep_original(record: Record, language: str, code: str, data: bytes, *, now: datetime) -> StoredFile:
    """Keeps an original that nobody had to ask for."""
    return keep(_row(record, ORIGINAL, language, None, now, code), data, now=now)


def keep(one: RecordPrint, data: bytes, *, now: datetime) -> StoredFile:
    """Keeps what was made."""
    ends = (f"-{one.copy}" if one.copy else "") + ("-en" if one.language == "en" else "")
    one.file = uploads.keep(f"{one.record.number}{ends}.pdf", data, "application/pdf", by=None, now=now)
    one.made_at = now
    return one.file


def note(one: RecordPrint, seal: str | None, *, now: datetime) -> None:
    """A print that somebody asked for was made: not in the record's own chain, which its next print would show."""
    assert one.file is not None
    audit.note(
        "record_printed", at=now, by=one.asked_by_id, stream=STREAM, number=one.record.number, copy=one.copy,
        language=one.language, code=one.code, sha256=one.file.sha256, seal=seal,
    )  # fmt: skip


def _ask(record: Record, number: int, language: str, by: int, now: datetime) -> RecordPrint:
    one = _row(record, number, language, by, now, spoken_codes.new(GROUPS))
    outbox.add(JOB, now=now, print=one.id)
    return one


def _row(record: Record, number: int, language: str, by: int | None, now: datetime, code: str) -> RecordPrint:
    one = RecordPrint(record=record, copy=number, language=language, code=code, asked_by_id=by, asked_at=now)
    db.session.add(one)
    db.session.flush()
    return one


def _sheet(one: RecordPrint, original: bytes) -> CopySheet:
    """What marks the copy: its number, whose it is, and where the trail stood."""
    settings, by = current_app.config["SETTINGS"], one.asked_by
    standing, last = prints.standing(one.record), audit_tree.last()
    mark = _("副本 %(copy)d", copy=one.copy)
    if not standing.current:
        mark = _("已被取代 %(mark)s", mark=mark)
    told = [
        _("副本第 %(copy)d 号", copy=one.copy),
        _("校验码 %(code)s", code=one.code),
        _("%(who)s 于 %(time)s 领取", who=f"{by.name}（{by.number}）" if by else _("系统"), time=minute(one.asked_at)),
    ]  # fmt: skip
    if settings.address:
        told.append(f"{settings.address}/check/")
    lines = ["　".join(told)]
    if last is not None:
        lines.append(
            _(
                "审计检查点第 %(number)d 号，共 %(size)d 条，根 %(root)s",
                number=last.number,
                size=last.size,
                root=last.root,
            )
        )
    return CopySheet(original, one.language, one.code, scan(one.code), mark, tuple(lines))
