"""The print of a record: gathered, rendered, stored once when the last signature has fallen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import current_app

from portal.config import VERSION
from portal.domain.prints import ROWS_AT_ONCE, TooLongToWait
from portal.forms import drawings
from portal.forms.catalogue import FORMS
from portal.forms.flow import chart
from portal.forms.progress import progress
from portal.forms.sentences import sentence
from portal.forms.sheet import lines
from portal.forms.words import SAID, STATES, WAYS, authority, department_of
from portal.lib.clock import day, minute
from portal.lib.file_names import distinct
from portal.lib.hashing import canonical_json
from portal.lib.i18n import _, speaking
from portal.lib.i18n import language as spoken
from portal.lib.pictures import SHOWN
from portal.models import AuditCheckpoint, Record, Signature
from portal.pdf.page_data import sheet
from portal.pdf.printout import (
    RECORD,
    AttachmentLine,
    CarriedFile,
    HistoryLine,
    Printout,
    Section,
    SignatureLine,
)
from portal.pdf.process import ALONE, printer
from portal.queries import audit_tree, history, record_page
from portal.queries.record_page import RecordPage
from portal.services import record_data, record_prints
from portal.storage import files

CARRIED = 20 << 20  # bytes of files together that go within a print, which is laid out in memory
References = Mapping[int, Mapping[str, Any]]


def make(record: Record, language: str, *, now: datetime, code: str = "") -> bytes:
    """Renders the print in a language; `code` is that of an original, for which nobody waits.

    Raises:
        TooLongToWait: somebody would wait for minutes.
        PrintFailed: it cannot be made.
    """
    with speaking(language):
        printout = gather(record_page.read(record), language, now=now, code=code)
        if code:
            return printer.render(printout, ALONE)
        rows = sum(len(line.rows) for section in printout.sections for line in section.lines)
        if rows > ROWS_AT_ONCE:
            raise TooLongToWait(rows=rows)
        return printer.render(printout)


def gather(read: RecordPage, language: str, *, now: datetime, code: str = "") -> Printout:
    """Everything that the print shows, as plain values, and the data that it carries, made of them."""
    record, defined = read.record, read.definition
    references = record_data.files_of(read)
    within = _within(references)
    checkpoint = audit_tree.last(now)
    form = FORMS.get(record.form_code)
    drawing = drawings.of_record(form, read, day(now)) if form else None
    shown = Printout(
        company=current_app.config["SETTINGS"].company,
        code=record.form_code,
        scan=record_prints.scan(code) if code else "",
        title=defined["title"][language],
        number=record.number,
        state_text=str(STATES[record.state]),
        unfinished=record.state != "finished",
        ended=str(STATES[record.state]) if record.state in ("refused", "voided") else "",
        language=language,
        facts=_facts(read),
        sections=_sections(read, language),
        signatures=[_signature(one, language) for one in read.signatures],
        attachments=[
            AttachmentLine(file["name"], file["type"], file["size"], file["sha256"])
            for file in references.values()
        ],
        history=[
            HistoryLine(minute(event.at), event.person.name if event.person else _("系统"), sentence(event))
            for event in read.events
            if event.kind != "print_stored"
        ],
        chart_svg=chart(defined, progress(read), language, width=680),
        drawing_svg=drawing.svg if drawing else "",
        drawing_title=str(drawing.title) if drawing else "",
        images=_images(references),
        printed_at=minute(now),
        program=VERSION,
        made_at=now,
        files_note="" if within or not references else _("附件合计超过 20 MB，文件未装入本 PDF"),
        head=_head(read, checkpoint),
    )
    data = record_data.printed(read, sheet=sheet(shown), within=within, checkpoint=checkpoint)
    return replace(shown, files=_files(references, within, shown.images), data=canonical_json(data))


def _facts(read: RecordPage) -> list[tuple[str, str]]:
    record = read.record
    return [
        (_("发起人"), f"{record.applicant.name}（{record.applicant.number}）"),
        (_("部门"), record.department.named(spoken())),
        (_("提交时间"), minute(record.submitted_at)),
        (_("状态"), str(STATES[record.state])),
        (_("结束时间"), minute(record.closed_at) if record.closed_at else "—"),
        (_("内容版本"), f"{record.version} · {read.content.sha256[:16]}"),
        (_("表单版本"), record.form_version.sha256[:16]),
        (_("轮次"), str(record.round)),
    ]


def _sections(read: RecordPage, language: str) -> list[Section]:
    defined = read.definition
    found = []
    for signature in read.signatures:
        if not signature.answers:
            continue
        stage = history.stage(signature)
        shown = [
            line
            for line in lines(stage["fields"], signature.answers, language)
            if line.name in signature.answers
        ]
        note = _("第 %(round)d 轮", round=signature.round) if signature.round > 1 else ""
        section = Section(stage["title"][language], shown, note, [_signature(signature, language)])
        found.append((signature.signed_at, section))
    titles = {step["key"]: step["title"][language] for step in defined["steps"]}
    for lapse in read.lapses:
        step = lapse.facts["step"]
        found.append((lapse.at, Section(titles.get(step, step), [], sentence(lapse))))
    found.sort(key=lambda one: one[0])
    opening = Section(defined["title"][language], lines(defined["fields"], read.content.answers, language))
    return [opening, *(section for _at, section in found)]


def _signature(one: Signature, language: str) -> SignatureLine:
    outside = f"{one.outside_name}（{WAYS[one.outside_way]}）" if one.outside_name else ""
    return SignatureLine(
        step=history.stage(one)["title"][language],
        meaning=str(SAID.get(one.meaning, one.meaning)),
        who=f"{one.authority['name']} {one.authority['number']}",
        role=f"{department_of(one.authority)} {authority(one.authority)}".strip(),
        when=minute(one.signed_at),
        hash=one.sha256[:16],
        on_behalf=one.authority["on_behalf_of"],
        opinion=one.opinion,
        drawn_file_id=one.drawn_id,
        outside=outside,
        own_key=one.authority["own_key"][:16] if one.own_key else "",
        passkey=one.authority.get("passkey", "")[:16],
    )


def _head(read: RecordPage, checkpoint: AuditCheckpoint | None) -> list[tuple[str, str]]:
    """Where the record's history ends, and the last checkpoint at that time."""
    last = read.events[-1]
    found = [(_("历史链条末端"), f"{last.seq} · {last.hash}")]
    if checkpoint is not None:
        number = _("第 %(number)d 号，共 %(size)d 项", number=checkpoint.number, size=checkpoint.size)
        found.append((_("最近检查点"), f"{number} · {checkpoint.root}"))
    return found


def _images(references: References) -> dict[int, tuple[str, bytes]]:
    return {
        id: (str(file["type"]), files.get(str(file["sha256"])))
        for id, file in references.items()
        if file["type"] in SHOWN
    }


def _within(references: References) -> dict[int, str]:
    """What each file is called within the print; nothing when they are too large together."""
    if sum(file["size"] for file in references.values()) > CARRIED:
        return {}
    named = distinct((str(file["name"]) for file in references.values()), taken=[RECORD])
    return dict(zip(references, named, strict=True))


def _files(
    references: References, within: Mapping[int, str], images: Mapping[int, tuple[str, bytes]]
) -> list[CarriedFile]:
    found = []
    for id, name in within.items():
        data = images[id][1] if id in images else files.get(str(references[id]["sha256"]))
        found.append(CarriedFile(name, str(references[id]["type"]), data))
    return found
