"""The papers that a project has got or made, in its page's short list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.forms.catalogue import FORMS
from portal.forms.titles import form_title, record_path
from portal.lib.i18n import _, english
from portal.models import Project
from portal.queries import ledgers, project_page
from portal.queries.actors import Actor

SOON = timedelta(days=60)  # before a paper expires
LEDGERS = {"product": "product_file", "permit": "external_papers"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the project: what it is, its number and version, whether it holds."""

    title: str
    number: str
    note: str
    look: str
    mark: str
    record: str
    href: str


def papers(project: Project, by: Actor, today: date, spoken: str) -> list[Paper]:
    """The papers that the project has got or made: those of authorities with their expiry, technical ones with their version."""
    ledger = LEDGERS.get(project.kind)
    if ledger is None:
        return []
    rows = project_page.papers(ledger, project.id)
    known = ledgers.readable({row.record for row in rows}, by)
    make = _external if ledger == "external_papers" else _technical
    return [make(row, known, today, spoken) for row in rows]


def _external(row: Any, known: Any, today: date, spoken: str) -> Paper:
    until, since = row.facts.get("expires_on") or "", row.facts.get("issued_on") or ""
    past, soon = until and until < f"{today}", until and until < f"{today + SOON}"
    mark = _("已过期") if past else _("即将到期") if soon else ""
    by = _("%(issuer)s 出具", issuer=row.facts["issuer"]) if row.facts.get("issuer") else ""
    held = _("有效期至 %(day)s", day=until) if until else ""
    look = "overdue" if past else "soon" if soon else ""
    named = row.facts["paper"]
    title = named if spoken == "zh" else english().gettext(named)
    note = " · ".join(filter(None, (by, since, held)))
    return Paper(title, row.facts["number"], note, look, mark, *_source(row, known))


def _technical(row: Any, known: Any, _today: date, spoken: str) -> Paper:
    version, code = row.facts.get("version") or "", row.facts.get("document") or ""
    old = row.facts.get("state") == "obsolete"
    note = " · ".join(filter(None, (version, row.facts.get("effective_on") or "")))
    title = form_title(code, spoken) if code in FORMS else row.facts.get("title") or code
    number = row.facts.get("number") or ""
    return Paper(
        title, number, note, "voided" if old else "", _("已作废") if old else "", *_source(row, known)
    )


def _source(row: Any, known: Any) -> tuple[str, str]:
    return row.record, record_path(known[row.record], row.record) if row.record in known else ""
