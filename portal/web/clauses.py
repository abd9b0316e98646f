"""Clauses on pages: the line that says where something is laid down, and at the foot of a clause what keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from portal.forms import bindings
from portal.forms.base import CompanyForm
from portal.forms.bindings import Tie
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.flow import time_limit
from portal.forms.ledgers import LEDGERS
from portal.forms.titles import form_title, register_path
from portal.lib.clauses import Clause
from portal.lib.clock import today
from portal.lib.i18n import language
from portal.queries import clauses, kept
from portal.queries.actors import Actor
from portal.queries.kept import Count

COVERAGE = frozenset({"document_controller", "management_representative", "general_manager"})
"""The roles that look at how the documents are kept, besides auditors."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Where something is laid down: a clause of the text in force, with its address."""

    document_no: str
    document: str
    number: str
    title: str
    href: str

    @property
    def label(self) -> str:
        """The document's number, the clause's number and title."""
        return f"{self.document_no} {self.number} {self.title}"


@dataclass(frozen=True, slots=True)
class Bound:
    """A thing that keeps a clause: its code, title and page; of a step also its form and time limit."""

    code: str
    title: Any
    href: str
    count: Count = field(default_factory=Count)
    more: str = ""
    limit: str = ""


def may_audit(by: Actor) -> bool:
    """Whether the person looks at how the documents are kept: auditors, document control, the top management."""
    return by.reads_all or not by.roles.isdisjoint(COVERAGE)


def clause_address(clause: str) -> str:
    """The address of a clause; nothing for none."""
    code, _mark, id = clause.partition("#")
    return url_for("documents.show", document=code) + (f"#{id}" if id else "") if code else ""


def bases(named: Iterable[str]) -> dict[str, Basis]:
    """Where these clauses stand in the texts in force, by name; one that no text in force has is left out."""
    spoken = language()
    return {
        name: Basis(
            found.text.document_no,
            found.text.title(spoken),
            found.clause.number,
            found.clause.title,
            clause_address(name),
        )
        for name, found in clauses.of(named, today()).items()
    }


def basis(named: str) -> Basis | None:
    """Where this clause stands; None if no text in force has it."""
    return bases([named]).get(named)


def steps_of(form: type[CompanyForm]) -> dict[str, str]:
    """The clauses that steps of a form name for themselves, by key of the step."""
    return {step.key: step.clause for step in form.signoff.steps if step.clause}


def nothing(_clause: Clause) -> str:
    """Draws nothing at the foot of a clause."""
    return ""


def foot(document_no: str, by: Actor) -> Callable[[Clause], str | Markup]:
    """Draws at the foot of each clause of a document what names it, with how many records there are."""
    named = bindings.of(document_no)
    counts = kept.records(bindings.forms_of(document_no))
    audits = may_audit(by)

    def drawn(clause: Clause) -> str | Markup:
        ties = named.get(clause.id, [])
        if not ties and not clause.record:
            return ""
        things = bound(ties, counts, by, audits=audits)
        forms = {one.code: one.count for one in (*things["form"], *things["step"])}
        return Markup(  # nosec B704 -- a template of our own
            render_template(
                "documents/foot.html",
                clause=clause,
                things=things,
                forms=list(forms),
                open=sum(one.open for one in forms.values()),
                finished=sum(one.finished for one in forms.values()),
                kinds=bindings.KINDS,
            )
        )

    return drawn


def bound(
    ties: Iterable[Tie], counts: dict[str, Count], by: Actor, *, audits: bool
) -> dict[str, list[Bound]]:
    """What names a clause, by kind; pages that are not the person's are no links."""
    found: dict[str, list[Bound]] = {kind: [] for kind in bindings.KINDS}
    for tie in ties:
        found[tie.kind].append(_bound(tie, counts, by, audits))
    return found


def _bound(tie: Tie, counts: dict[str, Count], by: Actor, audits: bool) -> Bound:
    spoken = language()
    if tie.kind == "form":
        return Bound(tie.key, form_title(tie.key, spoken), register_path(tie.key), counts[tie.key])
    if tie.kind == "step":
        step = next(one for one in definition(FORMS[tie.form])["steps"] if one["key"] == tie.key)
        return Bound(
            tie.form,
            form_title(tie.form, spoken),
            register_path(tie.form),
            counts[tie.form],
            step["title"][spoken],
            time_limit(step, spoken),
        )
    if tie.kind == "obligation":
        return Bound(tie.key, tie.title, url_for("obligations.show", key=tie.key))
    if tie.kind == "ledger":
        return Bound("", tie.title, LEDGERS[tie.key].url if LEDGERS[tie.key].open_to(by) else "")
    return Bound(tie.key, tie.title, url_for("documents.rules", _anchor=tie.key) if audits else "")
