"""A controlled document as pages show it: its text with charts, forms and revisions, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import render_template, url_for
from markupsafe import Markup

from portal.domain import documents as life
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.forms import bindings
from portal.forms.bound_forms import bound_forms
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition, fingerprint
from portal.forms.flow import chart
from portal.forms.titles import form_title, register_path
from portal.lib import markdown
from portal.lib.clauses import Clause
from portal.lib.hashing import canonical_json
from portal.lib.i18n import language
from portal.models import DocumentRevision, FormVersion
from portal.queries import documents as books
from portal.queries import frozen, revisions, visible
from portal.queries.actors import Actor
from portal.services.revisions import may_write
from portal.web.clauses import may_audit, nothing

LOOSE = ("fields", "clause")  # what of a step is not its route


@dataclass(frozen=True, slots=True)
class Page:
    """A revision made for reading."""

    html: Markup
    clauses: list[Clause]
    drifted: list[str]

    @property
    def contents(self) -> list[Clause]:
        """The clauses of the table of contents: chapters and sections."""
        return [clause for clause in self.clauses if clause.level < 3]


def may_see(one: DocumentRevision, state: str, by: Actor) -> bool:
    """Whether the person may read it: what is in force everybody, others those who see to it or sign its release."""
    if state == "effective" or by.reads_all or may_write(one, by):
        return True
    return one.release is not None and may_see_record(one.release.number, by)


def may_try(one: DocumentRevision, state: str, by: Actor) -> bool:
    """Whether the person may try the routes that it binds: whoever audits or writes it, or has its release before them."""
    if may_audit(by) or may_write(one, by):
        return True
    return state in life.OPEN and may_see(one, state, by)


def page(one: DocumentRevision, today: date, feet: markdown.Foot = nothing) -> Page:
    """The text with everything that the portal draws in it; `feet` draws what stands below its clauses."""
    spoken = language()
    drifted: list[str] = []
    html = markdown.render(
        one.text,
        parts=_parts(one, spoken, today, drifted),
        link=address_in(one.document_no),
        image=_image(one),
        foot=feet,
    )
    return Page(html, markdown.contents(one.text), drifted)


def preview(one: DocumentRevision, text: str, today: date) -> Markup:
    """The same of words that are not saved yet."""
    parts = _parts(one, language(), today, [])
    return markdown.render(text, parts=parts, link=address_in(one.document_no), image=_image(one))


def address_in(document_no: str) -> Callable[[str], str]:
    """Where the number of a form, a document or a clause leads to, seen from this document."""

    @cache
    def is_document(code: str) -> bool:
        return code in bindings.ties() or books.by_number(code) is not None

    def address(named: str) -> str:
        code, _mark, clause = named.partition("#")
        if code in FORMS:
            return register_path(code)
        if not code or code == document_no:
            return f"#{clause}" if clause else ""
        path = url_for("documents.show", document=code) if is_document(code) else ""
        return f"{path}#{clause}" if path and clause else path

    return address


def _image(one: DocumentRevision) -> Callable[[str], str]:
    known = {each.name for each in revisions.pictures(one.id)}

    def address(name: str) -> str:
        if name not in known:
            return ""
        return url_for("documents.picture", document=one.document_no, revision=one.number, name=name)

    return address


def _parts(
    one: DocumentRevision, spoken: str, today: date, drifted: list[str]
) -> Callable[[str, str], str | Markup]:
    def part(kind: str, name: str) -> str | Markup:
        if kind == "flow" and name in FORMS:
            return _flow(one, name, spoken, drifted)
        if kind == "records":
            return _records(one, spoken)
        if kind == "history":
            return _history(one, today)
        return ""

    return part


def _flow(one: DocumentRevision, code: str, spoken: str, drifted: list[str]) -> Markup:
    """The route as it was when the text was released, and as it runs now where that is another one."""
    now, then = definition(FORMS[code]), frozen.definition(one, code)
    changed = then is not None and route_of(then) != route_of(now)
    if changed:
        drifted.append(code)
    drawn = Markup(chart(then or now, None, spoken))  # nosec B704 -- our own drawing
    runs = Markup(chart(now, None, spoken)) if changed else ""  # nosec B704
    return Markup(  # nosec B704 -- a template of our own
        render_template(
            "documents/flow.html", code=code, title=form_title(code, spoken), drawn=drawn, runs=runs
        )
    )


def route_of(defined: dict[str, Any]) -> bytes:
    """What of a definition is its route, whether it was read back or has just been made: who may open it, and its steps."""
    steps = [{name: said for name, said in step.items() if name not in LOOSE} for step in defined["steps"]]
    return canonical_json([defined["opened_by"], steps])


def drift(one: DocumentRevision) -> list[str]:
    """The forms that the revision binds whose route has changed since its release."""
    found = []
    for code, version in sorted(one.bound.get("forms", {}).items()):
        known = db.session.get(FormVersion, version)
        if known is None or code not in FORMS or known.sha256 == fingerprint(FORMS[code]):
            continue
        if route_of(known.definition) != route_of(definition(FORMS[code])):
            found.append(code)
    return found


def drifts(found: Sequence[DocumentRevision]) -> dict[int, list[str]]:
    """The same of several revisions, by id; the versions of their forms are read in one look."""
    versions = {version for one in found for version in one.bound.get("forms", {}).values()}
    known = db.session.scalars(sa.select(FormVersion).where(FormVersion.id.in_(versions))).all()
    drifted = {one.id: drift(one) for one in found}
    del known  # until now the session has kept them
    return drifted


def _records(one: DocumentRevision, spoken: str) -> Markup:
    rows = [
        {
            "code": each.code,
            "title": form_title(each.code, spoken),
            "href": register_path(each.code),
            "years": each.years,
            "clauses": each.clauses,
        }
        for each in bound_forms(one.document_no, one.text)
    ]
    return Markup(render_template("documents/records.html", rows=rows))  # nosec B704 -- a template of our own


def _history(one: DocumentRevision, today: date) -> Markup:
    known = [each for each in revisions.released(one.document_no) if _upto(each, one)]
    states = revisions.states(known, today)
    return Markup(  # nosec B704 -- a template of our own
        render_template(
            "documents/history.html", revisions=known, states=states, words=life.STATES, looks=life.LOOKS
        )
    )


def _upto(other: DocumentRevision, one: DocumentRevision) -> bool:
    return life.order(other.number) <= life.order(one.number)


def may_see_record(number: str, by: Actor) -> bool:
    """Whether the record with this number is for the person."""
    try:
        visible.record(number, by)
    except NotFound:
        return False
    return True
