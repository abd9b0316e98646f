"""Forms to be filled in by hand when the portal is away: what it prints beforehand, for the emergency folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app

from portal.config import VERSION
from portal.forms.base import CompanyForm
from portal.forms.definition import definition, fingerprint
from portal.forms.flow import role_words
from portal.forms.kinds import ROWS
from portal.forms.words import SAID
from portal.lib.i18n import _, speaking
from portal.pdf.blank_sheet import BlankLine, BlankPart, BlankSheet
from portal.pdf.process import printer

TALL = ("long_text", "photo", "attachment", "signature")
EMPTY = 8  # rows of a table


def make(form: type[CompanyForm], language: str, *, printed: str, laid_down: str) -> bytes:
    """The form without answers as PDF, in a language; `laid_down` names the clause that asks for it."""
    with speaking(language):
        return printer.render(gather(form, language, printed=printed, laid_down=laid_down))


def gather(form: type[CompanyForm], language: str, *, printed: str, laid_down: str) -> BlankSheet:
    """Everything that the print shows, as plain values."""
    defined = definition(form)
    opened_by = [role_words(key, language) for key in defined["opened_by"]]
    opening = BlankPart(
        defined["title"][language], _("、").join(opened_by), _("提交"), _lines(defined["fields"], language)
    )
    steps = [
        BlankPart(
            step["title"][language],
            _("、").join(role_words(key, language) for key in step["roles"]),
            str(SAID.get(step["meaning"], step["meaning"])),
            _lines(step["fields"], language),
        )
        for step in defined["steps"]
    ]
    return BlankSheet(
        company=current_app.config["SETTINGS"].company,
        language=language,
        code=form.code,
        title=defined["title"][language],
        clause=laid_down,
        note=_(
            "仅在门户不能使用时手工填写；恢复后由填写人录入门户，并把签字的原件扫描作为附件，以录入的记录为准。"
        ),
        printed=_("%(printed)s　表单版本 %(form)s　程序版本 %(program)s", printed=printed, form=fingerprint(form)[:16], program=VERSION),
        parts=[opening, *steps],
    )  # fmt: skip


def _lines(fields: list[dict[str, Any]], language: str) -> list[BlankLine]:
    return [_line(one, language) for one in fields if not one["computed"]]


def _line(field: Mapping[str, Any], language: str) -> BlankLine:
    label, note = field["label"][language], field["when"][language] if "when" in field else ""
    if field["type"] in ROWS:
        heads = tuple(column["label"][language] for column in field["columns"] if not column["computed"])
        rows = tuple(row[language] for row in field.get("rows", ())) or ("",) * EMPTY
        return BlankLine(label, field["required"], heads=heads, rows=rows, note=note)
    choices = tuple(one[language] for one in field.get("choices", ()))
    return BlankLine(label, field["required"], field["type"] in TALL, choices, note=note)
