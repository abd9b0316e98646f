"""How the texts in force are kept: document by document, clause by clause, with forms, their records, and the gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import undefer

from portal.domain.roles import DEPARTMENT
from portal.extensions import db
from portal.forms import bindings
from portal.forms.catalogue import FORMS
from portal.forms.titles import form_title
from portal.lib.clauses import Clause
from portal.lib.clock import day
from portal.lib.i18n import _, _l, language
from portal.models import DocumentRevision
from portal.queries import clauses, kept, revisions
from portal.queries.actors import Actor
from portal.queries.clauses import Text
from portal.queries.kept import Count
from portal.web import documents as shown
from portal.web.clauses import Bound, bound, clause_address

HEADERS = (
    *(
        _l("文件编号"),
        _l("文件名称"),
        _l("版本"),
        _l("归口部门"),
        _l("条款"),
        _l("条款标题"),
        _l("要求留下记录"),
    ),
    *(_l("表单"), _l("表单名称"), _l("未结"), _l("办结"), _l("最近办结"), _l("义务"), _l("台帐"), _l("规则")),
    _l("条款缺口"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A clause with what names it."""

    clause: Clause
    href: str
    things: Mapping[str, list[Bound]]

    @property
    def forms(self) -> dict[str, Bound]:
        """The forms that keep it, by themselves or by a step, by code."""
        return {one.code: one for one in (*self.things["form"], *self.things["step"])}

    @property
    def bare(self) -> bool:
        """Whether it asks for a record, and no form makes one."""
        return self.clause.record and not self.forms


@dataclass(frozen=True, slots=True)
class Covered:
    """A text in force with its clauses that something names or that ask for a record."""

    text: Text
    title: str
    href: str
    rows: list[Row]
    drifted: list[str]

    @property
    def forms(self) -> dict[str, Bound]:
        """Every form that it asks for, by code."""
        return {code: one for row in self.rows for code, one in row.forms.items()}

    @property
    def count(self) -> Count:
        """The records of all its forms together."""
        every = [one.count for one in self.forms.values()]
        return Count(sum(one.open for one in every), sum(one.finished for one in every))

    @property
    def needed(self) -> int:
        """How many of its clauses ask for a record."""
        return sum(row.clause.record for row in self.rows)

    @property
    def bare(self) -> list[Row]:
        """Clauses that ask for a record, and no form makes one."""
        return [row for row in self.rows if row.bare]

    @property
    def gaps(self) -> int:
        """How many gaps there are."""
        return len(self.bare) + len(self.drifted)


@dataclass(frozen=True, slots=True)
class Loose:
    """A form whose clause no text in force has."""

    code: str
    title: str
    clause: str
    department: str
    count: Count


@dataclass(frozen=True, slots=True)
class Coverage:
    """All of it."""

    documents: list[Covered]
    loose: list[Loose]

    @property
    def gaps(self) -> int:
        """How many gaps there are."""
        return len(self.loose) + sum(one.gaps for one in self.documents)


def coverage(by: Actor, today: date, department: str = "") -> Coverage:
    """How the texts in force are kept; those of one department, where one is given."""
    counts = kept.records()
    texts = clauses.in_force(today)
    with_forms = revisions.in_force(today).options(undefer(DocumentRevision.bound))
    current = list(db.session.scalars(with_forms))
    drifted = shown.drifts(current)
    wanted = [one for one in texts if department in ("", one.department)]
    return Coverage(
        [_covered(one, counts, by, drifted.get(one.id, [])) for one in wanted],
        [one for one in _loose(texts, counts) if department in ("", one.department)],
    )


def _covered(text: Text, counts: dict[str, Count], by: Actor, drifted: list[str]) -> Covered:
    named = bindings.of(text.document_no)
    rows = [
        Row(
            clause,
            clause_address(f"{text.document_no}#{clause.id}"),
            bound(named.get(clause.id, ()), counts, by, audits=True),
        )
        for clause in text.clauses
        if clause.record or clause.id in named
    ]
    return Covered(text, text.title(language()), clause_address(text.document_no), rows, drifted)


def _loose(texts: list[Text], counts: dict[str, Count]) -> list[Loose]:
    known = {f"{text.document_no}#{clause.id}" for text in texts for clause in text.clauses}
    spoken = language()
    return [
        Loose(code, form_title(code, spoken), form.procedure, form.department_key, counts[code])
        for code, form in FORMS.items()
        if form.procedure not in known
    ]


def cells(found: Coverage) -> Iterator[list[Any]]:
    """The same as lines of a spreadsheet: one for each form of each clause."""
    for one in found.documents:
        for row in one.rows:
            for form in row.forms.values() or (None,):
                yield _line(one, row, form)
    for other in found.loose:
        empty = [""] * 3
        yield [
            *empty, _department(other.department), other.clause, "", "", other.code, other.title,
            *_numbers(other.count), *empty, _("表单的条款不在现行文件中"),
        ]  # fmt: skip


def _line(one: Covered, row: Row, form: Bound | None) -> list[Any]:
    gap = _("要求留下记录，但还没有表单") if row.bare else ""
    if form is not None and form.code in one.drifted:
        gap = _("流程在发布后已变动")
    return [
        one.text.document_no,
        one.title,
        one.text.number,
        _department(one.text.department),
        row.clause.number,
        row.clause.title,
        _("是") if row.clause.record else "",
        form.code if form else "",
        form.title if form else "",
        *(_numbers(form.count) if form else ("", "", "")),
        *(_("、").join(thing.code or str(thing.title) for thing in row.things[kind]) for kind in OTHERS),
        gap,
    ]


OTHERS = ("obligation", "ledger", "rule")


def _numbers(count: Count) -> tuple[int, int, date | None]:
    return count.open, count.finished, day(count.last) if count.last else None


def _department(key: str) -> str:
    return str(DEPARTMENT[key].title) if key in DEPARTMENT else key
