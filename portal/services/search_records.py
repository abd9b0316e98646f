"""What a record is found by: its number, its answers so far, and what people have said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.forms.kinds import NUMBERS, ROWS, load_one, show
from portal.forms.titles import form_title, record_path
from portal.lib.bigrams import code_words
from portal.lib.i18n import LANGUAGES
from portal.models import Record, Signature
from portal.queries import history
from portal.search.index import Entry

SILENT = frozenset({"yes_no", "signature", "time"})  # answers that nobody looks for


def record(row: Record, comments: str = "") -> Entry | None:
    """A record with all its answers so far, of opening section, stages and side entries, and what was said of it.

    What has no answers yet is no record yet.
    """
    if not row.contents:
        return None
    opening, signed = history.content(row), history.signatures(row)
    answers = history.stored_answers(opening, signed)
    fields = history.fields(opening, signed)
    shown = {
        language: list(said(fields, answers, language)) + list(_spoken(signed)) for language in LANGUAGES
    }
    known = set(shown["zh"])
    return Entry(
        kind="record",
        row=row.id,
        code=row.number,
        title=row.title,
        body="\n".join([*dict.fromkeys(shown["zh"]), *([comments] if comments else [])]),
        also=[
            *(form_title(row.form_code, language) for language in LANGUAGES),
            row.applicant.name,
            *dict.fromkeys(text for text in shown["en"] if text not in known),
        ],
        spelt=code_words(row.number),
        note=row.applicant.name,
        path=record_path(row.form_code, row.number),
        sort=row.form_code,
        state=row.state,
        department=row.department.key,
        at=row.submitted_at,
    )


def said(fields: list[dict[str, Any]], answers: Mapping[str, Any], language: str) -> Iterator[str]:
    """The answers as texts; numbers plainly, as people type them."""
    for field in fields:
        raw, kind = answers.get(field["name"]), field["type"]
        if raw is None or kind in SILENT:
            continue
        if kind in ROWS:
            for line in raw:
                yield from said(field["columns"], line, language)
        elif kind in NUMBERS:
            text = str(raw)
            yield text.rstrip("0").rstrip(".") if "." in text else text
        elif text := show(field, load_one(field, raw), language):
            yield text


def _spoken(signed: list[Signature]) -> Iterator[str]:
    for one in signed:
        yield from (text for text in (one.opinion, one.outside_name) if text)
