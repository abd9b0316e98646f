"""What the pages of a record's print say, as data: made of the printout that the pages are made of, in their order."""

from __future__ import annotations

from typing import Any

from portal.lib.exif import caption
from portal.pdf.fonts import printable
from portal.pdf.layout import kind_of, size_words
from portal.pdf.printout import Cell, Line, Printout, Section, SignatureLine
from portal.pdf.words import row_count, speaker

Table = dict[str, Any]


def sheet(printout: Printout) -> dict[str, Any]:
    """Every text of the pages but what pictures say and what stands at the head and the foot of each page.

    A text stands as it is printed, with the code point of a character that no font has. A cell is a list of texts, as
    some hold several one below the other.
    """
    say = speaker(printout.language)
    watermark = (printout.ended or say("未完成")) if printout.unfinished else ""
    header = [printout.company, printout.state_text, printout.title]
    made = {
        "language": printout.language,
        "watermark": watermark,
        "header": [*header, say("编号"), printout.number, say("表单"), printout.code],
        "facts": [[label, value or "—"] for label, value in printout.facts],
        "sections": [_section(one, printout) for one in printout.sections],
        "drawing": printout.drawing_title if printout.drawing_svg else "",
        "signatures": _signatures(printout),
        "attachments": _attachments(printout),
        "history": _history(printout),
        "head": [list(one) for one in printout.head],
    }
    shown: dict[str, Any] = _printed(made)
    return shown


def _printed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _printed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_printed(one) for one in value]
    return printable(value) if isinstance(value, str) else value


def _section(section: Section, printout: Printout) -> dict[str, Any]:
    return {
        "title": section.title,
        "note": section.note,
        "lines": [_line(one, printout) for one in section.lines],
        "signatures": [_signature(one, printout) for one in section.signatures],
    }


def _line(line: Line, printout: Printout) -> dict[str, Any]:
    say, named = speaker(printout.language), {"name": line.name, "kind": line.kind, "label": line.label}
    kind = kind_of(line)
    if kind == "table":
        cells = [
            [[str(at)], *(_cell(one, printout) for one in row)] for at, row in enumerate(line.rows, start=1)
        ]
        heads = [say("序号"), *line.headers] if line.rows else []
        return {**named, "count": row_count(len(line.rows), printout.language), "heads": heads, "rows": cells}
    files = line.cell.files
    if kind == "photos":
        under = [[f"{at}. {one['name']}", caption(one)] for at, one in enumerate(files, start=1)]
        return {**named, "text": [text for both in under for text in both if text]}
    if files:
        texts = [[str(one["name"]), size_words(one["size"])] for one in files if line.kind != "signature"]
        return {**named, "text": [text for both in texts for text in both]}
    return {**named, "text": [line.cell.text or "—"]}


def _cell(cell: Cell, printout: Printout) -> list[str]:
    """A picture says what stands under it; its name is not printed there."""
    files = (caption(one) if one["id"] in printout.images else str(one["name"]) for one in cell.files)
    return [text for text in (*files, cell.text) if text]


def _signature(one: SignatureLine, printout: Printout) -> dict[str, str]:
    return {
        "who": one.who,
        "role": one.role,
        "on_behalf_of": _behalf(one, printout),
        "meaning": one.meaning,
        "opinion": one.opinion,
        "when": one.when,
    }


def _behalf(one: SignatureLine, printout: Printout) -> str:
    return f"{speaker(printout.language)('代')} {one.on_behalf}" if one.on_behalf else ""


def _keys(one: SignatureLine, printout: Printout) -> list[str]:
    say = speaker(printout.language)
    return [
        f"{say(word)} {key}"
        for word, key in (("本人密钥", one.own_key), ("通行密钥确认", one.passkey))
        if key
    ]


def _signatures(printout: Printout) -> Table:
    say = speaker(printout.language)
    if not printout.signatures:
        return {"title": [say("签署"), say("尚无签署")], "heads": [], "rows": []}
    drawn: list[list[str]] = [[]] if any(one.drawn_file_id is not None for one in printout.signatures) else []
    words = ("环节", "签署人", "签署含义", *(["手写签名"] if drawn else []), "时间", "摘要")
    rows = [
        [
            [one.step],
            [
                text
                for text in (one.who, one.role, _behalf(one, printout), one.outside, *_keys(one, printout))
                if text
            ],
            [one.meaning, *([say("意见："), one.opinion] if one.opinion else [])],
            *drawn,
            [one.when],
            [one.hash[:16]],
        ]
        for one in printout.signatures
    ]
    return {"title": [say("签署")], "heads": [say(one) for one in words], "rows": rows}


def _attachments(printout: Printout) -> Table | None:
    if not printout.attachments:
        return None
    say = speaker(printout.language)
    rows = [
        [[str(at)], [one.name], [one.type], [size_words(one.size)], [one.sha256]]
        for at, one in enumerate(printout.attachments, start=1)
    ]
    note = [printout.files_note] if printout.files_note else []
    words = (say("序号"), say("文件名"), say("类型"), say("大小"), "SHA-256")
    return {"title": [say("附件"), *note], "heads": [*words], "rows": rows}


def _history(printout: Printout) -> Table | None:
    if not (printout.with_history and printout.history):
        return None
    say = speaker(printout.language)
    rows = [[[one.when], [one.who], [one.text]] for one in printout.history]
    return {"title": [say("履历")], "heads": [say("时间"), say("人员"), say("事项")], "rows": rows}
