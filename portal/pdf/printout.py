"""What is printed of a record: plain values, gathered by a service, free of the database and of WeasyPrint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

RECORD = "record.json"
"""What the record as data is called within its print."""


class Cell(Protocol):
    """One answer as shown; a cell of `portal.forms.sheet` is one."""

    @property
    def text(self) -> str:
        """As shown."""

    @property
    def numeric(self) -> bool:
        """Whether it is a number, or which columns are."""

    @property
    def files(self) -> Sequence[Mapping[str, Any]]:
        """Files that it shows."""


class Line(Protocol):
    """One field of a sheet, or a table; a line of `portal.forms.sheet` is one."""

    @property
    def name(self) -> str:
        """What answers call the field."""

    @property
    def label(self) -> str:
        """The field in words."""

    @property
    def kind(self) -> str:
        """The kind of answer."""

    @property
    def cell(self) -> Cell:
        """The answer."""

    @property
    def headers(self) -> Sequence[str]:
        """A table's headings."""

    @property
    def numeric(self) -> Sequence[bool]:
        """Whether it is a number, or which columns are."""

    @property
    def rows(self) -> Sequence[Sequence[Cell]]:
        """A table's cells."""

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width."""


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature: the step in words, what it means, who, in which role, for whom, when."""

    step: str
    meaning: str
    who: str
    role: str
    when: str
    hash: str
    on_behalf: str = ""
    opinion: str = ""
    drawn_file_id: int | None = None
    outside: str = ""  # how a party outside the company signed
    own_key: str = ""  # the beginning of the fingerprint of the signer's own key
    passkey: str = ""  # of the passkey that confirmed who signed


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the sheet: the opening answers, or a stage with the signatures that closed it."""

    title: str
    lines: Sequence[Line]
    note: str = ""
    signatures: Sequence[SignatureLine] = ()


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """One file that belongs to the record."""

    name: str
    type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A file of the record that goes within its print."""

    name: str  # safe, and no other's
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of the record's history."""

    when: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Printout:
    """A record ready for print.

    `images` holds the bytes of every photo and drawn signature by file id; `data` is the record as JSON, which the file
    carries within it with the record's `files`, as it was at `made_at`; `head` says where its history ended then.
    """

    company: str
    code: str
    title: str
    number: str
    state_text: str
    unfinished: bool
    language: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    printed_at: str
    signatures: Sequence[SignatureLine] = ()
    attachments: Sequence[AttachmentLine] = ()
    history: Sequence[HistoryLine] = ()
    chart_svg: str = ""
    drawing_svg: str = ""  # what the form draws of the answers
    drawing_title: str = ""
    images: Mapping[int, tuple[str, bytes]] = field(default_factory=dict)
    with_history: bool = True
    data: bytes = b""
    made_at: datetime | None = None
    program: str = ""  # version of the portal that makes it
    scan: str = ""  # what its code says; its number without
    files: Sequence[CarriedFile] = ()
    files_note: str = ""  # why they are not within
    head: Sequence[tuple[str, str]] = ()
    ended: str = ""  # across every page of a record that was refused or given up
