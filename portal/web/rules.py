"""The rules of the documents as auditors look at them: where each stands, what keeps it, how that went last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from portal.forms.duties import OBLIGATIONS
from portal.forms.rules import RULES
from portal.forms.rules.rule import Rule
from portal.forms.titles import form_title, register_path
from portal.lib.clock import day
from portal.lib.i18n import _, _l, language
from portal.queries import clauses, kept
from portal.queries.clauses import Heading
from portal.queries.kept import Count, Result
from portal.web.clauses import clause_address

HEADERS = (
    *(_l("规则"), _l("内容"), _l("文件编号"), _l("条款"), _l("条款标题"), _l("落实方式")),
    *(_l("表单"), _l("未结"), _l("办结"), _l("最近办结"), _l("义务"), _l("最近结果"), _l("结果日期")),
)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that keeps a rule, with its records."""

    code: str
    title: str
    href: str
    count: Count

    @property
    def last(self) -> date | None:
        """The day on which the last of them was finished."""
        return day(self.count.last) if self.count.last else None


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation that keeps a rule, with how it ended last."""

    key: str
    title: Any
    href: str
    result: Result

    @property
    def last(self) -> date | None:
        """The day on which it was kept or missed last."""
        return day(self.result.at) if self.result.at else None

    @property
    def words(self) -> str:
        """How it ended, in a word."""
        if self.result.at is None:
            return _("尚无")
        return _("错过") if self.result.missed else _("按期办结")


@dataclass(frozen=True, slots=True)
class Line:
    """A rule with its clause (None where no text in force has it) and what keeps it."""

    rule: Rule
    heading: Heading | None
    href: str
    forms: list[Form]
    duties: list[Duty]

    @property
    def document(self) -> str:
        """The number of the document that lays it down."""
        return self.rule.clause.partition("#")[0]


def lines(today: date, department: str = "", document: str = "") -> list[Line]:
    """The rules in their order; of a department's documents, or of one document, where these are given."""
    headings = clauses.of((rule.clause for rule in RULES.values()), today)
    counts = kept.records({code for rule in RULES.values() for code in rule.forms})
    results = kept.results(OBLIGATIONS[key] for rule in RULES.values() for key in rule.obligations)
    found = [_line(rule, headings.get(rule.clause), counts, results) for rule in RULES.values()]
    return [one for one in found if _fits(one, department, document)]


def documents() -> list[str]:
    """The numbers of the documents that lay rules down."""
    return sorted({rule.clause.partition("#")[0] for rule in RULES.values()})


def cells(found: list[Line]) -> Iterator[list[Any]]:
    """The same as lines of a spreadsheet: one for each form and each obligation of a rule."""
    for one in found:
        clause = one.heading.clause if one.heading else None
        head = [
            one.rule.key,
            str(one.rule.title),
            one.document,
            clause.number if clause else "",
            clause.title if clause else "",
            str(one.rule.how),
        ]
        for form in one.forms:
            yield [
                *head, f"{form.code} {form.title}", form.count.open, form.count.finished, form.last, "", "", None,
            ]  # fmt: skip
        for duty in one.duties:
            yield [*head, "", "", "", None, f"{duty.key} {duty.title}", duty.words, duty.last]


def _line(rule: Rule, heading: Heading | None, counts: dict[str, Count], results: dict[str, Result]) -> Line:
    spoken = language()
    return Line(
        rule,
        heading,
        clause_address(rule.clause) if heading else "",
        [Form(code, form_title(code, spoken), register_path(code), counts[code]) for code in rule.forms],
        [
            Duty(key, OBLIGATIONS[key].title, url_for("obligations.show", key=key), results[key])
            for key in rule.obligations
        ],
    )


def _fits(one: Line, department: str, document: str) -> bool:
    if document not in ("", one.document):
        return False
    return not department or (one.heading is not None and one.heading.text.department == department)
