"""How the documents are kept: coverage of their clauses, the rules with their last results, routes tried before a release."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from portal.blueprints.documents.room import bp
from portal.domain import trials as life
from portal.domain.refusal import NotFound
from portal.forms import bindings
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.titles import form_title
from portal.lib.clock import now, today
from portal.lib.i18n import _, language
from portal.models import DocumentRevision
from portal.queries import people, revisions
from portal.queries.actors import Actor
from portal.services import audit, trials
from portal.web import coverage as covered
from portal.web import documents as shown
from portal.web import export, posted, rules
from portal.web import trials as tried
from portal.web.clauses import may_audit
from portal.web.guard import actor, open_to
from portal.web.reading import reads
from portal.web.transaction import writes


@bp.get("/coverage")
@open_to("signed_in")
@reads
def coverage() -> str:
    """The texts in force by clause, form and record, with the gaps; for those who look at how documents are kept."""
    by, department = _auditing(), posted.asked("department")
    return render_template(
        "documents/coverage.html",
        found=covered.coverage(by, today(), department),
        department=department,
        departments=people.departments(),
        kinds=bindings.KINDS,
        here=_here(department=department),
    )


@bp.post("/coverage/exports")
@open_to("signed_in")
@writes
def export_coverage() -> Response:
    """The same as a spreadsheet; that it was taken stands in the audit trail."""
    by, department = _auditing(), posted.asked("department")
    lines = list(covered.cells(covered.coverage(by, today(), department)))
    return _sheet("coverage", _("条款覆盖"), covered.HEADERS, lines, department=department)


@bp.get("/rules", endpoint="rules")
@open_to("signed_in")
@reads
def every_rule() -> str:
    """The rules with what keeps each, and how that went last; for those who look at how documents are kept."""
    _auditing()
    department, document = posted.asked("department"), posted.asked("document")
    found = rules.lines(today(), department, document)
    return render_template(
        "documents/rules.html",
        found=found,
        missed=sum(any(duty.result.missed for duty in one.duties) for one in found),
        department=department,
        document=document,
        departments=people.departments(),
        documents=rules.documents(),
        here=_here(department=department, document=document),
    )


@bp.post("/rules/exports")
@open_to("signed_in")
@writes
def export_rules() -> Response:
    """The same as a spreadsheet; that it was taken stands in the audit trail."""
    _auditing()
    department, document = posted.asked("department"), posted.asked("document")
    lines = list(rules.cells(rules.lines(today(), department, document)))
    return _sheet("rules", _("规则落实"), rules.HEADERS, lines, department=department, document=document)


@bp.get("/<document>/<revision>/trial")
@open_to("signed_in")
def trial(document: str, revision: str) -> str:
    """A route that the text binds, tried on its last finished records; for whoever writes, signs or audits the text."""
    one, by = revisions.named(document, revision), actor()
    if not shown.may_try(one, revisions.state(one, today()), by):
        raise NotFound
    codes, drifted = bindings.forms_of(document), _drifted(one)
    asked = posted.asked("form")
    code = asked if asked in codes else next(iter((*drifted, *codes)), "")
    found = trials.on_last(code, now=now()) if code else []
    return render_template(
        "documents/trial.html",
        one=one,
        forms=[(each, form_title(each, language()), each in drifted) for each in codes],
        code=code,
        steps=definition(FORMS[code])["steps"] if code else [],
        rows=tried.rows(found, by),
        summary=life.summary(found),
        last=trials.LAST,
    )


def _auditing() -> Actor:
    """The person, who looks at how documents are kept.

    Raises:
        NotFound: it is not for this person.
    """
    by = actor()
    if not may_audit(by):
        raise NotFound
    return by


def _drifted(one: DocumentRevision) -> list[str]:
    """The forms whose routes have changed since the text was released; of a draft, since the text before it was."""
    base = one if one.effective_on is not None else revisions.former(one)
    return shown.drift(base) if base is not None else []


def _here(**asked: str) -> str:
    return urlencode({name: value for name, value in asked.items() if value})


def _sheet(key: str, name: str, headers: Iterable[object], lines: list[list[Any]], **asked: str) -> Response:
    format = "csv" if request.form.get("format") == "csv" else "xlsx"
    audit.note(
        "exported",
        at=now(),
        by=actor().id,
        stream="access",
        address=request.remote_addr or "",
        register=f"documents/{key}",
        format=format,
        rows=len(lines),
        filters={name: value for name, value in asked.items() if value},
    )
    return export.answer(f"{name}-{today():%Y%m%d}", format, [str(one) for one in headers], lines)
