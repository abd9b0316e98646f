"""A notice as a sentence, made when it is shown, in the language of its reader, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from portal.domain.notices import kind_of
from portal.forms.titles import form_title, register_path, step_title
from portal.lib.clock import now
from portal.lib.i18n import language
from portal.queries import notices
from portal.web.times import short

LIST = "/notices"


def sentence(
    kind: str, facts: Mapping[str, Any], number: str | None, form_code: str | None, *, outside: bool = False
) -> str:
    """What happened, in one sentence; `outside` the portal without a word of what the record says."""
    spoken, code = language(), form_code or ""
    said = {
        "record": f"{form_title(code, spoken)} {number}" if number else "",
        "step": step_title(code, facts.get("step", ""), spoken),
        "onward": step_title(code, facts.get("onward", ""), spoken),
        "reason": "" if outside else facts.get("reason", ""),
        "who": facts.get("who", ""),
        "text": _spoken(facts.get("text", ""), spoken),
        "form": form_title(facts.get("form", ""), spoken),
    }
    known = kind_of(kind)
    if not number and said["text"] and not (outside and known.private):
        return str(said["text"])
    text = (known.outside if outside else None) or known.said
    return str(str(text) % said).strip().rstrip("：: ")


def target(row: Any, person_id: int) -> str:
    """Where opening a notice leads: a draft that is gone has become a record, or been taken up by somebody else."""
    key = row.facts.get("draft")
    return leads_to(row, drafts=not key or notices.draft_waits(key, person_id)) or LIST


def leads_to(row: Any, *, drafts: bool = True) -> str:
    """The page that a notice speaks of; nothing where there is none for this reader."""
    if row.kind == "stuck":  # an administrator re-routes it without reading the record
        return "/admin/stuck"
    if row.facts.get("draft") and drafts:
        return f"{register_path(row.facts['form'])}new?draft={quote(row.facts['draft'])}"
    if row.number is None:
        return str(row.facts.get("page", ""))
    return f"/records/{row.number}" if row.title is not None else ""


def shown(row: Any) -> dict[str, Any]:
    """A notice as the list shows it."""
    return {
        "id": row.id,
        "icon": kind_of(row.kind).icon,
        "text": sentence(row.kind, row.facts, row.number, row.form_code),
        "title": row.title or "",
        "leads": bool(leads_to(row)),
        "at": short(row.at, now()),
        "unread": row.read_at is None,
    }


def _spoken(text: Any, language: str) -> str:
    return str(text.get(language, "")) if isinstance(text, Mapping) else str(text)
