"""The versions of controlled documents by their days, whether their texts are kept here or elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import ControlledDocument, DocumentRevision, LedgerEntry
from portal.queries.corrected import is_corrected
from portal.queries.documents import DOCUMENTS
from portal.queries.goods import opening_answers

FORMER = ("former_version", "former_effective_on")
"""Facts of the first entry of a document that was loaded: what was in force before it."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of a document with the day from which on it is in force."""

    version: str
    effective_on: date | None

    def has_come(self, today: date) -> bool:
        """Whether its day has come."""
        return self.effective_on is None or self.effective_on <= today


def known(number: str = "", but: Collection[int] = ()) -> dict[str, list[Edition]]:
    """The versions of all documents, or of one, by number, the oldest first: as released, else as loaded."""
    facts = LedgerEntry.facts
    names = [facts[name].as_string() for name in ("number", "version", "effective_on", *FORMER)]
    entered = sa.select(*names).where(
        LedgerEntry.ledger == DOCUMENTS,
        LedgerEntry.record_id.not_in(list(but)),
        ~is_corrected(LedgerEntry.record_id),
    )
    text = DocumentRevision
    loaded = sa.select(ControlledDocument).where(
        ControlledDocument.version != "", ControlledDocument.release_id.is_(None)
    )
    taken_in = sa.select(text.document_no, text.number, text.effective_on).where(
        text.release_id.is_(None), text.effective_on.is_not(None)
    )
    if number:
        entered, loaded = entered.where(names[0] == number), loaded.where(ControlledDocument.code == number)
        taken_in = taken_in.where(text.document_no == number)
    found: dict[str, list[Edition]] = {}
    for code, version, day_ in db.session.execute(taken_in.order_by(text.id)):
        found.setdefault(code, []).append(Edition(version, day_))
    for code, version, since, former, former_since in db.session.execute(entered.order_by(LedgerEntry.id)):
        if former and code not in found:
            found[code] = [_edition(former, former_since)]
        found.setdefault(code, []).append(_edition(version, since))
    for row in db.session.scalars(loaded):
        found.setdefault(row.code, [Edition(row.version, row.effective_on)])
    return found


def _edition(version: str, since: str | None) -> Edition:
    return Edition(version, date.fromisoformat(since) if since else None)


def versions(number: str, but: Collection[int] = ()) -> list[str]:
    """Every version of a document that there was, oldest first, without those that these records released."""
    return list(dict.fromkeys(one.version for one in known(number, but).get(number, [])))


def standing(found: Sequence[Edition], today: date) -> Edition | None:
    """The newest version whose day has come; None if none has."""
    return next((one for one in reversed(found) if one.has_come(today)), None)


def issuable(number: str, today: date) -> list[str]:
    """The versions of a document of which copies are handed out: the one in force, and those whose day will come."""
    found = known(number).get(number, [])
    wanted = [standing(found, today), *(one for one in found if not one.has_come(today))]
    return [one.version for one in wanted if one is not None]


@dataclass(frozen=True, slots=True)
class Body:
    """What is in force of a document that was released with files instead of a text."""

    version: str
    effective_on: date | None
    issuer: str
    files: list[dict[str, Any]]


def body(number: str, today: date) -> Body | None:
    """The files of the version in force; None if nothing is in force that was released."""
    lines = sa.select(LedgerEntry).where(
        LedgerEntry.ledger == DOCUMENTS,
        LedgerEntry.facts["number"].as_string() == number,
        ~is_corrected(LedgerEntry.record_id),
    )
    for line in db.session.scalars(lines.order_by(LedgerEntry.id.desc())):
        since = line.facts.get("effective_on") or ""
        if since <= today.isoformat():
            given = opening_answers(line.record_id)
            files = [*(given.get("document_file") or ()), *(given.get("flow_chart") or ())]
            day_ = date.fromisoformat(since) if since else None
            return Body(line.facts["version"], day_, line.facts.get("issuer") or "", files)
    return None
