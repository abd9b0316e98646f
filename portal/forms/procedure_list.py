"""The controlled documents as machines read them: revisions, clauses in force, and what is bound to each."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.forms import bindings
from portal.forms.bindings import Tie
from portal.lib import markdown
from portal.models import ControlledDocument, DocumentRevision
from portal.queries import documents, editions, library, revisions
from portal.queries.editions import Edition

BOUND = {"form": "forms", "step": "steps", "obligation": "obligations", "ledger": "ledgers", "rule": "rules"}


def procedures(today: date) -> list[dict[str, Any]]:
    """Every document, by number; those that are only drafts too."""
    listed = {one.code: one for one in documents.all_documents()}
    drafts = {one.document_no for one in library.drafts()}
    every = editions.known()
    return [
        _procedure(code, listed.get(code), every.get(code, []), today) for code in sorted({*listed, *drafts})
    ]


def _procedure(
    code: str, document: ControlledDocument | None, versions: list[Edition], today: date
) -> dict[str, Any]:
    known = revisions.of(code)
    states = revisions.states(known, today)
    current = next((one for one in known if states[one.id] == "effective"), None)
    newest = current or (known[0] if known else None)
    department = newest.department if newest else document.department if document else None
    title = newest.name if newest else document.name if document else code
    obsolete = document is not None and document.state == "obsolete"
    elsewhere = None if known or obsolete else editions.standing(versions, today)
    return {
        "code": code,
        "title": {"zh": title, "en": (newest.name_en if newest else "") or title},
        "department": department.key if department else "",
        "kind": newest.kind if newest else document.kind if document else "",
        "state": document.state if document else "draft",
        "effective_revision": current.number if current else elsewhere.version if elsewhere else None,
        "text": bool(known),
        "revisions": [_revision(one, states[one.id]) for one in known]
        or [_edition(one, elsewhere, today) for one in reversed(versions)],
        "clauses": _clauses(current) if current else [],
    }


def _revision(one: DocumentRevision, state: str) -> dict[str, Any]:
    return {
        "number": one.number,
        "date": one.effective_on.isoformat() if one.effective_on else None,
        "sha256": one.sha256 or None,
        "state": state,
        "commit": one.commit or None,
    }


def _edition(one: Edition, standing: Edition | None, today: date) -> dict[str, Any]:
    """A version whose text is kept elsewhere."""
    state = "effective" if one == standing else "superseded" if one.has_come(today) else "to_come"
    return {
        "number": one.version,
        "date": one.effective_on.isoformat() if one.effective_on else None,
        "sha256": None,
        "state": state,
        "commit": None,
    }


def _clauses(one: DocumentRevision) -> list[dict[str, Any]]:
    ties = bindings.of(one.document_no)
    return [
        {
            "id": clause.id,
            "number": clause.number,
            "title": clause.title,
            "record": clause.record,
            **_bound(ties.get(clause.id, [])),
        }
        for clause in markdown.contents(one.text)
    ]


def _bound(ties: list[Tie]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in BOUND.values()}
    for tie in ties:
        named = {"form": tie.form, "step": tie.key} if tie.kind == "step" else tie.key
        found[BOUND[tie.kind]].append(named)
    return found
