"""A bulletin, notice or issued document as a text to read, and as a line of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.forms.sheet import Line, lines
from portal.forms.titles import form_title
from portal.lib.i18n import language
from portal.models import Posting
from portal.queries import history

READ = {
    "IC-08": (("highlights",), ("issue_no", "period", "editor"), "items", ("layout_file",)),
    "IC-09": (("content",), ("category", "department"), "", ()),
    "IC-10": (
        ("content_summary",),
        ("document_no", "document_kind", "issuing_department", "effective_on"),
        "",
        ("document_file",),
    ),
}
"""Of each form: the long texts, the facts above them, the table of pieces, the files."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A line of the list: what it is, since when and until when it stands, whether it is read."""

    number: str
    form: str
    title: str
    since: date
    until: date | None
    confirm: bool
    read: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text with its own heading."""

    title: str
    paragraphs: list[str]


@dataclass(frozen=True, slots=True)
class Article:
    """The whole text."""

    form: str
    facts: list[tuple[str, str]]
    paragraphs: list[str]
    pieces: list[Piece]
    pictures: list[Mapping[str, Any]]
    files: list[Mapping[str, Any]]


def headline(row: Any) -> Headline:
    """A posting as the lists show it."""
    form = form_title(row.form_code, language())
    return Headline(row.number, form, row.title, row.since, row.until, row.confirm, row.read)


def article(posting: Posting) -> Article:
    """The text of a posting, as its form keeps it."""
    spoken, opening = language(), history.content(posting.record)
    shown = {
        line.name: line for line in lines(opening.form_version.definition["fields"], opening.answers, spoken)
    }
    texts, facts, table, files = READ[posting.record.form_code]
    return Article(
        form_title(posting.record.form_code, spoken),
        [
            (shown[name].label, shown[name].cell.text)
            for name in facts
            if name in shown and shown[name].cell.text
        ],
        [part for name in texts if name in shown for part in _paragraphs(shown[name].cell.text)],
        [_piece(row) for row in opening.answers.get(table) or ()] if table else [],
        _files(shown, "pictures"),
        [file for name in files for file in _files(shown, name)],
    )


def holds(posting: Posting, id: int) -> bool:
    """Whether the text shows this file."""
    found = article(posting)
    return any(file["id"] == id for file in (*found.pictures, *found.files))


def _piece(row: Mapping[str, Any]) -> Piece:
    return Piece(row.get("title") or "", _paragraphs(row.get("text") or ""))


def _paragraphs(text: str) -> list[str]:
    return [part for part in text.splitlines() if part.strip()]


def _files(shown: Mapping[str, Line], name: str) -> list[Mapping[str, Any]]:
    return list(shown[name].cell.files) if name in shown else []
